"""What git tracks in a repository, as its index says: no program is run for it.

Follows git's ``Documentation/gitformat-index.txt``, versions 2 to 4.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from functools import cached_property
from struct import Struct
from struct import error as TooShort  # noqa: N812 - what it means here

from cip_lint.manifests.files import Files
from cip_lint.manifests.gitignore import bytes_of, git_folder

_MOST_BYTES = 64 << 20
"""Of a larger index, of half a million files, nothing is read."""
_MOST_NAMES = 128 << 20
"""Bytes of all paths together: version 4 leaves out how they begin."""
_LONGEST = 4_096
"""No path is as long."""
_MOST_SEARCHES = 8
"""After so many of them all paths are taken apart: each goes through all bytes."""

_HEADER = Struct(">4sLL")
_NUMBER = Struct(">L")
_DIGESTS = (20, 32)
"""Bytes of the name of an object: by SHA-1, and by SHA-256."""
_PREFIXED = 4
"""The version that tells of a path only where it differs from the one before."""
_EXTENDED = 0x4000
_LENGTH = 0xFFF
"""The bits of the flags that hold the length of a path; all of them: or more."""
_SHARED = b"link"
"""The extension of an index of which another file holds a part."""


class Tracked:
    """The files that a repository tracks, by their paths from its top.

    None where its index cannot be read: where it is split, too large, or no index.
    """

    def __init__(self, top: str, files: Files) -> None:
        folder = git_folder(top, files)
        self._file = os.path.join(folder, "index")  # noqa: PTH118
        self._files = files
        self._searches = 0

    @property
    def is_known(self) -> bool:
        """Whether it can be told; nothing is tracked where no index is there yet."""
        if self._data:
            return paths_of(self._data) is not None
        return not self._files.exists(self._file)

    def has_file(self, path: str) -> bool:
        """Whether a path is tracked as a file, a link or a submodule."""
        name = os.fsencode(path)
        return self._may_hold(name + b"\0") and self._next(name) == name

    def has_below(self, path: str) -> bool:
        """Whether anything in a folder is tracked, or the folder as a submodule."""
        name = os.fsencode(path)
        if not self._may_hold(name):
            return False
        below = name + b"/"
        return self._next(below).startswith(below) or self._next(name) == name

    def _may_hold(self, name: bytes) -> bool:
        """Whether a path is not ruled out by a search that takes nothing apart."""
        if self._searches == _MOST_SEARCHES:
            return True
        self._searches += 1
        return name in self._data or _version(self._data) == _PREFIXED

    def _next(self, name: bytes) -> bytes:
        """Return the first path that comes not before a name."""
        at = bisect_left(self._paths, name)
        return self._paths[at] if at < len(self._paths) else b""

    @cached_property
    def _data(self) -> bytes:
        return bytes_of(self._file, self._files, _MOST_BYTES)

    @cached_property
    def _paths(self) -> list[bytes]:
        return sorted(paths_of(self._data) or ())


def paths_of(data: bytes) -> list[bytes] | None:
    """Return the paths in an index; None where it does not hold them all.

    Also where it is no index: its parts must fill it to the last byte.
    """
    if _version(data) not in (2, 3, _PREFIXED):
        return None
    for digest in _DIGESTS:
        try:
            return _paths(data, digest)
        except (ValueError, IndexError, TooShort):
            continue
    return None


def _version(data: bytes) -> int:
    if len(data) < _HEADER.size:
        return 0
    sign, version, _ = _HEADER.unpack_from(data)
    return int(version) if sign == b"DIRC" else 0


def _paths(data: bytes, digest: int) -> list[bytes]:
    """Return the paths of an index; raise ``ValueError`` and others where it is none."""
    _, version, count = _HEADER.unpack_from(data)
    paths: list[bytes] = []
    before_flags = 40 + digest
    at, path, room = _HEADER.size, b"", _MOST_NAMES
    for _ in range(count):
        start = at + before_flags
        flags = data[start] << 8 | data[start + 1]
        start += 4 if flags & _EXTENDED else 2
        kept = b""
        if version == _PREFIXED:
            start, dropped = _offset(data, start)
            kept = path[: max(len(path) - dropped, 0)]
        end = data.index(b"\0", start, start + _LONGEST + 1)
        path = kept + data[start:end]
        length = len(path)
        room -= length
        if (length != flags & _LENGTH and length < _LENGTH) or not path or room < 0:
            raise ValueError("no path")
        paths.append(path)
        # With up to eight zeros the older versions fill what lies before the next.
        at = end + 1 if version == _PREFIXED else at + ((end - at + 8) & ~7)
    _check_extensions(data, at, len(data) - digest)
    return paths


def _offset(data: bytes, at: int) -> tuple[int, int]:
    """Return where a number of variable width ends, and the number."""
    number = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        number = ((number + 1) << 7) | (data[at] & 0x7F)
        if number > _LONGEST:
            raise ValueError("no path is as long")
    return at + 1, number


def _check_extensions(data: bytes, at: int, end: int) -> None:
    """Raise ``ValueError`` where what follows the paths is not what follows them."""
    while at < end:
        if data.startswith(_SHARED, at):
            raise ValueError("another file holds a part")
        at += 8 + int(_NUMBER.unpack_from(data, at + 4)[0])
    if at != end:
        raise ValueError("no extension")
