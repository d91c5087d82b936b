"""What is certain without a replay: what comes too late, and what nobody can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.records import NamedTuple
from cip_lint.replay.claims import address_claims, port_claims
from cip_lint.replay.odds.requests import drawn_ports

if TYPE_CHECKING:
    from cip_lint.replay.odds.loss import Loss
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable


class CertainLoss(NamedTuple):
    """What is certainly gone when the turn of a Service comes."""

    addresses: frozenset[str] = frozenset()
    """Of those it asks for."""
    node_ports: frozenset[int] = frozenset()
    """Of those it asks for."""
    family: str = ""
    """The family of which no address at all is left; empty: some are."""


NOTHING_LOST = CertainLoss()


def certain_loss(table: ServiceTable, row: ServiceRow) -> CertainLoss:
    """Return what a Service that is created certainly comes too late for.

    Only in stated ranges: in others that is an assumption.
    """
    ports_stated = table.cluster.settings.node_port_range.stated
    if not ports_stated and not any(one.stated for one in table.ranges):
        return NOTHING_LOST
    assumed = frozenset(one.family for one in table.ranges if not one.stated)
    member = row.member
    addresses = frozenset(
        claim.canonical
        for claim in address_claims(row)
        if claim.family not in assumed
        and _is_certain(table.losses.of_address(member, claim.family))
    )
    ports = frozenset(
        claim.port
        for claim in port_claims(row)
        if ports_stated and _is_certain(table.losses.of_port(member, claim.port))
    )
    full = table.losses.short_of(row) if _may_run_out(table) else ""
    return CertainLoss(addresses, ports, "" if full in assumed else full)


def _is_certain(loss: Loss[Any] | None) -> bool:
    return loss is not None and loss.certain


def _may_run_out(table: ServiceTable) -> bool:
    """Whether a glance does not show that each Service gets an address.

    Of ranges that nobody states nothing is certain.
    """
    asked = len(table.rows) + len(table.all_claims)
    stated = [one for one in table.ranges if one.stated]
    return any(table.living is not None or asked >= one.usable for one in stated)


def node_ports_are_safe(table: ServiceTable) -> bool:
    """Whether no node port that is asked for can be drawn by anybody before.

    So it is where all of them lie in the static band, of which nothing is drawn as
    long as the other one has room for all that is drawn, asked for and held.
    """
    numbers = table.node_ports
    if any(numbers.band(port) == "dynamic" for port in table.all_node_port_claims):
        return False
    snapshot = table.cluster.snapshot
    wanted = 0 if snapshot is None else len(snapshot.node_ports)
    wanted += sum(map(len, table.all_node_port_claims.values()))
    wanted += sum(
        drawn_ports(row.service)
        for row in table.rows
        if row.service.type in WITH_NODE_PORTS
    )
    return wanted <= numbers.size - numbers.offset
