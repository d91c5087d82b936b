"""The Service table as plain cells: what text, CSV and Markdown show of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay import NodePortPlan, ServiceRow, ServiceTable, SlicePort

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
    Column("FILE", wide=True),
)
_CLUSTER = Column("CLUSTER")


def columns_of(tables: Sequence[ServiceTable], *, wide: bool) -> list[str]:
    """Return the headings; the cluster's comes first where there are several."""
    chosen = [column.title for column in COLUMNS if wide or not column.wide]
    return [_CLUSTER.title, *chosen] if len(tables) > 1 else chosen


def cells_of(tables: Sequence[ServiceTable], *, wide: bool) -> Iterator[list[str]]:
    """Yield the cells of each row, in the order of ``columns_of``."""
    for table in tables:
        for row in table.rows:
            cells = _cells(row)
            if not wide:
                cells = cells[:-1]
            yield [table.cluster.name, *cells] if len(tables) > 1 else cells


def _cells(row: ServiceRow) -> list[str]:
    service = row.service
    return [
        row.ref.namespace,
        row.ref.name,
        service.type,
        _cluster_ips(row),
        _external(row),
        ",".join(map(_port, service.ports, row.node_ports)) or NOTHING,
        _selector(row),
        _endpoints(row),
        _verdict(row),
        row.resource.path,
    ]


def _cluster_ips(row: ServiceRow) -> str:
    if row.service.headless:
        return "None"
    found = [plan.text or f"<{plan.how}>" for plan in row.addresses]
    return ",".join(found) or NOTHING


def _external(row: ServiceRow) -> str:
    service = row.service
    if service.type == "ExternalName":
        return service.external_name or NOTHING
    addresses = list(service.external_ips)
    if service.type == "LoadBalancer":
        addresses.append(service.load_balancer_ip or "<pending>")
    return ",".join(addresses) or NOTHING


def _port(port: ServicePort, plan: NodePortPlan | None) -> str:
    number = plan.number if plan is not None else None
    node_port = f":{number}" if number else ""
    return f"{port.port}{node_port}/{port.protocol}"


def _selector(row: ServiceRow) -> str:
    selector = row.service.selector or {}
    return ",".join(f"{key}={value}" for key, value in selector.items()) or NOTHING


def _endpoints(row: ServiceRow) -> str:
    found = []
    for given in row.endpoints:
        ports = given.slices[0].ports if given.slices else ()
        numbers = ",".join(map(_number, ports)) or "<unset>"
        ref = given.workload.ref
        found.append(f"{ref.kind}/{ref.name}:{numbers}")
    found += [f"{member.kind}/{member.name}" for member in row.manual]
    if found:
        return " ".join(found)
    if row.selection.living:
        return counted(len(row.selection.living), "living pod")
    known = row.selection.state not in {"unknown", "declared"}
    return NOTHING if known else "<unknown>"


def _number(port: SlicePort) -> str:
    return str(port.port) if port.protocol == "TCP" else f"{port.port}/{port.protocol}"


def _verdict(row: ServiceRow) -> str:
    if row.verdict == "unknown" and row.reason:
        return f"unknown: {row.reason}"
    faults = row.admission.faults
    if row.verdict == "refused" and faults:
        return f"refused: {faults[0].cause.field or faults[0].cause.message}"
    return row.verdict
