"""What living objects hold, as claims that come before all others.

A Service that lives under the name of one of the set is that Service: applying it
again takes nothing from anybody, and what it holds stays its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.cluster.ip_addresses import parent_service
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.replay.claims import C, Claim, PortClaim

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Holding, Member, ServiceMember, Snapshot
    from cip_lint.kube.faults import Fault
    from cip_lint.kube.service import ServicePort

_ADDRESS = "L3"
_PORTS = frozenset({"L4", "L5", "L7"})
"""Codes of the faults of a value that cannot be allocated."""


class Living:
    """The holders of addresses and node ports in the snapshot of a cluster."""

    def __init__(self, cluster: Cluster, snapshot: Snapshot) -> None:
        self._cluster = cluster
        self._snapshot = snapshot

    def in_front(
        self, groups: Iterable[Sequence[C]], claims: Sequence[C]
    ) -> Iterator[Sequence[C]]:
        """Yield the groups of a value with its living holder first.

        That is an object of the group, which then comes before the others, or a
        further one. A claim that meets no other claim meets the holder all the same.
        """
        alone = {id(claim.member): [claim] for claim in claims}
        for group in groups:
            own = {id(claim.member) for claim in group if self.owns(claim)}
            if own:
                yield sorted(group, key=lambda claim: id(claim.member) not in own)
            else:
                yield self._behind_holder(group)
            for claim in group:
                alone.pop(id(claim.member), None)
        for single in alone.values():
            if not self.owns(single[0]):
                group = self._behind_holder(single)
                if len(group) > 1:
                    yield group

    def _behind_holder(self, group: Sequence[C]) -> Sequence[C]:
        """Return a group behind who holds its value; as it is where nobody does."""
        holder = self._holder(group[0])
        if holder is None or not all(
            self._cluster.outside.concerns(claim.member) for claim in group
        ):
            return group
        made: list[C] = [holder]
        made += group
        return made

    def _holder(self, claim: C) -> C | None:
        """Return the claim of who holds a value; None where that is given up."""
        holding = self._holding(claim)
        if holding is None or self._is_given_up(holding):
            return None
        changes: dict[str, Any] = {
            "row": None,
            "member": holding.member,
            "path": holding.path,
        }
        if isinstance(claim, PortClaim):
            changes["service_port"] = holding.port
            changes["health_check"] = not holding.port
        else:
            changes["text"] = holding.text
        return claim._replace(**changes)

    def _holding(self, claim: Claim | PortClaim) -> Holding | None:
        if isinstance(claim, PortClaim):
            return self._snapshot.node_ports.get(claim.port)
        return self._snapshot.addresses.get(claim.canonical)

    def owns(self, claim: Claim | PortClaim) -> bool:
        """Whether the object of a claim holds what it asks for already."""
        holding = self._holding(claim)
        return holding is not None and self._is_owner(holding, claim.member)

    def _is_owner(self, holding: Holding, member: Member) -> bool:
        return self._cluster.outside.concerns(member) and _is_owner(holding, member)

    def is_settled(self, claim: Claim | PortClaim) -> bool:
        """Whether a Service keeps another address, or none, whatever it asks for.

        A cluster IP may not change once it is set (``validateServiceClusterIPs
        RelatedFields`` of ``pkg/apis/core/validation``), so that what is asked for
        is never taken. Node ports may change.
        """
        if isinstance(claim, PortClaim) or claim.row is None:
            return False
        if self._stays_headless(claim.row.member):
            return True
        held = self.address_of(claim.row.member, claim.family)
        return held is not None and held != claim.canonical

    def _stays_headless(self, member: Member) -> bool:
        living = self.service_of(member)
        return living is not None and living.service.headless

    def allows(self, member: Member, fault: Fault) -> bool:
        """Whether a fault of creating an object is none for one that lives.

        What a Service has already is not allocated again, wherever it lies.
        """
        value = fault.value
        if fault.code == _ADDRESS:
            address = parse_ip(value) if isinstance(value, str) else None
            return address is not None and (
                self._stays_headless(member)
                or self.address_of(member, address.family) is not None
            )
        if fault.code in _PORTS and isinstance(value, int):
            held = self._snapshot.node_ports.get(value)
            return held is not None and self._is_owner(held, member)
        return False

    def address_of(self, member: Member, family: str) -> str | None:
        """Return the address of a family that a Service of the set holds already."""
        living = self.service_of(member)
        if living is None or living.service.headless:
            return None
        for asked in living.service.cluster_ips:
            if asked.family == family:
                return asked.canonical
        return None

    def node_ports_of(self, member: ServiceMember) -> dict[int, int]:
        """Return the node ports that entries keep which do not ask for one.

        By the place of the entry. An entry is that of the living Service where it
        has its name (``patchAllocatedValues`` of ``pkg/registry/core/service/
        storage``) or, since a patch merges entries by their number, its ``port``.
        """
        living = self.service_of(member)
        if living is None or living.service.type not in WITH_NODE_PORTS:
            return {}
        ports = member.service.ports
        used = {port.node_port for port in ports}
        by_number = {(p.port, p.protocol): p.node_port for p in living.service.ports}
        by_name = {p.name: p.node_port for p in living.service.ports}
        kept: dict[int, int] = {}
        for port in ports:
            number = by_number.get((port.port, port.protocol)) or by_name.get(port.name)
            if number and not port.node_port and number not in used:
                kept[port.index] = number
                used.add(number)
        return kept

    def service_of(self, member: Member) -> ServiceMember | None:
        """Return the Service that lives under the name of one of the set."""
        if not self._cluster.outside.concerns(member):
            return None
        return self._snapshot.service(member.namespace, member.name)

    def _is_given_up(self, holding: Holding) -> bool:
        """Whether the set's own version of a holder lets go of what it holds."""
        if holding.owner is None:
            return False
        namespace, name = holding.owner
        return any(
            not _keeps(holding, member)
            for member in self._cluster.services_named(name)
            if (member.namespace or "default") == namespace and not member.partial
        )


def _is_owner(holding: Holding, member: Member) -> bool:
    """Whether an object is the holder; one whose namespace is open may be it."""
    if member.kind == "IPAddress":
        return parent_service(member.resource) == holding.owner
    if holding.owner is None or member.kind != "Service":
        return False
    namespace, name = holding.owner
    return member.name == name and (
        not member.decided or (member.namespace or "default") == namespace
    )


def _keeps(holding: Holding, member: ServiceMember) -> bool:
    """Whether a Service keeps what its living self holds, once it is applied.

    An address is kept for good, but by ExternalName. A node port is kept where an
    entry asks for it, or does not say and has the number of the living entry
    (``patchAllocatedValues`` of ``pkg/registry/core/service/storage``).
    """
    service = member.service
    if not holding.node_port:
        return service.type != "ExternalName"
    if service.type not in WITH_NODE_PORTS:
        return False
    if not holding.port:
        asked = service.health_check_node_port
        return service.needs_health_check and asked in {0, holding.node_port}
    return any(_keeps_port(holding, port) for port in service.ports)


def _keeps_port(holding: Holding, port: ServicePort) -> bool:
    if port.node_port:
        return port.node_port == holding.node_port
    return port.port == holding.port
