"""Which units wait for others: what their owners say they depend on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cip_lint.cluster import Unit


class Dependencies:
    """The declared order of the units of a cluster, by their numbers."""

    def __init__(
        self, order: Sequence[int], after: Sequence[int], waits: Sequence[bool]
    ) -> None:
        self._rank = {number: rank for rank, number in enumerate(order)}
        self._after = after
        self._waits = waits

    @property
    def exist(self) -> bool:
        """Whether any unit is sent after another one."""
        return any(self._after)

    def follows(self, first: int, second: int) -> bool:
        """Whether a unit is sent only when another one has been."""
        return bool(self._after[second] >> first & 1)

    def waits_for(self, number: int) -> bool:
        """Whether those that depend on a unit wait until all of it is ready."""
        return self._waits[number]

    def rank(self, number: int) -> int:
        """Return the place of a unit in one order that keeps all dependencies."""
        return self._rank[number]


def dependencies(units: Sequence[Unit]) -> Dependencies:
    """Return the order of units from what they depend on, directly or by others.

    A circle is no order: none of its units is ever sent, nor what waits for it.
    """
    names: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        if unit.sending.name:
            names.setdefault(unit.sending.name, []).append(number)
    needs = [
        {
            earlier
            for name in unit.sending.depends_on
            for earlier in names.get(name, ())
            if earlier != number
        }
        for number, unit in enumerate(units)
    ]
    order = _ordered(needs)
    after = [0] * len(units)
    for number in order:
        for earlier in needs[number]:
            after[number] |= after[earlier] | 1 << earlier
    behind = set(order)
    order += (number for number in range(len(units)) if number not in behind)
    return Dependencies(order, after, [unit.sending.waits for unit in units])


def _ordered(needs: Sequence[Collection[int]]) -> list[int]:
    """Return the units, each behind those it needs, else as they stand.

    Those of a circle and those behind it are left out.
    """
    waiting = [len(found) for found in needs]
    followers: dict[int, list[int]] = {}
    for number, found in enumerate(needs):
        for earlier in found:
            followers.setdefault(earlier, []).append(number)
    ready = [number for number, count in enumerate(waiting) if not count]
    heapify(ready)
    order: list[int] = []
    while ready:
        number = heappop(ready)
        order.append(number)
        for follower in followers.get(number, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, follower)
    return order
