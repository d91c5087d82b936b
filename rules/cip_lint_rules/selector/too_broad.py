"""The rule ``selector.too-broad``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
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

_IDENTITY = ("app.kubernetes.io/name", "app", "k8s-app", "name")
_INSTANCE = ("app.kubernetes.io/instance", "release")
_COMPONENT = ("app.kubernetes.io/component", "component")
_VARIANTS = frozenset(
    {"canary", "stable", "blue", "green", "primary", "preview", "active", "baseline"}
)
_COMPARED = 16
"""How many selected workloads are compared with each other."""


class _Choice(NamedTuple):
    """A Service that selects several workloads, and Services that ask the same."""

    row: ServiceRow
    twins: Sequence[ServiceRow]

    @property
    def resource(self) -> Resource:
        """The Service."""
        return self.row.resource


def _choices(cx: Context) -> Iterable[_Choice]:
    several = [row for row in cx.table.judged if len(row.selection.workloads) > 1]
    askers: dict[tuple[str, str], list[ServiceRow]] = {}
    for row in several:
        asked = written(dict(sorted((row.service.selector or {}).items())))
        askers.setdefault((row.ref.namespace, asked), []).append(row)
    for rows in askers.values():
        for row in rows:
            yield _Choice(
                row, [other for other in rows[:_COMPARED] if other is not row]
            )


@rule(
    "selector.too-broad",
    severity=Severity.WARNING,
    on=_choices,
    needs=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def too_broad(choice: _Choice, cx: Context) -> Iterator[Problem]:
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
    for one, other in combinations(row.selection.workloads[:_COMPARED], 2):
        if one.namespace != other.namespace or _are_variants(one, other):
            continue
        if not cx.cluster.can_meet(one, other):
            continue
        twin = _twin(choice, one, other)
        if twin is not None or _does_not_serve(row, one, other, cx):
            yield _problem(row, one, other, twin)
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


def _instance(member: WorkloadMember) -> str | None:
    labels = member.workload.labels
    return next((labels[key] for key in _INSTANCE if key in labels), None)


def _are_variants(one: WorkloadMember, other: WorkloadMember) -> bool:
    """Whether the two are a canary, or blue and green, of one thing."""
    if "Rollout" in (one.kind, other.kind):
        return True
    words = [set(member.name.lower().split("-")) for member in (one, other)]
    differing = words[0] ^ words[1]
    return bool(differing) and differing <= _VARIANTS


def _are_shards(row: ServiceRow, one: WorkloadMember, other: WorkloadMember) -> bool:
    """Whether a headless Service finds the components of one instance."""
    if not row.service.headless or _instance(one) is None:
        return False
    labels = one.workload.labels, other.workload.labels
    return _instance(one) == _instance(other) and any(
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


def _twin(
    choice: _Choice, one: WorkloadMember, other: WorkloadMember
) -> ServiceRow | None:
    """Return the Service that answers for the other of the two as well."""
    for twin in choice.twins:
        names = {choice.row.service.name, twin.service.name}
        instances = _instance(one), _instance(other)
        apart = (None not in instances and instances[0] != instances[1]) or {
            one.name,
            other.name,
        } == names
        if apart and not _are_aliases(choice.row, twin):
            return twin
    return None


def _are_aliases(row: ServiceRow, twin: ServiceRow) -> bool:
    """Whether two Services give one set of pods on purpose."""
    ports = [{(p.port, p.protocol) for p in r.service.ports} for r in (row, twin)]
    unlike = (
        row.service.headless != twin.service.headless
        or row.service.type != twin.service.type
    )
    return unlike and ports[0] == ports[1]


def _problem(
    row: ServiceRow,
    one: WorkloadMember,
    other: WorkloadMember,
    twin: ServiceRow | None,
) -> Problem:
    asked = written(row.service.selector or {})
    message = f"selector {asked} picks up {one.display} and {other.display}"
    related = [_told_apart(one, other), _told_apart(other, one)]
    if twin is not None:
        message += f", and so does {twin.display}"
        related.append(
            twin.resource.label("spec", "selector", text="asks for the same")
        )
    return Problem(
        message,
        at=row.resource.label("spec", "selector", text="fits both"),
        related=tuple(related),
        help=_help(one, other),
    )


def _told_apart(member: WorkloadMember, other: WorkloadMember) -> Label:
    """Return a label on what tells a workload from the other one."""
    labels = member.workload.labels
    for key in (*_IDENTITY, *_INSTANCE):
        if key in labels and labels[key] != other.workload.labels.get(key):
            return pod_label(member, key, f"{member.display} carries this")
    if any(declared_ports(member)):
        return ports_label(member, f"the ports of {member.display}")
    return name_label(member, f"{member.display} is selected")


def _help(one: WorkloadMember, other: WorkloadMember) -> str:
    """Return the label that would tell the two apart."""
    labels, others = one.workload.labels, other.workload.labels
    for key in (*_INSTANCE, *_IDENTITY, *_COMPONENT):
        if key in labels and labels[key] != others.get(key):
            return f"add {key}: {labels[key]} to the selector"
    return f"add a label to the template of {one.display}, and to the selector"
