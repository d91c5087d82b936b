"""Where kube-proxy leads the addresses of the Services of a table.

Words stand for what exists only in a running cluster: ``clusterIP`` and ``nodePort``
for values that the API server is yet to draw, ``node`` for the address of any node,
``loadBalancer`` for the address that a load balancer gets, and the name of a workload
for the addresses of its pods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import IPV4, IPV6, parse_ip
from cip_lint.kube.well_known import PROXY_NAME
from cip_lint.records import NamedTuple
from cip_lint.replay.dns.named_services import has_known_endpoints, other_slices
from cip_lint.replay.environment.links import UNKNOWN_ADDRESS
from cip_lint.replay.outcomes import Outcome, outcome
from cip_lint.replay.proxy.endpoints import (
    PortKey,
    ProxyEndpoint,
    ProxyNode,
    categorize,
    endpoints_of_slices,
)
from cip_lint.replay.proxy.packets import Verdict

if TYPE_CHECKING:
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay.rows import NodePortPlan, ServiceRow
    from cip_lint.replay.table import ServiceTable

NODE = "node"
"""Stands for the address of any node."""
NODE_PORT = "nodePort"
"""Stands for a node port that the API server is yet to draw."""
LOAD_BALANCER = "loadBalancer"
"""Stands for the address that a load balancer gets."""

_ANY_NODE = ProxyNode("")


class Route(NamedTuple):
    """An address of a Service, and one of the ends that it leads to."""

    at: str
    """Address, port and protocol: ``clusterIP:80/TCP``."""
    to: str | None
    """``Deployment shop/web:8080``, ``10.1.0.1:8080``, or ``REJECT`` where nobody
    answers; None where nobody knows who does."""
    policy: str
    """``Cluster``, or ``Local``: only the ends on the node that a packet comes to."""


class _Entry(NamedTuple):
    """A virtual address; ``family`` is None for one that has both."""

    host: str
    number: int | str
    family: str | None
    policy: str


class TableProxy:
    """The proxies of the cluster of a table."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table

    def routes_of(
        self, row: ServiceRow, result: Outcome | None = None
    ) -> tuple[Route, ...] | None:
        """Return where each address of a Service leads, port by port.

        ``result`` is what applying it comes to, where that has been worked out.

        Nothing for Services that no proxy serves: headless, ExternalName, refused,
        or left to another proxy by a label. None where nobody knows what will be
        created.
        """
        if row.reason:
            return None
        found = result or outcome(self._table, row)
        if found.verdict == "refused" or found.headless or not found.addresses:
            return ()
        if PROXY_NAME in row.service.labels:
            return ()
        return tuple(dict.fromkeys(self._routes(row, found)))

    def _routes(self, row: ServiceRow, result: Outcome) -> Iterator[Route]:
        written = {family: self._written(row, family) for family in (IPV4, IPV6)}
        nobody = Verdict.REJECT.value if _knows_all(row) else None
        for port, plan in zip(row.service.ports, row.node_ports, strict=True):
            ends = {
                family: (
                    *self._of_workloads(row, port, family),
                    *_texts(row, port, known),
                )
                for family, known in written.items()
            }
            for entry in _entries(row, result, port, plan):
                at = f"{entry.host}:{entry.number}/{port.protocol}"
                families = (IPV4, IPV6) if entry.family is None else (entry.family,)
                reached = [to for family in families for to in ends[family]]
                for to in reached or (nobody,):
                    yield Route(at, to, entry.policy)

    def _of_workloads(
        self, row: ServiceRow, port: ServicePort, family: str
    ) -> Iterator[str]:
        """Yield the workloads that answer: slices are joined by the port's name."""
        governed = self._table.cluster.is_governed_elsewhere
        for given in row.endpoints:
            if given.replicas == 0 and not governed(given.workload):
                continue
            for one in given.slices:
                for end in one.ports if one.address_type == family else ():
                    if (end.name, end.protocol) == (port.name, port.protocol):
                        yield f"{given.workload.ref}:{end.port}"

    def _written(
        self, row: ServiceRow, family: str
    ) -> dict[PortKey, tuple[ProxyEndpoint, ...]]:
        slices = other_slices(self._table, row)
        version = self._table.cluster.settings.kubernetes_version.value
        return endpoints_of_slices(
            ((row.ref.namespace, one) for one in slices), family, _ANY_NODE, version
        )


def _knows_all(row: ServiceRow) -> bool:
    """Whether nobody answers where the set has nobody who does.

    Pods that the set does not have may exist where nobody says that it is complete.
    """
    if not has_known_endpoints(row):
        return False
    return bool(row.endpoints or row.manual) or row.selection.world.closed


def _texts(
    row: ServiceRow,
    port: ServicePort,
    known: dict[PortKey, tuple[ProxyEndpoint, ...]],
) -> Iterator[str]:
    """Yield the endpoints of slices that may be used, whatever the node."""
    key = PortKey(row.ref.namespace, row.ref.name, port.name, port.protocol)
    sets = categorize(
        known.get(key, ()), _ANY_NODE, uses_cluster=True, uses_local=False
    )
    for one in sets.cluster or ():
        yield one.text


def _entries(
    row: ServiceRow, result: Outcome, port: ServicePort, plan: NodePortPlan | None
) -> Iterator[_Entry]:
    service = row.service
    inside = service.internal_traffic_policy
    outside = service.external_traffic_policy or "Cluster"
    for address in result.addresses:
        host = _bracketed(address.text or UNKNOWN_ADDRESS, address.family)
        yield _Entry(host, port.port, address.family, inside)
    for text in service.external_ips:
        read = parse_ip(text)
        if read is not None:
            host = _bracketed(read.canonical, read.family)
            yield _Entry(host, port.port, read.family, outside)
    if service.type == "LoadBalancer":
        yield _Entry(LOAD_BALANCER, port.port, None, outside)
    if plan is not None:
        yield _Entry(NODE, plan.number or NODE_PORT, None, outside)


def _bracketed(text: str, family: str) -> str:
    return f"[{text}]" if family == IPV6 and ":" in text else text
