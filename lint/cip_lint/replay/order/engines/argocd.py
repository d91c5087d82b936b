"""The order in which Argo CD synchronises an Application: phases, waves, kinds.

Follows ``gitops-engine/pkg/sync/sync_tasks.go``, ``sync_context.go``,
``syncwaves/waves.go`` and ``hook``. Neighbours of one kind are sent at the same
time. Where there is more than one phase or wave, the next begins when everything of
the one before is healthy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from cip_lint.records import NamedTuple
from cip_lint.replay.order.engines import helm
from cip_lint.replay.order.engines.objects import (
    Gate,
    Plan,
    PlannedStep,
    Sent,
    defined_kind,
    go_integer,
    kind_of,
    ranks,
    runs,
)

HOOK = "argocd.argoproj.io/hook"
WAVE = "argocd.argoproj.io/sync-wave"

KINDS = (
    "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
    "PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap",
    "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
    "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
    "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList",
    "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
    "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass",
    "Ingress", "APIService",
)  # fmt: skip
_RANKS = ranks(KINDS)
_UNLISTED = len(KINDS)

PHASES = ("PreSync", "Sync", "PostSync", "SyncFail")
_SYNC = PHASES.index("Sync")
_HOOKS = frozenset({*PHASES, "Skip", "PreDelete", "PostDelete"})
_OF_HELM = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}


class _Task(NamedTuple):
    """An object and when its turn comes."""

    phase: int
    wave: int
    sent: Sent


def plan(objects: Sequence[Sent]) -> Plan:
    """Return the steps of one synchronisation; hooks of a failed one are the last."""
    tasks = [
        _Task(phase, wave_of(sent), sent)
        for sent in objects
        if (phase := phase_of(sent)) is not None
    ]
    tasks.sort(key=_key)
    tasks = _with_earlier(tasks, _namespace_made, _namespace_needed)
    tasks = _with_earlier(tasks, _definition_made, _definition_needed)
    return Plan(tuple(_steps(tasks)))


def phase_of(sent: Sent) -> int | None:
    """Return the number of the phase an object is created in; None for none."""
    annotations = sent.annotations
    if not annotations:
        return _SYNC
    stated = annotations.get(HOOK)
    of_helm = annotations.get(helm.HOOK)
    if stated is None and (of_helm is None or of_helm == "crd-install"):
        return _SYNC
    hooks = _HOOKS.intersection(_listed(stated)) or {
        _OF_HELM.get(event, "") for event in _listed(of_helm)
    }
    if hooks == {"Skip"} and stated is not None:
        return None
    return next((n for n, phase in enumerate(PHASES) if phase in hooks), None)


def _listed(text_: str | None) -> list[str]:
    return [part.strip() for part in (text_ or "").split(",")]


def wave_of(sent: Sent) -> int:
    """Return the wave of an object; Helm's weight where it states none."""
    annotations = sent.annotations
    if not annotations:
        return 0
    stated = go_integer(annotations.get(WAVE))
    return helm.weight(sent) if stated is None else stated


def _key(task: _Task) -> tuple[int, int, int, str, str, str]:
    """Return the key of Argo CD; for ties, which it leaves open, kind and group."""
    phase, wave, sent = task
    rank = _RANKS.get(sent.kind, _UNLISTED)
    return phase, wave, rank, sent.name, sent.kind, sent.group


def _namespace_made(sent: Sent) -> str:
    return sent.name if sent.kind == "Namespace" and not sent.group else ""


def _namespace_needed(sent: Sent) -> str:
    return sent.namespace


def _definition_made(sent: Sent) -> str:
    defined = defined_kind(sent)
    return "" if defined is None else "/".join(defined)


def _definition_needed(sent: Sent) -> str:
    return f"{sent.group}/{sent.kind}"


def _with_earlier(
    tasks: Sequence[_Task], made: Callable[[Sent], str], needed: Callable[[Sent], str]
) -> list[_Task]:
    """Return the tasks, with what others need moved in front of the first of these.

    It takes over the phase and the wave of what needs it (``adjustDeps``).
    """
    if not any(made(task.sent) for task in tasks):
        return list(tasks)
    first: dict[str, int] = {}
    moved: dict[int, list[_Task]] = {}
    stay: list[bool] = []
    for number, task in enumerate(tasks):
        key = made(task.sent)
        before = first.get(key) if key else None
        stay.append(before is None)
        if before is not None:
            phase, wave, _ = tasks[before]
            moved.setdefault(before, []).append(_Task(phase, wave, task.sent))
        elif not key:
            first.setdefault(needed(task.sent) or "\0", number)
    found: list[_Task] = []
    for number, task in enumerate(tasks):
        found += moved.get(number, ())
        if stay[number]:
            found.append(task)
    return found


def _wave(task: _Task) -> tuple[int, int]:
    return task.phase, task.wave


def _steps(tasks: Iterable[_Task]) -> Iterator[PlannedStep]:
    """Yield the steps of all waves; the last step of a wave waits for all of it."""
    for stage, ((phase, wave), found) in enumerate(groupby(tasks, _wave)):
        sent = [task.sent for task in found]
        made = list(runs(sent, kind_of, f"{PHASES[phase]} wave {wave}", stage))
        made[-1] = made[-1]._replace(gate=Gate.READY)
        yield from made
