"""The files of a chart that helm reads: all below its folder but those it ignores.

Follows ``pkg/chart/v2/loader/directory.go``, ``internal/sympath`` (links are followed)
and ``pkg/ignore/rules.go`` of helm.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cip_lint.go_globs import compiled
from cip_lint.manifests.text import decode
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.files import (
    content,
    is_folder,
    is_regular,
    is_there,
    resolved,
)

_MOST_FILES = 20_000
_TOO_MANY = f"it has more than {_MOST_FILES} files"
_MOST_BYTES = 1 << 20
_MOST_RULES = 1_000
_MOST_COMPARED = 1 << 28
"""How many characters of paths and of rules may be held against each other."""
_IGNORE = ".helmignore"
_GIT = ".git"


class ChartFiles(NamedTuple):
    """What helm reads of a chart."""

    obstacle: str = ""
    """Why it is not rendered; empty: nothing stands in the way."""
    files: tuple[Path, ...] = ()
    is_whole: bool = True
    """Whether there are no others.

    helm reads the data of git where the chart does not ignore them, and that is more
    than anybody would want to read to know whether the chart has changed.
    """


def chart_files(folder: Path, within: Path) -> ChartFiles:
    """Return the files of the chart in a folder, in order.

    ``within`` is the folder of the repository: a chart that reads beyond it has an
    obstacle.
    """
    ignored = _Ignored(folder, within)
    files: dict[Path, None] = {folder / _IGNORE: None}
    waiting = [(folder, "")]
    met = {folder}
    is_whole = True
    while waiting:
        place, below = waiting.pop()
        for file in _listed(place):
            path = f"{below}{file.name}"
            target = resolved(file) if file.is_symlink() else file
            is_directory = target is not None and is_folder(target)
            if ignored.leaves_out(path, is_directory=is_directory):
                continue
            if target is None or not target.is_relative_to(within):
                return ChartFiles(f"{file.name} leads out of the repository")
            if not is_directory:
                files[file] = None
                if is_there(target) and not is_regular(target):
                    return ChartFiles(f"{file.name} is no file that can be read")
            elif file.name == _GIT and not below:
                is_whole = False
            elif target not in met:
                met.add(target)
                waiting.append((file, f"{path}/"))
        if ignored.obstacle or len(files) + len(met) > _MOST_FILES:
            return ChartFiles(ignored.obstacle or _TOO_MANY)
    return ChartFiles("", tuple(files), is_whole)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


class _Rule(NamedTuple):
    """One line of a ``.helmignore``."""

    fits: Callable[[str], object]
    only_folders: bool
    keeps: bool
    """Whether it names what is read, and leaves out everything else."""
    by_name: bool
    """Whether it is held against the name alone, not the whole path."""

    def leaves_out(self, path: str, *, is_directory: bool) -> bool:
        """Whether a path from the folder of the chart is left out by this line."""
        if self.only_folders and not is_directory:
            return self.keeps
        named = path.rpartition("/")[2] if self.by_name else path
        return bool(self.fits(named)) is not self.keeps


class _Ignored:
    """What a chart leaves out; nothing where helm cannot read what it says."""

    def __init__(self, folder: Path, within: Path) -> None:
        data = content(folder / _IGNORE, within, _MOST_BYTES)
        lines = decode(data).text.split("\n") if data is not None else []
        said = [line for one in lines if (line := one.strip()) and line[0] != "#"]
        self.obstacle = ""
        """Why nobody can tell in a bounded time what is left out."""
        if len(said) > _MOST_RULES:
            self.obstacle = f"its {_IGNORE} has more than {_MOST_RULES} lines"
            said = []
        rules = [_rule(line) for line in ("templates/.?*", *said)]
        self._rules = [one for one in rules if one is not None] if all(rules) else []
        self._length = sum(map(len, said))
        self._left = _MOST_COMPARED

    def leaves_out(self, path: str, *, is_directory: bool) -> bool:
        """Whether a path from the folder of the chart is left out."""
        self._left -= len(path) * self._length
        if self._left < 0:
            self.obstacle = f"its {_IGNORE} is too long for so many files"
        if self.obstacle:
            return True
        return any(
            one.leaves_out(path, is_directory=is_directory) for one in self._rules
        )


def _rule(line: str) -> _Rule | None:
    """Return a line; None for one that helm refuses."""
    said = line.removeprefix("!")
    bare = said.removesuffix("/")
    pattern = None if "**" in line else compiled(bare.removeprefix("/"), separator="/")
    if pattern is None:
        return None
    by_name = "/" not in bare
    return _Rule(pattern.fullmatch, bare != said, said != line, by_name)
