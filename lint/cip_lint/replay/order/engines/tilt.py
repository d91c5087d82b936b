"""The order in which Tilt applies one of its resources: by kind, kinds at once.

Follows ``internal/kustomize/ordering.go`` and ``internal/k8s/entity.go``. Several
resources are applied at the same time; each has a workload and what belongs to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.replay.order.engines.objects import Plan, Sent, ranks, runs

KINDS = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition",
    "MutatingWebhookConfiguration", "ServiceAccount", "PodSecurityPolicy", "Role",
    "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PersistentVolume",
    "PersistentVolumeClaim", "ConfigMap", "Secret", "Service", "LimitRange",
    "PriorityClass", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
_RANKS = ranks(KINDS)
_UNLISTED = len(KINDS)


def plan(objects: Sequence[Sent]) -> Plan:
    """Return the steps in which one Tilt resource is applied."""
    ordered = sorted(objects, key=_rank)
    return Plan(tuple(runs(ordered, _rank, "kind {kind}")))


def _rank(sent: Sent) -> int:
    return _RANKS.get(sent.kind, _UNLISTED)
