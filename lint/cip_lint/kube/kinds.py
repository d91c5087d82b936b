"""What objects of a kind are: in a namespace or not, and what they make in it.

Of the kinds of Kubernetes, and of those of others that ``ecosystem`` knows.
"""

from __future__ import annotations

from cip_lint.kube import ecosystem
from cip_lint.kube.discovery import group_of, is_built_in_group, is_namespaced

_POD_MAKERS = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    }
)


def namespaced(api_version: str, kind: str) -> bool | None:
    """Return whether objects of a kind live in a namespace; None if unknown."""
    built_in = is_namespaced(api_version, kind)
    if built_in is not None:
        return built_in
    entry = ecosystem.lookup(group_of(api_version), kind)
    return entry.namespaced if entry is not None else None


def makes_pods(api_version: str, kind: str) -> bool | None:
    """Return whether objects of a kind lead to pods; None if unknown.

    A kind that makes pods with labels of its own operator's domain only counts
    as pod-less: a selector that names such a label is not judged anyway.
    """
    if is_built_in_group(api_version):
        return kind in _POD_MAKERS
    entry = ecosystem.lookup(group_of(api_version), kind)
    return entry.pods if entry is not None else None


def makes_services(api_version: str, kind: str) -> bool | None:
    """Return whether objects of a kind lead to Services; None if unknown."""
    if is_built_in_group(api_version):
        return kind == "Service" and not group_of(api_version)
    entry = ecosystem.lookup(group_of(api_version), kind)
    return entry.services if entry is not None else None
