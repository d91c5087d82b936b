"""The repair loops: what services hold is held again, and what nobody has is freed.

Follows ``pkg/registry/core/service/ipallocator/controller`` and
``.../portallocator/controller``. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable

from cip_lint.kube.addresses import Address
from cip_lint.kube.pools import ADDRESS_OBJECTS_SINCE
from cip_lint.replay.allocation.allocators import PortAllocator
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.allocation.kept_objects import KeptService

# The loops over ports and over the bitmap run this often.
_INTERVAL = 180.0
# The loop over IPAddress objects follows events; this is how long it takes.
_NOTICED_AFTER = 1.0
# An address without a Service is freed after this time, or this many runs.
_ORPHAN_GRACE = 60.0
_RUNS_OF_A_LEAK = 3


def hold_what_services_have(
    services: Iterable[KeptService],
    addresses: AddressAllocators,
    ports: PortAllocator,
    before: float,
    now: float,
) -> None:
    """Take again what stored Services list, where a loop ran between two times."""
    ran = now // _INTERVAL > before // _INTERVAL
    objects = addresses.version >= ADDRESS_OBJECTS_SINCE
    noticed = now - before >= _NOTICED_AFTER if objects else ran
    for service in services:
        if noticed:
            for address in service.addresses:
                if addresses.covers(address):
                    addresses.hold(address)
        if ran and service.type != "ExternalName":
            for number in service.node_ports:
                if ports.range.holds(number):
                    ports.held.add(number)


class Orphans:
    """Addresses that are held although no Service has them, and since when."""

    def __init__(self, addresses: AddressAllocators) -> None:
        self._addresses = addresses
        self._since: list[tuple[Address, float]] = []

    def add(self, addresses: Iterable[Address], now: float) -> None:
        """Note addresses that a request left behind."""
        self._since += ((address, now) for address in addresses)

    def due(self, now: float) -> list[Address]:
        """Free those that have been left long enough, and return them."""
        objects = self._addresses.version >= ADDRESS_OBJECTS_SINCE
        grace = _ORPHAN_GRACE if objects else _RUNS_OF_A_LEAK * _INTERVAL
        freed = [address for address, since in self._since if now >= since + grace]
        self._since = [one for one in self._since if now < one[1] + grace]
        for address in freed:
            self._addresses.free(address)
        return freed
