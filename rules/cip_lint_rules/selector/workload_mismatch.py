"""The rule ``selector.workload-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.faults import Fault
from cip_lint.model import Label, Resource, Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, refusals, rule
from cip_lint_rules._refusals import quote


@rule(
    "selector.workload-mismatch",
    severity=Severity.ERROR,
    on=refusals("W-selector*"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    hides=(
        "selector.matches-nothing",
        "selector.matches-other-namespace",
        "selector.unverifiable",
        "selector.too-broad",
        "selector.tied-to-release",
    ),
    kinds=(
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "CronJob",
    ),
)
def workload_mismatch(refusal: Refusal, cx: Context) -> Iterator[Problem]:
    """A workload's own selector does not match its template, so it is refused.

    ## Why it matters

    A controller that made pods it does not select would make them for ever, so the
    API server refuses such an object. The selector cannot be changed later; the
    labels of the template can.

    ## Example

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: www}}
        spec: {containers: [{name: web, image: web}]}
    ```

    Use instead:

    ```yaml
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

    - [Deployment selectors](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector)
    """
    member = refusal.member
    if not isinstance(member, WorkloadMember):
        return
    wanted = _wanted(refusal.resource)
    key = _differing_key(wanted, member.workload.labels)
    yield Problem(
        _message(member, wanted, key),
        at=_primary(member, key),
        related=_related(refusal.resource, wanted, key),
        notes=tuple(quote(fault) for fault in refusal.faults),
        help=_help(refusal.faults, wanted),
        faults=refusal.faults,
        covers=_services_of(member, wanted, cx),
    )


def _wanted(resource: Resource) -> Mapping[str, str]:
    """Return the equalities of the workload's own selector."""
    selector = resource.get("spec", "selector")
    if not isinstance(selector, dict):
        return {}
    labels = selector.get("matchLabels", selector)
    if not isinstance(labels, dict):
        return {}
    return {key: value for key, value in labels.items() if isinstance(value, str)}


def _differing_key(wanted: Mapping[str, str], labels: Mapping[str, str]) -> str | None:
    return next((key for key in wanted if labels.get(key) != wanted[key]), None)


def _message(member: WorkloadMember, wanted: Mapping[str, str], key: str | None) -> str:
    who, labels = member.display, member.workload.labels
    if not member.resource.get("spec", "selector"):
        return f"{who} has no selector"
    if key is None:
        return f"{who} has a selector that does not match its pods"
    if key in labels:
        asked = f"{key}={wanted[key]}"
        return f"{who} selects {asked} but its pods carry {key}={labels[key]}"
    return f"{who} selects {key}={wanted[key]} but its pods have no label {key}"


def _primary(member: WorkloadMember, key: str | None) -> Label:
    resource, workload = member.resource, member.workload
    if not resource.get("spec", "selector"):
        return resource.key_label("spec", text="the selector belongs here")
    if key is not None and key in workload.labels:
        path = (*workload.labels_path, key)
        return resource.label(*path, text="not what the selector asks for")
    if workload.labels:
        path = workload.labels_path
        return resource.key_label(*path, text="these labels do not fit the selector")
    return resource.key_label(*workload.template_path, text="its pods have no labels")


def _related(
    resource: Resource, wanted: Mapping[str, str], key: str | None
) -> tuple[Label, ...]:
    if key is None or key not in wanted:
        return ()
    for path in (("spec", "selector", "matchLabels", key), ("spec", "selector", key)):
        if resource.get(*path) is not None:
            return (resource.label(*path, text="the selector asks for this"),)
    return ()


def _help(faults: Sequence[Fault], wanted: Mapping[str, str]) -> str:
    if not wanted and any("Required" in fault.cause.message for fault in faults):
        return "select the labels of the template; the selector is immutable"
    return "make them equal; the selector is immutable"


def _services_of(
    member: WorkloadMember, wanted: Mapping[str, str], cx: Context
) -> tuple[Resource, ...]:
    """Return the Services that mean this workload by either side of the mismatch."""
    sides = ({**member.workload.labels}, {**member.workload.labels, **wanted})
    covered: list[Resource] = []
    for row in cx.table.judged:
        selector = row.service.selector
        if not selector or not cx.cluster.can_meet(row.member, member):
            continue
        if any(
            all(labels.get(key) == value for key, value in selector.items())
            for labels in sides
        ):
            covered.append(row.resource)
    return tuple(covered)
