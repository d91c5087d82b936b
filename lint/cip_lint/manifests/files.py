"""Where files lie: on the disk, or wherever else somebody has them from.

Paths are those of the disk, absolute and normal, so that a walk through a tree that
is not there any more is the same as one through a folder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol

_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_PIECE = 1 << 16
"""So many bytes are read at once."""
_NAME = attrgetter("name")
"""The order of UTF-8 bytes is that of code points."""


class Entry(Protocol):
    """What is known of an entry of a folder; what ``os.scandir`` gives has it all."""

    @property
    def name(self) -> str:
        """Its name in the folder."""
        ...

    @property
    def path(self) -> str:
        """The path by which it is opened."""
        ...

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder, or a link to one."""
        ...

    def is_file(self) -> bool:
        """Whether it is a file, or a link to one."""
        ...

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        ...


class Files(Protocol):
    """Folders and files by their absolute paths; all raise ``OSError``."""

    def mode(self, path: str, *, follow: bool = True) -> int:
        """Return what a path leads to, or is, as ``st_mode`` says it."""
        ...

    def entries(self, folder: str) -> Sequence[Entry]:
        """Return the entries of a folder by the bytes of their names."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a path leads to anything; raises nothing."""
        ...

    def data(self, file: str, limit: int) -> bytes | None:
        """Return what a file holds; None where that is more than the limit."""
        ...


class Disk:
    """The files of the disk."""

    def mode(self, path: str, *, follow: bool = True) -> int:
        """Return what a path leads to, or is, as ``st_mode`` says it."""
        # As fast as it gets.
        return os.stat(path, follow_symlinks=follow).st_mode  # noqa: PTH116

    def entries(self, folder: str) -> Sequence[Entry]:
        """Return the entries of a folder by the bytes of their names."""
        with os.scandir(folder) as listing:
            return sorted(listing, key=_NAME)

    def exists(self, path: str) -> bool:
        """Whether a path leads to anything; raises nothing."""
        return os.path.exists(path)  # noqa: PTH110 - as fast as it gets

    def data(self, file: str, limit: int) -> bytes | None:
        """Return what a file holds; None where that is more than the limit."""
        # By its number, and to its end whatever it is: half of the time of a file
        # object for files of a kilobyte. Only of larger ones the size is asked for.
        number = os.open(file, _READING)
        try:
            data = os.read(number, _PIECE)
            if len(data) == _PIECE and os.fstat(number).st_size > limit:
                return None
            data += _all_of(number, limit - len(data))
        finally:
            os.close(number)
        return data if len(data) <= limit else None


DISK = Disk()


def _all_of(number: int, limit: int) -> bytes:
    """Return what is left in a file or pipe, and little more than the limit at most."""
    parts: list[bytes] = []
    while limit >= 0 and (part := os.read(number, _PIECE)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)
