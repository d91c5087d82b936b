"""A quick look that knows most Services for good ones.

It says yes only where decoding, allocation and validation cannot refuse anything,
whatever the cluster, and no warning can be due. Nor does such a Service hold a
placeholder in its name, namespace, address or ports. No is no verdict: it asks for
the whole way through ``service_admission``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.fitting import fits
from cip_lint.kube.grammar import (
    dns1123_label,
    is_label_key,
    is_label_value,
    port_name,
)
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.kube.schema import Type
from cip_lint.kube.service_draft import (
    CLUSTER_IP,
    LOAD_BALANCER,
    NO_ADDRESS,
    NODE_PORT,
)
from cip_lint.kube.version import Version

# Since then no number and no mixture of protocols is refused on a load balancer.
_ALL_PORTS_SINCE = Version(1, 33)

# A label both by RFC 1035 and by RFC 1123, so good in all versions.
_is_plain_name = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?").fullmatch

_METADATA_KEYS = frozenset(("name", "namespace", "labels", "annotations"))
_SPEC_KEYS = frozenset(
    (
        "type",
        "selector",
        "ports",
        "clusterIP",
        "sessionAffinity",
        "publishNotReadyAddresses",
    )
)
_EXPOSED = frozenset((NODE_PORT, LOAD_BALANCER))
_PROTOCOLS = frozenset((None, "TCP", "UDP", "SCTP"))

# Those that validation or a warning looks at.
_TELLING_ANNOTATIONS = ("service.kubernetes.io/", "service.beta.kubernetes.io/")
_LONGEST_ANNOTATION = 4096
_MOST_ANNOTATIONS = 32

_NOTHING: dict[str, Any] = {}


def is_ordinary(
    manifest: Mapping[str, Any] | None, wanted: Type, facts: ClusterFacts
) -> bool:
    """Return whether a Service is certainly stored, and without a warning."""
    if manifest is None or not fits(manifest, wanted):
        return False
    if manifest.get("kind") != "Service" or manifest.get("apiVersion") != "v1":
        return False
    spec = manifest.get("spec")
    return (
        spec is not None
        and manifest.get("status") is None
        and _is_ordinary_metadata(manifest.get("metadata") or _NOTHING, facts)
        and _is_ordinary_spec(spec, facts.version)
    )


def _is_ordinary_metadata(metadata: dict[str, Any], facts: ClusterFacts) -> bool:
    if not metadata.keys() <= _METADATA_KEYS:
        return False
    name = metadata.get("name")
    if not name or _is_plain_name(name) is None:
        return False
    namespace = metadata.get("namespace")
    if namespace and not _is_namespace(namespace, facts.namespaces):
        return False
    labels = metadata.get("labels")
    if labels and not are_labels(labels):
        return False
    annotations = metadata.get("annotations")
    return not annotations or _are_ordinary_annotations(annotations)


@lru_cache(maxsize=1024)
def _is_namespace(namespace: str, known: frozenset[str] | None) -> bool:
    return not dns1123_label(namespace) and (known is None or namespace in known)


def are_labels(labels: dict[str, str | None]) -> bool:
    """Return whether labels are certainly good."""
    for key, value in labels.items():
        if not is_label_key(key) or (value and not is_label_value(value)):
            return False
    return True


def _are_ordinary_annotations(annotations: dict[str, str | None]) -> bool:
    for key in annotations:
        if key.startswith(_TELLING_ANNOTATIONS):
            return False
    return are_annotations(annotations)


def are_annotations(annotations: dict[str, str | None]) -> bool:
    """Return whether annotations are certainly good, whatever the kind."""
    if len(annotations) > _MOST_ANNOTATIONS:
        return False
    for key, value in annotations.items():
        if not is_label_key(key.lower()):
            return False
        if value and len(value) > _LONGEST_ANNOTATION:
            return False
    return True


def _is_ordinary_spec(spec: dict[str, Any], version: Version) -> bool:
    if not spec.keys() <= _SPEC_KEYS:
        return False
    kind = spec.get("type") or CLUSTER_IP
    address = spec.get("clusterIP")
    if kind in _EXPOSED:
        if address or version < _ALL_PORTS_SINCE:
            return False
    elif kind != CLUSTER_IP or (address and address != NO_ADDRESS):
        return False
    if (spec.get("sessionAffinity") or "None") != "None":
        return False
    selector = spec.get("selector")
    if selector and not are_labels(selector):
        return False
    ports = spec.get("ports")
    return bool(address) if not ports else _are_ordinary_ports(ports)


def _are_ordinary_ports(ports: list[dict[str, Any] | None]) -> bool:
    several = len(ports) > 1
    names, numbers = set(), set()
    for port in ports:
        if port is None or port.get("nodePort"):
            return False
        name, number = port.get("name"), port.get("port")
        protocol = port.get("protocol")
        if not (
            _is_ordinary_port(name, number, protocol, port.get("targetPort"))
            and _is_app_protocol(port.get("appProtocol"))
        ):
            return False
        if several:
            if not name:
                return False
            names.add(name)
            numbers.add((protocol or "TCP", number))
    return not several or len(names) == len(numbers) == len(ports)


@lru_cache(maxsize=4096)
def _is_ordinary_port(
    name: str | None, number: int | None, protocol: str | None, target: int | str | None
) -> bool:
    if number is None or not 1 <= number <= 65535 or (name and dns1123_label(name)):
        return False
    if protocol not in _PROTOCOLS:
        return False
    if isinstance(target, str):
        return not target or not port_name(target)
    return not target or 1 <= target <= 65535


def _is_app_protocol(text: str | None) -> bool:
    return text is None or (is_label_key(text) and not is_placeholder(text))
