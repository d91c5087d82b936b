"""The nearest of some known words, for whoever misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to another; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415

    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")
