"""What builds and renders came to, kept between runs by the content of their inputs.

A key covers everything that the outcome depends on: what the programs say of their
releases, their arguments and the bytes of every file that it reads. See ``store`` for how entries are kept.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path

from cip_lint import store
from cip_lint.programs.versions import Versions
from cip_lint.render.surroundings.files import is_regular

_MOST_OUTPUT = 64 << 20
BUILDS = store.Kind("builds", "build 5", 2048, 256 << 20, _MOST_OUTPUT)
_UNREADABLE = "-"


class Cache:
    """What is kept of builds, in little room."""

    def __init__(self, kept: store.Store) -> None:
        self._kept = kept
        self.versions = Versions()
        """Of the programs whose work is kept."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None where nothing sound is."""
        packed = self._kept.get(key)
        if packed is None:
            return None
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, _MOST_OUTPUT)
        return None if unpacker.unconsumed_tail else data

    def put(self, key: str, data: bytes) -> None:
        """Keep something under a key; where that fails, nothing is kept."""
        self._kept.put(key, zlib.compress(data, 1))

    def trim(self) -> None:
        """Delete the entries that were not used for longest, where there are many."""
        self._kept.trim()


def opened(folder: Path | None) -> Cache | None:
    """Return the cache in a folder, or in that of the user; None where none can be."""
    kept = store.opened(folder, BUILDS)
    return None if kept is None else Cache(kept)


def key_of(words: Iterable[str], files: Iterable[Path]) -> str:
    """Return the key of what some words and the bytes of some files lead to."""
    digest = hashlib.sha256()
    for word in (*words, ""):
        digest.update(f"{len(word)}:{word}".encode("utf-8", "surrogateescape"))
    for file in files:
        name = str(file)
        digest.update(f"{name}\0{_content(file)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _content(file: Path) -> str:
    if not is_regular(file):
        return _UNREADABLE
    try:
        with file.open("rb") as opened_file:
            return hashlib.file_digest(opened_file, "sha256").hexdigest()
    except OSError:
        return _UNREADABLE
