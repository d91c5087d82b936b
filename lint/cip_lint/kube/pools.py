"""Pools: where the addresses and node ports of one request come from.

``FactsPool`` is the one of a single request to a cluster of which nothing but its
settings is known; ``replay`` has those that remember what earlier requests took.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cip_lint.kube.addresses import IPV4, Address, Network, parse_cidr
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Drawn
from cip_lint.kube.version import Version

DEFAULT_NODE_PORT_RANGE = (30000, 32767)

TAKEN_ADDRESS = "provided IP is already allocated"
TAKEN_PORT = "provided port is already allocated"
NO_RANGE = "the provided network does not match the current range"
NOT_READY = "allocator not ready"
FULL = "range is full"

ADDRESS_OBJECTS_SINCE = Version(1, 33)
"""From here on IPAddress objects hold cluster addresses (``MultiCIDRServiceAllocator``)."""

BITMAP_GONE_SINCE = Version(1, 34)
"""From here on no bitmap has a say beside them (``DisableAllocatorDualWrite``)."""

BITMAP_REACH = 65536
"""How many addresses of an IPv6 range the bitmap knows, its network address included."""

SHORTEST_IPV6_PREFIX = 64
"""An IPv6 range with a shorter prefix has no address for IPAddress objects."""


class NotDrawn(str):
    """Why the server could not draw a value: ``range is full``."""

    __slots__ = ()


class Pool(Protocol):
    """Where addresses and node ports come from."""

    makes_objects: bool
    """Whether an IPAddress object is made for an address, where a version has them."""

    def visiting(self, count: int) -> Sequence[int]:
        """Return the order in which the families of one Service are served."""
        ...

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        ...

    def draw_address(self, family: str) -> str:
        """Take any address of a family (empty: the cluster's) and return it.

        ``NotDrawn`` where there is none.
        """
        ...

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        ...

    def draw_port(self) -> str | int:
        """Take any node port and return it; ``NotDrawn`` where there is none."""
        ...


class FactsPool:
    """The pool of one request to a cluster with nothing in it but what is held.

    Drawn values are ``Drawn``: the server alone knows them.
    """

    makes_objects = True

    def __init__(self, facts: ClusterFacts) -> None:
        self._facts = facts
        self._addresses_drawn = 0
        self._ports_drawn = 0
        self._ports: set[int] = set()

    def visiting(self, count: int) -> Sequence[int]:
        """Return the order of the families: as they are listed."""
        return range(count)

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        complaint = uncovered(address, self._facts.service_cidrs, self._facts.version)
        if complaint:
            return complaint
        if address.canonical in self._facts.held_addresses:
            return TAKEN_ADDRESS
        return ""

    def draw_address(self, family: str) -> str:
        """Take any address of a family and return it."""
        self._addresses_drawn += 1
        kind = {IPV4: "ip:v4", "": "ip"}.get(family, "ip:v6")
        number = 1 if family else self._addresses_drawn
        return Drawn(f"<{kind} dynamic-band #{number}>")

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        first, last = self._facts.node_port_range or DEFAULT_NODE_PORT_RANGE
        known = self._facts.node_port_range is not None
        if not (first <= number <= last if known else 1 <= number <= 65535):
            return port_outside(first, last)
        if number in self._ports or number in self._facts.held_node_ports:
            return TAKEN_PORT
        self._ports.add(number)
        return ""

    def draw_port(self) -> str | int:
        """Take any node port and return it."""
        self._ports_drawn += 1
        return Drawn(f"<nodePort:dynamic-band #{self._ports_drawn}>")


class FullPool(FactsPool):
    """The pool of a cluster in which no address of a family is left."""

    def __init__(self, facts: ClusterFacts, family: str) -> None:
        super().__init__(facts)
        self._family = family

    def draw_address(self, family: str) -> str:
        """Draw nothing of the family, nor where the Service leaves it open."""
        if family in ("", self._family):
            return NotDrawn(FULL)
        return super().draw_address(family)


def port_outside(first: int, last: int) -> str:
    """Return the complaint about a node port outside the range."""
    return (
        "provided port is not in the valid range."
        f" The range of valid ports is {first}-{last}"
    )


def address_outside(address: Address, network: Network) -> str:
    """Return the complaint of one allocator about an address outside its range."""
    return (
        f"the provided IP ({address.canonical}) is not in the valid range."
        f" The range of valid IPs is {network.canonical}"
    )


def uncovered(address: Address, cidrs: tuple[str, ...], version: Version) -> str:
    """Return the complaint about an address outside the ranges, or nothing.

    The network address is outside, and the broadcast address of IPv4, unless a
    wider range has them inside. Without ranges everything is inside.
    """
    ranges = [network for network in map(parse_cidr, cidrs) if network is not None]
    if not ranges:
        return ""
    if version < BITMAP_GONE_SINCE:
        complaint = _outside_bitmap(address, ranges, version)
        if complaint or version < ADDRESS_OBJECTS_SINCE:
            return complaint
    return "" if any(_holds(network, address) for network in ranges) else NO_RANGE


def _holds(network: Network, address: Address) -> bool:
    if address not in network or address.number == network.first:
        return False
    if network.family == IPV4:
        return address.number != network.last
    return network.bits >= SHORTEST_IPV6_PREFIX


def _outside_bitmap(address: Address, ranges: list[Network], version: Version) -> str:
    """Return the complaint of the allocator that was the only one up to 1.32.

    It knows one range a family and the lowest 65535 addresses of an IPv6 one.
    In 1.33 it speaks first, for the addresses that its range contains.
    """
    network = next((one for one in ranges if one.family == address.family), None)
    if network is None:
        return ""
    if address not in network and version >= ADDRESS_OBJECTS_SINCE:
        return ""
    offset = address.number - network.first
    if network.family == IPV4:
        inside = address in network and offset > 0 and address.number != network.last
    else:
        inside = address in network and 0 < offset < BITMAP_REACH
    if inside:
        return ""
    return address_outside(address, network)
