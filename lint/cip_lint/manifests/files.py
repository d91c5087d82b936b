"""Where files lie: on the disk, or wherever else somebody has them from.

Paths are those of the disk, absolute and normal, so that a walk through a tree that
is not there any more is the same as one through a folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol

_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)
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

    def mode(self, path: str) -> int:
        """Return what a path leads to, as ``st_mode`` says it."""
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

    def mode(self, path: str) -> int:
        """Return what a path leads to, as ``st_mode`` says it."""
        return os.stat(path).st_mode  # noqa: PTH116 - as fast as it gets

    def entries(self, folder: str) -> Sequence[Entry]:
        """Return the entries of a folder by the bytes of their names."""
        with os.scandir(folder) as listing:
            return sorted(listing, key=_NAME)

    def exists(self, path: str) -> bool:
        """Whether a path leads to anything; raises nothing."""
        return os.path.exists(path)  # noqa: PTH110 - as fast as it gets

    def data(self, file: str, limit: int) -> bytes | None:
        """Return what a file holds; None where that is more than the limit."""
        # By its number, and no more room than the file says it needs: half of the
        # time of a file object for files of a kilobyte.
        number = os.open(file, _READING)
        try:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                data = _all_of(number, limit)
            elif status.st_size > limit:
                return None
            else:
                data = os.read(number, status.st_size + 1)
                if len(data) != status.st_size:
                    # It grows, or its file system does not tell sizes.
                    data += _all_of(number, limit - len(data))
        finally:
            os.close(number)
        return data if len(data) <= limit else None


DISK = Disk()


def _all_of(number: int, limit: int) -> bytes:
    """Return what comes out of a pipe, and a little more than the limit at most."""
    parts: list[bytes] = []
    while limit >= 0 and (part := os.read(number, 1 << 16)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)
