"""The Service table as a JSON document, version 1.

What was not worked out is null. With a seed, ``simulated`` has what one run of the
replay drew for a row that is created: its own plan stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.replay.odds.row_draws import NOT_DRAWN
from cip_lint.replay.outcomes import Outcome, outcome
from cip_lint.replay.references import distinct
from cip_lint.report.table_values import chance_object, origin_object
from cip_lint.report.unit_names import unit_fields

if TYPE_CHECKING:
    from cip_lint.cluster.references import Reference
    from cip_lint.kube.service import ServicePort
    from cip_lint.model import ServerAnswer
    from cip_lint.replay import (
        Claim,
        Loss,
        NodePortPlan,
        NodePortRange,
        PortClaim,
        Range,
        ServiceRow,
        ServiceTable,
        SlicePort,
        WorkloadEndpoints,
    )
    from cip_lint.replay.dns.records import Record
    from cip_lint.replay.odds.losses import Losses
    from cip_lint.replay.odds.row_draws import RowDraw
    from cip_lint.replay.proxy.table_proxy import Route

Json = dict[str, Any]


def document(tables: Sequence[ServiceTable], seed: int | None = None) -> Json:
    """Return the tables of all clusters; clusters and their rows are made when asked.

    See ``json_pieces``.
    """
    return {"version": 1, "clusters": (_cluster(table, seed) for table in tables)}


def _cluster(table: ServiceTable, seed: int | None) -> Json:
    draws = None if seed is None else table.draws(seed)
    return {
        "name": table.cluster.name,
        "seed": seed,
        "ranges": [_range(one) for one in table.ranges],
        "nodePorts": _node_ports(table.node_ports),
        "services": (
            _service(row, table, (draws and draws.of(row)) or NOT_DRAWN)
            for row in table.rows
        ),
    }


def _range(one: Range) -> Json:
    return {
        "cidr": one.cidr,
        "static": _pair(one.static),
        "dynamic": _pair(one.dynamic),
        "origin": origin_object(one.origin),
    }


def _node_ports(one: NodePortRange) -> Json:
    return {
        "range": [one.first, one.last],
        "static": _pair(one.static),
        "dynamic": _pair(one.dynamic),
        "origin": origin_object(one.origin),
    }


def _pair(ends: tuple[Any, Any] | None) -> list[Any] | None:
    return None if ends is None else list(ends)


def _service(row: ServiceRow, table: ServiceTable, drawn: RowDraw) -> Json:
    losses = table.losses
    service = row.service
    result = outcome(table, row)
    spec = row.stored.get("spec") or {}
    span = row.resource.key_span("kind")
    return {
        "namespace": row.ref.namespace,
        "name": row.ref.name,
        "path": row.resource.path,
        "line": span.first.line,
        **unit_fields(row.member),
        "order": table.timeline.number(row.member),
        "verdict": result.verdict,
        "reason": row.reason or None,
        "server": _server(result.server),
        "simulatedServer": _server(drawn.server),
        "type": service.type,
        "headless": result.headless,
        "ipFamilyPolicy": spec.get("ipFamilyPolicy"),
        "ipFamilies": list(row.families),
        "clusterIPs": list(_cluster_ips(row, result, drawn, losses)),
        "ports": [
            {
                **_port(port, plan, drawn.node_ports.get(port.index)),
                "nodePortLoss": _loss(losses.of_port(row.member, port.node_port)),
            }
            for port, plan in zip(service.ports, row.node_ports, strict=True)
        ],
        "healthCheckNodePort": _node_port(
            row.health_check_port,
            drawn.health_check_port,
            losses.of_port(row.member, service.health_check_node_port),
        ),
        "spec": None if result.verdict == "refused" else spec or None,
        "selection": row.selection.state,
        "endpoints": [_endpoints(given) for given in row.endpoints],
        "dns": _records(table.dns.records_of(row)),
        "variables": table.variables.of(row, result),
        "proxy": _routes(table.proxy.routes_of(row, result)),
        "references": [_reference(one) for one in distinct(table.references.of(row))],
    }


def _server(answer: ServerAnswer | None) -> Json | None:
    if answer is None:
        return None
    if answer.code == 422:
        return {"code": 422, "causes": [cause._asdict() for cause in answer.causes]}
    return {"code": answer.code, "message": answer.message}


def _cluster_ips(
    row: ServiceRow, result: Outcome, drawn: RowDraw, losses: Losses
) -> Iterator[Json]:
    if result.headless:
        for family in row.families:
            yield _address(family, "none")
    for plan in result.addresses:
        simulated = None if plan.text else drawn.addresses.get(plan.family)
        loss = losses.of_address(row.member, plan.family)
        yield _address(plan.family, plan.how, plan.text, simulated, plan.band, loss)


def _address(
    family: str,
    how: str,
    address: str | None = None,
    simulated: str | None = None,
    band: str | None = None,
    loss: Loss[Claim] | None = None,
) -> Json:
    return {
        "family": family,
        "how": how,
        "address": address,
        "simulated": simulated,
        "band": band,
        "loss": _loss(loss),
    }


def _loss(loss: Loss[Any] | None) -> Json | None:
    """Return how likely a static value is gone when its Service is created."""
    if loss is None:
        return None
    return {**chance_object(loss.chance), "before": loss.before}


def _node_port(
    plan: NodePortPlan | None, drawn: int, loss: Loss[PortClaim] | None
) -> Json | None:
    if plan is None:
        return None
    simulated = None if plan.number else drawn or None
    return {
        "how": plan.how,
        "nodePort": plan.number,
        "simulated": simulated,
        "loss": _loss(loss),
    }


def _port(port: ServicePort, plan: NodePortPlan | None, drawn: int | None) -> Json:
    return {
        "name": port.name or None,
        "protocol": port.protocol,
        "port": port.port,
        "targetPort": port.target_port,
        "appProtocol": port.app_protocol or None,
        "nodePort": plan.number if plan is not None else None,
        "nodePortHow": plan.how if plan is not None else "none",
        "simulatedNodePort": None if plan is None or plan.number else drawn,
    }


def _endpoints(given: WorkloadEndpoints) -> Json:
    ref = given.workload.ref
    return {
        "workload": {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name},
        "replicas": given.replicas,
        "ready": given.ready,
        "slices": [
            {
                "addressType": one.address_type,
                "ports": [_slice_port(port) for port in one.ports],
            }
            for one in given.slices
        ],
    }


def _records(found: Sequence[Record] | None) -> list[Json] | None:
    if found is None:
        return None
    return [{"name": one.name, "type": one.type, "value": one.value} for one in found]


def _routes(found: Sequence[Route] | None) -> list[Json] | None:
    return None if found is None else [one._asdict() for one in found]


def _reference(one: Reference) -> Json:
    ref, said = one.member.ref, one.said
    span = one.member.resource.span(*said.name_path)
    return {
        "from": {
            "kind": ref.kind,
            "namespace": ref.namespace or None,
            "name": ref.name,
        },
        "port": said.port,
        "path": one.member.path,
        "line": span.first.line,
    }


def _slice_port(port: SlicePort) -> Json:
    return {
        "name": port.name or None,
        "protocol": port.protocol,
        "port": port.port,
        "appProtocol": port.app_protocol,
    }
