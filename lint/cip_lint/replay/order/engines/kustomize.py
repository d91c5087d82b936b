"""The order of what kustomize builds, which kubectl then sends one by one.

Follows ``api/internal/builtins/SortOrderTransformer.go``. The root alone decides:
``legacy`` (the default) sorts by kind, then by group, version and kind, then by
namespace and name as they are after the build; ``fifo`` leaves the order in which
things were accumulated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cip_lint.bodies import mapping, text, texts
from cip_lint.replay.order.engines.objects import Plan, Sent, ranks_around, sequence

FIRST = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition",
    "ServiceAccount", "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding",
    "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service", "LimitRange",
    "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment",
    "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_Key = tuple[int, bool, str, str]


def plan(
    objects: Sequence[Sent],
    options: Mapping[str, Any],
    files: Mapping[str, int],
    *,
    core_namespace_first: bool = True,
) -> Plan:
    """Return the steps of ``kubectl apply -k``.

    The items of a list stand behind the other documents of its file.
    ``options`` are the ``sortOptions`` of the root, ``files`` the order in which the
    build meets its files. ``core_namespace_first`` is False before 5.5.0.
    """
    if text(options.get("order")) == "fifo":
        last = len(files)
        ordered = sorted(
            objects, key=lambda one: (files.get(one.path, last), one.in_list)
        )
        return Plan(tuple(sequence(ordered, "order of the resources lists")))
    legacy = mapping(options.get("legacySortOptions"))
    first: Sequence[str] = FIRST
    last_kinds: Sequence[str] = LAST
    if legacy:
        first = texts(legacy.get("orderFirst"))
        last_kinds = texts(legacy.get("orderLast"))
    key = _legacy_key(first, last_kinds, core_namespace_first=core_namespace_first)
    return Plan(tuple(sequence(sorted(objects, key=key), "order of kinds and names")))


def _legacy_key(
    first: Sequence[str], last: Sequence[str], *, core_namespace_first: bool
) -> Callable[[Sent], _Key]:
    rank_of = ranks_around(first, last)

    def key(sent: Sent) -> _Key:
        group, version, kind, namespace, name = sent[:5]
        return (
            rank_of.get(kind, 0),
            core_namespace_first and kind == "Namespace" and group != "",
            f"{group or '~G'}_{version}_{kind}",
            f"{namespace or '~X'}|{name}",
        )

    return key
