"""Clusters of a few objects, for tests that need no files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from cip_lint.cluster import (
    Cluster,
    ClusterSettings,
    Member,
    ServiceMember,
    Setting,
    Unit,
    WorkloadMember,
    default_settings,
)
from cip_lint.kube.version import Version
from cip_lint.kube.workloads import is_workload
from cip_lint.model import (
    Label,
    Origin,
    OriginKind,
    Path,
    Resource,
    SourceFile,
    Span,
)

FLAG = Origin(OriginKind.FLAG, "--flag")
FOLDER = Unit("m", "kubectl", "plain folder", "folder", "m", scope="m")


class NoPlaces:
    """Places in a file without text: all at its beginning."""

    def __init__(self, path: str, order: int) -> None:
        self.path = path
        self.order = (order, 0)
        self.in_list = False
        self._source = SourceFile(path, "")

    def value(self, path: Path) -> Span:
        """Return the beginning of the file."""
        del path
        return Span(self._source, 0, 0)

    key = value

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the beginning of the file."""
        del value, start, end
        return self.value(path)

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield nothing."""
        yield from ()

    def because(self, _span: Span) -> tuple[Label, ...]:
        """Return nothing."""
        return ()


def settings(
    cidrs: tuple[str, ...] = (),
    node_ports: tuple[int, int] | None = None,
    version: Version | None = None,
    *,
    complete: bool = False,
) -> ClusterSettings:
    """Return settings of which the given ones are stated by a flag."""
    made = default_settings()
    if cidrs:
        made = made._replace(service_cidrs=Setting(cidrs, FLAG))
    if node_ports:
        made = made._replace(node_port_range=Setting(node_ports, FLAG))
    if version:
        made = made._replace(kubernetes_version=Setting(version, FLAG))
    if complete:
        made = made._replace(complete=Setting(True, FLAG))
    return made


def cluster(
    text: str,
    chosen: ClusterSettings | None = None,
    unit: Unit = FOLDER,
    **flags: Any,
) -> Cluster:
    """Return a cluster of the documents of a YAML text, in the order of the text.

    ``flags`` are those of every member: ``piece``, ``partial``.
    """
    members = [
        _member(Resource(body, NoPlaces(f"m/{order}.yaml", order)), unit, order, flags)
        for order, body in enumerate(yaml.safe_load_all(text))
    ]
    return Cluster(chosen or default_settings(), (unit,), members)


def numbered(*parts: Sequence[Member]) -> tuple[Member, ...]:
    """Return members that were made apart, in one order, as those of a run have it."""
    members = tuple(member for part in parts for member in part)
    for order, member in enumerate(members):
        member.order = order
    return members


_CLUSTER_SCOPED = {
    "APIService",
    "CustomResourceDefinition",
    "IPAddress",
    "MutatingWebhookConfiguration",
    "Namespace",
    "ServiceCIDR",
    "ValidatingWebhookConfiguration",
}


def _member(
    resource: Resource, unit: Unit, order: int, flags: dict[str, Any]
) -> Member:
    made: type[Member] = Member
    if (resource.api_version, resource.kind) == ("v1", "Service"):
        made = ServiceMember
    elif is_workload(resource.api_version, resource.kind):
        made = WorkloadMember
    namespaced = resource.kind not in _CLUSTER_SCOPED
    return made(
        resource,
        unit,
        order,
        namespace=resource.namespace,
        decided=bool(resource.namespace) or not namespaced,
        namespaced=namespaced,
        **flags,
    )
