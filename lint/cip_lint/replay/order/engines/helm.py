"""The order in which Helm installs a release: definitions, hooks, kinds, hooks.

Follows ``SortManifests`` and ``kind_sorter.go`` of ``pkg/releaseutil`` (Helm 3) and
``pkg/release/v1/util`` (Helm 4), ``batchPerform`` of ``pkg/kube/client.go`` and
``execHook`` of ``pkg/action/hooks.go``. Within a kind only the path of the template
and the place in it count. An install sends neighbours of one kind at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cip_lint.replay.order.engines.objects import (
    Gate,
    Plan,
    PlannedStep,
    Sent,
    go_integer,
    kind_of,
    ranks,
    runs,
    sequence,
)

HOOK = "helm.sh/hook"
WEIGHT = "helm.sh/hook-weight"

HELM_3 = (
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange",
    "PodSecurityPolicy", "PodDisruptionBudget", "ServiceAccount", "Secret",
    "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
    "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole",
    "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList", "Role",
    "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod",
    "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler",
    "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
)  # fmt: skip
"""``InstallOrder`` of Helm 3.13 and later."""
HELM_4 = (*HELM_3, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_EVENTS = frozenset(
    f"{when}-{what}"
    for when in ("pre", "post")
    for what in ("install", "delete", "upgrade", "rollback")
) | {"test", "test-success"}
_RUNS_TO_ITS_END = frozenset({"Job", "Pod"})


def plan(
    objects: Iterable[Sent],
    kinds: Sequence[str] = HELM_4,
    definitions: Iterable[Sent] = (),
) -> Plan:
    """Return the steps of ``helm install``; tests and hooks of other events are none.

    ``definitions`` are the objects of ``crds/``, whatever they are: they go first,
    file by file, and are waited for.
    """
    before, plain, behind = _parted(objects)
    rank_of = ranks(kinds)
    steps = [
        *sequence(definitions, "crds/", Gate.READY),
        *_hooks(before, "pre-install", rank_of),
        *runs(in_install_order(plain, rank_of), kind_of, "kind {kind}"),
        *_hooks(behind, "post-install", rank_of),
    ]
    return Plan(tuple(step._replace(stage=number) for number, step in enumerate(steps)))


def in_install_order(objects: Iterable[Sent], rank_of: dict[str, int]) -> list[Sent]:
    """Return objects as ``helm template`` prints them: by kind, path and place.

    A list goes as a whole, by its own kind, which is none of those in the order.
    """
    last = len(rank_of)

    def key(sent: Sent) -> tuple[int, str, str, int]:
        kind = "List" if sent.in_list else sent.kind
        rank = rank_of.get(kind, last)
        return rank, kind if rank == last else "", sent.path, sent.number

    return sorted(objects, key=key)


def _parted(objects: Iterable[Sent]) -> tuple[list[Sent], list[Sent], list[Sent]]:
    """Return the hooks before the install, what is no hook, and the hooks behind it.

    A hook of both events is made anew by the second; only the first counts.
    """
    before: list[Sent] = []
    plain: list[Sent] = []
    behind: list[Sent] = []
    for sent in objects:
        stated = sent.annotations.get(HOOK) if sent.annotations else None
        if stated is None:
            plain.append(sent)
            continue
        events = {event.strip().lower() for event in stated.split(",")}
        if not events <= _EVENTS:
            continue
        if "pre-install" in events:
            before.append(sent)
        elif "post-install" in events:
            behind.append(sent)
    return before, plain, behind


def _hooks(
    objects: Iterable[Sent], event: str, rank_of: dict[str, int]
) -> Iterator[PlannedStep]:
    """Yield the hooks of one event, each alone: by weight, name, kind and path."""
    installed = in_install_order(objects, rank_of)
    for sent in sorted(installed, key=lambda one: (weight(one), one.name)):
        gate = Gate.COMPLETED if sent.kind in _RUNS_TO_ITS_END else Gate.CREATED
        yield PlannedStep((sent,), False, gate, f"hook {event}")


def weight(sent: Sent) -> int:
    """Return the hook weight; zero where none is readable."""
    return go_integer(sent.annotations.get(WEIGHT)) or 0
