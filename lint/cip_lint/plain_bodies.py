# cython: annotation_typing=False
"""Parts of an object's body, whatever stands there: hostile values read as absent.

Where it is compiled, too, a text may be of a class that is derived from ``str``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

Body = Mapping[str, Any]

ABSENT: Body = MappingProxyType({})
"""What is read where no mapping stands."""


def mapping(value: object) -> Body:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else ABSENT


def items(value: object) -> Sequence[Any]:
    """Return a list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else ()


def mappings(value: object) -> list[Body]:
    """Return the mappings of a list."""
    return [item for item in items(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """Return a string as it is, anything else as an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the strings of a list."""
    return [item for item in items(value) if isinstance(item, str)]


def strings(value: object) -> dict[str, str]:
    """Return the entries of a string map; null is an empty string there."""
    entries: dict[Any, Any] = value if isinstance(value, dict) else {}
    return {
        key: "" if item is None else item
        for key, item in entries.items()
        if isinstance(key, str) and (item is None or isinstance(item, str))
    }


def text_values(value: object) -> dict[str, str]:
    """Return the entries of a map whose values are strings."""
    entries: Mapping[Any, Any] = mapping(value)
    return {key: item for key, item in entries.items() if isinstance(item, str)}


def integer(value: object) -> int | None:
    """Return an integer as it is, None for anything else; a boolean is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def natural(value: object, default: int) -> int:
    """Return an integer, not below zero; the default for anything else."""
    number = integer(value)
    return default if number is None else max(0, number)
