"""The allocators' way to serve dynamic requests, step by step, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from random import Random


def fill(size: int, occupied: Iterable[int], starts: Iterable[int]) -> set[int]:
    """Return the used values of a band once each start has taken the next free one."""
    used = set(occupied)
    for start in starts:
        place = start
        while place in used:
            place = (place + 1) % size
        used.add(place)
    return used


def every_outcome(size: int, occupied: Sequence[int], drawn: int) -> list[set[int]]:
    """Return the used values for all ways to draw starts, each as likely as another."""
    return [
        fill(size, occupied, starts) for starts in product(range(size), repeat=drawn)
    ]


def fill_bands(
    lower: int, upper: int, occupied: Iterable[int], drawn: int, random: Random
) -> set[int]:
    """Return the used values of two bands, the lower one first, after some requests.

    What finds no value is refused.
    """
    used = set(occupied)
    for _ in range(drawn):
        for first, size in ((lower, upper), (0, lower)):
            start = random.randrange(size) if size else 0
            places = (first + (start + step) % size for step in range(size))
            place = next((one for one in places if one not in used), None)
            if place is not None:
                used.add(place)
                break
    return used
