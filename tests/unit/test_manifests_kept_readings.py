"""What was read before is read again as it was, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cip_lint.manifests import (
    ReadOptions,
    easy_values,
    kept_readings,
    read,
    readers,
)
from cip_lint.store import Kind, Store
from support.readings import told

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {ports: [{port: 80}]}\n"
OTHERS = {
    "anchors.yaml": "apiVersion: v1\nkind: Service\nmetadata: &m {name: a}\nspec: {x: *m}\n",
    "broken.yaml": "apiVersion: v1\nkind: Service\na: [\n",
    "chart/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "chart/templates/a.yaml": "kind: Service\nmetadata: {name: {{ .Release.Name }}}\n",
    "comment.yaml": "# cip-lint: ignore[address.taken] why\n" + SERVICE % 900,
    "crlf.yaml": (SERVICE % 901).replace("\n", "\r\n"),
    "kapp.yaml": (
        "apiVersion: v1\nkind: Service\n"
        "metadata: {name: k, annotations: {kapp.k14s.io/change-group: x}}\n"
    ),
    "kustomization.yaml": "resources: [f000.yaml]\n",
    "latin.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: l, labels: {a: \xe4}}\n",
    "list.json": '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", '
    '"kind": "Service", "metadata": {"name": "j", "name": "i"}}]}',
    "numbers.yaml": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: n}\n"
        "spec: {a: 1, b: 1.5, c: y, d: ~, e: 0o17, f: 99999999999999999999}\n"
    ),
    "role.yaml": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
    ),
    "twice.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: t, name: u}\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(readers, "_FEWEST_KEPT", 0)
    root = tmp_path / "tree"
    for name, text in OTHERS.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("latin-1"))
    for number in range(70):
        (root / f"f{number:03}.yaml").write_text(SERVICE % number)
    return root


Look = Callable[[], tuple[Any, set[str]]]


@pytest.fixture
def look(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Reads the tree; returns what that says, and which files were read for it."""
    read_file = readers._read_file

    def looked() -> tuple[Any, set[str]]:
        opened: set[str] = set()

        def noted(found: Any, *arguments: Any) -> Any:
            opened.add(found.path)
            return read_file(found, *arguments)

        monkeypatch.setattr(readers, "_read_file", noted)
        options = ReadOptions(root=tree, jobs=1, kept=store_in(tmp_path / "store"))
        return told(read(["."], options)), set(opened)

    return looked


def store_in(folder: Path, secret: bytes = b"s" * 32) -> Callable[[Kind], Store]:
    return lambda kind: Store(folder, secret, kind)


def plainly(tree: Path) -> Any:
    return told(read(["."], ReadOptions(root=tree, jobs=1)))


def entry(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "store").iterdir()
    return file


def test_what_is_kept_says_what_the_files_say(look: Look, tree: Path) -> None:
    first, read_first = look()
    again, read_again = look()

    assert first == again == plainly(tree)
    assert len(read_first) == 70 + len(OTHERS)
    assert read_again == {"broken.yaml", "latin.yaml"}


@pytest.mark.skipif(
    easy_values.line_reader is None, reason="the reader is not compiled here"
)
def test_a_file_of_whole_lines_is_read_again(look: Look, tree: Path) -> None:
    lines = "apiVersion: v1\nkind: Service\nmetadata:\n  name: lines\n"
    (tree / "lines.yaml").write_text(lines)
    (tree / "both.yaml").write_text(f"{lines}---\n{SERVICE % 902}")

    first, _ = look()
    again, read_again = look()

    assert first == again == plainly(tree)
    assert read_again == {"broken.yaml", "latin.yaml", "lines.yaml"}


def test_several_processes_keep_what_one_keeps(tree: Path, tmp_path: Path) -> None:
    kept = store_in(tmp_path / "store")
    three = told(read(["."], ReadOptions(root=tree, jobs=3, kept=kept)))
    one = told(read(["."], ReadOptions(root=tree, jobs=1, kept=kept)))

    assert one == three == plainly(tree)


def test_where_all_is_kept_no_process_is_started(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("broken.yaml", "latin.yaml"):
        (tree / name).unlink()
    options = ReadOptions(root=tree, jobs=2, kept=store_in(tmp_path / "store"))
    first = told(read(["."], options))

    def refuse() -> int:
        raise AssertionError

    monkeypatch.setattr(os, "fork", refuse)

    assert told(read(["."], options)) == first


def test_a_file_that_changed_is_read_again(look: Look, tree: Path) -> None:
    look()
    file = tree / "f003.yaml"
    status = file.stat()
    file.write_text(SERVICE.replace("80", "81") % 3)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    again, opened = look()

    assert again == plainly(tree)
    assert opened == {"broken.yaml", "f003.yaml", "latin.yaml"}


def test_a_file_that_is_met_otherwise_is_read_again(look: Look, tree: Path) -> None:
    look()
    (tree / "Chart.yaml").write_text("name: all\n")
    again, opened = look()

    assert again == plainly(tree)
    assert "f003.yaml" in opened


def test_a_little_that_is_new_writes_nothing(
    look: Look, tree: Path, tmp_path: Path
) -> None:
    look()
    written = entry(tmp_path).read_bytes()
    (tree / "f003.yaml").write_text(SERVICE % 300)
    look()
    assert entry(tmp_path).read_bytes() == written

    for number in range(20):
        (tree / f"f{number:03}.yaml").write_text(SERVICE % (number + 400))
    look()
    assert entry(tmp_path).read_bytes() != written
    assert look() == (plainly(tree), {"broken.yaml", "latin.yaml"})


@pytest.mark.parametrize("part", range(12))
def test_a_damaged_entry_is_no_entry(
    look: Look, tree: Path, tmp_path: Path, part: int
) -> None:
    look()
    file = entry(tmp_path)
    data = bytearray(file.read_bytes())
    at = len(data) * part // 12
    data[at] ^= 0x55
    file.write_bytes(data)
    again, opened = look()

    assert again == plainly(tree)
    assert len(opened) == 70 + len(OTHERS)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 40, 1000, -1])
def test_half_of_an_entry_is_no_entry(
    look: Look, tree: Path, tmp_path: Path, size: int
) -> None:
    look()
    file = entry(tmp_path)
    file.write_bytes(file.read_bytes()[:size])

    assert look()[0] == plainly(tree)


def test_an_entry_of_somebody_else_is_no_entry(
    look: Look, tree: Path, tmp_path: Path
) -> None:
    forged = store_in(tmp_path / "store", b"t" * 32)
    (tree / "f003.yaml").write_text(SERVICE % 300)
    read(["."], ReadOptions(root=tree, jobs=1, kept=forged))
    again, opened = look()

    assert again == plainly(tree)
    assert len(opened) == 70 + len(OTHERS)


def test_another_program_reads_again(
    look: Look, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    monkeypatch.setattr(kept_readings, "_program", lambda: b"another version")
    again, opened = look()

    assert again == plainly(tree)
    assert len(opened) == 70 + len(OTHERS)


def test_a_change_of_the_reader_makes_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept_readings._program()
    (tmp_path / "manifests").mkdir()
    for name in ("plain_bodies.py", "model.py"):
        (tmp_path / name).write_text("")
    module = tmp_path / "manifests/kept_readings.py"
    seen = set()
    monkeypatch.setattr(kept_readings, "__file__", str(module))
    for text in ("", "x = 1"):
        module.write_text(text)
        seen.add(kept_readings._program())

    assert len({before, *seen}) == 3


def test_of_a_set_that_is_too_large_nothing_is_kept(
    look: Look, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_readings, "_LARGEST", 1000)

    assert look()[0] == plainly(tree)
    assert not (tmp_path / "store").exists()


def test_where_nothing_can_be_written_all_is_read(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    stores: list[Callable[[Kind], Store | None]] = [
        store_in(tmp_path / "store"),
        lambda _: None,
    ]
    for kept in stores:
        options = ReadOptions(root=tree, jobs=1, kept=kept)
        assert told(read(["."], options)) == plainly(tree)


def test_few_small_files_are_read_without_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Kind) -> Store:
        raise AssertionError

    (tmp_path / "a.yaml").write_text(SERVICE % 1)
    read(["."], ReadOptions(root=tmp_path, kept=refuse))
    (tmp_path / "a.yaml").write_text("#" * readers._FEWEST_BYTES)

    with pytest.raises(AssertionError):
        read(["."], ReadOptions(root=tmp_path, kept=refuse))


def test_texts_that_repeat_are_one_object(tree: Path, tmp_path: Path) -> None:
    options = ReadOptions(root=tree, jobs=1, kept=store_in(tmp_path / "store"))
    read(["."], options)
    one, two = list(read(["."], options).resources)[20:22]

    assert one.body["kind"] is two.body["kind"]
    assert next(iter(one.body)) is next(iter(two.body))
