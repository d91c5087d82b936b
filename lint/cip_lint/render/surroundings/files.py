"""Files of a repository, read with care: what a name leads to may be anything.

A link may lead out of the repository, or to a device that never ends.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from cip_lint.manifests.text import decode
from cip_lint.model import SourceFile

_MOST_BYTES = 16 << 20


def named(folder: Path, name: str) -> Path:
    """Return what a name means from a folder, before any link is followed.

    Go takes ``..`` out of a path as a text (``path/filepath.Join``), and so do all
    programs that build: ``link/../a`` lies beside the link, wherever it leads.
    """
    return Path(os.path.normpath(folder / name))


def resolved(path: Path) -> Path | None:
    """Return a path without symbolic links; None where they go round for ever."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return None


def is_regular(path: Path) -> bool:
    """Whether a path is a file of bytes: no folder, no pipe, no device."""
    return stat.S_ISREG(_mode(path))


def is_folder(path: Path) -> bool:
    """Whether a path is a folder."""
    return stat.S_ISDIR(_mode(path))


def is_there(path: Path) -> bool:
    """Whether anything is at a path."""
    return _mode(path) != 0


def _mode(path: Path) -> int:
    """Return what is at a path; 0 for nothing, and where no path could be such."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def size_of(files: Iterable[Path]) -> int:
    """Return how many bytes those of some files have that are files of bytes."""
    total = 0
    for file in files:
        try:
            found = file.stat()
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(found.st_mode):
            total += found.st_size
    return total


def content(path: Path, within: Path, most: int) -> bytes | None:
    """Return the bytes of a file of a repository.

    ``within`` is the folder of the repository. None where the file lies outside of
    it, is no file of bytes, has more than ``most`` of them, or cannot be read.
    """
    place = resolved(path)
    if place is None or not place.is_relative_to(within):
        return None
    try:
        # Not to wait for somebody who writes to a pipe.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            data = file.read(most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None


def source_file(file: Path, within: Path, shown: str) -> SourceFile | None:
    """Return a file of a repository as it is read.

    None where it cannot be, is too large, or lies outside of ``within``: what is said
    of a build may name any file.
    """
    data = content(file, within, _MOST_BYTES)
    return None if data is None else SourceFile(shown, decode(data).text)
