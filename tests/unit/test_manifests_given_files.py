"""A tree in memory is walked and read as the same tree on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cip_lint.errors import InputError
from cip_lint.manifests import ReadOptions, read
from cip_lint.manifests.discovery import Found, discover
from cip_lint.manifests.given_files import GivenFiles

TREE: Mapping[str, str] = {
    ".gitignore": "out/\n*.tmp.yaml\n!kept.tmp.yaml\n",
    "a/web.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
    "a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: b}\n",
    "a/.gitignore": "/secret.yaml\n",
    "a/secret.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: c}\n",
    "a/b/secret.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: d}\n",
    "b/kept.tmp.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: e}\n",
    "b/lost.tmp.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: f}\n",
    "out/x.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: g}\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\n",
    "chart/values.yaml": "a: 1\n",
    "chart/templates/x.yaml": "kind: {{ .Values.kind }}\n",
    "chart/crds/x.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: h}\n",
    "k/kustomization.yaml": "namespace: shop\nresources: [web.yaml]\n",
    "k/web.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: i}\n",
    "text/readme.txt": "no manifest\n",
    "text/empty.yaml": "",
    "text/caf\u00e9.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: j}\n",
    "skipped/x.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: k}\n",
}
LINKS: Mapping[str, str] = {
    "links/file.yaml": "../a/web.yaml",
    "links/twice.yaml": "file.yaml",
    "links/folder.yaml": "../a",
    "links/broken.yaml": "nowhere.yaml",
    "links/circle.yaml": "circle.yaml",
    "links/text.yaml": "../text/readme.txt",
}


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    for name, text in TREE.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (top / "links").mkdir()
    for name, target in LINKS.items():
        (top / name).symlink_to(target)
    return top


def given(top: Path) -> GivenFiles:
    contents = {name: text.encode() for name, text in TREE.items()}
    return GivenFiles(str(top), contents, LINKS)


@pytest.mark.parametrize("gitignore", [True, False])
@pytest.mark.parametrize(
    ("root", "paths"),
    [
        (".", ["."]),
        (".", ["a", "chart", "k", "a.yaml"]),
        (".", ["text/readme.txt", "out/x.yaml", "links/file.yaml"]),
        ("a", ["."]),
        ("chart/crds", [".", "../templates", "x.yaml"]),
        ("b", ["../a", "../k/web.yaml"]),
    ],
)
def test_a_walk_meets_the_same_files(
    on_disk: Path, root: str, paths: list[str], gitignore: bool
) -> None:
    def met(**more: GivenFiles) -> list[Found]:
        found = discover(
            paths,
            on_disk / root,
            exclude=["skipped/"],
            gitignore=gitignore,
            **more,  # type: ignore[arg-type]
        )
        return list(found)

    there = met()

    assert met(files=given(on_disk)) == there
    assert there


def test_the_same_is_read(on_disk: Path) -> None:
    disk = read(["."], ReadOptions(root=on_disk))
    memory = read(["."], ReadOptions(root=on_disk, files=given(on_disk), jobs=2))

    assert memory.files == disk.files
    assert [one.body for one in memory.resources] == [
        one.body for one in disk.resources
    ]
    assert memory.skipped == disk.skipped
    assert memory.landmarks == disk.landmarks


def test_nothing_of_the_disk_is_read(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(TREE["a.yaml"], encoding="utf-8")
    (tmp_path / "outside").mkdir()
    secret = tmp_path / "outside/secret.yaml"
    secret.write_text(TREE["a.yaml"], encoding="utf-8")
    top = tmp_path / "top"
    links = {"up.yaml": "../outside/secret.yaml", "full.yaml": str(secret)}
    files = GivenFiles(str(top), {"x.yaml": b"a: 1\n"}, links)

    reading = read(["."], ReadOptions(root=top, files=files))

    assert not reading.resources
    assert {one.path: one.reason for one in reading.files} == {
        "full.yaml": "unreadable",
        "up.yaml": "unreadable",
        "x.yaml": "not-kubernetes",
    }
    with pytest.raises(InputError, match=r"web\.yaml: no such file"):
        read(["../web.yaml"], ReadOptions(root=top, files=files))


def test_what_was_not_kept_is_too_large(tmp_path: Path) -> None:
    files = GivenFiles(str(tmp_path), {"a.yaml": None, "b.yaml": b"x" * 11}, {})

    reading = read(["."], ReadOptions(root=tmp_path, files=files, max_file_bytes=10))

    assert [one.reason for one in reading.files] == ["too-large", "too-large"]


def test_a_file_can_be_read_and_a_folder_cannot(tmp_path: Path) -> None:
    files = GivenFiles(str(tmp_path), {"a/b.yaml": b"x"}, {})

    assert files.data(str(tmp_path / "a/b.yaml"), 10) == b"x"
    for path in ("a", "c.yaml", "a/b.yaml/c"):
        with pytest.raises(OSError, match="directory"):
            files.data(str(tmp_path / path), 10)
    with pytest.raises(FileNotFoundError):
        files.entries(str(tmp_path / "c"))
