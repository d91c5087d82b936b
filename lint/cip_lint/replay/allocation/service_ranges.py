"""ServiceCIDR objects: when a range may be allocated from, and when it goes.

Follows ``pkg/controller/servicecidrs`` (the controller that guards ranges in use),
``pkg/controlplane/controller/defaultservicecidr`` and the readiness of ranges in
``pkg/registry/core/service/ipallocator/cidrallocator.go``. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cip_lint.kube.addresses import IPV4, Address, Network, parse_cidr
from cip_lint.kube.pools import ADDRESS_OBJECTS_SINCE
from cip_lint.kube.well_known import API_SERVER_RANGES
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators

FINALIZER = "networking.k8s.io/service-cidr-finalizer"

# How long it takes until allocators and controllers know of an object.
_NOTICED_AFTER = 1.0
# How long a range that is deleted stays at least.
_GRACE = 10.0

_READY = {
    "type": "Ready",
    "status": "True",
    "reason": "",
    "message": "Kubernetes Service CIDR is ready",
}
_TERMINATING = {
    "type": "Ready",
    "status": "False",
    "reason": "Terminating",
    "message": (
        "There are still IPAddresses referencing the ServiceCIDR,"
        " please remove them or create a new ServiceCIDR"
    ),
}


@dataclass(slots=True)
class _Object:
    """One ServiceCIDR object: its ranges, and where it is in its life."""

    name: str
    cidrs: tuple[str, ...]
    created: float
    deleted: float | None = None
    gone: float | None = None
    terminating: bool = False

    def serves(self, now: float) -> bool:
        """Whether its ranges may be allocated from."""
        if self.terminating or now < self.created + _NOTICED_AFTER:
            return False
        end = self.gone if self.deleted is None else self.deleted
        return end is None or now < end + _NOTICED_AFTER


class ServiceRanges:
    """The ServiceCIDR objects of a cluster, by name.

    ``guarded`` tells whether the controller manager runs its controller: it keeps a
    range that is in use, and makes a deleted one wait. Without it an object goes at
    once. ``used`` returns the addresses that the allocator itself has given away.
    """

    def __init__(
        self,
        allocators: AddressAllocators,
        cidrs: Iterable[str],
        used: Callable[[], Iterable[Address]],
        *,
        guarded: bool,
    ) -> None:
        self._allocators = allocators
        self._used = used
        self._guarded = guarded
        self._objects: dict[str, _Object] = {}
        self._leaving: list[_Object] = []
        own = tuple(one.canonical for one in _networks(cidrs))
        if own and allocators.version >= ADDRESS_OBJECTS_SINCE:
            self._objects[API_SERVER_RANGES] = _Object(
                API_SERVER_RANGES, own, -_NOTICED_AFTER
            )

    def __contains__(self, name: str) -> bool:
        return name in self._objects

    def create(self, name: str, cidrs: Iterable[str], now: float) -> None:
        """Add an object; its ranges can be used once it has been noticed."""
        self._objects[name] = _Object(name, tuple(cidrs), now)

    def extend(self, name: str, cidrs: Iterable[str]) -> None:
        """Give an object the range of its second family."""
        self._objects[name].cidrs = tuple(cidrs)

    def delete(self, name: str, now: float) -> None:
        """Delete an object, or mark it as one that goes when it is not needed."""
        one = self._objects[name]
        if self._guarded and now >= one.created + _NOTICED_AFTER:
            if one.deleted is None:
                one.deleted = now
            return
        one.gone = now
        self._leaving.append(self._objects.pop(name))

    def settle(self, now: float) -> None:
        """Let controllers and allocators do what is due by now."""
        for one in list(self._objects.values()):
            if one.deleted is not None and now >= one.deleted + _NOTICED_AFTER:
                self._let_go(one, now)
        self._leaving = [
            one
            for one in self._leaving
            if one.gone is not None and now < one.gone + _NOTICED_AFTER
        ]
        self._tell_allocators(now)

    def _let_go(self, one: _Object, now: float) -> None:
        assert one.deleted is not None
        one.terminating = not self._can_go(one)
        if not one.terminating and now >= one.deleted + _GRACE:
            del self._objects[one.name]

    def _can_go(self, one: _Object) -> bool:
        """Return whether nothing would be left without a range (``canDeleteCIDR``)."""
        others = [
            network
            for other in self._objects.values()
            if other is not one
            for network in _networks(other.cidrs)
        ]
        own = _networks(one.cidrs)
        if all(any(_inside(mine, other) for other in others) for mine in own):
            return True
        return not any(
            _has(own, address) and not _has(others, address) for address in self._used()
        )

    def _tell_allocators(self, now: float) -> None:
        known: dict[str, bool] = {}
        for one in (*self._objects.values(), *self._leaving):
            if now < one.created + _NOTICED_AFTER:
                continue
            for cidr in one.cidrs:
                known[cidr] = known.get(cidr, False) or one.serves(now)
        self._allocators.set_ranges(known)

    def conditions(self, name: str, now: float) -> list[dict[str, str]]:
        """Return the conditions of an object, as its status shows them."""
        one = self._objects[name]
        noticed = now >= one.created + _NOTICED_AFTER
        if not (self._guarded or name == API_SERVER_RANGES) or not noticed:
            return []
        return [dict(_TERMINATING if one.terminating else _READY)]

    def finalizers(self, name: str, now: float) -> list[str]:
        """Return the finalizers of an object."""
        noticed = now >= self._objects[name].created + _NOTICED_AFTER
        return [FINALIZER] if self._guarded and noticed else []

    def is_deleted(self, name: str) -> bool:
        """Return whether an object waits for its end."""
        return self._objects[name].deleted is not None

    def cidrs(self, name: str) -> tuple[str, ...]:
        """Return the ranges of an object."""
        return self._objects[name].cidrs


def _networks(cidrs: Iterable[str]) -> list[Network]:
    return [network for network in map(parse_cidr, cidrs) if network is not None]


def _inside(one: Network, other: Network) -> bool:
    """Return whether a range lies in another one, or is it."""
    return (
        one.family == other.family
        and other.first <= one.first
        and one.last <= other.last
    )


def _has(networks: Iterable[Network], address: Address) -> bool:
    """Return whether a range has the address for a Service (``PrefixContainsIP``)."""
    return any(
        address in one
        and address.number != one.first
        and (one.family != IPV4 or address.number != one.last)
        for one in networks
    )
