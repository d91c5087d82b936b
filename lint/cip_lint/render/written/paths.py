"""Paths into two bodies of one object, one built and one a part of it; and of files."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from cip_lint.model import Path

MISSING = object()
"""What stands at a path at which nothing stands."""

IDENTITIES = ("name", "containerPort", "port", "key", "mountPath", "ip", "type")
"""By which items of lists are told apart, the first that both lists have."""


def at(body: Any, path: Sequence[str | int]) -> Any:
    """Return what stands at a path, or ``MISSING``."""
    value = body
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return MISSING
    return value


def counterpart(path: Path, built: Any, other: Any) -> Path | None:
    """Return the path in another body at which the same thing would stand.

    Items of lists are found by what identifies them, as strategic merges do, and
    else by their position in a list of the same length; None where the other has no
    such item.
    """
    found: list[str | int] = []
    for step in path:
        if isinstance(step, int):
            index = _index_of(built, step, other)
            if index is None:
                return None
            found.append(index)
            built, other = built[step], other[index]
        else:
            found.append(step)
            built = built.get(step) if isinstance(built, dict) else None
            other = other.get(step) if isinstance(other, dict) else None
    return tuple(found)


def _index_of(built: Any, index: int, other: Any) -> int | None:
    if not isinstance(built, list) or not isinstance(other, list):
        return None
    if not 0 <= index < len(built):
        return None
    item = built[index]
    others = [one if isinstance(one, dict) else {} for one in other]
    key = None
    if isinstance(item, dict):
        key = next(
            (k for k in IDENTITIES if k in item and any(k in o for o in others)), None
        )
    if key is None:
        alike = [number for number, one in enumerate(other) if one == item]
    else:
        alike = [
            number for number, one in enumerate(others) if one.get(key) == item[key]
        ]
    if alike:
        return index if index in alike else alike[0]
    if key is None:
        return _opposite(built, index, other)
    found = _opposite(built, index, other)
    taken = [one.get(key) for one in built if isinstance(one, dict)]
    return None if found is None or others[found].get(key) in taken else found


def _opposite(built: list[Any], index: int, other: list[Any]) -> int | None:
    """Return the position of an item that something changed: the same one.

    None where a list became longer or shorter, or where what stands there is kept
    elsewhere in the list.
    """
    if len(built) != len(other) or other[index] in built:
        return None
    return index


def fits(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern in which ``**`` stands for any folders."""
    reached = {0}
    for part in pattern:
        if part == "**":
            reached = set(range(min(reached), len(path) + 1)) if reached else set()
        else:
            reached = {
                at + 1
                for at in reached
                if at < len(path) and fnmatchcase(path[at], part)
            }
    return len(path) in reached
