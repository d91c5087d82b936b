"""``render.helm.chart_files``: what helm reads of a chart, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.render.helm.chart_files import chart_files


def chart(folder: Path, *names: str, ignore: str = "") -> Path:
    for name in ("Chart.yaml", *names):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    if ignore:
        (folder / ".helmignore").write_text(ignore, encoding="utf-8")
    return folder


def names(folder: Path) -> set[str]:
    found = chart_files(folder, folder)
    assert found.obstacle == ""
    files = {one.relative_to(folder).as_posix() for one in found.files}
    return files - {".helmignore", "Chart.yaml"}


def test_a_chart_is_all_that_lies_in_its_folder(tmp_path: Path) -> None:
    chart(tmp_path, "values.yaml", "templates/a.yaml", "files/x.ini", "charts/b.tgz")

    assert names(tmp_path) == {
        "values.yaml",
        "templates/a.yaml",
        "files/x.ini",
        "charts/b.tgz",
    }


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("*.md", {"a.txt", "docs/b.txt", "docs/in/c.txt"}),
        ("docs/", {"a.txt", "d.md"}),
        ("docs", {"a.txt", "d.md"}),
        ("a.txt/", {"a.txt", "d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("/a.txt", {"d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("docs/*.txt", {"a.txt", "d.md", "docs/in/c.txt"}),
        ("*/c.txt", {"a.txt", "d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("/b.txt", {"a.txt", "d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("[a-c].txt", {"d.md"}),
        ("[^ab].txt", {"a.txt", "d.md", "docs/b.txt"}),
        (r"\a.t?t", {"d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("# *.md\n\n  d.md  ", {"a.txt", "docs/b.txt", "docs/in/c.txt"}),
        # Only a line feed ends a line.
        (
            "# no\x0c*.md\u2028*.md\x85*.md\r*.md\r\na.txt\r\n",
            {"d.md", "docs/b.txt", "docs/in/c.txt"},
        ),
        # What helm takes a line with ! for: all else is left out.
        ("!docs\n!*.txt", set()),
        ("!a.txt", {"a.txt"}),
        # It refuses these, and the chart with them.
        ("docs/**\n*.md", {"a.txt", "d.md", "docs/b.txt", "docs/in/c.txt"}),
        ("[a\n*.md", {"a.txt", "d.md", "docs/b.txt", "docs/in/c.txt"}),
    ],
)
def test_what_a_chart_ignores_is_not_read(
    tmp_path: Path, line: str, left: set[str]
) -> None:
    chart(tmp_path, "a.txt", "d.md", "docs/b.txt", "docs/in/c.txt", ignore=line)

    assert names(tmp_path) - {"Chart.yaml"} == left


def test_a_bad_pattern_of_stars_takes_no_time(tmp_path: Path) -> None:
    """Each star has one end: nothing is tried again from another one."""
    ignore = f"{'*a' * 40}b\n{'?*a' * 40}b\n/docs/{'*a' * 40}b\n"
    chart(tmp_path, "a" * 200, f"docs/{'a' * 200}", ignore=ignore)

    assert len(names(tmp_path)) == 2


def test_lines_and_files_are_bounded_together(tmp_path: Path) -> None:
    chart(tmp_path, *(f"docs/{number:0200}" for number in range(600)))

    def obstacle(ignore: str) -> str:
        (tmp_path / ".helmignore").write_text(ignore)
        return chart_files(tmp_path, tmp_path).obstacle

    assert obstacle("a\n" * 1000) == ""
    assert obstacle("a\n" * 1001) == "its .helmignore has more than 1000 lines"
    why = "its .helmignore is too long for so many files"
    assert obstacle(f"{'a' * 1000}b\n" * 1000) == why


def test_hidden_files_beside_templates_are_no_templates(tmp_path: Path) -> None:
    chart(tmp_path, "templates/.a.yaml", "templates/b.yaml", ".c.yaml")

    assert names(tmp_path) == {"templates/b.yaml", ".c.yaml"}


def test_nothing_of_git_is_read_to_know_a_chart(tmp_path: Path) -> None:
    chart(tmp_path, "a.yaml", ".git/objects/aa/bb", "sub/.git/x")

    found = chart_files(tmp_path, tmp_path)

    # helm reads it: what the chart becomes is not known by the other files.
    assert not found.is_whole
    assert not any("objects" in one.parts for one in found.files)
    (tmp_path / ".helmignore").write_text(".git/\n")
    assert chart_files(tmp_path, tmp_path).is_whole


def test_what_is_ignored_may_lead_anywhere(tmp_path: Path) -> None:
    folder = chart(tmp_path / "chart")
    (folder / "link").symlink_to("/dev/zero")

    assert chart_files(folder, tmp_path).obstacle == "link leads out of the repository"
    (folder / ".helmignore").write_text("link\n")
    assert chart_files(folder, tmp_path).obstacle == ""


def test_links_are_followed_once(tmp_path: Path) -> None:
    folder = chart(tmp_path / "chart", "a/b.yaml")
    (folder / "a/round").symlink_to("..")
    (folder / "twin").symlink_to("a")

    assert names(folder) == {"a/b.yaml"}
