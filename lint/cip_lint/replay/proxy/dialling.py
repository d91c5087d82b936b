"""Where the API server dials for a reference to a Service.

Webhooks, conversion webhooks and APIServices name a Service and a port number
(``staging/src/k8s.io/apiserver/pkg/util/proxy/proxy.go``). How it dials depends on
whether the aggregator routes to endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cip_lint.bodies import mapping, text
from cip_lint.kube.go_text import quoted
from cip_lint.kube.service import Service, ServicePort
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.replay.endpoints.objects import Slice

_WITH_CLUSTER_IP = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})


class DialError(Exception):
    """Why nothing can be dialled, in the API server's words."""


def dial_cluster_ip(service: Mapping[str, Any], number: int) -> str:
    """Return ``host:port`` of a stored Service: its cluster IP, or its other name.

    Raises ``DialError`` where it has no such port or no cluster IP.
    """
    read = Service(service)
    if read.type == "ExternalName":
        return _joined(read.external_name, number)
    if read.type not in _WITH_CLUSTER_IP:
        raise DialError(f"unsupported service type {quoted(read.type)}")
    address = text(mapping(service.get("spec")).get("clusterIP"))
    if address == "None":
        raise DialError('cannot route to service with ClusterIP "None"')
    return _joined(address, _port(read, number).port)


def dial_endpoints(
    service: Mapping[str, Any], slices: Iterable[Slice], number: int
) -> tuple[str, ...]:
    """Return each ``host:port`` that may be dialled, sorted; one is chosen at random.

    ``slices`` are those of the Service's namespace. The port of an endpoint is found
    by the name of the Service port alone; its protocol is not compared. Raises
    ``DialError`` where there is none.
    """
    read = Service(service)
    if read.type not in _WITH_CLUSTER_IP:
        raise DialError(f"unsupported service type {quoted(read.type)}")
    name = _port(read, number).name
    own = [one for one in slices if one.labels.get(SERVICE_NAME) == read.name]
    # The slices of one family only: the first that has an endpoint decides.
    for family in _families(service, own):
        chosen = [one for one in own if one.address_type == family]
        found = sorted({*_ready(chosen, name)})
        if found:
            return tuple(found)
    raise DialError(f"no endpoints available for service {quoted(read.name)}")


def _families(service: Mapping[str, Any], slices: Sequence[Slice]) -> Iterator[str]:
    """Yield the families of slices in the order in which they are tried."""
    asked = mapping(service.get("spec")).get("ipFamilies")
    known = list(asked) if isinstance(asked, list) else []
    yield from dict.fromkeys(
        one for one in (*known, *(s.address_type for s in slices)) if one
    )


def _ready(slices: Iterable[Slice], name: str) -> Iterator[str]:
    for one in slices:
        for port in one.ports:
            if port.name != name or not port.port:
                continue
            for endpoint in one.endpoints:
                if endpoint.ready is not False and endpoint.addresses:
                    yield _joined(endpoint.addresses[0], port.port)


def _port(service: Service, number: int) -> ServicePort:
    """Return the first port of a number."""
    for port in service.ports:
        if port.port == number:
            return port
    name = quoted(service.name)
    raise DialError(f"no service port {number} found for service {name}")


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
