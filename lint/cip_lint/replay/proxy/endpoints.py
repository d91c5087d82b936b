"""The endpoints that kube-proxy knows, and which of them a policy may use.

``pkg/proxy/endpointslicecache.go`` and ``pkg/proxy/topology.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cip_lint.kube.addresses import IPV6, parse_ip
from cip_lint.kube.version import NEWEST, Version
from cip_lint.kube.well_known import HEADLESS, PROXY_NAME, SERVICE_NAME
from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.objects import Endpoint, Slice

_LISTS_OTHER_PROXIES = Version(1, 35)
"""The first version that does not leave out slices labelled for another proxy."""


class PortKey(NamedTuple):
    """What Service ports and endpoints are joined by; an unnamed port is ``""``."""

    namespace: str
    name: str
    port: str
    protocol: str

    def __str__(self) -> str:
        """Return ``shop/web:http``, without the protocol, as kube-proxy logs it."""
        port = f":{self.port}" if self.port else ""
        return f"{self.namespace}/{self.name}{port}"


class ProxyNode(NamedTuple):
    """The node that a proxy runs on; a zone that it has not is empty."""

    name: str
    zone: str = ""


class ProxyEndpoint(NamedTuple):
    """One address and port that packets can be sent to."""

    text: str
    """``10.1.0.1:8080`` or ``[fd00::1]:8080``."""
    local: bool
    """Whether it is on the node of the proxy."""
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    for_zones: tuple[str, ...] = ()
    for_nodes: tuple[str, ...] = ()

    @property
    def leaving(self) -> bool:
        """Whether it still serves while its pod ends."""
        return self.serving and self.terminating


class EndpointSets(NamedTuple):
    """The endpoints of a Service port by policy, sorted by text.

    None where kube-proxy does not work a set out, or has nothing to choose from.
    """

    cluster: tuple[ProxyEndpoint, ...] | None = None
    local: tuple[ProxyEndpoint, ...] | None = None
    reachable: tuple[ProxyEndpoint, ...] | None = None
    anywhere: bool = False
    """Whether any node has an endpoint that can be used."""


def endpoints_of_slices(
    slices: Iterable[tuple[str, Slice]],
    family: str,
    node: ProxyNode,
    version: Version = NEWEST,
) -> dict[PortKey, tuple[ProxyEndpoint, ...]]:
    """Return the endpoints of one family by Service port, sorted by text.

    ``slices`` come with their namespaces. Where several have one address, the last
    counts, and one on the node before others; kube-proxy reads them in random order.
    """
    found: dict[PortKey, dict[str, ProxyEndpoint]] = {}
    for namespace, one in slices:
        if not _is_listed(one, family, version):
            continue
        for port in one.ports:
            if not port.port:
                continue
            key = PortKey(namespace, one.labels[SERVICE_NAME], port.name, port.protocol)
            known = found.setdefault(key, {})
            for endpoint in one.endpoints:
                made = _endpoint(endpoint, port.port, family, node)
                if made is not None and (made.local or made.text not in known):
                    known[made.text] = made
    return {
        key: tuple(known[text] for text in sorted(known))
        for key, known in found.items()
        if known
    }


def _is_listed(one: Slice, family: str, version: Version) -> bool:
    if one.address_type != family or not one.labels.get(SERVICE_NAME):
        return False
    if HEADLESS in one.labels:
        return False
    return version >= _LISTS_OTHER_PROXIES or PROXY_NAME not in one.labels


def _endpoint(
    endpoint: Endpoint, port: int, family: str, node: ProxyNode
) -> ProxyEndpoint | None:
    """Return it as a proxy has it; only its first address counts."""
    address = parse_ip(endpoint.addresses[0]) if endpoint.addresses else None
    if address is None or address.family != family:
        return None
    host = f"[{address.canonical}]" if family == IPV6 else address.canonical
    return ProxyEndpoint(
        f"{host}:{port}",
        bool(endpoint.node) and endpoint.node == node.name,
        endpoint.ready is not False,
        endpoint.serving is not False,
        endpoint.terminating is True,
        endpoint.for_zones,
        endpoint.for_nodes,
    )


def categorize(
    endpoints: Sequence[ProxyEndpoint],
    node: ProxyNode,
    *,
    uses_cluster: bool,
    uses_local: bool,
) -> EndpointSets:
    """Return which endpoints each policy in use may take (``CategorizeEndpoints``)."""
    if not endpoints:
        return EndpointSets()
    cluster: tuple[ProxyEndpoint, ...] | None = None
    hinted = False
    if uses_cluster:
        allowed = _allowed_by_hints(endpoints, node)
        hinted = allowed is not None
        cluster = tuple(
            one for one in endpoints if one.ready and (not allowed or allowed(one))
        ) or tuple(one for one in endpoints if one.leaving)
    if not uses_local:
        return EndpointSets(cluster, None, cluster, bool(cluster))
    anywhere = any(one.ready or one.leaving for one in endpoints)
    here = [one for one in endpoints if one.local]
    ready = tuple(one for one in here if one.ready)
    leaving = () if ready else tuple(one for one in here if one.leaving)
    local = ready or leaving or None
    if cluster is None:
        return EndpointSets(None, local, local, anywhere)
    reachable = cluster
    if hinted or leaving:
        both = {one.text: one for one in (*cluster, *(local or ()))}
        reachable = tuple(both[text] for text in sorted(both))
    return EndpointSets(cluster, local, reachable, anywhere)


def _allowed_by_hints(
    endpoints: Sequence[ProxyEndpoint], node: ProxyNode
) -> Callable[[ProxyEndpoint], bool] | None:
    """Return whom the hints of all ready endpoints leave; None where all are used."""
    ready = [one for one in endpoints if one.ready]

    def for_node(one: ProxyEndpoint) -> bool:
        return node.name in one.for_nodes

    def for_zone(one: ProxyEndpoint) -> bool:
        return bool(node.zone) and node.zone in one.for_zones

    if all(one.for_nodes for one in ready) and any(map(for_node, ready)):
        return for_node
    if all(one.for_zones for one in ready) and any(map(for_zone, ready)):
        return for_zone
    return None
