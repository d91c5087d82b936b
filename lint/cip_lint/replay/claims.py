"""Claims: who asks for which cluster address or node port, and which of them meet.

Addresses are compared by their canonical spelling and node ports by their number,
whatever the protocol, as the API server's allocators do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from cip_lint.cluster.ip_addresses import parent_service
from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member
    from cip_lint.model import Path
    from cip_lint.replay.rows import ServiceRow


class Claim(NamedTuple):
    """A cluster address that an object asks for.

    ``last`` marks the claim that is applied last in its group. ``row`` is None
    where the object is an IPAddress, or lives in the cluster already.
    """

    row: ServiceRow | None
    member: Member
    path: Path
    text: str
    """The address as written."""
    canonical: str
    family: str
    last: bool = False

    @property
    def address(self) -> Address:
        """The address, which can be read: what cannot is no claim."""
        address = parse_ip(self.canonical)
        assert address is not None
        return address


class PortClaim(NamedTuple):
    """A node port that a Service asks for, a health check port included.

    ``row`` is None where the Service lives in the cluster already.
    """

    row: ServiceRow | None
    member: Member
    path: Path
    port: int
    """The node port."""
    protocol: str
    """Of the Service port; ``TCP`` for a health check port."""
    service_port: int
    """``port`` of the entry; 0 for a health check port."""
    health_check: bool = False
    last: bool = False


C = TypeVar("C", Claim, PortClaim)
K = TypeVar("K", bound=Hashable)


class AddressCollision(NamedTuple):
    """One address that several objects of the cluster ask for."""

    canonical: str
    claims: tuple[Claim, ...]
    """In the order in which they are applied; two or more."""


class NodePortCollision(NamedTuple):
    """One node port that is asked for more than once."""

    port: int
    claims: tuple[PortClaim, ...]
    """In the order in which they are applied; two or more."""


def address_claims(row: ServiceRow) -> Iterator[Claim]:
    """Yield the addresses that a Service asks for, each once.

    ExternalName and headless Services ask for none; what is no address is no claim.
    """
    service = row.service
    if service.type == "ExternalName" or service.headless:
        return
    seen: set[str] = set()
    for asked in service.cluster_ips:
        if asked.canonical and asked.canonical not in seen:
            seen.add(asked.canonical)
            yield Claim(
                row, row.member, asked.path, asked.text, asked.canonical, asked.family
            )


def ip_address_claims(
    cluster: Cluster, row_of: Callable[[Member], ServiceRow | None]
) -> Iterator[Claim]:
    """Yield the addresses that IPAddress objects hold for something else.

    One whose parent is a Service of the set that asks for the same address is that
    Service's own.
    """
    for member in cluster.of_kind("IPAddress"):
        if member.partial or member.piece:
            continue
        address = parse_ip(member.name)
        if address is None:
            continue
        canonical = address.canonical
        parent = _parent(cluster, member)
        row = None if parent is None else row_of(parent)
        if row is not None and any(
            claim.canonical == canonical for claim in address_claims(row)
        ):
            continue
        yield Claim(
            None, member, ("metadata", "name"), member.name, canonical, address.family
        )


def _parent(cluster: Cluster, member: Member) -> Member | None:
    """Return the Service of the set that an IPAddress names as its parent."""
    parent = parent_service(member.resource)
    if parent is None:
        return None
    namespace, name = parent
    return next(
        (
            one
            for one in cluster.services_named(name, member)
            if one.ref.namespace == namespace or not one.decided
        ),
        None,
    )


def port_claims(row: ServiceRow) -> Iterator[PortClaim]:
    """Yield the node ports that a Service asks for.

    Types that hold no node port ask for none.
    """
    service = row.service
    if service.headless or service.type not in WITH_NODE_PORTS:
        return
    for port in service.ports:
        if port.node_port:
            yield PortClaim(
                row,
                row.member,
                ("spec", "ports", port.index, "nodePort"),
                port.node_port,
                port.protocol,
                port.port,
            )
    if service.health_check_node_port and service.needs_health_check:
        yield PortClaim(
            row,
            row.member,
            ("spec", "healthCheckNodePort"),
            service.health_check_node_port,
            "TCP",
            0,
            health_check=True,
        )


class Holders(Protocol):
    """What is known of living objects that hold values already."""

    def is_settled(self, claim: Claim | PortClaim) -> bool:
        """Whether its object keeps another value, whatever it asks for."""
        ...

    def in_front(
        self, groups: Iterable[Sequence[C]], claims: Sequence[C]
    ) -> Iterable[Sequence[C]]:
        """Return the groups of a value with its living holder first."""
        ...


def collisions(
    cluster: Cluster,
    claims: Mapping[K, Sequence[C]],
    living: Holders | None = None,
    in_order: Callable[[Sequence[Member]], Sequence[Member]] = tuple,
) -> tuple[list[tuple[K, tuple[C, ...]]], int]:
    """Return the claims that collide, and how many were left unjudged.

    Each group has a value and two or more claims that can be in the cluster at
    once, in the order of their application, the last one marked. One value may
    have several groups. The same object written twice claims once. What lives
    already comes first, be it of the set or not.
    """
    found: list[tuple[K, tuple[C, ...]]] = []
    unjudged = 0
    for value, made in claims.items():
        if living is None and len(made) < 2:
            continue
        different: Sequence[C] = made
        groups: Iterable[Sequence[C]] = ()
        if living is not None:
            different = [claim for claim in made if not living.is_settled(claim)]
        if len(different) > 1:
            different = _different(cluster, different)
            groups, left = _that_meet(cluster, different, in_order)
            unjudged += left
        if living is not None:
            groups = living.in_front(groups, different)
        found += ((value, group) for group in _one_for_each_last(groups))
    return found, unjudged


def _that_meet(
    cluster: Cluster,
    claims: Sequence[C],
    in_order: Callable[[Sequence[Member]], Sequence[Member]],
) -> tuple[Iterable[Sequence[C]], int]:
    by_member: dict[int, list[C]] = {}
    for claim in claims:
        by_member.setdefault(id(claim.member), []).append(claim)
    if len(by_member) < 2:
        return [claims] if len(claims) > 1 else [], 0
    members = [of_one[0].member for of_one in by_member.values()]
    groups, left = cluster.groups_that_meet(members)
    return [
        [claim for member in in_order(group) for claim in by_member[id(member)]]
        for group in groups
    ], left


def _one_for_each_last(groups: Iterable[Sequence[C]]) -> Iterable[tuple[C, ...]]:
    """Return the groups, of those with one last claim the largest.

    Alternatives that all collide with one object make it refused once.
    """
    by_last: dict[tuple[int, object], tuple[C, ...]] = {}
    for group in map(_marked, groups):
        key = (id(group[-1].member), group[-1].path)
        if len(group) > len(by_last.get(key, ())):
            by_last[key] = group
    return by_last.values()


def _marked(claims: Sequence[C]) -> tuple[C, ...]:
    ordered = list(claims)
    ordered[-1] = ordered[-1]._replace(last=True)
    return tuple(ordered)


def _order(claim: Claim | PortClaim) -> int:
    return claim.member.order


def _different(cluster: Cluster, claims: Sequence[C]) -> list[C]:
    """Return the claims in order, those of one object once, however often written.

    What is sent to two clusters is an object in each, and so are copies of two
    environments or alternatives, which cannot meet: each may collide where it is. A
    namespace that nobody decides may be any namespace of its unit. What has no name
    yet gets one of its own. Entries of one Service that share a port number may share
    the node port.
    """
    owners: dict[Hashable, list[Member]] = {}
    shared: set[tuple[int, int]] = set()
    kept: list[C] = []
    # What goes with everything stands for copies that go with some things alone.
    for claim in sorted(claims, key=lambda one: (_narrowness(one.member), _order(one))):
        member = claim.member
        scope = member.unit.scope
        if _has_a_name(member) and any(
            one is not member
            and (cluster.can_meet(one, member) or len(known) > _COPIES)
            for key in names_it_answers_to(member)
            for known in (owners.get((scope, key), ()),)
            for one in known
        ):
            continue
        for key in names_it_goes_by(member):
            known = owners.setdefault((scope, key), [])
            if member not in known:
                known.append(member)
        if isinstance(claim, PortClaim):
            entry = id(member), claim.service_port
            if entry in shared and not claim.health_check:
                continue
            shared.add(entry)
        kept.append(claim)
    return sorted(kept, key=_order)


def _has_a_name(member: Member) -> bool:
    """Whether the API server does not make up the name, from ``generateName``."""
    return bool(member.resource.get("metadata", "name"))


_COPIES = 16
"""So many copies of one object that cannot meet are told apart."""


def _narrowness(member: Member) -> int:
    """Return how many environment words say where an object goes."""
    return sum(map(len, member.environment))


def names_it_goes_by(member: Member) -> tuple[Hashable, Hashable]:
    """Return the keys under which an object is found again."""
    kind, name, unit = member.kind, member.name, member.unit.path
    if member.decided:
        return (kind, name, member.namespace), (kind, name, unit, "some")
    return (kind, name, unit, "any"), (kind, name, unit, "some")


def names_it_answers_to(member: Member) -> tuple[Hashable, Hashable]:
    """Return the keys of objects that this one may be."""
    kind, name, unit = member.kind, member.name, member.unit.path
    if member.decided:
        return (kind, name, member.namespace), (kind, name, unit, "any")
    return (kind, name, unit, "any"), (kind, name, unit, "some")
