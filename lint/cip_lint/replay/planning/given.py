"""What objects get or hold without asking: drawn values, kept values, living holders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.model import Path
from cip_lint.replay.planning.claim import How, Outcome, PlanClaim
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import Holding
    from cip_lint.replay.odds.draws import Draws
    from cip_lint.replay.odds.row_draws import RowDraw
    from cip_lint.replay.rows import NodePortPlan, ServiceRow
    from cip_lint.replay.table import ServiceTable


def given_values(table: ServiceTable, draws: Draws | None) -> Iterator[PlanClaim]:
    """Yield what Services get that they do not ask for: kept or drawn values.

    A Service that is refused gets nothing.
    """
    short = _shortages(table)
    assumed = {one.family for one in table.ranges if not one.stated}
    for row in table.rows:
        if row.member.piece or row.verdict == "refused":
            continue
        drawn = draws.of(row) if draws is not None else None
        lives = table.living is not None
        for family, how, text in _other_addresses(row, drawn, lives=lives):
            address = parse_ip(text) if text else None
            number = None if address is None else address.number
            band = table.band_of(text) if text else "dynamic"
            path: Path = ("spec", "clusterIP")
            made = _other(row, family, path, how, number, band or "", drawn)
            why = short.get((id(row), family)) if number is None else None
            if why and made.outcome == "placed":
                outcome: Outcome = "unknown" if family in assumed else "refused"
                made = made._replace(outcome=outcome, reason=why)
            yield made
        for path, how, number in _other_ports(row, drawn):
            band = "dynamic" if number is None else table.node_ports.band(number)
            yield _other(row, "", path, how, number, band or "", drawn)


def _shortages(table: ServiceTable) -> dict[tuple[int, str], str]:
    """Return the Services for which a family has no address left, and what is said."""
    return {
        (id(row), one.family): (
            f"no address is left for {counted(one.missing, 'Service')} of "
            f"{len(one.rows)}: the ranges hold {one.capacity}"
        )
        for one in table.losses.shortages
        for row in one.rows
    }


def _other(
    row: ServiceRow,
    family: str,
    path: Path,
    how: How,
    number: int | None,
    band: str,
    drawn: RowDraw | None,
) -> PlanClaim:
    outcome: Outcome = "placed" if row.verdict == "created" else "unknown"
    reason = row.reason
    if drawn is not None and drawn.refusal is not None:
        reason = f"refused in the simulated run: {drawn.refusal.message}"
    return PlanClaim(row.member, family, path, "", number, how, band, outcome, reason)


def _other_addresses(
    row: ServiceRow, drawn: RowDraw | None, *, lives: bool
) -> Iterator[tuple[str, How, str]]:
    """Yield a family, how its address is known, and the address; empty: unknown."""
    simulated: Mapping[str, str] = drawn.addresses if drawn is not None else {}
    if simulated and not lives and not row.service.cluster_ips:
        # The whole row need not be worked out for what is known already.
        for family, text in simulated.items():
            yield family, "simulated", text
        return
    for planned in row.addresses:
        if planned.how == "snapshot":
            yield planned.family, "snapshot", planned.text or ""
        elif planned.how == "dynamic":
            text = simulated.get(planned.family, "")
            yield planned.family, "simulated" if text else "none", text


def _other_ports(
    row: ServiceRow, drawn: RowDraw | None
) -> Iterator[tuple[Path, How, int | None]]:
    service = row.service
    if service.type not in WITH_NODE_PORTS:
        return
    simulated = drawn.node_ports if drawn is not None else {}
    for port, planned in zip(service.ports, row.node_ports, strict=True):
        path: Path = ("spec", "ports", port.index, "nodePort")
        yield from _other_port(path, planned, simulated.get(port.index))
    check = drawn.health_check_port if drawn is not None else 0
    path = ("spec", "healthCheckNodePort")
    yield from _other_port(path, row.health_check_port, check)


def _other_port(
    path: Path, planned: NodePortPlan | None, simulated: int | None
) -> Iterator[tuple[Path, How, int | None]]:
    if planned is None or planned.how == "pinned":
        return
    if planned.how == "snapshot":
        yield path, "snapshot", planned.number
    elif simulated:
        yield path, "simulated", simulated
    else:
        yield path, "none", None


def held_values(table: ServiceTable) -> Iterator[PlanClaim]:
    """Yield what living objects hold that the set does not have."""
    snapshot = table.cluster.snapshot
    if snapshot is None:
        return
    rows = _living_rows(table)
    for canonical, holding in snapshot.addresses.items():
        address = parse_ip(canonical)
        if address is not None and not _is_of_the_set(rows, holding):
            band = table.band_of(canonical) or ""
            yield _held_by(holding, address.family, address.number, band)
    for port, holding in snapshot.node_ports.items():
        if not _is_of_the_set(rows, holding):
            yield _held_by(holding, "", port, table.node_ports.band(port) or "")


def _held_by(holding: Holding, family: str, number: int, band: str) -> PlanClaim:
    return PlanClaim(
        holding.member,
        family,
        holding.path,
        holding.text,
        number,
        "snapshot",
        band,
        "placed",
    )


Rows = Mapping[tuple[str, str], Sequence["ServiceRow"]]


def _living_rows(table: ServiceTable) -> Rows:
    """Return the Services of the set that go to the snapshot's cluster, by name."""
    found: dict[tuple[str, str], list[ServiceRow]] = {}
    for row in table.rows:
        if table.cluster.outside.concerns(row.member):
            key = row.member.namespace or "default", row.member.name
            found.setdefault(key, []).append(row)
    return found


def _is_of_the_set(rows: Rows, holding: Holding) -> bool:
    """Whether the claims of the set say what becomes of a living value.

    They do not where the set's version of the holder is refused, or asks for
    another address: a cluster IP cannot be changed.
    """
    own = rows.get(holding.owner, ()) if holding.owner else ()
    return any(not _leaves_it(row, holding) for row in own)


def _leaves_it(row: ServiceRow, holding: Holding) -> bool:
    address = parse_ip(holding.text)
    return row.verdict == "refused" or any(
        address is not None
        and asked.family == address.family
        and asked.canonical != address.canonical
        for asked in row.service.cluster_ips
    )
