"""The rule ``selector.matches-nothing``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.cluster import NearMiss, WorkloadMember
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
    key = near.key if near else _excluding_key(selector, nearest)
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
    closest = cx.cluster.closest_workloads(selector, row.member, 1)
    return closest[0].workload if closest else row.selection.world.witness_workload


def _excluding_key(
    selector: Mapping[str, str], nearest: WorkloadMember | None
) -> str | None:
    """Return the first key of the selector that shuts the nearest workload out."""
    if nearest is None:
        return None
    labels = nearest.workload.labels
    return next((key for key in selector if labels.get(key) != selector[key]), None)


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
        return f"{said}; {nearest.display} has {near.path[-1]}={near.has}"
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
        return f"write {near.path[-1]}: {near.has}"
    return f"write {key}: {near.has}"
