"""Which files a run reads: walks folders as kubectl does, in its order.

In a folder the entries are visited by the bytes of their names; a link to a file is
followed, one to a folder is not (so that no loop exists) and is met instead of what
lies below it; hidden files are read.
What git ignores or the settings exclude is met and counted, but not read; what git
tracks it does not ignore, whatever a pattern says.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cip_lint.errors import InputError
from cip_lint.manifests.files import DISK, Entry, Files
from cip_lint.manifests.gitignore import own_excludes, patterns_of
from cip_lint.manifests.kubectl import EXTENSIONS
from cip_lint.manifests.recognition import (
    EXCLUDED,
    IGNORED,
    KUSTOMIZATION_NAMES,
    LINK,
    NOT_KUBERNETES,
    NOT_OPENED,
    SIGN,
    SOURCE_IGNORE,
    UNREADABLE,
    program_by_name,
)
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.git_patterns import Patterns
    from cip_lint.manifests.git_index import Tracked

STDIN = "-"
_CHART = "Chart.yaml"
_DEPTH = 200
"""How deep folders are followed; deeper ones are made to be slow."""

_NOWHERE_ELSE: Mapping[str, str] = MappingProxyType({})


class Found(NamedTuple):
    """A file that was met: ``path`` is printed, ``file`` is opened."""

    path: str
    file: str
    argument: str
    """The command-line path it was found by."""
    named: bool
    """Whether the command line names the file itself."""
    reason: str
    """Why it is not read; empty where it is. A sign is no file of the run."""
    in_chart: str | None
    """Its path below the nearest chart's folder; None outside charts."""


def discover(
    paths: Sequence[str],
    root: Path,
    *,
    exclude: Sequence[str] = (),
    gitignore: bool = True,
    endings: Sequence[str] = (),
    mounts: Mapping[str, str] = _NOWHERE_ELSE,
    files: Files = DISK,
) -> Iterator[Found]:
    """Yield every file that a run meets, each once, in kubectl's order.

    ``endings`` are further name endings that are read, ``mounts`` the places of what
    lies elsewhere than a command-line path says. Raises ``InputError`` for a path on
    the command line that is not there.
    """
    seen: set[str] = set()
    readable = (*EXTENSIONS, *endings)
    choice = _Choice(files, _patterns(exclude), readable, gitignore, {})
    for argument in paths:
        if argument == STDIN:
            continue
        place = _Place(argument, root, mounts.get(argument, argument))
        for found in _below(place, choice):
            if found.path not in seen:
                seen.add(found.path)
                yield found


class _Choice(NamedTuple):
    """What is read wherever a run walks."""

    files: Files
    excluded: Patterns | None
    endings: tuple[str, ...]
    gitignore: bool
    tracked: dict[str, Tracked]
    """What repositories track of which a pattern names something, by their tops."""

    def tracked_in(self, top: str) -> Tracked:
        """Return what the repository in a folder tracks."""
        if top not in self.tracked:
            from cip_lint.manifests.git_index import Tracked  # noqa: PLC0415 - rare

            self.tracked[top] = Tracked(top, self.files)
        return self.tracked[top]


class _Place:
    """A command-line path: where it lies, and how it is printed."""

    def __init__(self, argument: str, root: Path, place: str) -> None:
        self.argument = argument
        self.start = os.path.normpath(os.path.join(root, place))  # noqa: PTH118
        named = os.path.normpath(os.path.join(root, argument))  # noqa: PTH118
        self.printed = _printable(_printed(named, root))


def _below(place: _Place, choice: _Choice) -> Iterator[Found]:
    argument, start, printed = place.argument, place.start, place.printed
    files = choice.files
    try:
        mode = files.mode(start)
    except (OSError, ValueError) as error:
        raise InputError(f"{argument}: {_why(error)}") from None
    chart = _chart_above(start, files)
    if not stat.S_ISDIR(mode):
        if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
            raise InputError(f"{argument}: not a file that can be read")
        in_chart = None if chart is None else os.path.relpath(start, chart)
        yield Found(printed, start, argument, True, "", in_chart)
        return
    yield from _signs_above(place, files)
    walk = _Walk(argument, start, choice)
    relative = None if chart is None else _posix(os.path.relpath(start, chart))
    yield from walk.folder(start, "" if printed == "." else printed, relative, 0)


def _signs_above(place: _Place, files: Files) -> Iterator[Found]:
    """Yield the files above a folder that say what its repository hands on.

    Those above the working folder are not met: nothing that is read has a path from
    there on.
    """
    printed = place.printed
    if printed.startswith(".."):
        return
    for folder in reversed(_folders_above(place.start, files)):
        if printed in {"", "."}:
            return
        printed = printed.rpartition("/")[0]
        file = os.path.join(folder, SOURCE_IGNORE)  # noqa: PTH118
        if files.exists(file):
            path = f"{printed}/{SOURCE_IGNORE}".lstrip("/")
            yield Found(path, file, place.argument, False, SIGN, None)


class _Walk:
    """One walk below one command-line path."""

    def __init__(self, argument: str, start: str, choice: _Choice) -> None:
        self._argument = argument
        self._choice = choice
        self._files = choice.files
        self._endings = choice.endings
        self._ignores: list[tuple[str, Patterns]] = []
        self._top = ""
        """The top of the repository around; empty outside of any."""
        self._around = ""
        """Why nothing is read that git does not track, below an ignored folder."""
        above = _folders_above(start, self._files) if choice.gitignore else []
        if above:
            self._enter_repository(above[0])
        for folder, below in pairwise([*above, start]):
            self._enter(folder)
            if self._is_ignored(below, "/"):
                self._around = IGNORED
                break

    def folder(
        self, folder: str, printed: str, in_chart: str | None, depth: int
    ) -> Iterator[Found]:
        """Yield the files of a folder and of those below it."""
        try:
            entries = self._files.entries(folder)
        except OSError as error:
            if depth == 0:
                raise InputError(f"{self._argument}: {_why(error)}") from None
            yield self._found(printed, folder, NOT_OPENED, in_chart)
            return
        around = self._ignores, self._top, self._around
        if self._choice.gitignore:
            self._meet(folder, entries)
        if any(entry.name == _CHART for entry in entries):
            in_chart = ""
        for entry in entries:
            name = entry.name
            path = f"{printed}/{name}" if printed else name
            below = None if in_chart is None else f"{in_chart}/{name}".lstrip("/")
            if entry.is_dir(follow_symlinks=False):
                if name != ".git" and depth < _DEPTH:
                    yield from self._subfolder(entry.path, path, below, depth)
            elif name.endswith(self._endings) or name in KUSTOMIZATION_NAMES:
                yield self._file(entry, path, below)
            else:
                yield from self._no_manifest(entry, path, below)
        self._ignores, self._top, self._around = around

    def _subfolder(
        self, folder: str, path: str, below: str | None, depth: int
    ) -> Iterator[Found]:
        around = self._around
        reason = self._reason(folder, path, is_folder=True)
        if reason == IGNORED and self._is_tracked(folder, is_folder=True):
            self._around, reason = IGNORED, ""
        if reason:
            # One account for the folder: what is in it may be a million files.
            yield self._found(path + "/", folder, reason, below)
        else:
            yield from self.folder(folder, path, below, depth + 1)
        self._around = around

    def _file(self, entry: Entry, path: str, below: str | None) -> Found:
        reason = self._reason_of_file(entry.path, path)
        if not reason:
            try:
                if _leads_to_a_folder(entry):
                    reason = LINK
                elif not entry.is_file():
                    # A broken link, or one to a pipe, which would never end.
                    reason = UNREADABLE if entry.is_symlink() else NOT_KUBERNETES
            except OSError:
                reason = UNREADABLE
        return self._found(path, entry.path, reason, below)

    def _no_manifest(
        self, entry: Entry, path: str, below: str | None
    ) -> Iterator[Found]:
        """Yield a link to a folder, or a sign; no other file is met."""
        is_link = _leads_to_a_folder(entry)
        if is_link or program_by_name(entry.name):
            reason = self._reason_of_file(entry.path, path)
            if is_link:
                yield self._found(path, entry.path, reason or LINK, below)
            elif not reason:
                yield self._found(path, entry.path, SIGN, below)

    def _found(self, path: str, file: str, reason: str, below: str | None) -> Found:
        return Found(_printable(path), file, self._argument, False, reason, below)

    def _reason_of_file(self, file: str, path: str) -> str:
        reason = self._reason(file, path, is_folder=False)
        if reason == IGNORED and self._is_tracked(file, is_folder=False):
            return ""
        return reason

    def _reason(self, file: str, path: str, *, is_folder: bool) -> str:
        """Return why a path is left out, if it is not tracked."""
        slash = "/" if is_folder else ""
        excluded = self._choice.excluded
        if excluded is not None and excluded.of_all(path + slash):
            return EXCLUDED
        if self._around or (self._ignores and self._is_ignored(file, slash)):
            return IGNORED
        return ""

    def _is_ignored(self, file: str, slash: str) -> bool:
        """Whether a pattern names a path in a folder that is not ignored."""
        for base, ignores in reversed(self._ignores):
            # The nearest file that speaks of a path decides.
            is_ignored = ignores.of(_from(base, file) + slash)
            if is_ignored is not None:
                return is_ignored
        return False

    def _is_tracked(self, file: str, *, is_folder: bool) -> bool:
        """Whether git tracks a file that a pattern names, or something below it."""
        if not self._top:
            return False
        tracked = self._choice.tracked_in(self._top)
        path = _from(self._top, file)
        return tracked.has_below(path) if is_folder else tracked.has_file(path)

    def _meet(self, folder: str, entries: Sequence[Entry]) -> None:
        """Learn what git ignores from a folder on, by what is in it."""
        names = {entry.name for entry in entries if entry.name.startswith(".git")}
        if ".git" in names:
            # What is around another repository, as a submodule, does not ask here.
            self._enter_repository(folder)
        if ".gitignore" in names:
            self._enter(folder)

    def _enter_repository(self, top: str) -> None:
        self._ignores, self._top, self._around = [], top, ""
        lines = own_excludes(top, self._files)
        if lines and self._choice.tracked_in(top).is_known:
            self._add(top, lines)

    def _enter(self, folder: str) -> None:
        file = os.path.join(folder, ".gitignore")  # noqa: PTH118
        self._add(folder, patterns_of(file, self._files, for_git=True))

    def _add(self, folder: str, lines: Sequence[str]) -> None:
        ignores = _patterns(lines)
        if ignores is not None and ignores.has_room(one for _, one in self._ignores):
            self._ignores = [*self._ignores, (folder, ignores)]


def _leads_to_a_folder(entry: Entry) -> bool:
    """Whether an entry is a link to a folder; one in a circle leads nowhere."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False


def _patterns(lines: Sequence[str]) -> Patterns | None:
    if not lines:
        return None
    from cip_lint.git_patterns import Patterns  # noqa: PLC0415 - few trees need it

    return Patterns(lines)


def _folders_above(start: str, files: Files) -> list[str]:
    """Return the folders above another one, from the top of its repository on."""
    above: list[str] = []
    folder = os.path.dirname(start)  # noqa: PTH120
    if files.exists(os.path.join(start, ".git")):  # noqa: PTH118
        return []
    for _ in range(_DEPTH):
        above.append(folder)
        if files.exists(os.path.join(folder, ".git")):  # noqa: PTH118
            break
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return []
        folder = parent
    return above[::-1]


def _chart_above(start: str, files: Files) -> str | None:
    """Return the folder of the chart that a path lies in, where it lies in one."""
    folder = os.path.dirname(start)  # noqa: PTH120
    for _ in range(6):
        if files.exists(os.path.join(folder, _CHART)):  # noqa: PTH118
            return folder
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder or files.exists(os.path.join(folder, ".git")):  # noqa: PTH118
            return None
        folder = parent
    return None


def _printed(file: str, root: Path) -> str:
    """Return a path as it is printed: relative to the root where it lies below."""
    base = os.fspath(root)
    if file == base:
        return "."
    if file.startswith(base.rstrip("/") + os.sep):
        return _posix(file[len(base.rstrip("/")) + 1 :])
    return _posix(os.path.relpath(file, base))


def _printable(path: str) -> str:
    """Return a path that can be printed: bytes that are no text are escaped."""
    path = _posix(path)
    if path.isascii():
        return path
    return path.encode("utf-8", "backslashreplace").decode()


def _from(folder: str, path: str) -> str:
    """Return a path in a folder as one from there on."""
    return _posix(path[len(folder.rstrip(os.sep)) + 1 :])


def _posix(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "not a path"
