"""What is kept between runs: under its key, bounded, never believed without its seal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.store import Kind, Store, opened

SECRET = b"s" * 32
KIND = Kind("things", "thing 1", most_entries=2, most_bytes=1000, largest=500)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "things", SECRET, KIND)


def test_what_was_put_is_there(store: Store) -> None:
    store.put("a", b"x" * 100)

    assert bytes(store.get("a") or b"") == b"x" * 100
    assert store.get("b") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
    ],
)
def test_a_damaged_entry_is_none(store: Store, tmp_path: Path, change: object) -> None:
    store.put("a", b"kind: Service\n" * 10)
    file = tmp_path / "things/a"
    assert callable(change)
    file.write_bytes(change(file.read_bytes()))

    assert store.get("a") is None


def test_an_entry_of_somebody_else_is_none(store: Store, tmp_path: Path) -> None:
    Store(tmp_path / "things", b"t" * 32, KIND).put("a", b"forged")

    assert store.get("a") is None


def test_an_entry_under_another_key_is_none(store: Store, tmp_path: Path) -> None:
    store.put("a", b"one")
    (tmp_path / "things/a").rename(tmp_path / "things/b")

    assert store.get("b") is None


def test_the_oldest_go_where_there_are_too_many(store: Store, tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        store.put(name, b"x")
        os.utime(tmp_path / "things" / name, (number, number))
    store.trim()

    assert sorted(one.name for one in (tmp_path / "things").iterdir()) == ["b", "c"]


def test_the_oldest_go_where_they_take_too_much_room(
    store: Store, tmp_path: Path
) -> None:
    for number, (name, size) in enumerate((("a", 500), ("b", 500))):
        store.put(name, b"x" * size)
        os.utime(tmp_path / "things" / name, (number, number))
    store.trim()

    assert store.get("a") is None
    assert bytes(store.get("b") or b"") == b"x" * 500


def test_what_is_too_large_is_not_kept(store: Store, tmp_path: Path) -> None:
    store.put("a", b"x" * 501)
    assert store.get("a") is None
    assert not (tmp_path / "things").exists()

    (tmp_path / "things").mkdir()
    with (tmp_path / "things/a").open("wb") as file:
        file.truncate(1 << 20)
    assert store.get("a") is None


def test_an_entry_of_another_form_is_none(store: Store, tmp_path: Path) -> None:
    store.put("a", b"x")
    newer = KIND._replace(form="thing 2")

    assert Store(tmp_path / "things", SECRET, newer).get("a") is None


def test_a_disk_that_is_full_leaves_nothing_behind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    store.put("a", b"x")

    assert store.get("a") is None
    assert list((tmp_path / "things").iterdir()) == []


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file/things", SECRET, KIND)
    store.put("a", b"x")
    store.trim()

    assert store.get("a") is None


def test_the_secret_stays_and_lies_apart_from_the_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    first = opened(tmp_path / "cache", KIND)
    assert first is not None
    first.put("a", b"x")
    again = opened(tmp_path / "cache", KIND)

    assert again is not None
    assert bytes(again.get("a") or b"") == b"x"
    secret = tmp_path / "state/cip-lint/cache.key"
    assert secret.stat().st_mode & 0o077 == 0
    secret.write_bytes(b"short")
    assert opened(tmp_path / "cache", KIND) is None


def test_a_run_that_dies_leaves_no_half_of_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def dies(count: int) -> bytes:
        if count < len(SECRET):
            return b"n" * count
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(os, "urandom", dies)
        with pytest.raises(KeyboardInterrupt):
            opened(tmp_path / "cache", KIND)

    assert opened(tmp_path / "cache", KIND) is not None
