"""The cache of builds: by content, bounded, and never believed without its seal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.render import cache as caches
from cip_lint.render.cache import Cache, key_of, opened
from cip_lint.render.closure import Closure
from cip_lint.render.place import Place

SECRET = b"s" * 32


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "builds", SECRET)


def test_what_was_put_is_there(cache: Cache) -> None:
    cache.put("a", b"x" * 100_000)

    assert cache.get("a") == b"x" * 100_000
    assert cache.get("b") is None


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
def test_a_damaged_entry_is_none(cache: Cache, tmp_path: Path, change: object) -> None:
    cache.put("a", b"kind: Service\n" * 10)
    file = tmp_path / "builds/a"
    assert callable(change)
    file.write_bytes(change(file.read_bytes()))

    assert cache.get("a") is None


def test_an_entry_of_somebody_else_is_none(cache: Cache, tmp_path: Path) -> None:
    Cache(tmp_path / "builds", b"t" * 32).put("a", b"forged")

    assert cache.get("a") is None


def test_an_entry_under_another_key_is_none(cache: Cache, tmp_path: Path) -> None:
    cache.put("a", b"one")
    (tmp_path / "builds/a").rename(tmp_path / "builds/b")

    assert cache.get("b") is None


def test_the_oldest_go_where_there_are_too_many(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "_MOST_ENTRIES", 2)
    for number, name in enumerate("abc"):
        cache.put(name, b"x")
        os.utime(tmp_path / "builds" / name, (number, number))
    cache.trim()

    assert sorted(one.name for one in (tmp_path / "builds").iterdir()) == ["b", "c"]


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file/builds", SECRET)
    cache.put("a", b"x")
    cache.trim()

    assert cache.get("a") is None


def test_the_secret_stays_and_lies_apart_from_the_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    first = opened(tmp_path / "cache")
    assert first is not None
    first.put("a", b"x")
    again = opened(tmp_path / "cache")

    assert again is not None
    assert again.get("a") == b"x"
    secret = tmp_path / "state/cip-lint/cache.key"
    assert secret.stat().st_mode & 0o077 == 0
    secret.write_bytes(b"short")
    assert opened(tmp_path / "cache") is None


def test_every_word_and_every_byte_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    keys = set()
    for content in (None, b"", b"a", b"b"):
        if content is not None:
            file.write_bytes(content)
        keys |= {
            key_of(words, [file]) for words in (("a", "b"), ("ab",), ("a", "b", ""))
        }

    assert len(keys) == 12


def test_what_is_kept_is_not_made_again(cache: Cache, tmp_path: Path) -> None:
    made: list[int] = []
    place = Place(tmp_path, tmp_path, cache)

    def make() -> bytes:
        made.append(1)
        return b"built"

    file = tmp_path / "in.yaml"
    file.write_text("a")
    assert place.kept(("w",), Closure(files=(file,), is_whole=True), make) == b"built"
    assert place.kept(("w",), Closure(files=(file,), is_whole=True), make) == b"built"
    assert len(made) == 1
    file.write_text("b")
    assert place.kept(("w",), Closure(files=(file,), is_whole=True), make) == b"built"
    assert len(made) == 2


def test_a_refusal_is_kept_and_anything_else_is_not(
    cache: Cache, tmp_path: Path
) -> None:
    place = Place(tmp_path, tmp_path, cache)
    raised: list[Exception] = []
    nothing = Closure(is_whole=True)

    def make(error: Exception) -> bytes:
        raised.append(error)
        raise error

    for _ in range(2):
        with pytest.raises(RefusedError, match="no such file"):
            place.kept(("a",), nothing, lambda: make(RefusedError("no such file")))
        with pytest.raises(ProgramError, match="too late"):
            place.kept(("b",), nothing, lambda: make(ProgramError("too late")))

    assert list(map(str, raised)) == ["no such file", "too late", "too late"]
