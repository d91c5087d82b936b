"""``git_patterns``: patterns fit what git takes them for, and none takes long."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cip_lint.git_patterns import Patterns
from cip_lint.manifests.discovery import discover

FILES = (
    "a.yaml",
    "ab.yaml",
    "#a.yaml",
    "!a.yaml",
    "a b.yaml",
    "é.yaml",
    "x/a.yaml",
    "x/y/a.yaml",
    "x/y/b.yaml",
    "x/z/a.yaml",
    "xa/b/y/a.yaml",
    "y/x/a.yaml",
)


@pytest.mark.parametrize(
    "lines",
    [
        ["a.yaml"],
        ["/a.yaml", "x/y"],
        ["y/"],
        ["a.yaml/"],
        ["*.yaml", "!a.yaml"],
        # What lies in a folder that is left out cannot be let in again.
        ["x/", "!x/a.yaml"],
        ["/*", "!/x/", "/x/*", "!/x/y/"],
        # What is said of a folder is not said of the files in it.
        ["*.yaml", "!x/"],
        ["x/**", "!x/y/"],
        ["**/y/a.yaml"],
        ["x/**/a.yaml"],
        ["x/**/**/a.yaml", "**"],
        ["/**"],
        ["x/*/a.yaml"],
        ["x*/b"],
        # Stars that are no whole name, but behind what has no wildcards.
        ["x**/y"],
        ["/x/**a"],
        ["?.yaml", "a?b.yaml"],
        ["[!a].yaml", "[[:alpha:]]b.yaml"],
        ["[^[:space:]]*", "[]a].yaml"],
        ["x[/]a.yaml", "[a-b].yaml"],
        ["[b-a]*"],
        ["[[:a].yaml", "[a\\-b].yaml"],
        ["#a.yaml"],
        ["\\#a.yaml"],
        ["\\!a.yaml"],
        ["a b.yaml  ", "x/a.yaml\\ "],
        ["a.yaml\t"],
        ["é.yaml", "?é.yaml"],
        ["??.yaml"],
        ["./a.yaml", "x//a.yaml", "//a.yaml"],
        # None of these is a pattern: they fit nothing, and the others count.
        ["a.yaml\\", "ab.yaml"],
        ["!", "/", "!/", "\\", "[", "[a", "[[:none:]]*", "", "ab.yaml"],
    ],
)
def test_git_leaves_out_the_same(tmp_path: Path, lines: list[str]) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    listed = subprocess.run(
        ["git", "ls-files", "-o", "-z", "--exclude-standard", "*.yaml"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    ).stdout.decode()
    wanted = set(listed.split("\0")) - {""}

    found = {one.path for one in discover(["."], tmp_path) if not one.reason}
    below = {one.path for one in discover(["x/y"], tmp_path) if not one.reason}
    assert found == wanted
    assert below == {path for path in wanted if path.startswith("x/y/")}


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/a/" * 60 + "b", "a/" * 250 + "c"),
        ("**/*a*a*a/" * 60 + "b", "aaaaaaaa/" * 250 + "c"),
        ("*?" * 60 + "b", "a" * 250),
        ("**" * 60 + "b", "a/" * 250 + "c"),
    ],
)
def test_no_pattern_takes_long(glob: str, path: str) -> None:
    """Whoever tries each star anew does not end within a lifetime."""
    assert Patterns([glob]).of(path) is None


def test_the_last_that_fits_decides() -> None:
    patterns = Patterns(["a.yaml", "!*.yaml", "b.yaml"])

    assert patterns.of("x/a.yaml") is False
    assert patterns.of("x/b.yaml") is True
    assert patterns.of("c.yml") is None


def test_who_asks_no_folder_first_hears_of_them() -> None:
    patterns = Patterns(["*.yaml", "!x/", "y/", "!y/a.yaml"])

    assert patterns.of("y/b.yml") is None
    assert patterns.of_all("y/b.yml") is True
    assert patterns.of_all("y/a.yaml") is False
    # The path itself counts first here, and the last pattern there.
    assert patterns.of_all("x/a.yaml") is True
    assert patterns.anywhere("x/a.yaml") is False
    assert patterns.anywhere("a.yaml") is True
    assert patterns.anywhere("a.yml") is None


def test_of_too_many_patterns_with_wildcards_none_is_asked() -> None:
    patterns = Patterns([*(f"*{number}.yml" for number in range(3_000)), "a.yaml"])

    assert patterns.of("7.yml") is None
    assert patterns.of("a.yaml") is True


def test_text_that_is_no_unicode_is_compared_as_it_is() -> None:
    assert Patterns(["\udcff*"]).of("\udcff.yaml") is True
    assert Patterns(["\ud800"]).of("x/\ud800") is True
