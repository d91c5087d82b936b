"""The references of a cluster: which object names which Service, and of which namespace."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import texts
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.kube.placeholders import is_placeholder, is_shouted
from cip_lint.kube.reference_kinds import Spelling, Taught
from cip_lint.kube.references import (
    Said,
    kinds_with_references,
    of_pods,
    service_references,
)
from cip_lint.records import NamedTuple


class Reference(NamedTuple):
    """One object of the cluster, and a Service that it names."""

    member: Member
    said: Said
    namespace: str
    """Of the Service; empty where nobody decides it."""

    @property
    def display(self) -> str:
        """``shop/web``; the namespace reads ``default`` where nobody decides it."""
        return f"{self.namespace or 'default'}/{self.said.name}"


def references(cluster: Cluster) -> Iterator[Reference]:
    """Yield the references of all objects that may be judged, in their order.

    Names with placeholders are left out, and hosts that a ServiceEntry of the
    cluster makes known to a mesh.
    """
    taught = cluster.settings.reference_kinds
    zone = cluster.settings.cluster_domain.value
    found: dict[int, Member] = {
        member.order: member
        for group, kind in kinds_with_references(taught)
        for member in cluster.judged(kind, group)
    }
    found.update((member.order, member) for member in cluster.judged_workloads)
    entries = mesh_entries(cluster)
    for _, member in sorted(found.items()):
        for said in _of_member(member, taught, zone):
            written = member.resource.get(*said.name_path)
            if not _is_placeholder(said) and not (
                said.row.spelling is Spelling.MESH_HOST and written in entries
            ):
                yield Reference(member, said, said.namespace or member.namespace)


def _of_member(member: Member, taught: Taught, zone: str) -> Iterator[Said]:
    yield from service_references(member.resource.body, taught, zone)
    if isinstance(member, WorkloadMember):
        yield from of_pods(member.workload)


def _is_placeholder(said: Said) -> bool:
    """Whether something is yet to be put in; a Service has no name in capitals."""
    return any(
        is_placeholder(part) or is_shouted(part)
        for part in (said.name, said.namespace or "")
    )


def mesh_entries(cluster: Cluster) -> frozenset[str]:
    """Return the hosts that ServiceEntries make known."""
    return frozenset(
        host
        for entry in cluster.judged("ServiceEntry", "networking.istio.io")
        for host in texts(entry.resource.get("spec", "hosts"))
    )
