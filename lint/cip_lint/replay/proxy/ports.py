"""The Service ports that kube-proxy serves, one a family and port.

``pkg/proxy/serviceport.go`` and ``pkg/proxy/servicechangetracker.go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.bodies import integer, items, mapping, mappings, text, texts
from cip_lint.kube.addresses import parse_cidr, parse_ip
from cip_lint.kube.service import WITH_NODE_PORTS, Service
from cip_lint.kube.well_known import PROXY_NAME
from cip_lint.records import NamedTuple
from cip_lint.replay.proxy.endpoints import PortKey

_SECONDS = 10800
"""How long a client keeps its endpoint where nothing else is said."""


class ProxyPort(NamedTuple):
    """A port of a Service for one family, with all addresses that lead to it."""

    key: PortKey
    cluster_ip: str
    port: int
    node_port: int
    """0 where it has none."""
    external_ips: tuple[str, ...]
    load_balancer_ips: tuple[str, ...]
    source_ranges: tuple[str, ...]
    """Who may use the load balancer addresses; empty: everybody."""
    affinity: str
    affinity_seconds: int
    """0 without affinity."""
    internal_local: bool
    external_local: bool

    @property
    def external(self) -> bool:
        """Whether it can be reached from outside the cluster."""
        return bool(self.node_port or self.external_ips or self.load_balancer_ips)

    @property
    def uses_cluster(self) -> bool:
        """Whether some traffic may go to the endpoints of all nodes.

        From outside it may even with the policy ``Local``: pods and the node itself
        are sent to all endpoints then.
        """
        return not self.internal_local or self.external

    @property
    def uses_local(self) -> bool:
        """Whether some traffic goes to endpoints of the same node only."""
        return self.internal_local or (self.external_local and self.external)


def proxy_ports(manifest: Mapping[str, Any], family: str) -> Iterator[ProxyPort]:
    """Yield the ports of a stored Service that a proxy serves for one family.

    Nothing for headless and ExternalName Services, for those without address of the
    family, and for those that a label leaves to another proxy.
    """
    service = Service(manifest)
    spec = mapping(manifest.get("spec"))
    address = _cluster_ip(spec, family)
    if _is_skipped(service, spec) or not address:
        return
    affinity = service.session_affinity
    outside = _is_external(service)
    namespace = text(mapping(manifest.get("metadata")).get("namespace"))
    for port in service.ports:
        yield ProxyPort(
            PortKey(namespace, service.name, port.name, port.protocol),
            address,
            port.port,
            port.node_port,
            _of_family(service.external_ips, family),
            _of_family(list(_virtual_ips(manifest)), family),
            _source_ranges(spec, family),
            affinity,
            _seconds(spec) if affinity == "ClientIP" else 0,
            service.internal_traffic_policy == "Local",
            service.external_traffic_policy == "Local" and outside,
        )


def _is_skipped(service: Service, spec: Mapping[str, Any]) -> bool:
    if service.type == "ExternalName" or PROXY_NAME in service.labels:
        return True
    return text(spec.get("clusterIP")) in {"", "None"}


def _is_external(service: Service) -> bool:
    if service.type in WITH_NODE_PORTS:
        return True
    return service.type == "ClusterIP" and bool(service.external_ips)


def _cluster_ip(spec: Mapping[str, Any], family: str) -> str:
    families = texts(spec.get("ipFamilies"))
    if not families:
        return next(iter(_of_family([text(spec.get("clusterIP"))], family)), "")
    addresses = items(spec.get("clusterIPs"))
    for one, address in zip(families, addresses, strict=False):
        if one == family:
            return text(address)
    return ""


def _of_family(addresses: Sequence[str], family: str) -> tuple[str, ...]:
    read = map(parse_ip, addresses)
    return tuple(one.canonical for one in read if one and one.family == family)


def _virtual_ips(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the load balancer addresses that a proxy serves itself."""
    status = mapping(mapping(manifest.get("status")).get("loadBalancer"))
    for one in mappings(status.get("ingress")):
        if one.get("ipMode") != "Proxy" and text(one.get("ip")):
            yield text(one.get("ip"))


def _source_ranges(spec: Mapping[str, Any], family: str) -> tuple[str, ...]:
    """Return the ranges of the family; none where one of them has all addresses."""
    read = (
        parse_cidr(one.strip()) for one in texts(spec.get("loadBalancerSourceRanges"))
    )
    ranges = [one for one in read if one is not None and one.family == family]
    if any(one.bits == 0 for one in ranges):
        return ()
    return tuple(one.canonical for one in ranges)


def _seconds(spec: Mapping[str, Any]) -> int:
    client = mapping(mapping(spec.get("sessionAffinityConfig")).get("clientIP"))
    return integer(client.get("timeoutSeconds")) or _SECONDS
