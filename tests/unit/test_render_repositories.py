"""Nothing beyond the repository of a path is read for a build of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.render.surroundings.repositories import Repositories, repository


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("a/x/sub", "b/over", "c/over", "c/base"):
        (tmp_path / folder).mkdir(parents=True)
    for top in ("a", "b"):
        (tmp_path / top / ".git").mkdir()
    (tmp_path / "a/x/sub/.git").write_text("gitdir: ../../.git/modules/sub\n")
    return tmp_path


def of(tree: Path, working: str, paths: tuple[str, ...], folder: str) -> str:
    found = Repositories(tree / working, paths).of(tree / working / folder)
    return found.relative_to(tree.resolve()).as_posix()


@pytest.mark.parametrize(
    ("working", "paths", "folder", "top"),
    [
        # Below the repository of the working folder, that one; a submodule too.
        ("a", (".",), "x", "a"),
        ("a/x", (".",), "x", "a"),
        ("a/x", ("..",), "..", "a"),
        ("a", ("x/sub",), "x/sub", "a"),
        ("a/x/sub", (".",), ".", "a/x/sub"),
        # Another repository, beside that of the working folder or without one.
        ("a", ("../b/over",), "../b/over", "b"),
        ("a", (".", "../b"), "../b/over", "b"),
        ("c", ("../b/over",), "../b/over", "b"),
        (".", ("b/over",), "b/over", "b"),
        # A folder that holds several of them, and is what was named.
        (".", (".",), "b/over", "."),
        # None at all: the working folder, or the widest path.
        ("c", ("over",), "over", "c"),
        ("a", ("../c/over", "../c"), "../c/over", "c"),
        ("a", ("../c/over",), "../c/over", "c/over"),
        ("a", ("../c/over/kustomization.yaml",), "../c/over", "c/over"),
    ],
)
def test_a_path_has_the_repository_that_it_lies_in(
    tree: Path, working: str, paths: tuple[str, ...], folder: str, top: str
) -> None:
    assert of(tree, working, paths, folder) == top


def test_a_link_in_a_repository_leads_to_no_other_one(tree: Path) -> None:
    (tree / "a/link").symlink_to(tree / "b/over")

    assert of(tree, "a", ("link",), "link") == "a"


def test_a_folder_without_a_repository_is_its_own(tree: Path) -> None:
    assert repository(tree / "c/over") == (tree / "c/over").resolve()
    assert repository(tree / "b/over") == (tree / "b").resolve()
