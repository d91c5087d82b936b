"""In which repository a folder lies: nothing beyond it is read for a build."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def repository(folder: Path) -> Path:
    """Return the folder of the repository that a folder lies in; itself, if none."""
    top = folder.resolve()
    return _top(top) or top


class Repositories:
    """The repositories of what one run reads.

    Everything below the repository of the working folder belongs to that: somebody
    put it there. Of any other path, all that lies below it belongs to the repository
    that the path lies in; without one, to the working folder or the path itself.
    """

    def __init__(self, root: Path, paths: Iterable[str] = ()) -> None:
        self._root = root
        self._own = _top(root.resolve())
        self._named = [Path(os.path.normpath(root / path)) for path in paths]

    def of(self, folder: Path) -> Path:
        """Return the folder of the repository that a folder belongs to."""
        place = Path(os.path.normpath(folder))
        if self._own is not None and place.is_relative_to(self._own):
            return self._own
        around = (one for one in self._named if place.is_relative_to(one))
        widest = min(around, key=lambda one: len(one.parts), default=place).resolve()
        top = _top(widest)
        if top is None and place.is_relative_to(self._root):
            return self._root.resolve()
        return top or widest


def _top(folder: Path) -> Path | None:
    """Return the nearest folder with ``.git``, which in a worktree is a file."""
    return next(
        (one for one in (folder, *folder.parents) if (one / ".git").exists()), None
    )
