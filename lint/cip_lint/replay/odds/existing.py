"""What is held before anything is applied, and what Services keep that they have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.replay.odds.requests import drawn_before, drawn_families, drawn_ports

if TYPE_CHECKING:
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable


class Existing:
    """The requests of a set against a cluster that may not be empty.

    A Service that lives already keeps what it has, and asks for nothing more but
    node ports.
    """

    def __init__(self, table: ServiceTable) -> None:
        self._cluster = table.cluster
        self._living = table.living
        self._drawn_before: dict[int, Mapping[int, int]] = {}

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses in use."""
        snapshot = self._cluster.snapshot
        found = map(parse_ip, () if snapshot is None else snapshot.addresses)
        return tuple(address for address in found if address is not None)

    @property
    def node_ports(self) -> Collection[int]:
        """The node ports in use."""
        snapshot = self._cluster.snapshot
        return () if snapshot is None else snapshot.node_ports

    def is_open(self, claim: Claim | PortClaim) -> bool:
        """Whether a claim is still to be served, in a cluster whose state is known."""
        row = claim.row
        if row is None or row.verdict != "created":
            return False
        if self._living is None:
            return True
        return (
            self._cluster.outside.concerns(row.member)
            and not self._living.owns(claim)
            and not self._living.is_settled(claim)
        )

    def drawn_families(self, row: ServiceRow, primary: str) -> tuple[str, ...]:
        """Return the families in which a Service draws an address."""
        drawn = drawn_families(row, primary)
        if self._living is None or not drawn:
            return drawn
        has = self._living.address_of
        return tuple(one for one in drawn if has(row.member, one) is None)

    def drawn_ports(self, row: ServiceRow) -> int:
        """Return how many node ports a Service draws."""
        if self._living is None:
            return drawn_ports(row.service)
        drawn = drawn_ports(row.service, self._living.node_ports_of(row.member))
        living = self._living.service_of(row.member)
        if living is None or not living.service.needs_health_check:
            return drawn
        service = row.service
        keeps = service.needs_health_check and not service.health_check_node_port
        return drawn - keeps

    def drawn_before(self, claim: PortClaim) -> int:
        """Return how many node ports the Service of a claim draws before it.

        Of one that lives, entries keep what they have.
        """
        if claim.row is None:
            return 0
        if self._living is not None and self._living.service_of(claim.member):
            return 0
        key = id(claim.member)
        if key not in self._drawn_before:
            self._drawn_before[key] = drawn_before(claim.row.service)
        return self._drawn_before[key][claim.service_port]
