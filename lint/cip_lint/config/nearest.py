"""The nearest of some known words or paths, for whoever misspelt one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to another; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415

    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")


def nearest_path(path: str, root: Path) -> str:
    """Return a path below a folder that is near to one that leads nowhere.

    It is the way as far as it leads, and what lies there and is named nearly as the
    next step, or begins as it does. Empty where nothing is near, and for a way that
    leaves the folder: what lies there is nobody's business who writes settings.
    """
    way: list[str] = []
    for step in Path(path).parts:
        is_outside = step == ".." or Path(step).is_absolute()
        if is_outside or (way and root.joinpath(*way).is_symlink()):
            return ""
        if not os.path.lexists(root.joinpath(*way, step)):
            near = _near_step(step, _names_in(root.joinpath(*way)))
            return "/".join([*way, near]) if near else ""
        way.append(step)
    return ""


def _near_step(step: str, names: Sequence[str]) -> str:
    near = nearest(step, names)
    if near:
        return near
    alike = [one for one in names if one.startswith(step) or step.startswith(one)]
    return max(alike, key=len, default="")


def _names_in(folder: Path) -> list[str]:
    """Return what lies in a folder, in order, but for what is hidden."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names alone are wanted
    except OSError:
        return []
    return [one for one in names if not one.startswith(".")]
