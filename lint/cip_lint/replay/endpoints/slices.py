"""EndpointSlices and Endpoints: what the controllers make of Services and pods.

The end state of the endpointslice, endpoints and endpointslicemirroring
controllers (``staging/src/k8s.io/endpointslice/reconciler.go``,
``pkg/controller/endpoint``, ``pkg/controller/endpointslicemirroring``) for pods
whose state is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import items, mapping, strings, text
from cip_lint.kube.addresses import IPV4, IPV6, parse_ip
from cip_lint.kube.selectors import map_matches
from cip_lint.kube.service import Service, ServicePort
from cip_lint.kube.well_known import (
    ENDPOINTS_CONTROLLER,
    ENDPOINTS_MANAGED_BY,
    HEADLESS,
    LEADER,
    MANAGED_BY,
    MIRRORING_CONTROLLER,
    SERVICE_NAME,
    SLICE_CONTROLLER,
)
from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.objects import (
    Endpoint,
    LegacyAddress,
    LegacyEndpoints,
    Slice,
    SlicePort,
    Subset,
    read_endpoints,
    read_slice,
)
from cip_lint.replay.endpoints.targets import resolved_ports

if TYPE_CHECKING:
    from cip_lint.replay.endpoints.targets import HasContainers

_SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror"
_TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
_TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"

_RESERVED_LABELS = frozenset({SERVICE_NAME, MANAGED_BY, HEADLESS})
_ENDPOINTS_PER_SLICE = 100
_ADDRESSES_PER_ENDPOINTS = 1000
_FINISHED = frozenset({"Succeeded", "Failed"})
_SAME_ZONE = frozenset({"PreferClose", "PreferSameZone"})
_SAME_NODE = "PreferSameNode"


class Published(NamedTuple):
    """All endpoints of one Service."""

    slices: tuple[Slice, ...]
    endpoints: LegacyEndpoints | None


class PodState(NamedTuple):
    """What a kubelet would report of a pod."""

    ips: tuple[str, ...]
    ready: bool = True
    """Whether the condition Ready is True."""
    node: str = ""
    """The node it is bound to; empty: none."""
    node_exists: bool = True
    zone: str = ""
    phase: str = "Running"
    terminating: bool = False


class RunningPod(NamedTuple):
    """A pod, with where it is and how it fares."""

    name: str
    labels: Mapping[str, str]
    hostname: str
    subdomain: str
    shape: HasContainers
    state: PodState


class Publisher(NamedTuple):
    """A Service as it is stored, as far as endpoints depend on it."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    selector: Mapping[str, str] | None
    external_name: bool
    headless: bool
    families: tuple[str, ...]
    ports: tuple[ServicePort, ...]
    publish_not_ready: bool
    traffic_distribution: str

    @property
    def selects(self) -> bool:
        """Whether the controllers look for pods: a selector, not ExternalName."""
        return bool(self.selector) and not self.external_name


def publisher(stored: Mapping[str, Any]) -> Publisher:
    """Return what endpoints depend on, of a Service as it is stored."""
    service = Service(stored)
    metadata, spec = mapping(stored.get("metadata")), mapping(stored.get("spec"))
    return Publisher(
        service.name,
        strings(metadata.get("labels")),
        strings(metadata.get("annotations")),
        service.selector,
        service.type == "ExternalName",
        service.headless,
        tuple(map(text, items(spec.get("ipFamilies")))) or (IPV4,),
        service.ports,
        service.publish_not_ready,
        text(spec.get("trafficDistribution")),
    )


def publish(
    service: Publisher,
    pods: Iterable[RunningPod],
    slices: Sequence[Mapping[str, Any]] = (),
    endpoints: Mapping[str, Any] | None = None,
) -> Published:
    """Return the endpoints of a Service.

    ``pods`` are those of its namespace, ``slices`` the EndpointSlices written by
    hand that carry its name, ``endpoints`` the Endpoints object of that name.
    """
    kept = [
        read
        for read in map(read_slice, slices)
        if not _is_removed(service, read.labels.get(MANAGED_BY))
    ]
    written = None if endpoints is None else read_endpoints(endpoints)
    if service.selects:
        chosen = [pod for pod in pods if _matches(service.selector, pod.labels)]
        made = [
            one
            for family in service.families
            for one in _slices_of_family(service, family, chosen)
        ]
        annotations = {} if written is None else written.annotations
        legacy: LegacyEndpoints | None = _legacy(service, chosen, annotations)
    else:
        legacy = written
        made = [] if written is None else _mirrored(service.name, written)
    return Published((*kept, *made), legacy)


def _is_removed(service: Publisher, manager: str | None) -> bool:
    """Whether a controller takes a hand-made slice for one of its own, not wanted."""
    if manager == SLICE_CONTROLLER:
        return service.selects
    return manager == MIRRORING_CONTROLLER


def _matches(selector: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    return selector is not None and map_matches(selector, labels)


def _slices_of_family(
    service: Publisher, family: str, pods: Sequence[RunningPod]
) -> Iterator[Slice]:
    labels = _slice_labels(service)
    groups: dict[frozenset[SlicePort], tuple[tuple[SlicePort, ...], list[Endpoint]]]
    groups = {}
    for pod in pods:
        if not _is_published(service, pod.state):
            continue
        addresses = _addresses_of(pod.state, family)
        if not addresses:
            continue
        ports = resolved_ports(service.ports, pod.shape)
        group = groups.setdefault(frozenset(ports), (ports, []))
        group[1].append(_endpoint(service, pod, addresses))
    for ports, endpoints in groups.values():
        for start in range(0, len(endpoints), _ENDPOINTS_PER_SLICE):
            part = endpoints[start : start + _ENDPOINTS_PER_SLICE]
            yield Slice(family, ports, labels, tuple(part))
    if not groups:
        yield Slice(family, (), labels, ())


def _is_published(service: Publisher, state: PodState) -> bool:
    if state.phase in _FINISHED or not state.ips:
        return False
    return service.publish_not_ready or bool(state.node and state.node_exists)


def _addresses_of(state: PodState, family: str) -> tuple[str, ...]:
    return tuple(ip for ip in state.ips if (":" in ip) == (family == IPV6))


def _endpoint(
    service: Publisher, pod: RunningPod, addresses: tuple[str, ...]
) -> Endpoint:
    state = pod.state
    ready = service.publish_not_ready or (state.ready and not state.terminating)
    zone = state.zone if state.node_exists else ""
    endpoint = Endpoint(
        addresses,
        ready,
        state.ready,
        state.terminating,
        _published_hostname(service, pod),
        state.node,
        zone,
        pod.name,
    )
    same_node = service.traffic_distribution == _SAME_NODE
    if not ready or _has_topology_mode(service):
        return endpoint
    if zone and (same_node or service.traffic_distribution in _SAME_ZONE):
        endpoint = endpoint._replace(for_zones=(zone,))
    if state.node and same_node:
        endpoint = endpoint._replace(for_nodes=(state.node,))
    return endpoint


def _published_hostname(service: Publisher, pod: RunningPod) -> str:
    return pod.hostname if pod.subdomain == service.name else ""


def _has_topology_mode(service: Publisher) -> bool:
    annotations = service.annotations
    mode = annotations.get(_TOPOLOGY_HINTS, annotations.get(_TOPOLOGY_MODE))
    return mode in {"Auto", "auto"}


def _slice_labels(service: Publisher) -> Mapping[str, str]:
    labels = {
        key: value
        for key, value in service.labels.items()
        if key not in _RESERVED_LABELS
    }
    if service.headless:
        labels[HEADLESS] = ""
    labels[SERVICE_NAME] = service.name
    labels[MANAGED_BY] = SLICE_CONTROLLER
    return labels


def _legacy(
    service: Publisher, pods: Sequence[RunningPod], annotations: Mapping[str, str]
) -> LegacyEndpoints:
    labels = dict(service.labels)
    labels.pop(HEADLESS, None)
    if service.headless:
        labels[HEADLESS] = ""
    labels[ENDPOINTS_MANAGED_BY] = ENDPOINTS_CONTROLLER
    return LegacyEndpoints(labels, annotations, _repacked(_offers(service, pods)))


class _Offer(NamedTuple):
    """One address with one port (None: no port at all)."""

    address: LegacyAddress
    port: SlicePort | None
    ready: bool


def _offers(service: Publisher, pods: Sequence[RunningPod]) -> Iterator[_Offer]:
    family = service.families[0] if service.families else IPV4
    for pod in pods:
        state = pod.state
        if state.phase in _FINISHED or not state.node:
            continue
        if state.terminating and not service.publish_not_ready:
            continue
        addresses = _addresses_of(state, family)
        if not addresses:
            continue
        hostname = _published_hostname(service, pod)
        address = LegacyAddress(addresses[0], hostname, state.node, pod.name)
        ready = service.publish_not_ready or state.ready
        if not service.ports and service.headless:
            yield _Offer(address, None, ready)
        for port in resolved_ports(service.ports, pod.shape):
            yield _Offer(address, port, ready)


def _repacked(offers: Iterable[_Offer]) -> tuple[Subset, ...]:
    """Return the canonical subsets (``pkg/api/v1/endpoints#RepackSubsets``).

    Ports that are offered by the same addresses in the same state share a subset.
    Of one address and port that is ready here and not there, not ready counts.
    """
    addresses: dict[tuple[str, str], LegacyAddress] = {}
    by_port: dict[SlicePort | None, dict[LegacyAddress, bool]] = {}
    for offer in offers:
        key = (offer.address.ip, offer.address.pod)
        address = addresses.setdefault(key, offer.address)
        states = by_port.setdefault(offer.port, {})
        states[address] = states.get(address, True) and offer.ready
    shared: dict[frozenset[tuple[LegacyAddress, bool]], list[SlicePort]] = {}
    for port, states in by_port.items():
        ports = shared.setdefault(frozenset(states.items()), [])
        if port is not None:
            ports.append(port)
    return tuple(
        Subset(
            tuple(sorted(address for address, ready in states if ready)),
            tuple(sorted(address for address, ready in states if not ready)),
            tuple(sorted(ports, key=_port_key)),
        )
        for states, ports in shared.items()
    )


def _port_key(port: SlicePort) -> tuple[str, str, int]:
    return port.name, port.protocol, port.port or 0


def _mirrored(name: str, endpoints: LegacyEndpoints) -> list[Slice]:
    """Return the slices that mirror hand-made Endpoints of a Service.

    Mirrored whatever the type of the Service, as long as it has no selector.
    """
    if endpoints.labels.get(_SKIP_MIRROR) == "true" or LEADER in endpoints.annotations:
        return []
    labels = {
        **endpoints.labels,
        SERVICE_NAME: name,
        MANAGED_BY: MIRRORING_CONTROLLER,
    }
    slices = []
    for subset in _repacked(_as_offers(endpoints.subsets)):
        by_family: dict[str, list[Endpoint]] = {}
        for ready, addresses in ((True, subset.addresses), (False, subset.not_ready)):
            for address in addresses[:_ADDRESSES_PER_ENDPOINTS]:
                ip = parse_ip(address.ip)
                if ip is not None:
                    by_family.setdefault(ip.family, []).append(
                        Endpoint(
                            (address.ip,),
                            ready,
                            hostname=address.hostname,
                            node=address.node,
                            pod=address.pod,
                        )
                    )
        slices += [
            Slice(family, subset.ports, labels, tuple(found))
            for family, found in sorted(by_family.items())
        ]
    return slices


def _as_offers(subsets: Iterable[Subset]) -> Iterator[_Offer]:
    for subset in subsets:
        for ready, addresses in ((True, subset.addresses), (False, subset.not_ready)):
            for address in addresses:
                for port in subset.ports or (None,):
                    yield _Offer(address, port, ready)
