"""A tree of files that lies on no disk: the folders of a revision, kept in memory."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from posixpath import dirname, join, normpath

from cip_lint.manifests.files import Entry

_MOST_LINKS = 40
"""As many links as Linux follows for one path."""

_REPOSITORY = ".git"


class GivenFiles:
    """The files of a tree whose top would be a folder of the disk.

    ``contents`` are the bytes of the files by their paths below the top; None for
    those that are too large or were not asked for. ``links`` lead from a path to what
    the link says. The top counts as the root of a repository.
    """

    def __init__(
        self,
        top: str,
        contents: Mapping[str, bytes | None],
        links: Mapping[str, str],
    ) -> None:
        self._top = top.rstrip(os.sep)
        self._contents = contents
        self._links = links
        self._folders: dict[str, dict[str, None]] = {"": {}}
        for path in (*contents, *links):
            self._add(path)

    def _add(self, path: str) -> None:
        while path:
            folder, _, name = path.rpartition("/")
            is_known = folder in self._folders
            self._folders.setdefault(folder, {})[name] = None
            if is_known:
                return
            path = folder

    def mode(self, path: str, *, follow: bool = True) -> int:
        """Return what a path leads to, or is, as ``st_mode`` says it."""
        below = self._below(path)
        if not follow and self.is_link(below):
            return stat.S_IFLNK
        below = self._resolved(below)
        return stat.S_IFDIR if below in self._folders else stat.S_IFREG

    def entries(self, folder: str) -> Sequence[Entry]:
        """Return the entries of a folder by the bytes of their names."""
        below = self._below(folder)
        if below not in self._folders:
            raise _missing(folder)
        return [
            _Given(self, folder, join(below, name), name)
            for name in sorted(self._folders[below])
        ]

    def exists(self, path: str) -> bool:
        """Whether a path leads to anything; raises nothing."""
        try:
            below = self._below(path)
            return below == _REPOSITORY or bool(self.mode(path))
        except OSError:
            return False

    def data(self, file: str, limit: int) -> bytes | None:
        """Return what a file holds; None where that is more than the limit."""
        below = self._resolved(self._below(file))
        if below in self._folders:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), file)
        data = self._contents[below]
        return data if data is not None and len(data) <= limit else None

    def is_link(self, below: str) -> bool:
        """Whether a path below the top is a link."""
        return below in self._links

    def kind(self, below: str) -> int:
        """Return what a path below the top leads to; 0 where that is nothing."""
        try:
            return self.mode(join(self._top, below))
        except OSError:
            return 0

    def _below(self, path: str) -> str:
        """Return a path of the disk as one below the top."""
        if path == self._top:
            return ""
        if not path.startswith(self._top + os.sep):
            raise _missing(path)
        return path[len(self._top) + 1 :].replace(os.sep, "/")

    def _resolved(self, below: str) -> str:
        """Return the file or folder that a path leads to, over links to files."""
        for _ in range(_MOST_LINKS):
            if below in self._folders or below in self._contents:
                return below
            target = self._links.get(below)
            if target is None or target.startswith("/"):
                break
            below = normpath(join(dirname(below), target))
            if below == ".":
                below = ""
            if below.startswith(".."):
                break
        raise _missing(below)


class _Given:
    """An entry of a folder."""

    __slots__ = ("_below", "_files", "name", "path")

    def __init__(self, files: GivenFiles, folder: str, below: str, name: str) -> None:
        self._files = files
        self._below = below
        self.name = name
        self.path = folder + os.sep + name

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder, or a link to one."""
        if not follow_symlinks and self.is_symlink():
            return False
        return self._files.kind(self._below) == stat.S_IFDIR

    def is_file(self) -> bool:
        """Whether it is a file, or a link to one."""
        return self._files.kind(self._below) == stat.S_IFREG

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        return self._files.is_link(self._below)


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
