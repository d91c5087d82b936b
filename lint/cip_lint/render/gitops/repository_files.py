"""What patterns of ApplicationSets name in a repository, and what is in such files.

The same is asked again and again: a matrix asks for each of its rows. So each folder is
walked once, and each file read once; who asks for too much learns nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.render.gitops.remotes import remotes_at
from cip_lint.render.surroundings.files import content, resolved
from cip_lint.render.surroundings.place import Place
from cip_lint.render.written.paths import fits

_MOST_LOOKS = 400_000
"""So many times in one run a name is held against a pattern."""
_MOST_ENTRIES = 20_000
_MOST_FOLDERS = 1000
_MOST_BYTES = 1 << 20


class UnknownError(Exception):
    """No file tells what a generator yields."""


class RepositoryFiles:
    """One repository; folders, files and values raise ``UnknownError``.

    Paths are those of ``place``, of which nothing beyond its repository is looked at.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._left = _MOST_LOOKS
        self._folders: dict[str, list[str]] = {}
        self._files: dict[str, list[str]] = {}
        self._named_folders: dict[str, list[str]] = {}
        self._named_files: dict[str, list[str]] = {}
        self._values: dict[str, Any] = {}
        self._remotes: Sequence[str] | None = None

    def remotes(self) -> Sequence[str]:
        """Return the addresses of its remotes."""
        if self._remotes is None:
            self._remotes = remotes_at(self._place, self._place.within)
        return self._remotes

    def folders(self, pattern: str) -> list[str]:
        """Return the folders that a pattern names, as ``path.Match`` does."""
        if pattern not in self._named_folders:
            self._named_folders[pattern] = self._reached(pattern)
        return self._named_folders[pattern]

    def files(self, pattern: str) -> list[str]:
        """Return the files that a pattern names, whichever way it is understood.

        ``git ls-files`` lets ``*`` stand for folders too; the newer way does not.
        """
        if pattern not in self._named_files:
            self._named_files[pattern] = list(self._fitting(pattern))
        return self._named_files[pattern]

    def value(self, path: str) -> Any:
        """Return what a file of JSON or YAML holds, if it is one document."""
        if path not in self._values:
            self._values[path] = self._read(path)
        return self._values[path]

    def _reached(self, pattern: str) -> list[str]:
        reached = [""]
        for part in pattern.split("/"):
            below: list[str] = []
            for folder in reached:
                names = self._folders_in(folder)
                self._spend(len(names))
                below += [
                    f"{folder}/{name}".lstrip("/")
                    for name in names
                    if fnmatchcase(name, part)
                ]
                if len(below) > _MOST_FOLDERS:
                    raise UnknownError
            reached = below
        return reached

    def _folders_in(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder but those that are hidden."""
        if folder not in self._folders:
            try:
                entries = list(self._inside(folder).iterdir())
            except OSError:
                entries = []
            self._folders[folder] = sorted(
                one.name
                for one in entries
                if not one.name.startswith(".")
                and one.is_dir()
                and not one.is_symlink()
            )
        return self._folders[folder]

    def _fitting(self, pattern: str) -> Iterator[str]:
        fixed = pattern.partition("*")[0].partition("?")[0].rpartition("/")[0]
        if fixed not in self._files:
            self._files[fixed] = list(self._below(fixed))
        files = self._files[fixed]
        self._spend(len(files))
        parts = pattern.split("/")
        for path in files:
            loose = fnmatchcase(path, pattern)
            if loose is not fits(path.split("/"), parts):
                raise UnknownError
            if loose:
                yield path

    def _below(self, folder: str) -> Iterator[str]:
        """Yield the files below a folder."""
        top = self._inside(folder)
        number = 0
        for below, folders, names in os.walk(top):
            folders[:] = sorted(one for one in folders if one != ".git")
            inner = Path(below).relative_to(top).as_posix()
            for name in sorted(names):
                number += 1
                if number > _MOST_ENTRIES:
                    raise UnknownError
                yield (PurePosixPath(folder) / inner / name).as_posix()

    def _read(self, path: str) -> Any:
        data = content(self._place.file(path), self._place.within, _MOST_BYTES)
        if data is None:
            raise UnknownError
        text = decode(data).text
        pieces = cut(text).pieces
        piece = text[slice(*pieces[0])] if len(pieces) == 1 else ""
        try:
            return document_value(normalised(piece)).value
        except YamlError as error:
            raise UnknownError from error

    def _inside(self, path: str) -> Path:
        where = resolved(self._place.file(path))
        if where is None or not where.is_relative_to(self._place.within):
            raise UnknownError
        return where

    def _spend(self, looks: int) -> None:
        self._left -= looks
        if self._left < 0:
            raise UnknownError
