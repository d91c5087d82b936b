"""Words that messages everywhere form alike."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {one if number == 1 else several or one + 's'}"
