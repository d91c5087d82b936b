"""The rule ``selector.matches-nothing``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.cluster import NearMiss, WorkloadMember
from cip_lint.cluster.labels import may_carry, numbered_values
from cip_lint.model import Confidence, Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._pods import pod_label, weight_of_absence, written


@rule(
    "selector.matches-nothing",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    hides=("selector.tied-to-release",),
    kinds=("Service", "workloads"),
)
def matches_nothing(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """No pod can carry the labels the selector asks for.

    ## Why it matters

    The Service is stored, gets an address and a DNS name, and answers nobody: no
    pod ever becomes an endpoint. Nothing in the cluster reports it, and clients see
    refused connections or time-outs.

    It is an *error* where nothing else can exist: the world is said to be complete,
    a snapshot has the pods of the namespace, or a workload of the same namespace
    stands in the same file or rendered unit, and nothing there makes pods that
    cannot be seen. Elsewhere it is a *warning*, and
    only for a near miss: a workload that differs in one key, by its spelling.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: wep}}
      template:
        metadata: {labels: {app: wep}}
        spec: {containers: [{name: web, image: web}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    ## References

    - [Debug Services](https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/)
    """
    selection = row.selection
    if selection.state != "nothing":
        return
    near = selection.nearest[0] if selection.nearest else None
    weight = weight_of_absence(selection)
    if weight is None:
        if near is None:
            return
        weight = Severity.WARNING, Confidence.POSSIBLE
    selector = row.service.selector or {}
    nearest = near.workload if near else _nearest(row, cx, selector)
    key = near.key if near else _excluding_key(selector, nearest, cx)
    if near is None and nearest is not None and key is not None:
        pods = _pods_by_number(nearest, key, cx)
        if pods:
            yield _of_another_pod(row, key, nearest, pods, weight)
            return
    yield Problem(
        _message(row, selector, key, near, nearest),
        at=_primary(row, key),
        related=_related(selector, key, near, nearest),
        notes=_notes(row),
        help=_help(key, near),
        severity=weight[0],
        confidence=weight[1],
    )


def _nearest(
    row: ServiceRow, cx: Context, selector: Mapping[str, str]
) -> WorkloadMember | None:
    """Return the workload with most of the labels, else the witness."""
    closest = cx.cluster.closest_workload(selector, row.member)
    return closest or row.selection.world.witness_workload


def _excluding_key(
    selector: Mapping[str, str], nearest: WorkloadMember | None, cx: Context
) -> str | None:
    """Return the first key of the selector that shuts the nearest workload out."""
    if nearest is None:
        return None
    labels = nearest.workload.labels
    for key, value in selector.items():
        added = may_carry(
            nearest.resource.body,
            key,
            value,
            cx.settings.kubernetes_version.value,
            scaled=cx.cluster.is_governed_elsewhere(nearest),
        )
        if not added and (added is False or labels.get(key) != value):
            return key
    return None


def _pods_by_number(nearest: WorkloadMember, key: str, cx: Context) -> str:
    """Return ``db-0 to db-2``: the values that its controller gives, or nothing."""
    values = numbered_values(
        nearest.resource.body,
        key,
        cx.settings.kubernetes_version.value,
        scaled=cx.cluster.is_governed_elsewhere(nearest),
    )
    if values is None:
        return ""
    first, last = values
    if not last:
        return f"{first} and up"
    return first if first == last else f"{first} to {last}"


def _of_another_pod(
    row: ServiceRow,
    key: str,
    nearest: WorkloadMember,
    pods: str,
    weight: tuple[Severity, Confidence],
) -> Problem:
    """Return the problem of a selector that asks for a pod a StatefulSet has not."""
    asked = (row.service.selector or {})[key]
    resource = nearest.resource
    number = ("spec", "replicas")
    path = number if resource.get(*number) is not None else ("metadata", "name")
    return Problem(
        f"selector {key}={asked} matches no pod in namespace {row.ref.namespace}; "
        f"the pods of {nearest.display} carry {pods}",
        at=_primary(row, key),
        related=(resource.label(*path, text=f"its pods carry {pods}"),),
        notes=_notes(row),
        help="name one of its pods",
        severity=weight[0],
        confidence=weight[1],
    )


def _message(
    row: ServiceRow,
    selector: Mapping[str, str],
    key: str | None,
    near: NearMiss | None,
    nearest: WorkloadMember | None,
) -> str:
    asked = f"{key}={selector[key]}" if key else written(selector)
    said = f"selector {asked} matches no pod in namespace {row.ref.namespace}"
    if key is None or nearest is None:
        return said
    if near is not None and near.kind == "key":
        return f"{said}; {nearest.display} has {near.has}={near.wanted}"
    has = nearest.workload.labels.get(key)
    if has is None:
        return f"{said}; {nearest.display} has no label {key}"
    return f"{said}; {nearest.display} has {key}={has}"


def _primary(row: ServiceRow, key: str | None) -> Label:
    if key is None:
        return row.resource.label("spec", "selector", text="no pod carries these")
    return row.resource.label("spec", "selector", key, text="no pod carries this")


def _related(
    selector: Mapping[str, str],
    key: str | None,
    near: NearMiss | None,
    nearest: WorkloadMember | None,
) -> tuple[Label, ...]:
    if nearest is None or key is None:
        return ()
    if near is not None:
        text = f"{nearest.display} carries this"
        return (nearest.resource.label(*near.path, text=text),)
    if key in nearest.workload.labels:
        return (pod_label(nearest, key, f"{nearest.display} carries this"),)
    path = nearest.workload.labels_path
    text = f"the labels of {nearest.display}"
    return (nearest.resource.label(*path, text=text),)


def _notes(row: ServiceRow) -> tuple[str, ...]:
    world = row.selection.world
    return (f"nothing else exists here: {world.origin}",) if world.closed else ()


def _help(key: str | None, near: NearMiss | None) -> str:
    if near is None:
        return "make the selector and the labels of the pod template equal"
    if near.kind == "key":
        return f"write {near.has}: {near.wanted}"
    return f"write {key}: {near.has}"
