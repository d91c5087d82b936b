"""One world of the seeded draw: what is held in it, and what the next Service gets.

The allocators are those of an API server; Services that live in the cluster are
changed and not created.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import items, mapping
from cip_lint.kube.addresses import IPV4, IPV6, Address, parse_ip
from cip_lint.kube.decoding import decode
from cip_lint.kube.pools import TAKEN_ADDRESS, TAKEN_PORT, NotDrawn
from cip_lint.kube.schema import type_of
from cip_lint.kube.sending import Sending
from cip_lint.kube.service_addresses import initialize_families
from cip_lint.kube.service_admission import families_of, refusal
from cip_lint.kube.service_allocation import allocate_addresses, allocate_ports
from cip_lint.kube.service_clients import change_service
from cip_lint.kube.service_draft import ServiceDraft, apply_defaults
from cip_lint.records import NamedTuple
from cip_lint.replay.allocation.allocators import PortAllocator
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.allocation.transactions import Transaction
from cip_lint.replay.odds.row_draws import RowDraw
from cip_lint.replay.ranges import known_families

if TYPE_CHECKING:
    from cip_lint.cluster import Member, ServiceMember
    from cip_lint.kube.facts import ClusterFacts
    from cip_lint.kube.schema import Type
    from cip_lint.replay.odds.existing import Existing
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_PLAIN_FIELDS = frozenset(
    ("selector", "ports", "type", "sessionAffinity", "publishNotReadyAddresses")
)
"""Fields that have no say in what a Service of a plain type takes."""
_PLAIN_TYPES = frozenset((None, "", "ClusterIP"))


class _Pool(Transaction):
    """A transaction that asks no more of a range than is known of it.

    An address or a node port outside of a range that nobody states is taken.
    """

    def __init__(
        self,
        addresses: AddressAllocators,
        ports: PortAllocator,
        random: Random,
        known: _Known,
    ) -> None:
        super().__init__(addresses, ports, random)
        self._known = known

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        known = address.family in self._known.families
        if known or self._addresses.covers(address):
            return super().take_address(text, address)
        if self._addresses.holds(address):
            self._note(None)
            return TAKEN_ADDRESS
        self._addresses.hold(address)
        self._note(address)
        return ""

    def draw_address(self, family: str) -> str:
        """Take any address and return it, or why there is none.

        Empty where that is for want of a range that nobody states.
        """
        drawn = super().draw_address(family)
        unknown = isinstance(drawn, NotDrawn) and not self._known.cidrs
        return "" if unknown else drawn

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        if self._known.node_ports or self._ports.range.holds(number):
            return super().take_port(number)
        if number in self._ports.held:
            return TAKEN_PORT
        self._ports.held.add(number)
        self.taken_ports.append(number)
        return ""

    def draw_port(self) -> str | int:
        """Take any node port and return it, or why there is none.

        0 where that is for want of a range that nobody states.
        """
        drawn = super().draw_port()
        unknown = isinstance(drawn, NotDrawn) and not self._known.node_ports
        return 0 if unknown else drawn


class _Known(NamedTuple):
    """What somebody states, so that it refuses what does not fit."""

    cidrs: bool
    """Whether the API server's own ranges are stated."""
    families: frozenset[str]
    """The families of which a range is known at all."""
    node_ports: bool
    """Whether the range of node ports is stated."""


def _known(table: ServiceTable) -> _Known:
    settings = table.cluster.settings
    stated = settings.service_cidrs.stated
    families = known_families(table.cluster)
    return _Known(
        stated,
        frozenset((IPV4, IPV6)) if families is None else families,
        settings.node_port_range.stated,
    )


class Run:
    """One world: what is held in it, and who comes next."""

    def __init__(
        self,
        table: ServiceTable,
        existing: Existing,
        seed: int,
        world: Sequence[Member],
    ) -> None:
        facts = table.facts
        self._table = table
        self._facts: ClusterFacts = facts
        self._families = families_of(facts)
        self.random = Random(seed)  # noqa: S311 - to be repeatable, not secret
        """Where all chance of this world comes from."""
        self._known = _known(table)
        self._ports = PortAllocator(table.node_ports)
        self._addresses = AddressAllocators(
            facts.version, [one.cidr for one in table.ranges if not one.from_object]
        )
        wanted = type_of("v1", "Service", facts.version)
        assert wanted is not None
        self._wanted: Type = wanted
        self._start(existing, world)

    def _start(self, existing: Existing, world: Sequence[Member]) -> None:
        """Let everything hold what it holds before anything is applied."""
        for one in self._table.ranges:
            if one.from_object:
                self._addresses.add_range(one.cidr)
        own = self._table.primary_range
        if own is not None and own.usable:
            self._addresses.hold(Address(own.family, own.first))
        if not any(map(self._table.cluster.outside.concerns, world)):
            return
        for address in existing.addresses:
            self._addresses.hold(address)
        for number in existing.node_ports:
            self._ports.held.add(number)

    def keep(self, drawn: RowDraw) -> None:
        """Let a Service have what it got in an earlier world."""
        for text in drawn.addresses.values():
            address = parse_ip(text)
            if address is not None:
                self._addresses.hold(address)
        for number in (*drawn.node_ports.values(), drawn.health_check_port):
            if number:
                self._ports.held.add(number)

    def hold(self, member: Member) -> None:
        """Let an IPAddress object hold its address."""
        address = parse_ip(member.name)
        if address is not None:
            self._addresses.hold_object(address)

    def send(self, row: ServiceRow) -> RowDraw | None:
        """Create or change a Service; nothing is taken where it is refused.

        None where a placeholder stands for a whole value, which may be anything.
        """
        living = self._table.living
        old = None if living is None else living.service_of(row.member)
        if old is None:
            plain = self._create_plain(row)
            if plain is not None:
                return plain
        bodies = [one.resource.body for one in (row, old) if one is not None]
        if any(decode(body, self._wanted).faults for body in bodies):
            return None
        return self._create(row) if old is None else self._change(row, old)

    def _create_plain(self, row: ServiceRow) -> RowDraw | None:
        """Create a Service that asks for no more than one address; None for others.

        Most Services are such, and it saves them the way through the whole server.
        """
        spec = row.resource.body.get("spec")
        if not isinstance(spec, dict) or not spec.keys() <= _PLAIN_FIELDS:
            return None
        if spec.get("type") not in _PLAIN_TYPES:
            return None
        family = self._families[0] if self._families else ""
        drawn = self._addresses.draw(family, self.random)
        if isinstance(drawn, NotDrawn):
            return None
        return RowDraw({drawn.family: drawn.canonical})

    def _create(self, row: ServiceRow) -> RowDraw:
        draft = ServiceDraft(row.resource.body, self._wanted)
        apply_defaults(draft, self._facts.version)
        if draft.cluster_ip and not draft.cluster_ips:
            draft.cluster_ips = [draft.cluster_ip]
        faults = initialize_families(draft, self._families, self._facts.version)
        pool = self._pool()
        if not faults:
            faults = allocate_addresses(draft, pool, self._facts.version)
        if not faults:
            faults = allocate_ports(draft, pool)
        if faults:
            pool.revert()
            return RowDraw({}, refusal=refusal(draft, faults[:1], self._facts.version))
        return _drawn(draft.stored_spec())

    def _pool(self) -> _Pool:
        return _Pool(self._addresses, self._ports, self.random, self._known)

    def _change(self, row: ServiceRow, old: ServiceMember) -> RowDraw:
        """Apply a Service over its living self, which keeps what it has."""
        pool, body = self._pool(), row.resource.body
        new = {**body, "metadata": {**body["metadata"], "namespace": old.namespace}}
        stored = old.resource.body
        change = change_service(
            stored, new, new, Sending.CLIENT_SIDE_APPLY, self._facts, pool, store=True
        )
        answer = change.admission
        if answer.stored is None:
            pool.revert()
            return RowDraw({}, refusal=answer)
        for canonical in change.released_addresses:
            address = parse_ip(canonical)
            if address is not None:
                self._addresses.release(address)
        for number in change.released_ports:
            self._ports.release(int(number))
        return _drawn(mapping(answer.stored.get("spec")))


def _drawn(spec: Mapping[str, Any]) -> RowDraw:
    """Return what a stored Service has."""
    addresses = {
        address.family: address.canonical
        for text in items(spec.get("clusterIPs"))
        if (address := parse_ip(text)) is not None
    }
    ports = {
        index: int(port["nodePort"])
        for index, port in enumerate(items(spec.get("ports")))
        if port.get("nodePort")
    }
    check = spec.get("healthCheckNodePort") or 0
    return RowDraw(addresses, ports, int(check))
