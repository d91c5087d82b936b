"""Bytes that are kept between runs, under keys: sealed, bounded, never relied on.

An entry carries a seal made with a secret of this machine, so one that was damaged, or
that somebody else wrote, is no entry. A store may be deleted at any time; where nothing
can be written, nothing is kept.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cip_lint.records import NamedTuple

_SEAL_BYTES = 32


class Kind(NamedTuple):
    """What the entries of a store are, and how many may stay."""

    folder: str
    form: str
    """Its format: entries of another one are none."""
    most_entries: int
    most_bytes: int
    """Of all entries together."""
    largest: int
    """Bytes of one entry, at most."""


class Store:
    """The entries of one kind below one folder."""

    def __init__(self, folder: Path, secret: bytes, kind: Kind) -> None:
        self._folder = folder
        self._secret = secret
        self._kind = kind
        self._written = 0

    def get(self, key: str) -> memoryview | None:
        """Return what is kept under a key; None where nothing sound is."""
        file = self._folder / key
        try:
            if file.stat().st_size > self._kind.largest + _SEAL_BYTES:
                return None
            content = memoryview(file.read_bytes())
        except OSError:
            return None
        seal, data = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(key, data)):
            return None
        with suppress(OSError):
            os.utime(file)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep something under a key; where that fails, nothing is kept.

        Nobody meets half of an entry: it is there when it is whole.
        """
        if len(data) > self._kind.largest:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _written(self._folder, self._seal(key, data), data) as made:
                made.replace(self._folder / key)
        except OSError:
            return
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
                if number >= self._kind.most_entries or total > self._kind.most_bytes:
                    Path(path).unlink(missing_ok=True)

    def _seal(self, key: str, data: bytes | memoryview) -> bytes:
        seal = hmac.new(self._secret, digestmod="sha256")
        seal.update(f"cip-lint {self._kind.form}\n{key}\n".encode())
        seal.update(data)
        return seal.digest()


_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def opened(folder: Path | None, kind: Kind) -> Store | None:
    """Return the store of a kind in a folder, or in that of the user; None without any.

    The secret lies apart from the entries: whoever may write these knows nothing.
    """
    secret = _secret(_home("XDG_STATE_HOME", ".local/state"))
    where = folder or _home("XDG_CACHE_HOME", ".cache")
    if secret is None or where is None:
        return None
    return Store(where / kind.folder, secret, kind)


def _home(variable: str, below: str) -> Path | None:
    stated = os.environ.get(variable, "")
    if Path(stated).is_absolute():
        return Path(stated) / "cip-lint"
    try:
        return Path.home() / below / "cip-lint"
    except RuntimeError:
        return None


def _secret(folder: Path | None) -> bytes | None:
    """Return the secret of this user on this machine, made when it is first needed.

    Nobody meets half of one: it gets its name when it is whole, and the first stays.
    """
    if folder is None:
        return None
    file = folder / "cache.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            _make_secret(file)
        found = file.read_bytes()
    except OSError:
        return None
    return found if len(found) == _SEAL_BYTES else None


def _make_secret(file: Path) -> None:
    secret = os.urandom(_SEAL_BYTES)
    with _written(file.parent, secret) as made, suppress(FileExistsError):
        os.link(made, file)


@contextmanager
def _written(folder: Path, *parts: bytes) -> Iterator[Path]:
    """Yield a new file of these bytes, to be given its name; gone where it gets none."""
    made = folder / f".{os.getpid()}-{os.urandom(8).hex()}"
    try:
        with os.fdopen(os.open(made, _NEW, 0o600), "wb") as file:
            file.writelines(parts)
        yield made
    finally:
        made.unlink(missing_ok=True)
