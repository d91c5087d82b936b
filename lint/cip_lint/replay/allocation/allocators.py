"""Allocators: which cluster addresses and node ports are taken, and which come next.

State machines of ``pkg/registry/core/service/ipallocator`` and ``portallocator``.
Both draw by linear probing: a start is drawn in the dynamic band and the first free
value at or behind it is taken, from the end of the band on at its beginning. Only
where that band is full the same is done in the static band.

Nothing here is random in itself: what is drawn follows the generator handed in.
"""

from __future__ import annotations

from random import Random

from cip_lint.kube.addresses import Address
from cip_lint.kube.pools import (
    FULL,
    TAKEN_PORT,
    NotDrawn,
    port_outside,
)
from cip_lint.replay.allocation.bands import NodePortRange, Range
from cip_lint.replay.allocation.held_numbers import HeldNumbers

_SLOTS = 8
"""The entries that a small Go map has room for, in one group."""


def draw_number(held: HeldNumbers, first: int, last: int, random: Random) -> int | None:
    """Take a number between two, both included; None where none is free."""
    if last < first:
        return None
    start = first + random.randrange(last - first + 1)
    number = held.next_free(start)
    if number > last:
        number = held.next_free(first)
        if number >= start:
            return None
    held.add(number)
    return number


def draw_from_bands(
    held: HeldNumbers, first: int, last: int, offset: int, random: Random
) -> int | None:
    """Take a number of the dynamic band, else of the static one below it."""
    number = draw_number(held, first + offset, last, random)
    if number is None and offset:
        number = draw_number(held, first, first + offset - 1, random)
    return number


def visiting_order(slots: int, random: Random) -> list[int]:
    """Return an order in which Go 1.24 and newer walk a small map.

    The walk begins at a random one of eight slots, of which the first ones are
    used, and passes over the empty ones: of two entries the first one is first in
    seven of eight walks (``internal/runtime/maps``, ``Iter.Next``).
    """
    if slots < 2:
        return [0] * slots
    start = random.randrange(max(slots, _SLOTS))
    return [*range(start, slots), *range(min(start, slots))]


class PortAllocator:
    """The node ports of a cluster, one pool for all protocols.

    Follows ``pkg/registry/core/service/portallocator``.
    """

    __slots__ = ("held", "range")

    def __init__(self, ports: NodePortRange) -> None:
        self.range = ports
        self.held = HeldNumbers()

    def take(self, number: int) -> str:
        """Take a port that was asked for; return why not, or nothing."""
        if not self.range.holds(number):
            return port_outside(self.range.first, self.range.last)
        if number in self.held:
            return TAKEN_PORT
        self.held.add(number)
        return ""

    def draw(self, random: Random) -> int | NotDrawn:
        """Take any port; ``NotDrawn`` where none is free."""
        ports = self.range
        number = draw_from_bands(
            self.held, ports.first, ports.last, ports.offset, random
        )
        return NotDrawn(FULL) if number is None else number

    def release(self, number: int) -> None:
        """Free a port; nothing changes where it is free or outside."""
        self.held.discard(number)


class BitmapAllocator:
    """The addresses of one range, as a bitmap has them: the allocator up to 1.32.

    Follows ``bitmap.go`` of ``pkg/registry/core/service/ipallocator``. Of an IPv6
    range it knows the lowest 65,535 addresses behind the network address.
    """

    __slots__ = ("held", "range")

    def __init__(self, one: Range) -> None:
        self.range = one
        self.held = HeldNumbers()

    def draw(self, random: Random) -> Address | NotDrawn:
        """Take any address; ``NotDrawn`` where none is free."""
        one = self.range
        number = draw_from_bands(self.held, one.first, one.last, one.offset, random)
        return NotDrawn(FULL) if number is None else Address(one.family, number)


class ObjectAllocator:
    """The addresses of one family, as IPAddress objects hold them: from 1.33 on.

    Follows ``cidrallocator.go`` and ``ipallocator.go`` of the same package. An
    address is held or not whatever range it came from; a range says which
    addresses may be asked for and drawn while it is ready.
    """

    __slots__ = ("_ready", "_slots", "held")

    def __init__(self) -> None:
        self.held = HeldNumbers()
        self._slots: list[Range | None] = []
        self._ready: set[str] = set()

    @property
    def cidrs(self) -> list[str]:
        """The ranges, ready or not."""
        return [one.cidr for one in self._slots if one is not None]

    def add_range(self, one: Range) -> None:
        """Add a range, ready; one that is there already becomes ready."""
        self._ready.add(one.cidr)
        if one.cidr in self.cidrs:
            return
        if None in self._slots:
            self._slots[self._slots.index(None)] = one
        else:
            self._slots.append(one)

    def set_unready(self, cidr: str) -> None:
        """Take nothing from a range any more; what is held stays."""
        self._ready.discard(cidr)

    def remove_range(self, cidr: str) -> None:
        """Forget a range; what is held stays."""
        self._ready.discard(cidr)
        self._slots = [
            None if one is not None and one.cidr == cidr else one for one in self._slots
        ]

    def covers(self, address: Address) -> bool:
        """Return whether a range that is ready has the address for a Service."""
        return any(
            one is not None and one.cidr in self._ready and one.holds(address)
            for one in self._slots
        )

    def knows(self, address: Address) -> bool:
        """Return whether a range has the address, ready or not."""
        return any(one is not None and one.holds(address) for one in self._slots)

    def draw(self, random: Random) -> Address | NotDrawn:
        """Take any address of a range that is ready; which of them is random."""
        for slot in visiting_order(len(self._slots), random):
            one = self._slots[slot]
            if one is None or one.cidr not in self._ready:
                continue
            number = draw_from_bands(self.held, one.first, one.last, one.offset, random)
            if number is not None:
                return Address(one.family, number)
        return NotDrawn(FULL)

    def any_range(self, random: Random) -> Range | None:
        """Return the range that answers a dry run; None where it is not ready."""
        for slot in visiting_order(len(self._slots), random):
            one = self._slots[slot]
            if one is not None:
                return one if one.cidr in self._ready else None
        return None
