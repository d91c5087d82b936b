"""``programs.helm``: charts are fetched to folders of ours, and options stay options."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.errors import RefusedError
from cip_lint.programs import helm
from support.programs import install

TELLS = """\
import json, os, sys
told = {"words": sys.argv[1:], "protocols": os.environ["GIT_ALLOW_PROTOCOL"]}
if os.path.exists("repositories.yaml"):
    told["repositories"] = json.load(open("repositories.yaml"))["repositories"]
open(OUTPUT, "w").write(json.dumps(told))
(into,) = [one.partition("=")[2] for one in sys.argv if "--untardir=" in one] or [""]
if into:
    os.makedirs(f"{into}/web")
    open(f"{into}/web/Chart.yaml", "w").close()
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "told.json"
    folder = install(tmp_path / "bin", "helm", TELLS.replace("OUTPUT", repr(str(file))))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    return file


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://example.com/charts", ["--repo=https://example.com/charts", "web"]),
        ("oci://example.com/charts/", ["oci://example.com/charts/web"]),
    ],
)
def test_a_chart_is_pulled_to_a_folder(
    told: Path, tmp_path: Path, address: str, words: list[str]
) -> None:
    into = tmp_path / "into"
    into.mkdir()

    assert helm.pull("web", address, "1.x", into) == into / "web"
    said = told.read_text()
    assert all(f'"{word}"' in said for word in (*words, "--version=1.x"))
    assert f'"--", "{words[-1]}"]' in said
    assert '"protocols": "http:https"' in said


def test_what_is_pulled_must_be_a_chart(told: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    (into / "a").mkdir(parents=True)
    (into / "a/Chart.yaml").write_text("")

    with pytest.raises(RefusedError, match="web holds no chart"):
        helm.pull("web", "https://example.com", "", into)


@pytest.mark.parametrize("network", [True, False])
def test_dependencies_have_repositories_with_names_and_the_network_if_they_may(
    told: Path, tmp_path: Path, *, network: bool
) -> None:
    helm.build_dependencies(
        tmp_path, ["https://a.example", "oci://b.example"], network=network
    )

    said = told.read_text()
    assert '"repositories": [{"name": "r0", "url": "https://a.example"}]' in said
    assert f'"--", "{tmp_path}"]' in said
    protocols = "http:https" if network else "none"
    assert f'"protocols": "{protocols}"' in said
