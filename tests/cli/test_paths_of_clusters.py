"""Paths of clusters that lead nowhere are told, and so is a cluster without objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import SERVICE


def repository(root: Path, path: str) -> Path:
    """Return a folder with a Service in ``apps/b``, which a cluster should get."""
    (root / "apps/b").mkdir(parents=True)
    (root / "apps/b/web.yaml").write_text(SERVICE, encoding="utf-8")
    (root / ".git").mkdir()
    (root / ".cip-lint.yaml").write_text(
        f"version: 1\nclusters:\n  b: {{paths: [{{path: {path}, namespace: bb}}]}}\n",
        encoding="utf-8",
    )
    return root


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("apps/bbb", "; did you mean apps/b?"),
        ("app/b", "; did you mean apps?"),
        ("apps/b/wob.yaml", "; did you mean apps/b/web.yaml?"),
        ("apps/zzz", ""),
    ],
)
def test_a_path_that_leads_nowhere_is_a_warning(
    tmp_path: Path, path: str, near: str
) -> None:
    done = cip_lint(repository(tmp_path, path), "config", "check")

    assert done.code == 0
    assert f"no such file or folder: {path}{near}\n" in done.out
    assert "--> .cip-lint.yaml:3:22" in done.out
    assert "nothing is wrong" not in done.err


def test_a_path_that_leads_somewhere_is_fine(tmp_path: Path) -> None:
    done = cip_lint(repository(tmp_path, "apps/b"), "config", "check")

    assert (done.code, done.out) == (0, "")
    assert "nothing is wrong" in done.err


@pytest.mark.parametrize("command", [(), ("table",)])
def test_a_cluster_that_gets_nothing_is_trouble_if_asked_for(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    where = repository(tmp_path, "apps/bbb")
    done = cip_lint(where, *command, ".", "--cluster", "b")
    allowed = cip_lint(where, *command, ".", "--cluster", "b", "--allow-empty")

    assert done.code == 2
    assert "nothing to check in cluster b: no object goes there" in done.err
    assert allowed.code == 0
