"""The order in which Flux applies a Kustomization: three stages, each sorted.

Follows ``ssa/sort.go`` and ``ApplyAllStaged`` of fluxcd/pkg: definitions, then kinds
that end in ``Class``, then everything else. One object after the other; behind the
first two stages it waits until all of them are ready.
"""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.replay.order.engines.objects import (
    Gate,
    Plan,
    Sent,
    ranks_around,
    sequence,
)

FIRST = (
    "CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterClass",
    "RuntimeClass", "PriorityClass", "StorageClass", "VolumeSnapshotClass",
    "IngressClass", "GatewayClass", "ClusterRoleBinding", "ResourceQuota",
    "ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Secret", "Service",
    "LimitRange", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_RANKS = ranks_around(FIRST, LAST)
_DEFINITIONS = frozenset(
    {
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("", "Namespace"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
    }
)
_STAGES = ("stage of definitions", "stage of classes", "last stage")


def plan(objects: Sequence[Sent]) -> Plan:
    """Return the steps in which a Flux Kustomization is applied."""
    stages: tuple[list[Sent], ...] = ([], [], [])
    for sent in objects:
        stages[_stage(sent)].append(sent)
    steps = [
        step
        for stage, (found, label) in enumerate(zip(stages, _STAGES, strict=True))
        for step in sequence(sorted(found, key=_key), label, Gate.READY, stage)
    ]
    return Plan(tuple(steps))


def _stage(sent: Sent) -> int:
    if (sent.group, sent.kind) in _DEFINITIONS:
        return 0
    return 1 if sent.kind.endswith("Class") else 2


def _key(sent: Sent) -> tuple[int, str, str, str, str]:
    rank = _RANKS.get(sent.kind, 0)
    return rank, sent.group, sent.kind, sent.namespace, sent.name
