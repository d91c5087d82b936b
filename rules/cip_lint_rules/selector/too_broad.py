"""The rule ``selector.too-broad``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._mentions import mentions_number
from cip_lint_rules._pods import (
    BATCH,
    declared_ports,
    name_label,
    pod_label,
    ports_label,
    written,
)
from cip_lint_rules._selectors import HASHES, MAYBE_OF_RELEASES, OF_RELEASES
from cip_lint_rules._twins import (
    INSTANCE,
    Choice,
    choices,
    instance,
    made_alike,
    pairs,
    twin,
)

_IDENTITY = ("app.kubernetes.io/name", "app", "k8s-app", "name")
_COMPONENT = ("app.kubernetes.io/component", "component")
_PASSING = frozenset({*HASHES, *OF_RELEASES, *MAYBE_OF_RELEASES})
"""Labels that tell two workloads apart until the next revision or release alone."""


@rule(
    "selector.too-broad",
    severity=Severity.WARNING,
    on=choices,
    needs=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def too_broad(choice: Choice, cx: Context) -> Iterator[Problem]:
    """The selector also picks up pods that do not serve it.

    ## Why it matters

    Every pod with the labels becomes an endpoint, whatever it is. A share of the
    connections goes to pods that do not listen there, or that answer for somebody
    else: errors that come and go, and data of the wrong instance.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: shop}
    spec:
      selector: {tier: db}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pg, namespace: shop}
    spec:
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg, tier: db}}
        spec: {containers: [{name: pg, image: postgres}]}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: pg-backup, namespace: shop}
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            metadata: {labels: {app: pg-backup, tier: db}}
            spec:
              restartPolicy: Never
              containers: [{name: backup, image: backup}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: shop}
    spec:
      selector: {app: pg, tier: db}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: pg, namespace: shop}
    spec:
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg, tier: db}}
        spec: {containers: [{name: pg, image: postgres}]}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: pg-backup, namespace: shop}
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            metadata: {labels: {app: pg-backup, tier: db}}
            spec:
              restartPolicy: Never
              containers: [{name: backup, image: backup}]
    ```

    ## References

    - [Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/)
    """
    row = choice.row
    shared = made_alike(choice, cx.cluster)
    if shared is not None:
        if shared.is_first:
            yield _problem(row, shared.one, shared.other, shared.twin, shared.further)
        return
    for one, other in pairs(row, cx.cluster):
        found = twin(choice, one, other)
        if found is not None or _does_not_serve(row, one, other, cx):
            yield _problem(row, one, other, found)
            return


def _does_not_serve(
    row: ServiceRow, one: WorkloadMember, other: WorkloadMember, cx: Context
) -> bool:
    if (one.kind in BATCH) != (other.kind in BATCH):
        return True
    if one.kind in BATCH or _are_shards(row, one, other):
        return False
    if _identity(one) != _identity(other):
        return _lacks_a_target(row, one, other)
    return _lacks_a_number(row, one, other, cx)


def _identity(member: WorkloadMember) -> str | None:
    labels = member.workload.labels
    return next((labels[key] for key in _IDENTITY if key in labels), None)


def _are_shards(row: ServiceRow, one: WorkloadMember, other: WorkloadMember) -> bool:
    """Whether a headless Service finds the components of one instance."""
    if not row.service.headless or instance(one) is None:
        return False
    labels = one.workload.labels, other.workload.labels
    return instance(one) == instance(other) and any(
        labels[0].get(key) != labels[1].get(key) for key in _COMPONENT
    )


def _lacks_a_target(
    row: ServiceRow, one: WorkloadMember, other: WorkloadMember
) -> bool:
    """Whether one of the two has no container port for a target of the Service."""
    for port in row.service.ports:
        targets = [row.target(port, member) for member in (one, other)]
        if (targets[0].port is None) != (targets[1].port is None):
            return True
    return False


def _lacks_a_number(
    row: ServiceRow, one: WorkloadMember, other: WorkloadMember, cx: Context
) -> bool:
    """Whether a target number is declared by one and by the other not at all."""
    if not any(declared_ports(one)) or not any(declared_ports(other)):
        return False
    for port in row.service.ports:
        if not isinstance(port.target_port, int):
            continue
        has = [row.target(port, member).port is not None for member in (one, other)]
        if has[0] != has[1]:
            lacking = other if has[0] else one
            return not mentions_number(lacking, port.target_port, cx.cluster)
    return False


def _problem(
    row: ServiceRow,
    one: WorkloadMember,
    other: WorkloadMember,
    twin: ServiceRow | None,
    further: int = 0,
) -> Problem:
    asked = written(row.service.selector or {})
    message = f"selector {asked} picks up {one.display} and {other.display}"
    related = [_told_apart(one, other), _told_apart(other, one)]
    if twin is not None:
        message += f", and so {'do' if further else 'does'} {twin.display}"
        message += f" and {further} more" if further else ""
        related.append(
            twin.resource.label("spec", "selector", text="asks for the same")
        )
    return Problem(
        message,
        at=row.resource.label("spec", "selector", text="fits both"),
        related=tuple(related),
        help=_help(row, one, other),
    )


def _told_apart(member: WorkloadMember, other: WorkloadMember) -> Label:
    """Return a label on what tells a workload from the other one."""
    key = _telling(member, other)
    if key is not None:
        return pod_label(member, key, f"{member.display} carries this")
    if any(declared_ports(member)):
        return ports_label(member, f"the ports of {member.display}")
    return name_label(member, f"{member.display} is selected")


def _telling(member: WorkloadMember, other: WorkloadMember) -> str | None:
    """Return the key of a label by which a workload is told from the other one."""
    labels, others = member.workload.labels, other.workload.labels
    further = (key for key in labels if key not in _PASSING)
    for key in (*INSTANCE, *_IDENTITY, *_COMPONENT, *further):
        if key in labels and labels[key] != others.get(key):
            return key
    return None


def _help(row: ServiceRow, one: WorkloadMember, other: WorkloadMember) -> str:
    """Return the label that would leave the workload that the Service is for."""
    meant, rest = (other, one) if _is_for(row, other, one) else (one, other)
    key = _telling(meant, rest)
    if key is not None:
        return f"add {key}: {meant.workload.labels[key]} to the selector"
    carrier = "" if meant.kind == "Pod" else "the template of "
    return f"add a label to {carrier}{meant.display}, and to the selector"


def _is_for(row: ServiceRow, member: WorkloadMember, other: WorkloadMember) -> bool:
    """Whether a Service is rather for the first of two workloads than the second."""
    if (member.kind in BATCH) != (other.kind in BATCH):
        return other.kind in BATCH
    if row.ref.name in (member.name, other.name):
        return row.ref.name == member.name
    targets = [
        sum(row.target(port, one).port is not None for port in row.service.ports)
        for one in (member, other)
    ]
    return targets[0] > targets[1]
