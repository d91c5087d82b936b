"""Near misses: two names that are probably meant to be one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Nearness = Literal["spelling", "case"]
"""*case*: equal but for case and separators; *spelling*: one or two edits away."""

_SHORTEST = 4
_FARTHEST = 2
_CANDIDATES = 512
"""How many names are compared with one: bounds hostile input, never a real one."""
_FEW = 16
"""Up to so many names, comparing all of them is as fast as looking for pieces."""


def nearness(wanted: str, has: str) -> Nearness | None:
    """Return how two different names are near each other; None where they are not.

    Names shorter than four characters are never near. Names that differ in a digit
    are never near: ``v1`` and ``v2`` are two things, not one misspelt.
    """
    if wanted == has or len(wanted) < _SHORTEST or len(has) < _SHORTEST:
        return None
    folded, other = _fold(wanted), _fold(has)
    if folded == other:
        return "case"
    if _digits(wanted) != _digits(has) or abs(len(wanted) - len(has)) > _FARTHEST:
        return None
    return "spelling" if distance(wanted, has) <= _FARTHEST else None


def key_is_near(wanted: str, has: str) -> bool:
    """Whether one label key is a spelling of the other."""
    if wanted == has:
        return False
    if _fold(wanted) == _fold(has):
        return True
    return nearness(wanted, has) is not None


def distance(left: str, right: str, limit: int = _FARTHEST) -> int:
    """Return how many insertions, deletions and replacements lie between.

    Anything beyond ``limit`` is ``limit + 1``.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    left, right = _without_common_ends(left, right)
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row = row, [i]
        for j, b in enumerate(right, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _without_common_ends(left: str, right: str) -> tuple[str, str]:
    """Return what differs in two texts: what they begin or end with costs nothing."""
    start, shortest = 0, min(len(left), len(right))
    while start < shortest and left[start] == right[start]:
        start += 1
    end = 0
    while end < shortest - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


class Spellings:
    """A set of names in which the ones near a name are found without a full search.

    Names near each other have equal digits. Of many such names those are compared
    that have a piece in common, see ``_Pieces``.
    """

    __slots__ = ("_names", "_pieces")

    def __init__(self, names: Iterable[str]) -> None:
        # Of a large set, most names are the only one with their digits: a string
        # there, as a list for each takes more memory than the names.
        self._names: dict[str, str | dict[str, None]] = {}
        """The names by their digits."""
        self._pieces: dict[str, _Pieces] = {}
        for name in names:
            if len(name) < _SHORTEST:
                continue
            met = self._names.setdefault(_digits(name), name)
            if isinstance(met, dict):
                met[name] = None
            elif met != name:
                self._names[_digits(name)] = {met: None, name: None}

    def near(self, wanted: str) -> list[str]:
        """Return the names near ``wanted``, nearest first, without itself."""
        if len(wanted) < _SHORTEST:
            return []
        found: dict[str, tuple[int, str]] = {}
        for name in self._candidates(wanted):
            if name == wanted:
                continue
            if _fold(name) == _fold(wanted):
                found[name] = (0, name)
            elif (apart := distance(wanted, name)) <= _FARTHEST:
                found[name] = (apart, name)
        return sorted(found, key=found.__getitem__)

    def _candidates(self, wanted: str) -> Iterable[str]:
        """Return at least the names that are near one, as far as they are few."""
        digits = _digits(wanted)
        names = self._names.get(digits, ())
        if isinstance(names, str):
            return (names,)
        if len(names) <= _FEW:
            return names
        pieces = self._pieces.get(digits)
        if pieces is None:
            pieces = self._pieces[digits] = _Pieces(names)
        return pieces.candidates(wanted)


class _Pieces:
    """Many names with equal digits, by pieces of them and without separators.

    Where two names are near each other, one of three pieces of the shorter stands
    unchanged, moved by two places at most, in the longer.
    """

    __slots__ = ("_folded", "_pieces")

    def __init__(self, names: Iterable[str]) -> None:
        self._folded: dict[str, list[str]] = {}
        # Most pieces are of one name: a string there, as there are very many.
        self._pieces: dict[str, str | list[str]] = {}
        for name in names:
            self._folded.setdefault(_fold(name), []).append(name)
            for number, (start, end) in enumerate(_thirds(len(name))):
                key = _piece(len(name), number, name[start:end])
                met = self._pieces.setdefault(key, name)
                if isinstance(met, list):
                    met.append(name)
                elif met is not name:
                    self._pieces[key] = [met, name]

    def candidates(self, wanted: str) -> Iterable[str]:
        """Return at least the names that are near one, as far as they are few."""
        folded = self._folded.get(_fold(wanted), ())[:_CANDIDATES]
        return dict.fromkeys((*folded, *self._with_pieces_of(wanted)))

    def _with_pieces_of(self, wanted: str) -> Iterable[str]:
        length = len(wanted)
        candidates: dict[str, None] = {}
        for size in range(max(_SHORTEST, length - _FARTHEST), length + _FARTHEST + 1):
            for number, (start, end) in enumerate(_thirds(size)):
                width = end - start
                first = max(0, start - _FARTHEST)
                for at in range(first, min(length - width, start + _FARTHEST) + 1):
                    piece = wanted[at : at + width]
                    met = self._pieces.get(_piece(size, number, piece), ())
                    names = (met,) if isinstance(met, str) else met
                    candidates.update(dict.fromkeys(names))
                    if len(candidates) > _CANDIDATES:
                        return list(candidates)[:_CANDIDATES]
        return candidates


def _piece(length: int, number: int, text: str) -> str:
    return f"{length},{number},{text}"


def _thirds(length: int) -> tuple[tuple[int, int], ...]:
    one, two = length // 3, (2 * length) // 3
    return ((0, one), (one, two), (two, length))


@lru_cache(maxsize=8192)
def _fold(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(".", "")


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
