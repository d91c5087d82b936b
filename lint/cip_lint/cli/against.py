"""``--against``: the earlier state that the files of a run are compared with.

Its files are read as those of the run are, under the same names, so that settings
for paths, units and namespaces hold for both.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cip_lint.cli.earlier import STDIN, Earlier, Where, renamed
from cip_lint.config.files import shown_path
from cip_lint.errors import InputError, ProgramError, UsageError
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.model import Resource
from cip_lint.report.visible import visible


class Against(Protocol):
    """What a command line names to compare with: found before anything is read."""

    def excluded(self, paths: Iterable[str], folder: Path) -> tuple[str, ...]:
        """Return the patterns that keep it out of the set."""
        ...

    def read(self, paths: Sequence[str], options: ReadOptions) -> Earlier:
        """Read it as the files below some paths are read."""
        ...


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A folder or file that is an earlier state."""

    name: str
    place: Path

    @property
    def words(self) -> str:
        """What it is called in notes."""
        return f"{'folder' if self.place.is_dir() else 'file'} {self.name}"

    def excluded(self, paths: Iterable[str], folder: Path) -> tuple[str, ...]:
        """Return the pattern that keeps it out of the set, where it lies below it."""
        place = os.path.normpath(folder / self.place)
        for path in paths:
            start = os.path.normpath(folder / path)
            if path != STDIN and place.startswith(start.rstrip(os.sep) + os.sep):
                return (_pattern(shown_path(Path(place), folder)),)
        return ()

    def read(self, paths: Sequence[str], options: ReadOptions) -> Earlier:
        """Read it as the files below some paths are read."""
        if self.place.is_dir():
            return self._folder(paths, options)
        if len(paths) == 1 and (paths[0] == STDIN or not Path(paths[0]).is_dir()):
            return self._counterpart(paths[0], options)
        return self._file(options)

    def _folder(self, paths: Sequence[str], options: ReadOptions) -> Earlier:
        """Read a folder: the same paths in it, or the one path that it stands for."""
        named = [path for path in paths if path != STDIN]
        mounts = {
            path: inside
            for path in named
            if not Path(path).is_absolute()
            and Path(inside := os.path.normpath(self.place / path)).exists()
        }
        if not mounts and len(named) == 1:
            mounts = {named[0]: str(self.place)}
        if not mounts:
            raise InputError(
                f"none of {', '.join(named) or 'the paths'} is in {self.name}"
            )
        reading = read(list(mounts), options._replace(mounts=mounts))
        places = {path: Path(place).resolve() for path, place in mounts.items()}
        where = Where(options.root, self.place.resolve(), places)
        return Earlier(
            reading, self.words, renamed(mounts, options.root), where=lambda _: where
        )

    def _counterpart(self, path: str, options: ReadOptions) -> Earlier:
        """Read a file that stands for the one file of the run."""
        if path == STDIN:
            data = _bytes(self.place, self.name)
            reading = read([STDIN], options, data)
        else:
            reading = read([path], options._replace(mounts={path: str(self.place)}))
        name = shown_path(self.place, options.root)
        return self._earlier(reading, lambda _: name, one_set=False)

    def _file(self, options: ReadOptions) -> Earlier:
        """Read a file that holds all objects of a cluster."""
        reading = read([str(self.place)], options)
        return self._earlier(reading, str, one_set=True)

    def _earlier(
        self, reading: Reading, printed: Callable[[str], str], *, one_set: bool
    ) -> Earlier:
        """Return what a file says; what kubectl printed is what lives in a cluster."""
        live = bool(reading.resources) and all(map(_is_stored, reading.resources))
        words = f"snapshot {self.name}" if live else self.words
        return Earlier(reading, words, printed, one_set=one_set or live, live=live)


def _is_stored(resource: Resource) -> bool:
    """Whether an object is as an API server gave it out, with its identity."""
    return isinstance(resource.get("metadata", "uid"), str)


def find(name: str, paths: Sequence[str], folder: Path) -> Against:
    """Return what a name means: a folder or file, or a revision of git.

    Raises ``InputError`` where nothing has it, and ``UsageError`` where both do or
    the name is empty, as a variable is that nobody has set.
    """
    from cip_lint.cli import revisions

    if not name:
        raise UsageError("the earlier state to compare with has an empty name")
    if not _is_there(folder / name):
        try:
            revision = revisions.find(name, paths, folder)
            why = "" if revision else revisions.why_not(name, paths, folder)
        except ProgramError as error:
            revision, why = None, f"{name} is no path; {error}"
        if revision is None:
            raise InputError(f"{visible(why)}")
        return revision
    if not _is_spelt_as_path(name):
        # Outside a repository, and without git, it is a path and nothing else.
        with contextlib.suppress(InputError, ProgramError):
            if revisions.find(name, paths, folder) is not None:
                raise UsageError(
                    f"{visible(name)} is a revision and a path; "
                    f"write ./{visible(name)} for the path"
                )
    return OnDisk(name, folder / name)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_spelt_as_path(name: str) -> bool:
    """Whether nobody would write a revision like this."""
    return name.startswith((".", "/")) or name.endswith("/")


def _pattern(path: str) -> str:
    """Return a pattern of a gitignore file that means one path alone."""
    return "/" + "".join(f"\\{char}" if char in "\\*?[]!# " else char for char in path)


def _bytes(place: Path, name: str) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"{name}: {why}") from None
