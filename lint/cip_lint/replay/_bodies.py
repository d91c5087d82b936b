"""Parts of an object's body, whatever stands there: hostile values read as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def mapping(value: object) -> Body:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return a list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Body]:
    """Return the mappings of a list."""
    return [item for item in items(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """Return a string as it is, anything else as an empty one."""
    return value if isinstance(value, str) else ""


def strings(value: object) -> dict[str, str]:
    """Return the entries of a string map; null is an empty string there."""
    entries: dict[Any, Any] = value if isinstance(value, dict) else {}
    return {
        key: "" if item is None else item
        for key, item in entries.items()
        if isinstance(key, str) and (item is None or isinstance(item, str))
    }


def natural(value: object, default: int) -> int:
    """Return an integer, not below zero; the default for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return max(0, value)
