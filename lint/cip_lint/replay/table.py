"""The Service table: what the cluster holds once everything has been applied.

The one value that rules judge and reports show. Building it collects what the
Services claim; all else is worked out when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cip_lint.cluster import ServiceMember
from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.service_admission import families_of
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.records import NamedTuple
from cip_lint.replay.allocation.bands import NodePortRange, Range, node_port_range
from cip_lint.replay.claims import (
    AddressCollision,
    Claim,
    NodePortCollision,
    PortClaim,
    address_claims,
    collisions,
    ip_address_claims,
    port_claims,
)
from cip_lint.replay.judgement import Judge
from cip_lint.replay.late_namespaces import LateNamespace, late_namespaces
from cip_lint.replay.ranges import ranges_of
from cip_lint.replay.rows import (
    NOTHING_HELD,
    PLACEHOLDERS,
    AddressPlan,
    Held,
    ServiceRow,
    drawn_address,
)
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member
    from cip_lint.kube.facts import ClusterFacts
    from cip_lint.kube.faults import Admission, Fault
    from cip_lint.replay.calls import TableCalls
    from cip_lint.replay.dns.table_dns import TableDns
    from cip_lint.replay.dns.table_lookups import TableLookups
    from cip_lint.replay.environment.reads import Reads
    from cip_lint.replay.environment.variables import Variables
    from cip_lint.replay.living import Living
    from cip_lint.replay.odds.draws import Draws
    from cip_lint.replay.odds.losses import Losses
    from cip_lint.replay.offers import Offers
    from cip_lint.replay.order.timeline import Timeline
    from cip_lint.replay.proxy.table_proxy import TableProxy
    from cip_lint.replay.references import TableReferences
    from cip_lint.replay.updates import Update


class Refused(NamedTuple):
    """An object that the API server refuses, and why."""

    member: Member
    row: ServiceRow | None
    """Its row, where it is a Service."""
    faults: tuple[Fault, ...]


class ServiceTable:
    """The Services of one cluster, and what they claim."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        settings = cluster.settings
        self.ranges: tuple[Range, ...] = ranges_of(cluster)
        """The service ranges, the API server's own first; then those of objects."""
        self.node_ports: NodePortRange = node_port_range(
            settings.node_port_range.value,
            settings.kubernetes_version.value,
            settings.node_port_range.origin,
        )
        self.living = _living(cluster)
        """What lives in the cluster already, for the Services of the set."""
        self._judge = Judge(cluster, self.ranges, self.living)
        self._draws: Draws | None = None
        rows = [
            ServiceRow(self, member)
            for member in cluster.services
            if not member.partial
        ]
        rows.sort(key=_row_key)
        self.rows: tuple[ServiceRow, ...] = tuple(rows)
        """Sorted by namespace and name, then in the order of application."""
        self.all_claims: dict[str, list[Claim]] = {}
        """Every claim of a cluster address, by the canonical address."""
        self.all_node_port_claims: dict[int, list[PortClaim]] = {}
        """Every claim of a node port, by the port."""
        self._collect_claims()
        found, unjudged = collisions(
            cluster, self.all_claims, self.living, self.in_order
        )
        self.address_collisions: tuple[AddressCollision, ...] = tuple(
            AddressCollision(*group) for group in found
        )
        found_ports, unjudged_ports = collisions(
            cluster, self.all_node_port_claims, self.living, self.in_order
        )
        self.node_port_collisions: tuple[NodePortCollision, ...] = tuple(
            NodePortCollision(*group) for group in found_ports
        )
        self._unjudged = unjudged + unjudged_ports
        self._heard: frozenset[str] = frozenset()

    def _collect_claims(self) -> None:
        for row in self.rows:
            if row.member.piece:
                continue
            for claim in address_claims(row):
                self.all_claims.setdefault(claim.canonical, []).append(claim)
            for port_claim in port_claims(row):
                self.all_node_port_claims.setdefault(port_claim.port, []).append(
                    port_claim
                )
        for claim in ip_address_claims(self.cluster, self.row_of):
            self.all_claims.setdefault(claim.canonical, []).append(claim)

    def in_order(self, members: Sequence[Member]) -> Sequence[Member]:
        """Return members that collide in the order in which they are created.

        Those of one folder that kubectl sends are in it already.
        """
        unit = members[0].unit
        if unit.sent_as_read and all(member.unit is unit for member in members):
            return members
        return self.timeline.in_order(members)

    def held_from(self, member: Member) -> Held:
        """Return what others have of that which a Service asks for, when its turn comes."""
        return self._held.get(id(member), NOTHING_HELD)

    @cached_property
    def _held(self) -> Mapping[int, Held]:
        found: dict[int, tuple[set[str], set[int]]] = {}
        for address, claims in self.address_collisions:
            for member in self._losers(claims):
                found.setdefault(id(member), (set(), set()))[0].add(address)
        for port, port_claims_ in self.node_port_collisions:
            for member in self._losers(port_claims_):
                found.setdefault(id(member), (set(), set()))[1].add(port)
        return {
            member: (frozenset(addresses), frozenset(ports))
            for member, (addresses, ports) in found.items()
        }

    def _losers(
        self, claims: Sequence[Claim] | Sequence[PortClaim]
    ) -> Iterator[Member]:
        """Yield the Services that claim what somebody before them holds.

        What the API server refuses for another reason holds nothing, unless it has
        the value since before.
        """
        holder: Member | None = None
        for claim in claims:
            if holder is None:
                if (
                    claim.row is None
                    or self.has_already(claim)
                    or not self._judge.answer(claim.member).refused
                ):
                    holder = claim.member
            elif claim.row is not None and claim.member is not holder:
                yield claim.member

    def has_already(self, claim: Claim | PortClaim) -> bool:
        """Whether the object lives in the cluster, and has what it claims there."""
        return self.living is not None and self.living.owns(claim)

    @cached_property
    def collide(self) -> frozenset[str | int]:
        """The addresses and node ports that several objects ask for."""
        addresses = (one.canonical for one in self.address_collisions)
        ports = (one.port for one in self.node_port_collisions)
        return frozenset((*addresses, *ports))

    @property
    def facts(self) -> ClusterFacts:
        """What is known of the cluster and may refuse an object."""
        return self._judge.facts

    @cached_property
    def gives_primary_family(self) -> bool:
        """Whether a Service that states no family gets the first of the settings."""
        assumed = self.cluster.settings.families.value[:1]
        return (families_of(self.facts)[:1] or assumed) == assumed

    @cached_property
    def usual_addresses(self) -> tuple[AddressPlan, ...] | None:
        """What a Service gets that states no family and asks for no address.

        None where that is not the same for each: it keeps what it has already.
        """
        if self.living is not None or not self.gives_primary_family:
            return None
        families = self.cluster.settings.families.value[:1]
        return tuple(drawn_address(family, self.ranges) for family in families)

    def draws(self, seed: int) -> Draws:
        """Return one possible run of the creation of all Services."""
        from cip_lint.replay.odds.draws import draw  # noqa: PLC0415

        if self._draws is None or self._draws.seed != seed:
            self._draws = draw(self, seed)
        return self._draws

    def answer(
        self,
        member: Member,
        addresses: frozenset[str],
        node_ports: frozenset[int],
        full: str = "",
    ) -> Admission:
        """Return the API server's answer to an object, with some values in use.

        Of the family ``full`` no address is left.
        """
        return self._judge.answer(member, addresses, node_ports, full)

    @cached_property
    def judged(self) -> tuple[ServiceRow, ...]:
        """The rows that may be judged: their kind and name are no placeholders."""
        services = self.cluster.judged_services
        if len(services) == len(self.rows):
            return self.rows
        judged = set(services)
        return tuple(row for row in self.rows if row.member in judged)

    @cached_property
    def timeline(self) -> Timeline:
        """The order in which everything is created."""
        from cip_lint.replay.order.timeline import Timeline  # noqa: PLC0415 - if asked for

        return Timeline(self.cluster)

    @cached_property
    def dns(self) -> TableDns:
        """What the DNS of the cluster answers."""
        from cip_lint.replay.dns.table_dns import TableDns  # noqa: PLC0415 - if asked for

        return TableDns(self)

    @cached_property
    def lookups(self) -> TableLookups:
        """How the pods of workloads resolve hosts."""
        from cip_lint.replay.dns.table_lookups import TableLookups  # noqa: PLC0415

        return TableLookups(self)

    @cached_property
    def calls(self) -> TableCalls:
        """The Services that texts of the set name as hosts."""
        from cip_lint.replay.calls import TableCalls  # noqa: PLC0415 - if asked for

        return TableCalls(self)

    @cached_property
    def variables(self) -> Variables:
        """The variables that Services give to containers."""
        from cip_lint.replay.environment.variables import Variables  # noqa: PLC0415 - if asked for

        return Variables(self)

    @cached_property
    def reads(self) -> Reads:
        """The variables of Services that containers read."""
        from cip_lint.replay.environment.reads import Reads  # noqa: PLC0415 - if asked for

        return Reads(self)

    @cached_property
    def proxy(self) -> TableProxy:
        """Where the addresses of Services lead."""
        from cip_lint.replay.proxy.table_proxy import TableProxy  # noqa: PLC0415 - if asked for

        return TableProxy(self)

    @cached_property
    def references(self) -> TableReferences:
        """Which objects name which Services."""
        from cip_lint.replay.references import TableReferences  # noqa: PLC0415 - if asked for

        return TableReferences(self)

    @property
    def late_namespaces(self) -> Iterator[LateNamespace]:
        """The Namespaces that are sent after objects that live in them."""
        return late_namespaces(self)

    @cached_property
    def _by_member(self) -> Mapping[Member, ServiceRow]:
        return {row.member: row for row in self.rows}

    def row_of(self, member: Member) -> ServiceRow | None:
        """Return the row of a Service; None for a patch and for anything else."""
        return self._by_member.get(member)

    @cached_property
    def losses(self) -> Losses:
        """The chances that static addresses and node ports are gone."""
        from cip_lint.replay.odds.losses import Losses  # noqa: PLC0415 - if asked for

        return Losses(self)

    @cached_property
    def refused(self) -> tuple[Refused, ...]:
        """Every object that the API server refuses, of all kinds, in order.

        Partial objects, faults of what placeholders stand for and, in a piece of a
        build that was not made, faults that the build could repair are left out.
        A field of the wrong type is a fault each, though the server names the first.
        """
        found: list[Refused] = []
        for member in self.cluster.members:
            if member.partial:
                continue
            row = self.row_of(member) if isinstance(member, ServiceMember) else None
            faults = (
                self._judge.answer(member).faults
                if row is None
                else row.admission.faults
            )
            if faults:
                found.append(Refused(member, row, faults))
        return tuple(found)

    @property
    def notices(self) -> tuple[str, ...]:
        """What could not be compared, one clause each, for the footer.

        And what was not worked out of that which has been asked for so far, here or
        by whoever let this table hear of it: in alphabetical order, whoever asked.
        """
        said = []
        if self._unjudged:
            claims = counted(self._unjudged, "address claim")
            said.append(f"{claims} in other environments not compared")
        snapshot, concerns = self.cluster.snapshot, self.cluster.outside.concerns
        if snapshot is not None:
            left = sum(not concerns(row.member) for row in self.rows)
            if left:
                services = counted(left, "Service")
                said.append(
                    f"{services} of several environments not compared with "
                    f"{snapshot.origin}"
                )
        if self.templates:
            services = counted(self.templates, "Service")
            said.append(f"{services} with placeholders not judged as a whole")
        return (*said, *sorted(self.not_worked_out))

    @cached_property
    def templates(self) -> int:
        """How many Services hold placeholders that leave the rest open."""
        return sum(row.reason == PLACEHOLDERS for row in self.rows)

    @property
    def not_worked_out(self) -> frozenset[str]:
        """What was asked for and not worked out, one clause each."""
        said = self._heard
        if "timeline" in vars(self):
            said |= frozenset(self.timeline.notices)
        if "losses" in vars(self):
            said |= frozenset(self.losses.notices)
        return said

    def hear(self, not_worked_out: frozenset[str], templates: int) -> None:
        """Take in what another process says of this table: of its footer, above all."""
        self._heard |= not_worked_out
        self.templates = templates

    @property
    def primary_range(self) -> Range | None:
        """The first of the API server's own ranges, of which it takes an address itself.

        None where only the ranges of ServiceCIDR objects are known.
        """
        return next((one for one in self.ranges if not one.from_object), None)

    def band_of(self, canonical: str) -> str | None:
        """Return ``static`` or ``dynamic`` for an address; None where none holds it."""
        address = parse_ip(canonical)
        if address is None:
            return None
        bands = (one.band(address) for one in self.ranges)
        return next((band for band in bands if band is not None), None)

    def range_of(self, address: Address) -> Range | None:
        """Return the first range in which a static request can succeed."""
        return next((one for one in self.ranges if one.holds(address)), None)

    @cached_property
    def offers(self) -> Offers:
        """The addresses and node ports that are free for somebody who looks for one."""
        from cip_lint.replay.offers import Offers  # noqa: PLC0415 - if asked for

        return Offers(self)

    def update_of(
        self,
        row: ServiceRow,
        addresses: frozenset[str] = frozenset(),
        node_ports: frozenset[int] = frozenset(),
    ) -> Update | None:
        """Return what applying a Service over its earlier self does.

        Others hold ``addresses`` and ``node_ports``. None where there is nothing to
        compare it with; see ``Cluster.base``.
        """
        base = self.cluster.base
        if base is None:
            return None
        from cip_lint.replay.updates import update  # noqa: PLC0415

        return update(self._judge, base, row.member, addresses, node_ports)

    def stored(self, member: ServiceMember) -> Mapping[str, Any]:
        """Return a Service as it would be stored; empty where it is refused."""
        return self._judge.stored(member)

    @cached_property
    def _manual(self) -> Mapping[int, tuple[Member, ...]]:
        found: dict[int, list[Member]] = {}
        for member in self.cluster.of_kind("EndpointSlice"):
            name = member.resource.get("metadata", "labels", SERVICE_NAME)
            self._note_manual(found, member, name)
        for member in self.cluster.of_kind("Endpoints"):
            self._note_manual(found, member, member.name)
        return {service: tuple(members) for service, members in found.items()}

    def _note_manual(
        self, found: dict[int, list[Member]], member: Member, name: object
    ) -> None:
        if member.partial or not isinstance(name, str):
            return
        service = self.cluster.service(member, name)
        if service is not None:
            found.setdefault(id(service), []).append(member)

    def manual_endpoints(self, member: ServiceMember) -> tuple[Member, ...]:
        """Return the EndpointSlices and Endpoints written by hand for a Service."""
        return self._manual.get(id(member), ())


def service_table(cluster: Cluster) -> ServiceTable:
    """Return the Service table of a cluster."""
    return ServiceTable(cluster)


def _living(cluster: Cluster) -> Living | None:
    if cluster.snapshot is None:
        return None
    from cip_lint.replay.living import Living  # noqa: PLC0415 - with a snapshot only

    return Living(cluster, cluster.snapshot)


def _row_key(row: ServiceRow) -> tuple[str, str, int]:
    member = row.member
    return member.namespace or "default", member.resource.name, member.order
