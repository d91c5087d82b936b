"""Pods that have DNS names of their own, and the Service that gives them."""

from __future__ import annotations

from collections.abc import Iterable

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Path
from cip_lint.records import NamedTuple
from cip_lint.rule import Context


class Governed(NamedTuple):
    """A workload that names a governing Service, and where it names it."""

    member: WorkloadMember
    service_name: str
    path: Path


def governed(cx: Context) -> Iterable[Governed]:
    """Yield StatefulSets with a serviceName, and pods with hostname and subdomain.

    The pods of an Indexed Job have their hostnames of its controller.
    """
    for member in cx.cluster.judged_workloads:
        if member.kind == "StatefulSet":
            path: Path = ("spec", "serviceName")
            name = member.workload.service_name
        else:
            workload = member.workload
            path = (*workload.spec_path, "subdomain")
            name = workload.subdomain if workload.pods_have_hostnames else ""
        if name and not cx.cluster.unresolved(member, path):
            yield Governed(member, name, path)
