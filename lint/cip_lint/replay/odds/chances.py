"""Chances: how likely a static address or node port is gone when its turn comes.

The allocators of Kubernetes serve a dynamic request in one way
(``allocateNextService`` of ``pkg/registry/core/service/ipallocator``, and
``AllocateBit`` of ``pkg/registry/core/service/allocator`` for node ports): they draw
a start in the band and take the first free value at or after it, around the end.
That is linear probing on a ring. Here is the arithmetic for bands in which nothing
is used yet; ``rings`` has it for those in which something is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from cip_lint.records import NamedTuple

Sense = Literal["=", "<=", ">="]

_NEARLY_ONE = 0.995
"""From here on, two digits would read 1.0."""

EFFORT = 4_000_000
"""How many multiplications an exact figure may cost, unless it is said otherwise."""


class Chance(NamedTuple):
    """A probability, or a bound of one."""

    p: float
    sense: Sense = "="
    """Whether the probability is ``p``, at most ``p`` or at least ``p``."""

    @property
    def certain(self) -> bool:
        """Whether it happens in any case."""
        return self.p >= 1 and self.sense != "<="

    @property
    def impossible(self) -> bool:
        """Whether it never happens."""
        return self.p <= 0 and self.sense != ">="

    @property
    def words(self) -> str:
        """``p = 0.21``, ``p <= 0.21``, ``p >= 0.21``, ``certain`` or ``impossible``.

        ``unknown`` where it is no more than at least nothing.
        """
        if self.certain:
            return "certain"
        if self.impossible:
            return "impossible"
        if self.p <= 0:
            return "unknown"
        if self.p < _NEARLY_ONE:
            return f"p {self.sense} {self.p:#.2g}"
        return "p <= 1" if self.sense == "<=" else "p >= 0.99"


IMPOSSIBLE = Chance(0.0)
CERTAIN = Chance(1.0)


def between(low: Chance, high: Chance) -> Chance:
    """Return one chance for a value that two others enclose.

    Where both read alike it is that; where they are far apart, the lower bound says
    more than the upper.
    """
    if low.sense == high.sense and (low.words == high.words or low.p == high.p):
        return high
    if high.sense == ">=":
        return Chance(low.p, ">=")
    if high.p <= 2 * low.p or low.p <= 0:
        return Chance(high.p, "<=")
    return Chance(low.p, ">=")


def one_taken(size: int, drawn: int) -> Chance:
    """Return the chance that one value of an empty band is taken.

    Exact, by the symmetry of the ring: ``drawn`` of ``size`` values are taken.
    """
    if drawn <= 0 or size <= 0:
        return IMPOSSIBLE
    return CERTAIN if drawn >= size else Chance(drawn / size)


def at_most(size: int, statics: int, drawn: int) -> Chance:
    """Return the simple bound for at least one of several values of an empty band."""
    if drawn <= 0 or statics <= 0 or size <= 0:
        return IMPOSSIBLE
    return Chance(min(1.0, statics * drawn / size), "<=")


def in_one_of_several_ranges(chance: Chance) -> Chance:
    """Return the chance where other ranges may serve the requests as well.

    Which range serves a request is not specified (``MetaAllocator``): none of them
    may be drawn from this one, or all, for which ``chance`` holds.
    """
    return chance if chance.impossible else Chance(chance.p, "<=")


def any_taken(
    size: int, statics: Iterable[int], drawn: int, effort: int = EFFORT
) -> Chance:
    """Return the chance that at least one of several values of an empty band is taken.

    ``statics`` are their places on the ring. Exact by Konheim and Weiss's count of
    the ways to fill an arc without running over its end; the simple bound where
    that costs more than ``effort`` multiplications.
    """
    places = sorted({place % size for place in statics}) if size > 0 else []
    if drawn <= 0 or not places:
        return IMPOSSIBLE
    if len(places) == 1:
        return one_taken(size, drawn)
    if drawn > size - len(places):
        return CERTAIN
    if len(places) * drawn * drawn > effort:
        return at_most(size, len(places), drawn)
    gaps = [next_ - place - 1 for place, next_ in pairwise(places)]
    gaps.append(size - 1 - places[-1] + places[0])
    rate = drawn / size
    total = [math.exp(-rate * len(places))]  # nothing starts at the statics
    for gap in gaps:
        total = product(total, _ways(gap, rate, drawn), drawn)
    return Chance(1 - survival(total, size, size, drawn))


def _ways(gap: int, rate: float, drawn: int) -> list[float]:
    """Return how an arc of free values takes 0, 1, 2 ... starts without overflow.

    ``N(m, j) = (m + 1 - j)(m + 1)^(j - 1)`` of the ``m^j`` ways, each number of
    starts weighed as if they were Poisson: so nothing grows out of bounds.
    """
    ways = [math.exp(-rate * gap)]
    weight = ways[0]
    for number in range(1, min(gap, drawn) + 1):
        weight *= rate * (gap + 1) / number
        ways.append(weight * (gap + 1 - number) / (gap + 1))
    return ways


def product(a: Sequence[float], b: Sequence[float], degree: int) -> list[float]:
    """Return the product of two polynomials up to a degree."""
    found = [0.0] * min(len(a) + len(b) - 1, degree + 1)
    for index, factor in enumerate(a):
        if factor:
            for other, value in enumerate(b[: len(found) - index], index):
                found[other] += factor * value
    return found


def survival(weights: Sequence[float], seen: int, size: int, drawn: int) -> float:
    """Return the probability that Poisson weights of starts add up to.

    ``weights[c]`` belongs to ``c`` starts in ``seen`` places of the ring; the
    others may lie anywhere else. Multinomial again, the weights are exact, free of
    the factorials and powers that would overflow.
    """
    share = seen / size
    if seen >= size:
        if len(weights) <= drawn:
            return 0.0
        log = drawn - drawn * math.log(drawn) + math.lgamma(drawn + 1)
        return min(1.0, weights[drawn] * math.exp(log))
    ratio = math.exp(drawn * (math.log1p(-share) + share))
    found = []
    for number, weight in enumerate(weights[: drawn + 1]):
        found.append(weight * ratio)
        ratio *= (drawn - number) / (drawn * (1 - share))
    return min(1.0, math.fsum(found))
