"""A core Service as the API server understands it: a view, read defensively.

A value of another type than Kubernetes wants counts as absent; what the server says
to it is the business of ``admission``. Static defaults are applied
(``pkg/apis/core/v1/defaults.go#SetDefaults_Service``), allocation is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from cip_lint.bodies import Body, integer, items, mapping, text, text_values, texts
from cip_lint.kube.addresses import parse_ip
from cip_lint.model import Path
from cip_lint.records import NamedTuple

_NONE = "None"
_OTHER_SPELLINGS = frozenset({"none", "null", "nil", "headless", "~"})

WITH_NODE_PORTS = frozenset({"NodePort", "LoadBalancer"})
"""The types of Services whose ports get node ports."""


class ServicePort(NamedTuple):
    """One entry of ``spec.ports``, with its defaults."""

    name: str
    """Empty where it has none."""
    protocol: str
    port: int
    """0 where it has none."""
    target_port: int | str
    """The port itself where none is written."""
    target_given: bool
    app_protocol: str | None
    node_port: int
    """0 where it has none."""
    # Hides a method of tuples that nobody calls.
    index: int  # type: ignore[assignment]
    """Its place among the entries."""


class AskedAddress(NamedTuple):
    """A cluster IP that a Service asks for."""

    text: str
    canonical: str
    family: str
    path: Path


class Service:
    """A Service; every value is read when it is asked for."""

    __slots__ = ("_ports", "_spec", "body", "name")

    def __init__(self, body: Body) -> None:
        self.body = body
        self.name = text(mapping(body.get("metadata")).get("name"))
        self._spec = mapping(body.get("spec"))
        self._ports: tuple[ServicePort, ...] | None = None

    @property
    def type(self) -> str:
        """``spec.type``; ``ClusterIP`` where it is absent."""
        return text(self._spec.get("type")) or "ClusterIP"

    @property
    def headless(self) -> bool:
        """Whether it has no cluster IP on purpose, a misspelt ``None`` included."""
        spec = self._spec
        address = spec.get("clusterIP")
        if not address:
            addresses = spec.get("clusterIPs")
            if not addresses or not isinstance(addresses, list):
                return False
            address = addresses[0]
        return (
            isinstance(address, str)
            and (address == _NONE or misspells_none(address))
            and self.type != "ExternalName"
        )

    @property
    def selector(self) -> Mapping[str, str] | None:
        """``spec.selector``; None where it is absent or null."""
        selector = self._spec.get("selector")
        if not isinstance(selector, dict):
            return None
        for value in selector.values():
            if not isinstance(value, str):
                return {k: v if isinstance(v, str) else "" for k, v in selector.items()}
        return selector

    @property
    def ports(self) -> tuple[ServicePort, ...]:
        """``spec.ports``, in order, entries of another type left out."""
        if self._ports is None:
            self._ports = _one_of_equal(tuple(_ports(self._spec.get("ports"))))
        return self._ports

    @property
    def cluster_ips(self) -> tuple[AskedAddress, ...]:
        """The cluster IPs it asks for, primary first, each where it is written."""
        spec = self._spec
        if "clusterIP" not in spec and "clusterIPs" not in spec:
            return ()
        if self.type == "ExternalName":
            return ()
        return tuple(_asked(spec))

    @property
    def ip_families(self) -> tuple[str, ...]:
        """``spec.ipFamilies`` as written; empty where the server decides."""
        return tuple(texts(self._spec.get("ipFamilies")))

    @property
    def publish_not_ready(self) -> bool:
        """``spec.publishNotReadyAddresses``."""
        return self._spec.get("publishNotReadyAddresses") is True

    @property
    def internal_traffic_policy(self) -> str:
        """``spec.internalTrafficPolicy`` with its default."""
        return text(self._spec.get("internalTrafficPolicy")) or "Cluster"

    @property
    def external_traffic_policy(self) -> str:
        """``spec.externalTrafficPolicy`` with its default; empty on ClusterIP."""
        stated = text(self._spec.get("externalTrafficPolicy"))
        if stated or self.type not in WITH_NODE_PORTS:
            return stated
        return "Cluster"

    @property
    def session_affinity(self) -> str:
        """``spec.sessionAffinity`` with its default."""
        return text(self._spec.get("sessionAffinity")) or "None"

    @property
    def external_name(self) -> str:
        """``spec.externalName``; empty where it is absent."""
        return text(self._spec.get("externalName"))

    @property
    def external_ips(self) -> tuple[str, ...]:
        """``spec.externalIPs``."""
        return tuple(texts(self._spec.get("externalIPs")))

    @property
    def load_balancer_ip(self) -> str:
        """``spec.loadBalancerIP``; empty where it is absent."""
        return text(self._spec.get("loadBalancerIP"))

    @property
    def load_balancer_class(self) -> str:
        """``spec.loadBalancerClass``; empty where it is absent."""
        return text(self._spec.get("loadBalancerClass"))

    @property
    def health_check_node_port(self) -> int:
        """``spec.healthCheckNodePort``; 0 where it is absent."""
        return integer(self._spec.get("healthCheckNodePort")) or 0

    @property
    def needs_health_check(self) -> bool:
        """Whether it has a port by which load balancers ask nodes for its pods."""
        return self.type == "LoadBalancer" and self.external_traffic_policy == "Local"

    @property
    def allocates_node_ports(self) -> bool:
        """Whether the server draws node ports for entries that ask for none."""
        if self.type == "LoadBalancer":
            return self._spec.get("allocateLoadBalancerNodePorts") is not False
        return self.type == "NodePort"

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations that are texts."""
        return self._metadata_texts("annotations")

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that are texts."""
        return self._metadata_texts("labels")

    def _metadata_texts(self, field: str) -> Mapping[str, str]:
        return text_values(mapping(self.body.get("metadata")).get(field))

    def __repr__(self) -> str:
        return f"<service {self.name}>"


@lru_cache(maxsize=1024)
def misspells_none(value: str) -> bool:
    """Whether a cluster IP is a spelling of ``None`` that the server refuses."""
    return value != _NONE and value.strip().lower() in _OTHER_SPELLINGS


@lru_cache(maxsize=1024)
def _one_of_equal(ports: tuple[ServicePort, ...]) -> tuple[ServicePort, ...]:
    """Return the ports that stand for all equal ones: most Services have the same."""
    return ports


def _ports(entries: object) -> Iterator[ServicePort]:
    for index, entry in enumerate(items(entries)):
        if not isinstance(entry, dict):
            continue
        number = integer(entry.get("port")) or 0
        target = entry.get("targetPort")
        given = bool(target) and not isinstance(target, bool)
        if not given or not isinstance(target, int | str):
            given, target = False, number
        app_protocol = entry.get("appProtocol")
        yield ServicePort(
            text(entry.get("name")),
            text(entry.get("protocol")) or "TCP",
            number,
            target,
            given,
            app_protocol if isinstance(app_protocol, str) else None,
            integer(entry.get("nodePort")) or 0,
            index,
        )


def _asked(spec: Body) -> Iterator[AskedAddress]:
    written: list[tuple[object, Path]] = [
        (entry, ("spec", "clusterIPs", index))
        for index, entry in enumerate(items(spec.get("clusterIPs")))
    ]
    first = spec.get("clusterIP")
    if first:
        written[:1] = [(first, ("spec", "clusterIP"))]
    for entry, path in written:
        if not isinstance(entry, str) or entry in ("", _NONE):
            continue
        address = parse_ip(entry)
        if address is not None:
            yield AskedAddress(entry, address.canonical, address.family, path)
