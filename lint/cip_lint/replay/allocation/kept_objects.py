"""What an API server keeps: stored Services, and the objects of its allocators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cip_lint.bodies import items, mapping, text
from cip_lint.kube.addresses import Address, parse_cidr, parse_ip
from cip_lint.kube.discovery import group_of
from cip_lint.kube.faults import Admission
from cip_lint.kube.well_known import MASTER
from cip_lint.replay.allocation.service_ranges import ServiceRanges

Key = tuple[str, str]
"""Namespace and name of a Service."""

_NETWORKING = "networking.k8s.io/v1"


@dataclass(slots=True)
class KeptService:
    """A stored Service, and whether it waits for its end."""

    body: Mapping[str, Any]
    finalizers: tuple[str, ...]
    deleted: bool = False

    @property
    def _spec(self) -> Mapping[str, Any]:
        return mapping(self.body.get("spec"))

    @property
    def type(self) -> str:
        """``ClusterIP``, ``NodePort``, ``LoadBalancer`` or ``ExternalName``."""
        return text(self._spec.get("type"))

    @property
    def addresses(self) -> list[Address]:
        """The cluster addresses that it holds."""
        listed = map(text, items(self._spec.get("clusterIPs")))
        return [address for address in map(parse_ip, listed) if address is not None]

    @property
    def node_ports(self) -> list[int]:
        """The node ports that it lists, and its port for health checks."""
        spec = self._spec
        listed = [mapping(port).get("nodePort") for port in items(spec.get("ports"))]
        if self.type == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local":
            listed.append(spec.get("healthCheckNodePort"))
        return [number for number in listed if isinstance(number, int) and number]


def kubernetes_service(cidrs: Sequence[str]) -> Mapping[str, Any] | None:
    """Return ``default/kubernetes``; None where the primary range has no address.

    Follows ``pkg/controlplane/controller/kubernetesservice``.
    """
    network = parse_cidr(cidrs[0]) if cidrs else None
    if network is None or network.host_bits < 1:
        return None
    address = Address(network.family, network.first + 1).canonical
    namespace, name = MASTER
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "ports": [port],
            "clusterIP": address,
            "clusterIPs": [address],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": [network.family],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
    }


def body_of_cidr(ranges: ServiceRanges, name: str, now: float) -> Mapping[str, Any]:
    """Return a ServiceCIDR object as the server shows it."""
    metadata: dict[str, Any] = {"name": name}
    finalizers = ranges.finalizers(name, now)
    if finalizers:
        metadata["finalizers"] = finalizers
    if ranges.is_deleted(name):
        metadata["deletionTimestamp"] = "<time>"
    body: dict[str, Any] = {
        "apiVersion": _NETWORKING,
        "kind": "ServiceCIDR",
        "metadata": metadata,
        "spec": {"cidrs": list(ranges.cidrs(name))},
    }
    conditions = ranges.conditions(name, now)
    return {**body, "status": {"conditions": conditions}} if conditions else body


def body_of_ip_address(name: str, owner: Key) -> Mapping[str, Any]:
    """Return the IPAddress object that the allocator made for a Service."""
    family = "IPv6" if ":" in name else "IPv4"
    labels = {
        "ipaddress.kubernetes.io/ip-family": family,
        "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    }
    parent = {"resource": "services", "namespace": owner[0], "name": owner[1]}
    return {
        "apiVersion": _NETWORKING,
        "kind": "IPAddress",
        "metadata": {"name": name, "labels": labels},
        "spec": {"parentRef": parent},
    }


def _resource(api_version: str, kind: str) -> str:
    """Return the resource that holds a kind, as messages name it."""
    plural = kind.lower()
    if plural.endswith(("ss", "ch")):
        plural += "es"
    elif plural.endswith("y"):
        plural = plural[:-1] + "ies"
    elif not plural.endswith("s"):
        plural += "s"
    group = group_of(api_version)
    return f"{plural}.{group}" if group else plural


def already_exists(
    api_version: str, kind: str, name: str, warnings: tuple[str, ...] = ()
) -> Admission:
    """Return the answer to a name that is there already."""
    resource = _resource(api_version, kind)
    return Admission(409, (), f'{resource} "{name}" already exists', warnings)


def not_found(api_version: str, kind: str, name: str) -> Admission:
    """Return the answer to a name that is not there."""
    resource = _resource(api_version, kind)
    return Admission(404, (), f'{resource} "{name}" not found')
