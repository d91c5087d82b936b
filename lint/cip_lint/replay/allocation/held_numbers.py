"""A set of numbers from which the next one that is free is found at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

# A word holds this many neighbouring numbers as bits of one integer.
_SHIFT: Final = 8
_SIZE: Final = 1 << _SHIFT
_INSIDE: Final = _SIZE - 1
_FULL: Final = (1 << _SIZE) - 1


class HeldNumbers:
    """Numbers that are taken: addresses of one family, or node ports.

    What is kept grows with the number of what is held and not with the range it
    lies in. Full words are numbers of a set of the same kind, so that a search
    for a free number passes over 256, 65,536, ... held neighbours in one step.
    """

    __slots__ = ("_full", "_words")

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._words: dict[int, int] = {}
        self._full: HeldNumbers | None = None
        for number in numbers:
            self.add(number)

    def __contains__(self, number: int) -> bool:
        return self._words.get(number >> _SHIFT, 0) >> (number & _INSIDE) & 1 == 1

    def add(self, number: int) -> None:
        """Hold a number; nothing changes where it is held already."""
        index = number >> _SHIFT
        before = self._words.get(index, 0)
        word = before | 1 << (number & _INSIDE)
        if word == before:
            return
        self._words[index] = word
        if word == _FULL:
            if self._full is None:
                self._full = HeldNumbers()
            self._full.add(index)

    def discard(self, number: int) -> None:
        """Free a number; nothing changes where it is not held."""
        index = number >> _SHIFT
        before = self._words.get(index, 0)
        word = before & ~(1 << (number & _INSIDE))
        if word == before:
            return
        if word:
            self._words[index] = word
        else:
            del self._words[index]
        if before == _FULL and self._full is not None:
            self._full.discard(index)

    def next_free(self, number: int) -> int:
        """Return the lowest number, from this one up, that is not held."""
        index = number >> _SHIFT
        start = number & _INSIDE
        free = (self._words.get(index, 0) ^ _FULL) >> start
        if free:
            return number + _lowest(free)
        index = index + 1 if self._full is None else self._full.next_free(index + 1)
        return (index << _SHIFT) + _lowest(self._words.get(index, 0) ^ _FULL)


def _lowest(bits: int) -> int:
    """Return the index of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
