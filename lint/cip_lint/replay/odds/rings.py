"""Rings: the chance that a value is taken in a band of which some is used already.

A dynamic request that starts in a run of used values takes the first free one
behind it, so the value behind such a run is lost more often than another. Seen from
a static value backwards: it is taken if some stretch behind it, the value itself
included, receives more starts than it has free values.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from cip_lint.records import NamedTuple
from cip_lint.replay.odds.chances import (
    CERTAIN,
    EFFORT,
    IMPOSSIBLE,
    Chance,
    any_taken,
    one_taken,
    product,
    survival,
)

_NEGLIGIBLE = 1e-6
"""The share of a chance that is not worth looking for."""

_TINY = 1e-20
_COST_OF_A_RUN = 100
"""What it costs to look at a run of used values, in multiplications."""


class _Behind(NamedTuple):
    """A free value on the way back from a static one."""

    number: int
    """The first free one behind the static value is 1."""
    distance: int


class Ring(NamedTuple):
    """A band: its values in a circle, some of them used already."""

    size: int
    occupied: Sequence[int] = ()
    """The places of used values, from 0, in ascending order, each once."""

    @property
    def free(self) -> int:
        """How many values are free."""
        return self.size - len(self.occupied)

    def holds(self, place: int) -> bool:
        """Whether a value is used already."""
        index = bisect_left(self.occupied, place)
        return index < len(self.occupied) and self.occupied[index] == place

    def taken(self, place: int, drawn: int, effort: int = EFFORT) -> Chance:
        """Return the chance that a value is taken after some dynamic requests.

        Exact, to a millionth of itself, where that costs no more than ``effort``
        multiplications; else no less than in an empty band, since what is used
        can only raise it.
        """
        if self.holds(place):
            return CERTAIN
        if drawn <= 0:
            return IMPOSSIBLE
        if drawn >= self.free:
            return CERTAIN
        low = one_taken(self.size, drawn)
        first = next(self._runs(place), None)
        if first is None or drawn < first.number:
            return low  # too few to reach it from behind what is used
        farthest = effort // _COST_OF_A_RUN
        reach = self._horizon(place, drawn, _NEGLIGIBLE * low.p, farthest)
        if reach <= first.number:
            return low
        reach = min(reach, drawn)
        if self._cost(drawn, reach) > effort:
            return Chance(low.p, ">=")
        end = next(one.distance for one in self._free(place) if one.number == reach)
        weights = self._weights(place, end, drawn)
        return Chance(max(low.p, 1 - survival(weights, end, self.size, drawn)))

    def any_taken(
        self, places: Sequence[int], drawn: int, effort: int = EFFORT
    ) -> Chance:
        """Return the chance that at least one of several values is taken.

        Exact where the cost allows, else a bound.
        """
        wanted = sorted(set(places))
        if any(map(self.holds, wanted)):
            return CERTAIN
        if not wanted or drawn <= 0:
            return IMPOSSIBLE
        if drawn > self.free - len(wanted):
            return CERTAIN
        if len(wanted) == 1:
            return self.taken(wanted[0], drawn, effort)
        if not self.occupied:
            return any_taken(self.size, wanted, drawn, effort)
        if (self.free + len(wanted) * drawn) * drawn > effort:
            each = effort // len(wanted)
            return _union([self.taken(place, drawn, each) for place in wanted])
        total = [1.0]
        for before, place in zip([wanted[-1], *wanted], wanted, strict=False):
            length = (place - before) % self.size
            total = product(total, self._weights(place, length, drawn), drawn)
        return Chance(1 - survival(total, self.size, self.size, drawn))

    def _free(self, place: int) -> Iterator[_Behind]:
        """Yield the free values behind a place, the nearest first."""
        number, distance, used = 0, 0, self._used(place)
        next_used = next(used, self.size)
        while True:
            distance += 1
            while distance == next_used:
                distance += 1
                next_used = next(used, self.size)
            if distance >= self.size:
                return
            number += 1
            yield _Behind(number, distance)

    def _runs(self, place: int) -> Iterator[_Behind]:
        """Yield the first free value behind each run of used ones."""
        passed, end = 0, 0
        for distance in self._used(place):
            if passed and distance != end:
                yield _Behind(end - passed, end)
            passed, end = passed + 1, distance + 1
        if passed and end < self.size:
            yield _Behind(end - passed, end)

    def _used(self, place: int) -> Iterator[int]:
        """Yield the distances of used values behind a place, the nearest first."""
        middle = bisect_left(self.occupied, place)
        for index in range(middle - 1, -1, -1):
            yield place - self.occupied[index]
        for index in range(len(self.occupied) - 1, middle - 1, -1):
            yield place - self.occupied[index] + self.size

    def _horizon(self, place: int, drawn: int, negligible: float, farthest: int) -> int:
        """Return the number of the free value from which on nothing matters.

        That the stretch up to some free value beyond it gets too many starts has,
        by Chernoff's bound, a probability below ``negligible``. No more than
        ``farthest`` runs of used values are looked at.
        """
        found: list[tuple[int, float]] = []
        number = drawn + 1
        for run in self._runs(place):
            worst = _too_many(run.number, run.number + len(self.occupied), self, drawn)
            if run.number > drawn or worst < negligible / 2:
                number = min(run.number, number)
                break
            if len(found) >= farthest:
                return number
            found.append((run.number, _too_many(*run, self, drawn)))
        left = negligible / 2
        for start, share in reversed(found):
            left -= share
            if left < 0:
                break
            number = start
        return number

    def _cost(self, drawn: int, reach: int) -> float:
        """Return about how many multiplications the exact figure takes."""
        rate = drawn / self.size
        distance = min(self.size, reach + len(self.occupied))
        step = rate * distance / reach
        states = min(reach, rate * distance + 10 * math.sqrt(rate * distance) + 15)
        return reach * states * min(states, step + 9 * math.sqrt(step) + 9)

    def _weights(self, place: int, end: int, drawn: int) -> list[float]:
        """Return Poisson weights of the starts at distances below ``end``.

        By their number, and only where the value at the place is not taken: the
        starts of no stretch behind it exceed its free values.
        """
        rate = drawn / self.size
        weights, lowest, reached, number = [1.0], 0, 0, 0
        for number, distance in self._free(place):
            upto = min(distance, end)
            starts = _poisson(rate * (upto - reached))
            weights, lowest = _added(weights, lowest, starts, min(number - 1, drawn))
            reached = upto
            if reached == end:
                break
        if reached < end:
            starts = _poisson(rate * (end - reached))
            weights, lowest = _added(weights, lowest, starts, min(number, drawn))
        return [0.0] * lowest + weights


class Bands(NamedTuple):
    """A range: its lower band, drawn from only when nothing above it is free."""

    lower: Ring
    upper: Ring

    @property
    def free(self) -> int:
        """How many values of both bands are free."""
        return self.lower.free + self.upper.free

    def taken(self, place: int, drawn: int, effort: int = EFFORT) -> Chance:
        """Return the chance that a value is taken; places run through both bands."""
        if place >= self.lower.size:
            return self.upper.taken(place - self.lower.size, drawn, effort)
        return self.lower.taken(place, drawn - self.upper.free, effort)

    def exhausted(self, place: int, drawn: int) -> bool:
        """Whether a value is gone in any case: used already, or all of its band."""
        spill = drawn - self.upper.free
        if place >= self.lower.size:
            return spill >= 0 < drawn or self.upper.holds(place - self.lower.size)
        return spill >= self.lower.free > 0 or self.lower.holds(place)

    def any_taken(
        self, places: Sequence[int], drawn: int, effort: int = EFFORT
    ) -> Chance:
        """Return the chance that at least one of several values is taken."""
        above = [p - self.lower.size for p in places if p >= self.lower.size]
        upper = self.upper.any_taken(above, drawn, effort)
        if upper.certain or drawn <= self.upper.free:
            return upper
        below = [place for place in places if place < self.lower.size]
        return self.lower.any_taken(below, drawn - self.upper.free, effort)


def _union(chances: Sequence[Chance]) -> Chance:
    """Return what the single chances say of at least one of them."""
    if all(one.sense == "=" for one in chances):
        return Chance(min(1.0, math.fsum(one.p for one in chances)), "<=")
    return Chance(max(one.p for one in chances), ">=")


def _too_many(number: int, distance: int, ring: Ring, drawn: int) -> float:
    """Bound the probability that a stretch gets more starts than it has free values.

    For the stretch below a free value, and those below the free values that follow
    it without a used one between: the terms fall faster than geometrically.
    """
    first = _tail(number, distance, ring.size, drawn)
    if first >= 1:
        return math.inf
    ratio = _tail(number + 1, distance + 1, ring.size, drawn) / first if first else 0
    return first / (1 - ratio) if ratio < 1 else math.inf


def _tail(number: int, distance: int, size: int, drawn: int) -> float:
    """Bound the probability that so many starts lie within a distance (Chernoff)."""
    if number > drawn:
        return 0.0
    share, wanted = distance / size, number / drawn
    if wanted <= share:
        return 1.0
    log = wanted * math.log(wanted / share)
    if number < drawn:
        log += (1 - wanted) * (math.log1p(-wanted) - math.log1p(-share))
    return math.exp(-drawn * log)


def _poisson(mean: float) -> tuple[int, list[float]]:
    """Return Poisson probabilities, from the first that is not negligible on."""
    if mean <= 0:
        return 0, [1.0]
    spread = 10 * math.sqrt(mean) + 12
    first = max(0, math.floor(mean - spread))
    value = math.exp(first * math.log(mean) - mean - math.lgamma(first + 1))
    found = []
    for number in range(first + 1, math.ceil(mean + 2 * spread)):
        found.append(value)
        value *= mean / number
        if number > mean and value < _TINY:
            break
    return first, found


def _added(
    weights: list[float], lowest: int, starts: tuple[int, list[float]], most: int
) -> tuple[list[float], int]:
    """Return the weights with further starts, none of them above ``most`` in all."""
    first, probabilities = starts
    base = lowest + first
    room = most - base + 1
    if room <= 0:
        return [], base
    found = [0.0] * min(room, len(weights) + len(probabilities) - 1)
    for index, weight in enumerate(weights):
        for other, probability in enumerate(probabilities[: len(found) - index], index):
            found[other] += weight * probability
    least = _TINY * max(found)
    skipped = 0
    while skipped < len(found) and found[skipped] <= least:
        skipped += 1
    return found[skipped:], base + skipped
