"""Requests: how many addresses and node ports a Service has the API server draw.

Follows ``initIPFamilyFields``, ``initNodePorts`` and ``allocHealthCheckNodePort`` of
``pkg/registry/core/service/storage/alloc.go``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from cip_lint.bodies import mapping
from cip_lint.kube.service import WITH_NODE_PORTS

if TYPE_CHECKING:
    from cip_lint.kube.service import Service, ServicePort
    from cip_lint.replay.rows import ServiceRow

_DECIDING = ("ipFamilies", "ipFamilyPolicy", "clusterIPs")


def drawn_families(row: ServiceRow, primary: str) -> tuple[str, ...]:
    """Return the families in which a Service gets an address it did not ask for.

    ``primary`` is the first family of the cluster, which a Service gets that says
    nothing about families. Most say nothing, and are told from it at a glance.
    """
    service = row.service
    if service.type == "ExternalName" or service.headless:
        return ()
    spec = mapping(service.body.get("spec"))
    if not any(spec.get(field) for field in _DECIDING):
        return () if spec.get("clusterIP") else (primary,)
    return tuple(plan.family for plan in row.addresses if plan.how == "dynamic")


def drawn_ports(service: Service, kept: Container[int] = ()) -> int:
    """Return how many node ports a Service gets without asking for a number.

    Entries with one ``port`` number share what is drawn, and what one of them asks
    for. A health check port is one more. ``kept`` are the places of entries that
    have a node port from before.
    """
    drawn = sum(1 for port in _drawing(service) if port.index not in kept)
    return drawn + (service.needs_health_check and not service.health_check_node_port)


def drawn_before(service: Service) -> Mapping[int, int]:
    """Return how many node ports a Service draws before it is served its own numbers.

    By the number of the Service port, as entries are served in their order; behind
    them all comes the health check port, under 0.
    """
    drawing = {port.index for port in _drawing(service)}
    drawn, found = 0, dict[int, int]()
    for port in service.ports:
        found.setdefault(port.port, drawn)
        drawn += port.index in drawing
    found[0] = drawn
    return found


def _drawing(service: Service) -> list[ServicePort]:
    """Return the entries for which a number is drawn, in order."""
    if service.type not in WITH_NODE_PORTS or service.headless:
        return []
    if not service.allocates_node_ports:
        return []
    asking = {port.port for port in service.ports if port.node_port}
    first = {port.port: port for port in reversed(service.ports)}
    return sorted(
        (port for number, port in first.items() if number not in asking),
        key=_place,
    )


def _place(port: ServicePort) -> int:
    return port.index
