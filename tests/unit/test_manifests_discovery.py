"""Which files a run meets, in which order, and why some are not read."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cip_lint.errors import InputError
from cip_lint.manifests.discovery import discover


def plant(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def met(root: Path, *paths: str, **options: object) -> dict[str, str]:
    found = discover(paths or ["."], root, **options)  # type: ignore[arg-type]
    return {one.path: one.reason for one in found}


def test_a_folder_is_walked_in_the_order_of_kubectl(tmp_path: Path) -> None:
    plant(tmp_path, "b-x.yaml", "b/x.yml", "B.json", "a.txt", ".h/y.yaml", "c.YAML")
    plant(tmp_path, "Kustomization", ".git/config.yaml")

    assert list(met(tmp_path)) == [
        ".h/y.yaml",
        "B.json",
        "Kustomization",
        "b/x.yml",
        "b-x.yaml",
    ]


def test_a_named_file_is_met_whatever_it_is_called(tmp_path: Path) -> None:
    plant(tmp_path, "a.txt", "b/x.yaml")

    found = list(discover(["a.txt", "b/x.yaml", "b"], tmp_path))

    assert [(one.path, one.argument, one.named) for one in found] == [
        ("a.txt", "a.txt", True),
        ("b/x.yaml", "b/x.yaml", True),
    ]


def test_paths_outside_of_the_root_are_relative_to_it(tmp_path: Path) -> None:
    plant(tmp_path, "a/x.yaml", "b/y.yaml")

    assert list(met(tmp_path / "a", "../b", ".")) == ["../b/y.yaml", "x.yaml"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone.yaml", "gone.yaml: no such file or folder"),
        ("a\0b", "a\0b: not a path"),
        ("pipes", "pipes: not a file that can be read"),
    ],
)
def test_a_path_that_cannot_be_read_is_an_error(
    tmp_path: Path, path: str, message: str
) -> None:
    (tmp_path / "pipes").symlink_to("/dev/null")

    with pytest.raises(InputError) as caught:
        met(tmp_path, path)

    assert str(caught.value) == message


def test_links_are_followed_to_files_alone(tmp_path: Path) -> None:
    plant(tmp_path, "folder/x.yaml")
    (tmp_path / "file.yaml").symlink_to("folder/x.yaml")
    (tmp_path / "folder.yaml").symlink_to("folder")
    (tmp_path / "up").symlink_to(".")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "circle").symlink_to("circle")  # no manifest by its name
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "to-pipe.yaml").symlink_to("pipe.yaml")

    assert met(tmp_path) == {
        "file.yaml": "",
        "folder/x.yaml": "",
        "folder.yaml": "link-to-a-folder",
        "gone.yaml": "unreadable",
        "loop.yaml": "unreadable",
        "pipe.yaml": "not-kubernetes",
        "to-pipe.yaml": "unreadable",
        "up": "link-to-a-folder",
    }


def test_an_ignored_link_to_a_folder_is_told_as_that(tmp_path: Path) -> None:
    plant(tmp_path, "folder/x.yaml")
    (tmp_path / "up").symlink_to(".")
    (tmp_path / "to-text").symlink_to("nowhere")

    assert met(tmp_path, exclude=["up"]) == {"folder/x.yaml": "", "up": "excluded"}


def test_nobody_waits_for_a_pipe_of_patterns(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "a.yaml")
    os.mkfifo(tmp_path / ".gitignore")

    assert met(tmp_path) == {"a.yaml": ""}


def test_a_name_that_is_no_text_is_escaped(tmp_path: Path) -> None:
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.yaml", os.O_CREAT))

    assert list(met(tmp_path)) == ["\\udcff.yaml"]


def test_a_line_of_an_ignore_file_ends_where_it_does_for_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    lines = "# no\x0ca.yaml\x85a.yaml\u2028a.yaml\ra.yaml\r\n\nb.yaml\r\n"
    (tmp_path / ".gitignore").write_bytes(lines.encode())
    plant(tmp_path, "a.yaml", "b.yaml")

    assert met(tmp_path) == {"a.yaml": "", "b.yaml": "ignored-by-git"}


def test_the_nearest_ignore_file_decides(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("*.yaml\n!keep.yaml\nskipped/\n!\n")
    plant(tmp_path, "a.yaml", "keep.yaml", "b.yml", "skipped/c.yml", "d/e.yaml")
    (tmp_path / "d" / ".gitignore").write_text("!e.yaml\n/*.yml\n")
    plant(tmp_path, "d/f.yml", "d/g/f.yml", "d/h.yaml")

    assert met(tmp_path) == {
        "a.yaml": "ignored-by-git",
        "b.yml": "",
        "d/e.yaml": "",
        "d/f.yml": "ignored-by-git",
        "d/g/f.yml": "",
        "d/h.yaml": "ignored-by-git",
        "keep.yaml": "",
        "skipped/": "ignored-by-git",
    }
    assert met(tmp_path, "d") == {
        "d/e.yaml": "",
        "d/f.yml": "ignored-by-git",
        "d/g/f.yml": "",
        "d/h.yaml": "ignored-by-git",
    }
    assert set(met(tmp_path, gitignore=False).values()) == {""}


def test_a_link_is_no_file_of_patterns(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "d/a.yaml")
    (tmp_path / "patterns").write_text("*.yaml\n")
    (tmp_path / ".gitignore").symlink_to("patterns")
    (tmp_path / "d/.gitignore").symlink_to("../patterns")

    assert met(tmp_path) == met(tmp_path, "d") == {"d/a.yaml": ""}


def test_a_byte_order_mark_is_no_part_of_a_pattern(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "a.yaml", "b.yaml")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfa.yaml\n")

    assert met(tmp_path) == {"a.yaml": "ignored-by-git", "b.yaml": ""}


def test_a_repository_in_another_ignores_what_it_says_itself(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "a.yaml", "in/a.yaml", "in/b.yaml", "in/c/a.yaml", "z/a.yaml")
    (tmp_path / ".gitignore").write_text("a.yaml\n")
    (tmp_path / "in/.git").write_text("gitdir: ../.git/modules/in\n")
    (tmp_path / "in/.gitignore").write_text("b.yaml\n")
    inside = {"in/a.yaml": "", "in/b.yaml": "ignored-by-git", "in/c/a.yaml": ""}

    assert met(tmp_path) == {
        "a.yaml": "ignored-by-git",
        **inside,
        "z/a.yaml": "ignored-by-git",
    }
    assert met(tmp_path, "in") == inside


def test_of_too_many_patterns_around_a_file_the_outermost_count(
    tmp_path: Path,
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "a/x1y.yaml", "a/b/x2y.yaml", "c/x3y.yaml")
    for folder, first in (("", 0), ("a", 1), ("a/b", 2), ("c", 3)):
        lines = [f"*{first}y*", *(f"*{first}.{one}*" for one in range(899))]
        (tmp_path / folder / ".gitignore").write_text("\n".join(lines))

    assert met(tmp_path) == {
        "a/b/x2y.yaml": "",
        "a/x1y.yaml": "ignored-by-git",
        "c/x3y.yaml": "ignored-by-git",
    }


def test_nothing_is_read_below_an_ignored_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plant(tmp_path, "out/in/a.yaml", "out/in/b/c.yaml")
    (tmp_path / ".gitignore").write_text("out/\n!*.yaml\n")
    (tmp_path / "out/.gitignore").write_text("!*\n")

    assert met(tmp_path) == {"out/": "ignored-by-git"}
    assert met(tmp_path, "out/in") == {
        "out/in/a.yaml": "ignored-by-git",
        "out/in/b/": "ignored-by-git",
    }


def test_what_a_repository_hands_on_is_met_above_a_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path / "r"], check=True)
    plant(tmp_path, ".sourceignore", "r/.sourceignore", "r/a/.sourceignore")
    plant(tmp_path, "r/a/b/c/x.yaml", "r/a/b/.sourceignore", "r/a/d/y.yaml")

    assert met(tmp_path / "r", "a/b/c", "a/d") == {
        ".sourceignore": "sign",
        "a/.sourceignore": "sign",
        "a/b/.sourceignore": "sign",
        "a/b/c/x.yaml": "",
        "a/d/y.yaml": "",
    }
    assert set(met(tmp_path / "r", "a/b/c/x.yaml")) == {"a/b/c/x.yaml"}
    assert set(met(tmp_path / "r/a", "b/c")) == {
        ".sourceignore",
        "b/.sourceignore",
        "b/c/x.yaml",
    }
    assert set(met(tmp_path / "r/a/b/c")) == {"x.yaml"}
    assert set(met(tmp_path / "r/a/b/c", "../../d")) == {"../../d/y.yaml"}


def test_excluded_files_are_met_and_not_read(tmp_path: Path) -> None:
    plant(tmp_path, "a.yaml", "b/c.yaml", "d/e.yaml")

    assert met(tmp_path, exclude=["b/", "e.yaml"]) == {
        "a.yaml": "",
        "b/": "excluded",
        "d/e.yaml": "excluded",
    }


def test_files_know_their_chart(tmp_path: Path) -> None:
    plant(tmp_path, "web/Chart.yaml", "web/templates/a.yaml", "web/charts/b/Chart.yaml")
    plant(tmp_path, "web/charts/b/templates/c.yaml", "d.yaml")

    inside = {one.path: one.in_chart for one in discover(["."], tmp_path)}
    named = {one.path: one.in_chart for one in discover(["web/templates"], tmp_path)}

    assert inside == {
        "d.yaml": None,
        "web/Chart.yaml": "Chart.yaml",
        "web/charts/b/Chart.yaml": "Chart.yaml",
        "web/charts/b/templates/c.yaml": "templates/c.yaml",
        "web/templates/a.yaml": "templates/a.yaml",
    }
    assert named == {"web/templates/a.yaml": "templates/a.yaml"}
