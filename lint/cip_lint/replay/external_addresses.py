"""Addresses outside the service ranges that several Services claim.

Nobody allocates ``externalIPs``: the API server stores what it gets, and kube-proxy
catches the packets of each address and port for one of those that claim it. An
address of a load balancer is given out by a controller, which leaves a Service
without one where another has it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from cip_lint.bodies import mapping
from cip_lint.cluster import ServiceMember
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.load_balancers import (
    CONTROLLERS,
    LoadBalancers,
    asked_of_load_balancers,
    controller_of,
    may_share_pods,
    may_share_with,
    sharing_key,
)
from cip_lint.kube.service import Service
from cip_lint.records import NamedTuple
from cip_lint.replay.claims import Claim, collisions

if TYPE_CHECKING:
    from cip_lint.model import Path, Resource
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

K = TypeVar("K", bound=Hashable)

Port = tuple[int, str]
"""Number and protocol."""

_EXTERNAL = "externalIPs"
_ASKING = frozenset({_EXTERNAL, "clusterIP", "clusterIPs"})
"""Fields that ask for addresses, whatever the type of the Service."""


class SharedAddress(NamedTuple):
    """An address that several Services claim, in the order of their application."""

    canonical: str
    claims: tuple[Claim, ...]
    """One for each Service; two or more."""
    ports: tuple[Port, ...]
    """Those that they have in common; none where a controller does not share."""
    controller: LoadBalancers | None = None
    """Who does not give one address to them all."""

    @property
    def resource(self) -> Resource:
        """The Service that comes last."""
        return self.claims[-1].member.resource


def is_external(claim: Claim) -> bool:
    """Whether a claim is one of ``externalIPs``."""
    return claim.path[1] == _EXTERNAL


def shared_addresses(table: ServiceTable) -> tuple[SharedAddress, ...]:
    """Return the addresses that Services claim together, each group once.

    What lives in the cluster already comes first. The set's own version of a living
    Service claims in its place.
    """
    found = _Claims([], [], [])
    for row in table.rows:
        if not row.member.piece:
            found.take(row.member, row)
    if not found.external and not found.balanced:
        return ()
    living = _Claims([], [], [])
    for member in _others_that_live(table):
        living.take(member, None)
    return (
        *_with_external(table, found, living),
        *_with_balanced(table, found.balanced, living.balanced),
    )


class _Claims(NamedTuple):
    """Claims by what is claimed."""

    external: list[Claim]
    balanced: list[Claim]
    """Those of addresses that load balancers give."""
    own: list[Claim]
    """Those of static cluster IPs."""

    def take(self, member: ServiceMember, row: ServiceRow | None) -> None:
        """Collect what one Service claims; ``row`` where it is of the set."""
        service = member.service
        asked = mapping(member.resource.body.get("spec")).keys()
        if service.type != "LoadBalancer" and _ASKING.isdisjoint(asked):
            return
        if service.type == "ExternalName" or service.headless:
            return
        self.external.extend(_claims(member, row, _asked(member)))
        balanced = asked_of_load_balancers(service)
        self.balanced.extend(_claims(member, row, balanced))
        own = ((one.path, one.text) for one in service.cluster_ips)
        self.own.extend(_claims(member, row, own))


def _others_that_live(table: ServiceTable) -> Iterator[ServiceMember]:
    """Yield the living Services that are not of the set."""
    snapshot = table.cluster.snapshot
    for member in () if snapshot is None else snapshot.services:
        if not any(
            (one.namespace or member.namespace) == member.namespace and not one.partial
            for one in table.cluster.services_named(member.name)
        ):
            yield member


def _asked(member: ServiceMember) -> Iterator[tuple[Path, str]]:
    for index, written in member.resource.each("spec", _EXTERNAL):
        if isinstance(written, str):
            yield ("spec", _EXTERNAL, index), written


def _claims(
    member: ServiceMember, row: ServiceRow | None, asked: Iterator[tuple[Path, str]]
) -> Iterator[Claim]:
    """Yield the claims of what can be read as an address, each address once.

    All zeros stand for no address: kube-vip asks DHCP for one then.
    """
    seen: set[str] = set()
    for path, written in asked:
        address = parse_ip(written)
        if address is None or not address.number or address.canonical in seen:
            continue
        seen.add(address.canonical)
        yield Claim(row, member, path, written, address.canonical, address.family)


def _service(claim: Claim) -> Service:
    member = claim.member
    return member.service if isinstance(member, ServiceMember) else Service({})


def _with_external(
    table: ServiceTable, found: _Claims, living: _Claims
) -> Iterator[SharedAddress]:
    """Yield what ``externalIPs`` claim together, also with cluster IPs."""
    wanted = {claim.canonical for claim in (*found.external, *living.external)}
    if not wanted:
        return
    claims = [
        [*some.external, *(one for one in some.own if one.canonical in wanted)]
        for some in (found, living)
    ]
    for shared in _by_port(table, *claims):
        if any(map(is_external, shared.claims)):
            yield shared


def _by_port(
    table: ServiceTable, claims: Sequence[Claim], living: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield the groups that claim one address and port, those of equal members once."""
    ports: dict[tuple[str, tuple[int, ...]], list[Port]] = {}
    groups: dict[tuple[str, tuple[int, ...]], tuple[Claim, ...]] = {}
    found = _meeting(table, _listed_by_port(claims), _listed_by_port(living))
    for (canonical, port, protocol), group in found:
        key = canonical, tuple(id(claim.member) for claim in group)
        groups.setdefault(key, group)
        ports.setdefault(key, []).append((port, protocol))
    for key, group in groups.items():
        yield SharedAddress(key[0], group, tuple(sorted(ports[key])))


def _listed_by_port(
    claims: Sequence[Claim],
) -> dict[tuple[str, int, str], Sequence[Claim]]:
    """Return the claims of each address, port and protocol, one for each Service."""
    found: dict[tuple[str, int, str], dict[int, Claim]] = {}
    for claim in claims:
        for one in _service(claim).ports:
            if one.port:
                key = claim.canonical, one.port, one.protocol
                found.setdefault(key, {}).setdefault(id(claim.member), claim)
    return {key: tuple(of_one.values()) for key, of_one in found.items()}


def _meeting(
    table: ServiceTable,
    claims: Mapping[K, Sequence[Claim]],
    living: Mapping[K, Sequence[Claim]],
) -> Iterator[tuple[K, tuple[Claim, ...]]]:
    """Yield what is claimed with those that claim it and can be in one cluster.

    Who lives already is the first of each group, and makes a group with one.
    """
    found, _ = collisions(table.cluster, claims, in_order=table.in_order)
    grouped: set[tuple[K, int]] = set()
    for key, group in found:
        grouped.update((key, id(claim.member)) for claim in group)
        yield key, (*_in_front(table, living.get(key, ()), group), *group)
    for key, holders in living.items():
        for claim in claims.get(key, ()):
            if (key, id(claim.member)) not in grouped:
                first = _in_front(table, holders, (claim,))
                if first:
                    yield key, (*first, claim)


def _in_front(
    table: ServiceTable, holders: Sequence[Claim], group: Sequence[Claim]
) -> Sequence[Claim]:
    """Return who lives, where all of a group go to the cluster of the snapshot."""
    concerns = table.cluster.outside.concerns
    if holders and all(concerns(claim.member) for claim in group):
        return holders[:1]
    return ()


def _with_balanced(
    table: ServiceTable, balanced: Sequence[Claim], living: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield what is asked of load balancers of one class together."""
    held = _by_class(living)
    for chosen, claims in _by_class(balanced).items():
        holders = held.get(chosen, ())
        told: set[tuple[str, int]] = set()
        for shared in _by_port(table, claims, holders):
            told.update((shared.canonical, id(one.member)) for one in shared.claims)
            yield shared
        left = [c for c in claims if (c.canonical, id(c.member)) not in told]
        yield from _without_key(table, left, holders)


def _by_class(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(_service(claim).load_balancer_class, []).append(claim)
    return found


def _by_address(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.canonical, []).append(claim)
    return found


def _without_key(
    table: ServiceTable, claims: Sequence[Claim], living: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield the addresses that a controller gives to one of several Services only."""
    found = list(_meeting(table, _by_address(claims), _by_address(living)))
    default = _only_controller(table) if found else None
    for canonical, group in found:
        controller = _controller_of(group, default)
        if controller is None or not controller.keys:
            continue
        first, *others = group
        alone = [one for one in others if not _share(table, controller, first, one)]
        if alone:
            yield SharedAddress(canonical, (first, *alone), (), controller)


def _controller_of(
    group: Sequence[Claim], default: LoadBalancers | None
) -> LoadBalancers | None:
    """Return the controller that all of a group are for; None where that is unknown."""
    services = [_service(claim) for claim in group]
    named = {one.name: one for one in map(controller_of, services) if one is not None}
    if len(named) == 1:
        return next(iter(named.values()))
    unclassed = not any(service.load_balancer_class for service in services)
    return default if not named and unclassed else None


def _only_controller(table: ServiceTable) -> LoadBalancers | None:
    """Return the one controller whose address pools are in the set."""
    found = [
        one
        for one in CONTROLLERS
        if any(
            member.resource.group == group
            for group, kind in one.pools
            for member in table.cluster.of_kind(kind)
        )
    ]
    return found[0] if len(found) == 1 else None


def _share(
    table: ServiceTable, controller: LoadBalancers, one: Claim, other: Claim
) -> bool:
    """Whether a controller gives both Services one address; it does where unsure."""
    first, second = _service(one), _service(other)
    key = sharing_key(controller, first)
    if not key or key != sharing_key(controller, second):
        return False
    if not may_share_pods(controller, first, second) and not any(
        table.cluster.unresolved(claim.member, ("spec", "selector"))
        for claim in (one, other)
    ):
        return False
    here, there = one.member.namespace, other.member.namespace
    if not here or not there or here == there:
        return True
    return may_share_with(controller, first, there) and may_share_with(
        controller, second, here
    )
