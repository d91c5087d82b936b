"""The Service table as plain cells: what text, CSV and Markdown show of a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.service_variables import variable_word
from cip_lint.records import NamedTuple
from cip_lint.replay.odds.row_draws import NOT_DRAWN
from cip_lint.replay.outcomes import Outcome, outcome
from cip_lint.replay.references import distinct
from cip_lint.report import unit_names
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster.references import Reference
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay import NodePortPlan, ServiceRow, ServiceTable
    from cip_lint.replay.dns.records import Record
    from cip_lint.replay.odds.row_draws import RowDraw
    from cip_lint.replay.proxy.table_proxy import Route

SIMULATED = " (simulated)"
"""Stands behind what the seeded replay drew."""

NOTHING = "<none>"
"""How kubectl prints an empty cell."""


class Column(NamedTuple):
    """One column: its heading, and whether only ``--wide`` shows it."""

    title: str
    wide: bool = False


COLUMNS = (
    Column("NAMESPACE"),
    Column("NAME"),
    Column("TYPE"),
    Column("CLUSTER-IP"),
    Column("EXTERNAL-IP"),
    Column("PORT(S)"),
    Column("SELECTOR"),
    Column("ENDPOINTS"),
    Column("VERDICT"),
    Column("DNS", wide=True),
    Column("VARIABLES", wide=True),
    Column("PROXY", wide=True),
    Column("REFERENCES", wide=True),
    Column("FILE", wide=True),
)
_CLUSTER = Column("CLUSTER")


def columns_of(tables: Sequence[ServiceTable], *, wide: bool) -> list[str]:
    """Return the headings; the cluster's comes first where there are several.

    Then comes that of the unit, where namespaces and names do not tell rows apart.
    """
    chosen = [column.title for column in COLUMNS if wide or not column.wide]
    if _tell_units(tables):
        chosen.insert(0, unit_names.TITLE)
    return [_CLUSTER.title, *chosen] if len(tables) > 1 else chosen


def _tell_units(tables: Sequence[ServiceTable]) -> bool:
    return any(
        unit_names.are_told(row.member for row in table.rows) for table in tables
    )


def cells_of(
    tables: Sequence[ServiceTable], *, wide: bool, seed: int | None = None
) -> Iterator[list[str]]:
    """Yield the cells of each row, in the order of ``columns_of``.

    With a seed, what the server would draw is shown as one run of the replay has
    it, and is said to be simulated.
    """
    with_units = _tell_units(tables)
    for table in tables:
        draws = None if seed is None else table.draws(seed)
        for row in table.rows:
            drawn = (draws and draws.of(row)) or NOT_DRAWN
            result = outcome(table, row)
            cells = _cells(row, result, drawn)
            if wide:
                cells += [
                    _names(table.dns.records_of(row)),
                    _variables(row, table.variables.of(row, result)),
                    _routes(table.proxy.routes_of(row, result)),
                    _references(row, distinct(table.references.of(row))),
                    row.resource.path,
                ]
            if with_units:
                cells.insert(0, unit_names.unit_name(row.member))
            yield [table.cluster.name, *cells] if len(tables) > 1 else cells


def _cells(row: ServiceRow, result: Outcome, drawn: RowDraw) -> list[str]:
    service = row.service
    return [
        row.ref.namespace,
        row.ref.name,
        service.type,
        _cluster_ips(result, drawn),
        _external(row),
        _ports(row, drawn),
        _selector(row),
        _endpoints(row),
        _verdict(row, result, drawn),
    ]


def _cluster_ips(result: Outcome, drawn: RowDraw) -> str:
    if result.headless:
        return "None"
    found = []
    for plan in result.addresses:
        simulated = drawn.addresses.get(plan.family)
        text = f"{simulated}{SIMULATED}" if simulated else f"<{plan.how}>"
        found.append(plan.text or text)
    return ",".join(found) or NOTHING


def _external(row: ServiceRow) -> str:
    service = row.service
    if service.type == "ExternalName":
        return service.external_name or NOTHING
    addresses = list(service.external_ips)
    if service.type == "LoadBalancer":
        addresses.append(service.load_balancer_ip or "<pending>")
    return ",".join(addresses) or NOTHING


def _ports(row: ServiceRow, drawn: RowDraw) -> str:
    ports = zip(row.service.ports, row.node_ports, strict=True)
    shown = (
        _port(port, plan, drawn.node_ports.get(port.index)) for port, plan in ports
    )
    return ",".join(shown) or NOTHING


def _port(port: ServicePort, plan: NodePortPlan | None, simulated: int | None) -> str:
    if plan is None:
        return f"{port.port}/{port.protocol}"
    if plan.number is None and simulated:
        return f"{port.port}:{simulated}/{port.protocol}{SIMULATED}"
    node_port = f":{plan.number}" if plan.number else ""
    return f"{port.port}{node_port}/{port.protocol}"


def _selector(row: ServiceRow) -> str:
    selector = row.service.selector or {}
    return ",".join(f"{key}={value}" for key, value in selector.items()) or NOTHING


def _endpoints(row: ServiceRow) -> str:
    found = []
    for given in row.endpoints:
        ports = given.slices[0].ports if given.slices else ()
        numbers = ",".join(port.number for port in ports) or "<unset>"
        ref = given.workload.ref
        found.append(f"{ref.kind}/{ref.name}:{numbers}")
    found += [f"{member.kind}/{member.name}" for member in row.manual]
    if found:
        return " ".join(found)
    if row.selection.living:
        return counted(len(row.selection.living), "living pod")
    known = row.selection.state not in {"unknown", "declared"}
    return NOTHING if known else "<unknown>"


def _verdict(row: ServiceRow, result: Outcome, drawn: RowDraw) -> str:
    if result.verdict == "unknown" and row.reason:
        return f"unknown: {row.reason}"
    if result.verdict == "refused" and result.faults:
        return f"refused: {result.faults[0].words}"
    if drawn.refusal is not None and drawn.refusal.faults:
        return f"refused: {drawn.refusal.faults[0].words}{SIMULATED}"
    return result.verdict


def _names(records: Sequence[Record] | None) -> str:
    """Return the names that answer, each once and without the final dot."""
    if records is None:
        return "<unknown>"
    names = dict.fromkeys(record.name.removesuffix(".") for record in records)
    return ",".join(names) or NOTHING


def _variables(row: ServiceRow, made: Mapping[str, str] | None) -> str:
    """Return the names that say where a Service is, and how many more there are."""
    if made is None:
        return "<unknown>"
    start = f"{variable_word(row.service.name)}_SERVICE_"
    names = [name for name in made if name.startswith(start)]
    if not names:
        return NOTHING
    rest = len(made) - len(names)
    return ",".join(names) + (f" +{rest}" if rest else "")


def _routes(found: Sequence[Route] | None) -> str:
    """Return each address once, with all that it leads to."""
    if found is None:
        return "<unknown>"
    reached: dict[str, list[str]] = {}
    for one in found:
        local = " (Local)" if one.policy == "Local" else ""
        ends = reached.setdefault(f"{one.at}{local}", [])
        ends.append(one.to or "<unknown>")
    shown = (f"{at} -> {' | '.join(ends)}" for at, ends in reached.items())
    return ", ".join(shown) or NOTHING


def _references(row: ServiceRow, found: Sequence[Reference]) -> str:
    """Return who names a Service, with the port that is asked for."""
    return ",".join(_referrer(row, one) for one in found) or NOTHING


def _referrer(row: ServiceRow, one: Reference) -> str:
    ref, port = one.member.ref, one.said.port
    elsewhere = ref.namespace and ref.namespace != row.ref.namespace
    name = f"{ref.namespace}/{ref.name}" if elsewhere else ref.name
    return f"{ref.kind}/{name}" + (f":{port}" if port is not None else "")
