"""Where builds happen: which folders they may read, and how many run at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from cip_lint.errors import RefusedError
from cip_lint.render.cache import Cache, key_of

_MADE, _REFUSED = b"made\n", b"refused\n"
_T = TypeVar("_T")
_R = TypeVar("_R")


class Place(NamedTuple):
    """The surroundings of all builds of one reading."""

    root: Path
    """What paths of the reading are relative to."""
    within: Path
    """The folder of the repository: nothing beyond it is read."""
    cache: Cache | None = None
    version: str = ""
    """The version of Kubernetes that charts are told, where one is stated."""
    mounts: Mapping[str, Path] = MappingProxyType({})
    """Where the paths that were read lie, where that is elsewhere than they say."""

    def file(self, shown: str) -> Path:
        """Return where a file of the reading lies."""
        for path, place in self.mounts.items():
            if path == ".":
                return place / shown
            if shown == path or shown.startswith(f"{path}/"):
                return place / shown[len(path) + 1 :]
        return self.root / shown

    def shown(self, file: Path) -> str:
        """Return the path of a file as the reading has it."""
        for path, place in self.mounts.items():
            if file == place or place in file.parents:
                below = file.relative_to(place).as_posix()
                return below if path == "." else f"{path}/{below}"
        return Path(os.path.relpath(file, self.root)).as_posix()

    def kept(
        self, words: Iterable[str], files: Iterable[Path], make: Callable[[], bytes]
    ) -> bytes:
        """Return what ``make`` does, or what it did when the inputs were the same.

        Raises what it raises; a refusal is kept as well.
        """
        if self.cache is None:
            return make()
        key = key_of(words, files)
        found = self.cache.get(key)
        if found is None:
            found = _outcome(make)
            self.cache.put(key, found)
        if found.startswith(_REFUSED):
            raise RefusedError(found.removeprefix(_REFUSED).decode())
        return found.removeprefix(_MADE)


def _outcome(make: Callable[[], bytes]) -> bytes:
    try:
        return _MADE + make()
    except RefusedError as error:
        return _REFUSED + str(error).encode("utf-8", "replace")


def at_once(
    work: Callable[[_T], _R],
    items: Sequence[_T],
    most: int,
    too_many: Callable[[_T], _R],
) -> list[_R]:
    """Return what becomes of each item, in order; several are worked on at once.

    ``too_many`` says what becomes of those beyond ``most``, so that a run ends.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return [*pool.map(work, items[:most]), *map(too_many, items[most:])]
