"""Service ranges and node port ranges: what is usable, and the two bands.

The API server draws addresses and ports from the *dynamic* band as long as
anything there is free; the *static* band below it is left to those who ask for a
certain value. Both may hold static values. The arithmetic follows
``pkg/registry/core/service/ipallocator`` and ``.../portallocator`` of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Container

from cip_lint.kube.addresses import IPV4, Address, Network, parse_cidr
from cip_lint.kube.pools import BITMAP_GONE_SINCE, BITMAP_REACH, SHORTEST_IPV6_PREFIX
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from cip_lint.records import NamedTuple

ADDRESS_BAND_SINCE = Version(1, 25)
"""``ServiceIPStaticSubrange`` is on by default from here."""

NODE_PORT_BAND_SINCE = Version(1, 28)
"""``ServiceNodePortStaticSubrange`` is on by default from here."""

_SIZE_LIMIT = (1 << 63) - 1
# Beyond this many tries a free value is not worth the search.
_LONGEST_SEARCH = 4096


class Range(NamedTuple):
    """A service CIDR, its usable addresses and its bands.

    Addresses are numbers, as in ``kube.addresses.Address``. Nothing is usable
    where ``last`` is below ``first``.
    """

    network: Network
    origin: Origin
    """Who stated it; an assumed range never makes an error."""
    first: int
    last: int
    offset: int
    """How many of the lowest usable addresses form the static band; 0: no band."""
    from_object: bool = False
    """Whether a ServiceCIDR object adds it to the API server's own ranges."""

    @property
    def cidr(self) -> str:
        """The CIDR in its canonical spelling."""
        return self.network.canonical

    @property
    def family(self) -> str:
        """``IPv4`` or ``IPv6``."""
        return self.network.family

    @property
    def stated(self) -> bool:
        """Whether somebody stated it; an assumption of ours refuses nothing."""
        return self.origin.kind is not OriginKind.DEFAULT

    @property
    def usable(self) -> int:
        """How many addresses can be had at all."""
        return max(0, self.last - self.first + 1)

    @property
    def dynamic_size(self) -> int:
        """How many addresses the dynamic band holds."""
        return max(0, self.usable - self.offset)

    @property
    def static(self) -> tuple[str, str] | None:
        """First and last address of the static band; None where there is none."""
        if not self.offset or not self.usable:
            return None
        return self.text(self.first), self.text(self.first + self.offset - 1)

    @property
    def dynamic(self) -> tuple[str, str] | None:
        """First and last address of the dynamic band; None where there is none."""
        if not self.dynamic_size:
            return None
        return self.text(self.first + self.offset), self.text(self.last)

    def text(self, number: int) -> str:
        """Return an address of this family in its canonical spelling."""
        return Address(self.network.family, number).canonical

    def holds(self, address: Address) -> bool:
        """Return whether a static request for the address can succeed here."""
        return (
            address.family == self.network.family
            and self.first <= address.number <= self.last
        )

    def band(self, address: Address) -> str | None:
        """Return ``static`` or ``dynamic``; None for an address outside.

        A range without bands is dynamic throughout.
        """
        if not self.holds(address):
            return None
        return "static" if address.number < self.first + self.offset else "dynamic"

    def next_free(self, taken: Container[str], after: int | None = None) -> str | None:
        """Return the lowest free address, of the static band where there is one.

        ``taken`` holds canonical addresses; index 1 belongs to
        ``default/kubernetes`` and is never offered. The search begins behind
        the address ``after``, and at the start of the range once more.
        """
        begin = self.first + 1
        end = self.first + self.offset - 1 if self.offset else self.last
        behind = min(max(begin, (after or 0) + 1), end + 1)
        for low, high in ((behind, end), (begin, behind - 1)):
            for number in range(low, min(high, low + _LONGEST_SEARCH) + 1):
                text = self.text(number)
                if text not in taken:
                    return text
        return None


def service_range(
    cidr: str, version: Version, origin: Origin, *, from_flag: bool = True
) -> Range | None:
    """Return the range that a CIDR makes; None where the text is no CIDR.

    ``from_flag`` tells the API server's own ranges from those that ServiceCIDR
    objects add, which the bitmap allocator never saw.
    """
    network = parse_cidr(cidr)
    if network is None:
        return None
    first, last = network.first + 1, network.last
    if network.family == IPV4:
        last -= 1
    elif from_flag and version < BITMAP_GONE_SINCE:
        last = min(last, network.first + BITMAP_REACH - 1)
    elif network.bits < SHORTEST_IPV6_PREFIX:
        last = network.first
    offset = _band_size(network, version)
    offset = min(offset, max(0, last - first + 1))
    return Range(network, origin, first, last, offset, from_object=not from_flag)


def _band_size(network: Network, version: Version) -> int:
    if version < ADDRESS_BAND_SINCE:
        return 0
    bits = network.host_bits
    if bits >= (31 if network.family == IPV4 else 127):
        return 0
    size = min(1 << bits, _SIZE_LIMIT)
    return 0 if size <= 16 else min(max(16, size // 16), 256)


class NodePortRange(NamedTuple):
    """The range of node ports and its bands; one pool for all protocols."""

    first: int
    last: int
    offset: int
    """How many of the lowest ports form the static band; 0: no band."""
    origin: Origin

    @property
    def size(self) -> int:
        """How many ports there are."""
        return self.last - self.first + 1

    @property
    def static(self) -> tuple[int, int] | None:
        """First and last port of the static band; None where there is none."""
        return (self.first, self.first + self.offset - 1) if self.offset else None

    @property
    def dynamic(self) -> tuple[int, int]:
        """First and last port of the dynamic band."""
        return self.first + self.offset, self.last

    def holds(self, port: int) -> bool:
        """Return whether the port is one of the range."""
        return self.first <= port <= self.last

    def band(self, port: int) -> str | None:
        """Return ``static`` or ``dynamic``; None for a port outside."""
        if not self.holds(port):
            return None
        return "static" if port < self.first + self.offset else "dynamic"

    def next_free(self, taken: Container[int], after: int | None = None) -> int | None:
        """Return a free port, of the static band where there is one.

        The search begins behind ``after``, where that lies in the band.
        """
        end = self.first + self.offset - 1 if self.offset else self.last
        behind = (after or 0) + 1
        if not self.first <= behind <= end:
            behind = self.first + 1 if self.first < end else self.first
        for low, high in ((behind, end), (self.first, behind - 1)):
            for port in range(low, high + 1):
                if port not in taken:
                    return port
        return None


def node_port_range(
    bounds: tuple[int, int], version: Version, origin: Origin
) -> NodePortRange:
    """Return the range between two ports, both included."""
    first, last = bounds
    size = last - first + 1
    offset = 0
    if version >= NODE_PORT_BAND_SINCE and size > 16:
        offset = min(max(16, size // 32), 128)
    return NodePortRange(first, last, offset, origin)
