"""Addresses outside the service ranges that several Services claim.

Nobody allocates ``externalIPs``: the API server stores what it gets, and kube-proxy
catches the packets of each address and port for one of those that claim it. An
address of a load balancer is given out by a controller, which leaves a Service
without one where another has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.load_balancers import (
    CONTROLLERS,
    LoadBalancers,
    asked_of_load_balancers,
    controller_of,
    may_share_with,
    sharing_key,
)
from cip_lint.replay.claims import Claim, address_claims, collisions

if TYPE_CHECKING:
    from cip_lint.model import Path, Resource
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

Port = tuple[int, str]
"""Number and protocol."""

_EXTERNAL = "externalIPs"


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
    """Return the addresses that Services claim together, each group once."""
    external: list[Claim] = []
    balanced: list[Claim] = []
    for row in table.rows:
        if not row.member.piece:
            external += _external_claims(row)
            balanced += _balanced_claims(row)
    if not external and len(balanced) < 2:
        return ()
    return (*_with_external(table, external), *_with_balanced(table, balanced))


def _external_claims(row: ServiceRow) -> Iterator[Claim]:
    service = row.service
    if service.type != "ExternalName" and not service.headless:
        yield from _claims(
            row,
            (
                (("spec", _EXTERNAL, index), written)
                for index, written in row.resource.each("spec", _EXTERNAL)
                if isinstance(written, str)
            ),
        )


def _balanced_claims(row: ServiceRow) -> Iterator[Claim]:
    return _claims(row, asked_of_load_balancers(row.service))


def _claims(row: ServiceRow, asked: Iterator[tuple[Path, str]]) -> Iterator[Claim]:
    """Yield the claims of what can be read as an address, each address once.

    All zeros stand for no address: kube-vip asks DHCP for one then.
    """
    seen: set[str] = set()
    for path, written in asked:
        address = parse_ip(written)
        if address is None or not address.number or address.canonical in seen:
            continue
        seen.add(address.canonical)
        yield Claim(row, row.member, path, written, address.canonical, address.family)


def _ports(claim: Claim) -> Iterator[Port]:
    ports = () if claim.row is None else claim.row.service.ports
    yield from dict.fromkeys((one.port, one.protocol) for one in ports if one.port)


def _with_external(
    table: ServiceTable, external: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield what ``externalIPs`` claim together, also with static cluster IPs."""
    wanted = {claim.canonical for claim in external}
    claims = [*external]
    for row in table.rows if wanted else ():
        if not row.member.piece:
            found = (one for one in address_claims(row) if one.canonical in wanted)
            claims += found
    for shared in _by_port(table, claims):
        if any(map(is_external, shared.claims)):
            yield shared


def _by_port(table: ServiceTable, claims: Sequence[Claim]) -> Iterator[SharedAddress]:
    """Yield the groups that claim one address and port, those of equal members once."""
    by_port: dict[tuple[str, int, str], dict[int, Claim]] = {}
    for claim in claims:
        for port, protocol in _ports(claim):
            of_port = by_port.setdefault((claim.canonical, port, protocol), {})
            of_port.setdefault(id(claim.member), claim)
    made = {key: tuple(of_port.values()) for key, of_port in by_port.items()}
    found, _ = collisions(table.cluster, made, in_order=table.in_order)
    ports: dict[tuple[str, tuple[int, ...]], list[Port]] = {}
    groups: dict[tuple[str, tuple[int, ...]], tuple[Claim, ...]] = {}
    for (canonical, port, protocol), group in found:
        key = canonical, tuple(id(claim.member) for claim in group)
        groups.setdefault(key, group)
        ports.setdefault(key, []).append((port, protocol))
    for key, group in groups.items():
        yield SharedAddress(key[0], group, tuple(sorted(ports[key])))


def _with_balanced(
    table: ServiceTable, balanced: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield what is asked of load balancers of one class together."""
    by_class: dict[str, list[Claim]] = {}
    for claim in balanced:
        chosen = "" if claim.row is None else claim.row.service.load_balancer_class
        by_class.setdefault(chosen, []).append(claim)
    for claims in by_class.values():
        told: set[tuple[str, int]] = set()
        for shared in _by_port(table, claims):
            told.update((shared.canonical, id(one.member)) for one in shared.claims)
            yield shared
        left = [c for c in claims if (c.canonical, id(c.member)) not in told]
        yield from _without_key(table, left)


def _without_key(
    table: ServiceTable, claims: Sequence[Claim]
) -> Iterator[SharedAddress]:
    """Yield the addresses that a controller gives to one of several Services only."""
    by_address: dict[str, list[Claim]] = {}
    for claim in claims:
        by_address.setdefault(claim.canonical, []).append(claim)
    found, _ = collisions(table.cluster, by_address, in_order=table.in_order)
    default = _only_controller(table) if found else None
    for canonical, group in found:
        controller = _controller_of(group, default)
        if controller is None or not controller.keys:
            continue
        first, *others = group
        alone = [one for one in others if not _share(controller, first, one)]
        if alone:
            yield SharedAddress(canonical, (first, *alone), (), controller)


def _controller_of(
    group: Sequence[Claim], default: LoadBalancers | None
) -> LoadBalancers | None:
    """Return the controller that all of a group are for; None where that is unknown."""
    services = [claim.row.service for claim in group if claim.row is not None]
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


def _share(controller: LoadBalancers, one: Claim, other: Claim) -> bool:
    """Whether a controller gives both Services one address; it does where unsure."""
    if one.row is None or other.row is None:
        return True
    key = sharing_key(controller, one.row.service)
    if not key or key != sharing_key(controller, other.row.service):
        return False
    first, second = one.member.namespace, other.member.namespace
    if not first or not second or first == second:
        return True
    return may_share_with(controller, one.row.service, second) and may_share_with(
        controller, other.row.service, first
    )
