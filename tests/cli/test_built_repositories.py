"""Each path is built from the repository that it lies in, and from no other."""

from __future__ import annotations

from pathlib import Path

from support.command import cip_lint
from support.overlays import needs_program, overlaid
from support.repositories import Repository


@needs_program
def test_each_path_is_built_from_its_own_repository(tmp_path: Path) -> None:
    overlay = "resources: [../base]\nnamespace: {}\n"
    for name in ("one", "two"):
        Repository(overlaid(tmp_path / name, overlay.format(name)))
    there = str(tmp_path / "two/over")

    table = cip_lint(tmp_path / "one", "table", "over", there, "-o", "csv")
    head, *rows = (line.lower().split(",") for line in table.out.splitlines())

    assert {row[head.index("namespace")] for row in rows} == {"one", "two"}, table


@needs_program
def test_no_path_is_built_from_the_repository_beside_it(tmp_path: Path) -> None:
    overlay = "resources: [../../two/base]\n"
    for name in ("one", "two"):
        Repository(overlaid(tmp_path / name, overlay))
    there = str(tmp_path / "one/over")

    done = cip_lint(tmp_path / "two", ".", there, "--show-files")

    assert (
        "../one/over/kustomization.yaml: 1 settings of kustomize, not built: "
        "../../two/base lies outside the repository\n"
    ) in done.out
