"""What may be offered to somebody who looks for a free address or node port."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.distributions import dns_address

if TYPE_CHECKING:
    from cip_lint.cluster import ClusterSettings, Reservations
    from cip_lint.replay.allocation.bands import NodePortRange, Range
    from cip_lint.replay.table import ServiceTable

# Where clusters put their DNS Service, by convention: not offered to others.
_DNS_INDEX = 10

_LONGEST_SEARCH = 65_536
"""Numbers that are looked at for the next free one; bounds hostile plans."""


class Offers:
    """What of the ranges of a table is free, and may be offered."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table

    @cached_property
    def spoken_for(self) -> SpokenFor:
        """Addresses not to offer: claimed, the API server's, that of DNS, the plan's."""
        table, settings = self._table, self._table.cluster.settings
        kept = kept_addresses(table.ranges, settings)
        snapshot = table.cluster.snapshot
        living = snapshot.addresses.keys() if snapshot is not None else ()
        return SpokenFor(table.all_claims.keys() | living, kept, settings.reserved)

    @cached_property
    def node_ports_spoken_for(self) -> SpokenForPorts:
        """Node ports not to offer: those claimed, and those of the address plan."""
        table, reserved = self._table, self._table.cluster.settings.reserved
        snapshot = table.cluster.snapshot
        living = snapshot.node_ports.keys() if snapshot is not None else ()
        return SpokenForPorts(table.all_node_port_claims.keys() | living, reserved)

    def address(self, family: str, near: str = "") -> str | None:
        """Return a free address of the static band, the next one behind ``near``.

        ``near`` counts where it lies in the band; else the lowest is returned.
        None where no range of the family is known or all is taken.
        """
        asked = parse_ip(near)
        for one in self._table.ranges:
            if one.family == family:
                behind = asked.number if asked and one.band(asked) == "static" else None
                found = one.next_free(self.spoken_for, behind)
                if found is not None:
                    return found
        return None

    def in_static_band(self, one: Range) -> int:
        """Return how many addresses of the static band of a range may be offered."""
        if not one.offset:
            return 0
        return sum(1 for _ in free_addresses(one, self.spoken_for))

    def node_port(self) -> int | None:
        """Return a free node port of the static band; None where none is free."""
        return self._table.node_ports.next_free(self.node_ports_spoken_for)


class SpokenFor:
    """Addresses not to offer: those claimed or held, and those kept for somebody.

    Kept are the API server's, that of DNS, and all of the address plan. All are
    canonical.
    """

    __slots__ = ("_held", "_kept", "_reserved")

    def __init__(
        self, held: Collection[str], kept: frozenset[str], reserved: Reservations
    ) -> None:
        self._held = held
        self._kept = kept
        self._reserved = reserved

    def __contains__(self, canonical: object) -> bool:
        """Return whether a canonical address is not to be offered."""
        if canonical in self._held or canonical in self._kept:
            return True
        address = parse_ip(canonical) if isinstance(canonical, str) else None
        return address is not None and self._reserved.of_address(address) is not None


class SpokenForPorts:
    """Node ports not to offer: those claimed or held, and those of the plan."""

    __slots__ = ("_held", "_reserved")

    def __init__(self, held: Collection[int], reserved: Reservations) -> None:
        self._held = held
        self._reserved = reserved

    def __contains__(self, port: object) -> bool:
        """Return whether a node port is not to be offered."""
        return isinstance(port, int) and (
            port in self._held or self._reserved.of_port(port) is not None
        )


def kept_addresses(
    ranges: Iterable[Range], settings: ClusterSettings
) -> frozenset[str]:
    """Return the API server's address and that of DNS, of all ranges."""
    kept = {
        one.text(one.network.first + index)
        for one in ranges
        for index in (1, _DNS_INDEX)
    }
    distribution = settings.distribution.value
    kept.update(
        address
        for one in ranges
        if (address := dns_address(distribution, one.network)) is not None
    )
    return frozenset(kept)


def free_addresses(one: Range, taken: SpokenFor) -> Iterator[str]:
    """Yield the free addresses of a range, of its static band where it has one."""
    end = one.first + one.offset - 1 if one.offset else one.last
    for number in range(one.first, min(end, one.first + _LONGEST_SEARCH) + 1):
        text = one.text(number)
        if text not in taken:
            yield text


def free_node_ports(one: NodePortRange, taken: SpokenForPorts) -> Iterator[int]:
    """Yield the free node ports, of the static band where there is one."""
    _, end = one.static or (one.first, one.last)
    for port in range(one.first, end + 1):
        if port not in taken:
            yield port
