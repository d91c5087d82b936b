"""Words and places that rules about pods share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.containers import Container, ContainerPort
from cip_lint.kube.workloads import ENDING_KINDS
from cip_lint.model import Confidence, Label, Severity
from cip_lint.replay import Selection, ServiceRow
from cip_lint.rule import Context

BATCH = ENDING_KINDS
"""Kinds whose pods end by themselves."""


def written(selector: Mapping[str, str]) -> str:
    """Return ``app=web,tier=db``: a selector as kubectl prints it."""
    return ",".join(f"{key}={value}" for key, value in selector.items())


def weight_of_absence(selection: Selection) -> tuple[Severity, Confidence] | None:
    """Return what "no pod fits" is worth, or None where nothing can be known.

    In a closed world it is certain; in an open one a witness (a workload of the
    same namespace in the same file or rendered unit) makes it an error too.
    """
    if selection.unknown is not None:
        return None
    if selection.world.closed:
        return Severity.ERROR, Confidence.CERTAIN
    if selection.world.witness_workload is not None:
        return Severity.ERROR, Confidence.LIKELY
    return None


def steady(row: ServiceRow) -> tuple[WorkloadMember, ...]:
    """Return the selected workloads whose pods are meant to serve.

    Jobs end by themselves, and a workload scaled to nothing has no pods.
    """
    workloads = row.selection.workloads
    for member in workloads:
        if member.kind in BATCH or member.workload.replicas == 0:
            return tuple(one for one in workloads if _is_steady(one))
    return workloads


def steady_or_all(row: ServiceRow) -> tuple[WorkloadMember, ...]:
    """Return those workloads, or all selected ones where none is of that sort.

    A workload that is scaled up later, or a Job, serves by the same template.
    """
    return steady(row) or row.selection.workloads


def _is_steady(member: WorkloadMember) -> bool:
    return member.kind not in BATCH and member.workload.replicas != 0


def readable(members: Sequence[WorkloadMember]) -> bool:
    """Whether all container ports of the workloads can be known.

    Not so where a sidecar is injected, where the template cannot be read, or where
    a placeholder stands for a list.
    """
    for member in members:
        workload = member.workload
        if not workload.readable or not workload.containers or workload.injector:
            return False
        if not workload.ports_are_written:
            return False
    return True


def declared_ports(
    member: WorkloadMember,
) -> Iterator[tuple[Container, ContainerPort]]:
    """Yield the ports of containers and native sidecars."""
    for container in member.workload.containers:
        if not container.init or container.sidecar:
            for port in container.ports:
                yield container, port


def served_by(cx: Context) -> Callable[[], Mapping[int, ServiceRow]]:
    """Return what gives, by the id of a workload, the first Service that selects it.

    The index is made when it is first asked for, and once.
    """

    @cache
    def index() -> Mapping[int, ServiceRow]:
        return {
            id(member): row
            for row in reversed(cx.table.judged)
            for member in row.selection.workloads
        }

    return index


def pod_label(member: WorkloadMember, key: str, text: str) -> Label:
    """Return a label on one label of a workload's pod template."""
    return member.resource.label(*member.workload.labels_path, key, text=text)


def ports_label(member: WorkloadMember, text: str) -> Label:
    """Return a label on the first list of container ports of a workload.

    Where no container declares any, on the name of the first container.
    """
    containers = member.workload.containers
    for container in containers:
        if container.ports:
            return member.resource.label(*container.path, "ports", text=text)
    for container in containers:
        return member.resource.label(*container.path, "name", text=text)
    return member.resource.label("metadata", "name", text=text)


def name_label(member: WorkloadMember, text: str) -> Label:
    """Return a label on the name of a workload."""
    return member.resource.label("metadata", "name", text=text)
