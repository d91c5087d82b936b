"""The same manifests give the same words, however they are met."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import cip_lint
from support.installs import write
from support.written import deployment

MANIFESTS = {
    **{
        f"{name}/service.yaml": (
            f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: x}}\n"
            f"spec: {{clusterIP: 10.96.0.20, selector: {{app: {name}, tier: b}},"
            f" ports: [{{port: 80, targetPort: http, nodePort: 30080}}]}}\n"
        )
        for name in "abcd"
    },
    "pods.yaml": deployment("a", "app: a, tier: c", ns="x")
    + deployment("b", "app: b, tier: b", ns="x"),
}


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
    ids=["seed 0", "seed 1", "locale C"],
)
def test_the_report_does_not_depend_on_the_process(
    environment: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path, MANIFESTS)
    arguments = ("check", "-o", "json", "--profile", "strict")
    here = cip_lint(tmp_path, *arguments, ".")
    there = subprocess.run(
        [sys.executable, "-m", "cip_lint", *arguments, "."],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert '"rule": "address.taken"' in here.out
    assert (there.returncode, there.stdout) == (here.code, here.out)


def test_the_report_does_not_depend_on_what_was_written_first_or_who_reads(
    tmp_path: Path,
) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    write(folders[0], MANIFESTS)
    write(folders[1], dict(reversed(MANIFESTS.items())))
    options = ("check", "-o", "concise", "--profile", "strict")
    first = cip_lint(folders[0], *options, ".")

    assert "address.taken" in first.out
    assert cip_lint(folders[1], *options, ".") == first
    assert cip_lint(folders[0], *options, "--jobs", "2", ".") == first
