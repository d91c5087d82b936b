"""The cache of builds: by the content of all that they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.programs.versions import VersionCommand
from cip_lint.render.kustomize.closure import Closure
from cip_lint.render.surroundings.cache import BUILDS, Cache, key_of
from cip_lint.render.surroundings.place import Place
from cip_lint.store import Store
from support.programs import install, path_with


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(Store(tmp_path / "builds", b"s" * 32, BUILDS))


def test_what_was_put_is_there(cache: Cache) -> None:
    cache.put("a", b"x" * 100_000)

    assert cache.get("a") == b"x" * 100_000
    assert cache.get("b") is None


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
    assert (
        place.kept(("w",), (), Closure(files=(file,), is_whole=True), make) == b"built"
    )
    assert (
        place.kept(("w",), (), Closure(files=(file,), is_whole=True), make) == b"built"
    )
    assert len(made) == 1
    file.write_text("b")
    assert (
        place.kept(("w",), (), Closure(files=(file,), is_whole=True), make) == b"built"
    )
    assert len(made) == 2


@pytest.mark.parametrize("is_whole", [True, False])
def test_nothing_is_made_of_what_is_too_large(
    cache: Cache, tmp_path: Path, is_whole: bool
) -> None:
    """A file of gigabytes with nothing in it would be read to its end."""
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        with file.open("wb") as made:
            made.truncate(200 << 20)
    reads = Closure(files=(*files, tmp_path / "c\0", tmp_path), is_whole=is_whole)

    for place in (Place(tmp_path, tmp_path, cache), Place(tmp_path, tmp_path)):
        with pytest.raises(ProgramError, match="it reads more than 256 MiB"):
            place.kept((), (), reads, lambda: b"built")
        one = reads._replace(files=reads.files[1:], is_whole=False)
        assert place.kept((), (), one, lambda: b"built") == b"built"


def test_the_work_of_another_release_is_another_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a program that does not say which it is, nothing is kept."""
    monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
    chosen = tmp_path / "chosen"
    install(tmp_path / "bin", "helm", f"print(open({str(chosen)!r}).read())\n")
    made: list[str] = []
    everything = Closure(is_whole=True)

    def build(version: str) -> None:
        chosen.write_text(version)
        run = Place(tmp_path, tmp_path, Cache(Store(tmp_path / "x", b"s" * 32, BUILDS)))
        asked = [VersionCommand(("helm", "version"))]

        def make() -> bytes:
            made.append(version)
            return b"built"

        run.kept((), asked, everything, make)

    for version in ("v3", "v4", "v3", "v4", "", ""):
        build(version)

    assert made == ["v3", "v4", "", ""]


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
            place.kept(("a",), (), nothing, lambda: make(RefusedError("no such file")))
        with pytest.raises(ProgramError, match="too late"):
            place.kept(("b",), (), nothing, lambda: make(ProgramError("too late")))

    assert list(map(str, raised)) == ["no such file", "too late", "too late"]
