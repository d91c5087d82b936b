"""A quick look that knows most workloads for good ones.

It says yes only where the checks of ``workload_checks`` and of what they call cannot
refuse anything. No is no verdict: it asks for the whole way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cip_lint.bodies import Body, mapping
from cip_lint.kube.container_checks import is_relaxed_variable
from cip_lint.kube.grammar import PROTOCOLS, dns1123_label, port_name
from cip_lint.kube.service_ordinary import are_annotations, are_labels
from cip_lint.kube.version import Version

# Since then the name of a variable may be almost anything.
_SINCE = Version(1, 32)

_METADATA_KEYS = frozenset(("name", "namespace", "labels", "annotations"))
_COUNTS = ("replicas", "minReadySeconds")
_OF_PODS = frozenset(
    (
        *("dnsConfig", "ephemeralContainers", "hostAliases"),
        *("hostNetwork", "hostname", "hostnameOverride", "nodeName", "subdomain"),
    )
)
"""What is checked in a pod spec and few have."""
_RESTARTS = frozenset((None, "", "Always"))
_DNS = frozenset((None, "", "ClusterFirst", "ClusterFirstWithHostNet", "Default"))
_PROBES = frozenset(("livenessProbe", "readinessProbe", "startupProbe"))
_PROBE_COUNTS = frozenset(
    ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
)
_ONE = frozenset((None, 0, 1))
_SOURCES = frozenset(
    ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")
)
_PORT = frozenset(("path", "host", "port"))
_SCHEMES = frozenset((None, "", "HTTP", "HTTPS"))
_PROTOCOLS = frozenset((None, "", *PROTOCOLS))


def is_ordinary(body: Body, version: Version) -> bool:
    """Return whether a decoded workload is certainly stored.

    For those that keep pods and select them: Deployment, ReplicaSet, StatefulSet
    and DaemonSet.
    """
    spec = mapping(body.get("spec"))
    template = mapping(spec.get("template"))
    metadata = mapping(template.get("metadata"))
    return (
        version >= _SINCE
        and _has_ordinary_metadata(body)
        and not dns1123_label(spec.get("serviceName") or "none")
        and _are_counts(spec, _COUNTS)
        and _selects(spec.get("selector"), metadata.get("labels"))
        and are_labels(metadata["labels"])
        and are_annotations(metadata.get("annotations") or {})
        and _are_ordinary_pods(mapping(template.get("spec")))
    )


def _has_ordinary_metadata(body: Body) -> bool:
    metadata = mapping(body.get("metadata"))
    name = metadata.get("name")
    if not name or not metadata.keys() <= _METADATA_KEYS or dns1123_label(name):
        return False
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    return (not labels or are_labels(labels)) and (
        not annotations or are_annotations(annotations)
    )


def _selects(selector: object, labels: object) -> bool:
    """Whether a selector is a few labels, which the pods have."""
    if not isinstance(selector, dict) or not isinstance(labels, dict):
        return False
    wanted = selector.get("matchLabels")
    if len(selector) != 1 or not wanted:
        return False
    return None not in wanted.values() and wanted.items() <= labels.items()


def _are_ordinary_pods(spec: Body) -> bool:
    containers, before = spec.get("containers"), spec.get("initContainers")
    if not containers or not _OF_PODS.isdisjoint(spec):
        return False
    if spec.get("restartPolicy") not in _RESTARTS or spec.get("dnsPolicy") not in _DNS:
        return False
    if before:
        for container in before:
            if container is None or not _PROBES.isdisjoint(container):
                return False
        containers = [*containers, *before]
    for container in containers:
        if container is None or not _is_ordinary_container(container):
            return False
    if len(containers) == 1:
        return True
    return len({container["name"] for container in containers}) == len(containers)


def _is_ordinary_container(container: Mapping[str, Any]) -> bool:
    name = container.get("name")
    if not name or dns1123_label(name) or not container.get("image"):
        return False
    if "lifecycle" in container or "restartPolicy" in container:
        return False
    ports, variables = container.get("ports"), container.get("env")
    if ports and not _are_ordinary_ports(ports):
        return False
    if variables and not _are_ordinary_variables(variables):
        return False
    for kind in _PROBES:
        probe = container.get(kind)
        if probe is not None and not _is_ordinary_probe(probe):
            return False
    return True


def _are_ordinary_ports(ports: list[dict[str, Any] | None]) -> bool:
    names = []
    for port in ports:
        if port is None or port.get("hostPort"):
            return False
        name = port.get("name")
        if not _is_ordinary_port(name, port.get("containerPort"), port.get("protocol")):
            return False
        if name:
            names.append(name)
    return len(names) < 2 or len(set(names)) == len(names)


@lru_cache(maxsize=4096)
def _is_ordinary_port(
    name: str | None, number: int | None, protocol: str | None
) -> bool:
    if number is None or not 1 <= number <= 65535 or protocol not in _PROTOCOLS:
        return False
    return not name or not port_name(name)


def _are_ordinary_variables(variables: list[dict[str, Any] | None]) -> bool:
    for variable in variables:
        if variable is None or not _is_variable(variable.get("name")):
            return False
        source = variable.get("valueFrom")
        if source is None:
            continue
        if len(source) != 1 or variable.get("value"):
            return False
        for kind, reference in source.items():
            if kind not in _SOURCES or reference is None:
                return False
    return True


@lru_cache(maxsize=4096)
def _is_variable(name: str | None) -> bool:
    return name is not None and name != "" and is_relaxed_variable(name) is not None


def _is_ordinary_probe(probe: dict[str, Any]) -> bool:
    handlers = 0
    for key, value in probe.items():
        if key in _PROBE_COUNTS:
            if value is not None and value < 0:
                return False
        elif key == "successThreshold":
            if value not in _ONE:
                return False
        elif key in {"httpGet", "tcpSocket"}:
            handlers += 1
            if value is None or not _asks_ordinarily(value):
                return False
        elif key == "exec":
            handlers += 1
            if not value or not value.get("command"):
                return False
        else:
            return False
    return handlers == 1


def _asks_ordinarily(action: dict[str, Any]) -> bool:
    """Whether a probe asks a port that can be one."""
    if action.keys() <= _PORT:
        return _is_port(action.get("port"))
    return (
        not action.get("httpHeaders")
        and action.get("scheme") in _SCHEMES
        and _is_port(action.get("port"))
    )


@lru_cache(maxsize=4096)
def _is_port(port: int | str | None) -> bool:
    if isinstance(port, str):
        return not port_name(port)
    return port is not None and 1 <= port <= 65535


def _are_counts(spec: Body, fields: tuple[str, ...]) -> bool:
    for field in fields:
        value = spec.get(field)
        if value is not None and value < 0:
            return False
    return True
