"""A Service on its way through one request: decoded, defaulted, to be allocated.

``ServiceDraft`` is what the API server's own type is: every field has a value,
zero where the manifest has none. It is read from a well-typed body only, changed
by defaulting and allocation, and rendered as the object the server stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.kube.schema import Type
from cip_lint.kube.version import Version
from cip_lint.model import Path

CLUSTER_IP = "ClusterIP"
NODE_PORT = "NodePort"
LOAD_BALANCER = "LoadBalancer"
EXTERNAL_NAME = "ExternalName"
NO_ADDRESS = "None"
"""The one spelling of ``clusterIP`` that makes a Service headless."""

SINGLE_STACK = "SingleStack"
PREFER_DUAL_STACK = "PreferDualStack"
REQUIRE_DUAL_STACK = "RequireDualStack"

DEFAULT_AFFINITY_SECONDS = 10800

# The generated end of a name: five characters of this alphabet, so what is
# checked may be any of them.
_SAMPLE_SUFFIX = "bbbbb"
_SHOWN_SUFFIX = "<5 random>"
_LONGEST_NAME_BASE = 58

_NOTHING: dict[str, Any] = {}


class PortDraft:
    """One entry of ``spec.ports``."""

    __slots__ = (
        "app_protocol",
        "index",
        "name",
        "node_port",
        "port",
        "protocol",
        "target_port",
    )

    def __init__(self, body: Mapping[str, Any] | None, index: int) -> None:
        get = (body or _NOTHING).get
        self.index = index
        self.name: str = get("name") or ""
        self.protocol: str = get("protocol") or ""
        self.app_protocol: str | None = get("appProtocol")
        self.port: int = get("port") or 0
        self.target_port: int | str = get("targetPort") or 0
        self.node_port: int | str = get("nodePort") or 0

    def stored(self) -> dict[str, Any]:
        """Return the entry as the server stores it."""
        body: dict[str, Any] = {}
        if self.name:
            body["name"] = self.name
        if self.protocol:
            body["protocol"] = self.protocol
        if self.app_protocol is not None:
            body["appProtocol"] = self.app_protocol
        body["port"] = self.port
        body["targetPort"] = self.target_port
        if self.node_port:
            body["nodePort"] = self.node_port
        return body


class ServiceDraft:
    """A Service as the API server handles it during one request."""

    __slots__ = (
        "affinity_seconds",
        "allocate_node_ports",
        "annotations",
        "body",
        "cluster_ip",
        "cluster_ips",
        "external_ips",
        "external_name",
        "external_policy",
        "families",
        "family_policy",
        "generate_name",
        "has_affinity_config",
        "health_check_node_port",
        "internal_policy",
        "labels",
        "load_balancer_class",
        "load_balancer_ip",
        "metadata",
        "name",
        "ports",
        "publish_not_ready",
        "selector",
        "session_affinity",
        "shown_name",
        "source_ranges",
        "spec",
        "traffic_distribution",
        "type",
    )

    def __init__(self, body: Mapping[str, Any], wanted: Type) -> None:
        self.body = body
        self.metadata: Mapping[str, Any] = body.get("metadata") or _NOTHING
        self._read_metadata(self.metadata)
        self.spec = _known(body.get("spec") or _NOTHING, wanted.fields["spec"].type)
        get = self.spec.get
        self.type: str = get("type") or ""
        self.selector = _string_map(get("selector"))
        self.cluster_ip: str = get("clusterIP") or ""
        self.cluster_ips = _string_list(get("clusterIPs"))
        self.families = _string_list(get("ipFamilies"))
        self.family_policy: str | None = get("ipFamilyPolicy")
        self.external_ips = _string_list(get("externalIPs"))
        self.external_name: str = get("externalName") or ""
        self.session_affinity: str = get("sessionAffinity") or ""
        self.load_balancer_ip: str = get("loadBalancerIP") or ""
        self.source_ranges = _string_list(get("loadBalancerSourceRanges"))
        self.external_policy: str = get("externalTrafficPolicy") or ""
        self.health_check_node_port: int | str = get("healthCheckNodePort") or 0
        self.publish_not_ready: bool = get("publishNotReadyAddresses") or False
        self.allocate_node_ports: bool | None = get("allocateLoadBalancerNodePorts")
        self.load_balancer_class: str | None = get("loadBalancerClass")
        self.internal_policy: str | None = get("internalTrafficPolicy")
        self.traffic_distribution: str | None = get("trafficDistribution")
        config = get("sessionAffinityConfig")
        self.has_affinity_config = config is not None
        self.affinity_seconds: int | None = (
            None
            if config is None
            else (config.get("clientIP") or _NOTHING).get("timeoutSeconds")
        )
        self.ports = [
            PortDraft(port, index) for index, port in enumerate(get("ports") or ())
        ]

    def _read_metadata(self, metadata: Mapping[str, Any]) -> None:
        self.name: str = metadata.get("name") or ""
        self.generate_name: str = metadata.get("generateName") or ""
        self.shown_name = self.name
        if not self.name and self.generate_name:
            base = self.generate_name.encode("utf-8", "surrogatepass")
            kept = base[:_LONGEST_NAME_BASE].decode("utf-8", "replace")
            self.name = kept + _SAMPLE_SUFFIX
            self.shown_name = kept + _SHOWN_SUFFIX
        self.labels = _string_map(metadata.get("labels"))
        self.annotations = _string_map(metadata.get("annotations"))

    @property
    def is_headless(self) -> bool:
        """Whether validation takes it as headless: the list is ``[None]``."""
        return self.cluster_ips == [NO_ADDRESS]

    def is_externally_accessible(self, version: Version) -> bool:
        """Return whether it has a way in from outside, and so a traffic policy."""
        if self.type in (LOAD_BALANCER, NODE_PORT):
            return True
        return (
            self.type == CLUSTER_IP and bool(self.external_ips) and version >= (1, 29)
        )

    def address_path(self, index: int | None = None) -> Path:
        """Return where the manifest says a cluster address, or the list of them."""
        if not self.spec.get("clusterIPs"):
            return ("spec", "clusterIP")
        return (
            ("spec", "clusterIPs") if index is None else ("spec", "clusterIPs", index)
        )

    @property
    def needs_health_check(self) -> bool:
        """Whether it gets a port for the health checks of a load balancer."""
        return self.type == LOAD_BALANCER and self.external_policy == "Local"

    def stored(self) -> dict[str, Any]:
        """Return the object as the server stores it, without what it adds itself.

        ``spec`` is whole; ``metadata`` has names, labels and annotations.
        """
        metadata: dict[str, Any] = {"name": self.shown_name}
        if self.generate_name:
            metadata["generateName"] = self.generate_name
        namespace = self.metadata.get("namespace")
        if namespace:
            metadata["namespace"] = namespace
        if self.labels:
            metadata["labels"] = dict(self.labels)
        if self.annotations:
            metadata["annotations"] = dict(self.annotations)
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": self.stored_spec(),
        }

    def stored_spec(self) -> dict[str, Any]:
        """Return ``spec`` as the server shows what it stores.

        An ``internalTrafficPolicy`` of an ExternalName Service is never shown.
        """
        internal = None if self.type == EXTERNAL_NAME else self.internal_policy
        values = (
            ("selector", self.selector and dict(self.selector)),
            ("clusterIP", self.cluster_ip),
            ("clusterIPs", list(self.cluster_ips)),
            ("type", self.type),
            ("externalIPs", list(self.external_ips)),
            ("sessionAffinity", self.session_affinity),
            ("loadBalancerIP", self.load_balancer_ip),
            ("loadBalancerSourceRanges", list(self.source_ranges)),
            ("externalName", self.external_name),
            ("externalTrafficPolicy", self.external_policy),
            ("healthCheckNodePort", self.health_check_node_port),
            ("publishNotReadyAddresses", self.publish_not_ready),
            ("ipFamilies", list(self.families)),
        )
        pointers = (
            ("ipFamilyPolicy", self.family_policy),
            ("allocateLoadBalancerNodePorts", self.allocate_node_ports),
            ("loadBalancerClass", self.load_balancer_class),
            ("internalTrafficPolicy", internal),
            ("trafficDistribution", self.traffic_distribution),
        )
        spec: dict[str, Any] = {}
        if self.ports:
            spec["ports"] = [port.stored() for port in self.ports]
        spec.update((name, value) for name, value in values if value)
        spec.update((name, value) for name, value in pointers if value is not None)
        if self.has_affinity_config:
            spec["sessionAffinityConfig"] = _affinity_config(self.affinity_seconds)
        return spec


def _known(value: Mapping[str, Any], wanted: Type) -> Mapping[str, Any]:
    """Return a mapping without the keys that its type does not have."""
    fields = wanted.fields
    if value.keys() <= fields.keys():
        return value
    return {key: item for key, item in value.items() if key in fields}


def _affinity_config(seconds: int | None) -> dict[str, Any]:
    return {} if seconds is None else {"clientIP": {"timeoutSeconds": seconds}}


def _string_map(value: Mapping[str, str | None] | None) -> Mapping[str, str] | None:
    """Return a map of strings in which null is the empty string."""
    if value is None:
        return None
    return {str(key): item or "" for key, item in value.items()}


def _string_list(value: list[str | None] | None) -> list[str]:
    """Return a list of strings, a new one, in which null is the empty string."""
    return [item or "" for item in value] if value else []


def apply_defaults(draft: ServiceDraft, version: Version) -> None:
    """Fill in what the API server fills in before anything is looked at.

    Follows ``SetDefaults_Service`` of ``pkg/apis/core/v1/defaults.go`` in its order.
    """
    if version < (1, 31):
        draft.traffic_distribution = None
    _default_affinity(draft)
    draft.type = draft.type or CLUSTER_IP
    for port in draft.ports:
        port.protocol = port.protocol or "TCP"
        port.target_port = port.target_port or port.port
    if not draft.external_policy and draft.is_externally_accessible(version):
        draft.external_policy = "Cluster"
    if version < (1, 22):
        draft.internal_policy = None
    elif draft.internal_policy is None and draft.type in _WITH_INTERNAL_POLICY:
        draft.internal_policy = "Cluster"
    if draft.allocate_node_ports is None and draft.type == LOAD_BALANCER:
        draft.allocate_node_ports = True


_WITH_INTERNAL_POLICY = frozenset((CLUSTER_IP, NODE_PORT, LOAD_BALANCER))


def _default_affinity(draft: ServiceDraft) -> None:
    if not draft.session_affinity:
        draft.session_affinity = "None"
    if draft.session_affinity == "None":
        draft.has_affinity_config = False
        draft.affinity_seconds = None
    elif draft.session_affinity == "ClientIP" and draft.affinity_seconds is None:
        draft.has_affinity_config = True
        draft.affinity_seconds = DEFAULT_AFFINITY_SECONDS
