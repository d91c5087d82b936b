"""What builds and renders came to, kept between runs by the content of their inputs.

A key covers everything that the outcome depends on: the program, its arguments and
the bytes of every file that it reads. An entry carries a seal made with a secret of
this machine, so one that was damaged, or that somebody else wrote, is no entry. The
cache may be deleted at any time, and its size is bounded.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cip_lint.render.files import is_regular

_FORM = b"cip-lint build 3\n"
_SEAL_BYTES = 32
_MOST_ENTRIES = 2048
_MOST_BYTES = 256 << 20
_MOST_OUTPUT = 64 << 20
_UNREADABLE = "-"


class Cache:
    """The entries below one folder."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret
        self._written = 0

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None where nothing sound is."""
        file = self._folder / key
        try:
            if file.stat().st_size > _MOST_OUTPUT:
                return None
            content = file.read_bytes()
        except OSError:
            return None
        seal, packed = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(key, packed)):
            return None
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, _MOST_OUTPUT)
        with suppress(OSError):
            os.utime(file)
        return None if unpacker.unconsumed_tail else data

    def put(self, key: str, data: bytes) -> None:
        """Keep something under a key; where that fails, nothing is kept."""
        packed = zlib.compress(data, 1)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(self._seal(key, packed) + packed)
            Path(file.name).replace(self._folder / key)
            self._written += 1

    def trim(self) -> None:
        """Delete the entries that were not used for longest, where there are many."""
        if not self._written:
            return
        with suppress(OSError):
            found = sorted(
                (
                    (entry.stat().st_mtime_ns, entry.stat().st_size, entry.path)
                    for entry in os.scandir(self._folder)
                ),
                reverse=True,
            )
            total = 0
            for number, (_, size, path) in enumerate(found):
                total += size
                if number >= _MOST_ENTRIES or total > _MOST_BYTES:
                    Path(path).unlink(missing_ok=True)

    def _seal(self, key: str, packed: bytes) -> bytes:
        return hmac.digest(self._secret, _FORM + key.encode() + packed, "sha256")


def opened(folder: Path | None) -> Cache | None:
    """Return the cache in a folder, or in that of the user; None where none can be.

    The secret lies apart from the entries: whoever may write these knows nothing.
    """
    secret = _secret(_home("XDG_STATE_HOME", ".local/state"))
    where = folder or _home("XDG_CACHE_HOME", ".cache")
    if secret is None or where is None:
        return None
    return Cache(where / "builds", secret)


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


def _home(variable: str, below: str) -> Path | None:
    stated = os.environ.get(variable, "")
    if Path(stated).is_absolute():
        return Path(stated) / "cip-lint"
    try:
        return Path.home() / below / "cip-lint"
    except RuntimeError:
        return None


def _secret(folder: Path | None) -> bytes | None:
    """Return the secret of this user on this machine, made when it is first needed."""
    if folder is None:
        return None
    file = folder / "cache.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as made:
                made.write(secrets.token_bytes(_SEAL_BYTES))
        found = file.read_bytes()
    except OSError:
        return None
    return found if len(found) == _SEAL_BYTES else None
