"""What the affinity of pods says about the nodes on which they run."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, items, mapping
from cip_lint.cluster import WorkloadMember
from cip_lint.kube.selectors import SelectorError, from_label_selector
from cip_lint.rule import Context

_NODE = "kubernetes.io/hostname"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def follows_others(member: WorkloadMember) -> bool:
    """Whether an affinity to other pods decides where these pods run."""
    return bool(_affinity(member).get("podAffinity"))


def runs_once_a_node(member: WorkloadMember) -> bool:
    """Whether no node may run two of these pods: there may be one on each."""
    return any(True for _ in _required(member, "podAntiAffinity"))


def is_followed(member: WorkloadMember, cx: Context) -> bool:
    """Whether pods of the namespace run only where one of these runs: its clients."""
    for other in cx.cluster.judged_workloads:
        if (
            other is not member
            and other.namespace == member.namespace
            and cx.cluster.can_meet(other, member)
            and any(_means(term, member) for term in _required(other, "podAffinity"))
        ):
            return True
    return False


def _affinity(member: WorkloadMember) -> Body:
    return mapping(member.workload.pod_spec.get("affinity"))


def _required(member: WorkloadMember, kind: str) -> Iterator[Body]:
    """Yield the terms that must hold, and speak of single nodes."""
    for entry in items(mapping(_affinity(member).get(kind)).get(_REQUIRED)):
        term = mapping(entry)
        if term.get("topologyKey") == _NODE:
            yield term


def _means(term: Body, member: WorkloadMember) -> bool:
    try:
        selector = from_label_selector(term.get("labelSelector"))
    except SelectorError:
        return False
    return selector.matches(member.workload.labels)
