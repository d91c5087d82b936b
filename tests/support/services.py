"""A well-formed Service for tests to change."""

from __future__ import annotations

from typing import Any

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import NEWEST, Version

IPV4_CLUSTER = ClusterFacts(
    service_cidrs=("10.96.0.0/16",),
    node_port_range=(30000, 32767),
    held_addresses=frozenset(("10.96.0.1",)),
)
DUAL_STACK_CLUSTER = ClusterFacts(
    service_cidrs=("10.96.0.0/16", "fd00:10:96::/112"),
    node_port_range=(30000, 32767),
)

PORT = {"name": "http", "port": 80}


def service(metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a good Service; a field that is None is left out."""
    named = {"name": "web", **(metadata or {})}
    fields = {"selector": {"app": "web"}, "ports": [dict(PORT)], **spec}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {key: value for key, value in named.items() if value is not None},
        "spec": {key: value for key, value in fields.items() if value is not None},
    }


def admit(
    manifest: dict[str, Any],
    version: Version = NEWEST,
    facts: ClusterFacts = IPV4_CLUSTER,
) -> Admission:
    """Return what one cluster of a version answers, with the stored object."""
    of_version = ClusterFacts(
        version=version,
        service_cidrs=facts.service_cidrs,
        families=facts.families,
        node_port_range=facts.node_port_range,
        deny_external_ips=facts.deny_external_ips,
        namespaces=facts.namespaces,
        held_addresses=facts.held_addresses,
        held_node_ports=facts.held_node_ports,
    )
    return admit_service(manifest, of_version, store=True)
