"""What was read of files in an earlier run: not read again while their bytes are the same.

The files of one command line are kept together in one entry of a store: a file for each
would take longer to open than to read again. An entry is known by the paths that are
asked for and by everything that the outcome depends on beside the files: this program,
its parser and Python. In it a file is known by its path, and by a digest of its bytes
and of how it was met.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Callable, Mapping, Sequence
from os import fsencode
from pathlib import Path

import yaml
from yaml._yaml import get_version

from cip_lint.manifests.discovery import Found
from cip_lint.manifests.easy_values import reads_compiled
from cip_lint.manifests.file_reading import FileReading
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.plain_readings import Outcome, contents, restored
from cip_lint.manifests.text import decode
from cip_lint.model import SourceFile
from cip_lint.store import Kind, Store

_LARGEST = 24 << 20
"""Bytes that are kept of one command line, at most; of larger sets nothing is."""
READINGS = Kind("readings", "reading 1", 64, 256 << 20, _LARGEST)
_NEW_ENOUGH = 32
"""Where less than one file in so many is new, what is kept stays as it is."""
_LENGTH_BYTES = 8


class KeptReadings:
    """The files that one command line met before, and those that it meets now."""

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key
        self._places: Mapping[str, tuple[bytes, int, int]] = {}
        self._values = memoryview(b"")
        data = store.get(key)
        if data is not None:
            size = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES])
            self._places = marshal.loads(data[_LENGTH_BYTES:size])  # noqa: S302 - sealed
            self._values = data[size:]
        self._now: dict[str, tuple[bytes, bytes | memoryview]] = {}
        self._bytes = self._new = self._made = 0

    def recalled(self, found: Found, data: bytes) -> Outcome | None:
        """Return what a file of these bytes came to; None where that is not kept."""
        digest, start, end = self._places[found.path]
        if digest != digest_of(found, data):
            return None
        values = self._values[start:end]
        made = marshal.loads(values)  # noqa: S302 - sealed
        if not isinstance(made, str):
            made = restored(SourceFile(found.path, decode(data).text), made)
        outcome = Outcome(made, digest, values)
        self._keep(found, outcome)
        return outcome

    def knows(self, found: Found) -> bool:
        """Whether anything is kept of a file that lay at its path."""
        return found.path in self._places and not found.reason

    def outcome(self, found: Found, data: bytes, made: FileReading | str) -> Outcome:
        """Return what became of a file that is read now, ready to be kept if it may be.

        Of what is broken somebody wants to hear again, and there is little of it. A
        file of whole lines is read in the time that it takes to be looked for.
        """
        is_told = isinstance(made, FileReading) and (
            bool(made.losses) or _is_read_at_once(made)
        )
        if is_told or self._made > _LARGEST:
            return Outcome(made)
        try:
            values = marshal.dumps(made if isinstance(made, str) else contents(made))
        except ValueError:  # nested too deeply
            return Outcome(made)
        self._made += len(values)
        return Outcome(made, digest_of(found, data), values)

    def note(self, found: Found, outcome: Outcome) -> None:
        """Take what became of a file that was read now."""
        if outcome.digest:
            self._new += 1
            self._keep(found, outcome)

    def _keep(self, found: Found, outcome: Outcome) -> None:
        self._bytes += len(outcome.values)
        if self._bytes > _LARGEST:
            self._now.clear()
        else:
            self._now[found.path] = (outcome.digest, outcome.values)

    def write(self) -> None:
        """Keep what is known now for the next run, if enough of it is new."""
        if self._bytes > _LARGEST or self._new * _NEW_ENOUGH <= len(self._now):
            return
        places: dict[str, tuple[bytes, int, int]] = {}
        at = 0
        for path, (digest, values) in self._now.items():
            places[path] = (digest, at, at + len(values))
            at += len(values)
        index = marshal.dumps(places)
        parts = (values for _, values in self._now.values())
        data = b"".join((len(index).to_bytes(_LENGTH_BYTES), index, *parts))
        self._store.put(self._key, data)
        self._store.trim()


def _is_read_at_once(file: FileReading) -> bool:
    """Whether nothing is in a file but objects whose lines are read by themselves."""
    return set(file.documents) == {"read"} and all(
        isinstance(one.places, DocumentPlaces) and one.places.of_lines
        for one in file.resources
    )


def digest_of(found: Found, data: bytes) -> bytes:
    """Return the digest of all that decides what becomes of a file at its path."""
    if not found.named and found.in_chart is None:
        return hashlib.sha256(data).digest()
    circumstances = f"\0{found.named}\0{found.in_chart}\0"
    digest = hashlib.sha256(circumstances.encode("utf-8", "surrogatepass"))
    digest.update(data)
    return digest.digest() + b"c"


def of_run(
    opened: Callable[[Kind], Store | None], paths: Sequence[str], root: Path
) -> KeptReadings | None:
    """Return what is kept of the files below some paths; None where nothing can be."""
    store = opened(READINGS)
    if store is None:
        return None
    try:
        program = _program()
    except OSError:
        return None
    digest = hashlib.sha256(program)
    for path in (str(root), *paths):
        digest.update(fsencode(path) + b"\0")
    return KeptReadings(store, digest.hexdigest())


def _program() -> bytes:
    """Return a digest of everything that makes values of a text. Raises OSError."""
    room = Path(__file__).parent
    versions = sys.version, yaml.__version__, str(get_version()), str(marshal.version)
    told = (*versions, str(reads_compiled()))
    digest = hashlib.sha256("\0".join(told).encode())
    beside = (room.parent / name for name in ("plain_bodies.py", "model.py"))
    for file in (*sorted(room.glob("*.p[xy]*")), *beside):
        digest.update(file.read_bytes())
    return digest.digest()
