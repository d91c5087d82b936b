"""Paths into two bodies of one object: the one that was built, and a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cip_lint.model import Path

MISSING = object()
"""What stands at a path at which nothing stands."""

_IDENTITIES = ("name", "containerPort", "port", "key", "mountPath", "ip", "type")
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

    Items of lists are found by what identifies them, as strategic merges do; None
    where the other has no such item.
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
    if not isinstance(item, dict):
        return other.index(item) if item in other else None
    others = [one if isinstance(one, dict) else {} for one in other]
    key = next(
        (one for one in _IDENTITIES if one in item and any(one in o for o in others)),
        None,
    )
    if key is None:
        return other.index(item) if item in other else None
    alike = [number for number, one in enumerate(others) if one.get(key) == item[key]]
    return index if index in alike else next(iter(alike), None)
