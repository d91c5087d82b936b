"""The rule ``port.target-name-partial``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.kube.service import ServicePort
from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint.words import counted
from cip_lint_rules._pods import ports_label, readable, steady
from cip_lint_rules._twins import Choice, choices, made_alike
from cip_lint_rules._words import first_few

_COMPARED = 16
"""How many selected workloads are looked at for company."""


@rule(
    "port.target-name-partial",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=choices,
    needs=services,
    stage=Stage.PORTS,
    since="0.1.0",
    hides=("selector.too-broad",),
    kinds=("Service", "workloads"),
)
def target_name_partial(choice: Choice, cx: Context) -> Iterator[Problem]:
    """A named targetPort resolves in some selected workloads only, or to different numbers.

    ## Why it matters

    The name is looked up in each pod by itself. Pods without it get no traffic of
    this port, although the selector fits them; which pods answer is then not what
    the Service says. In the `strict` profile a name that leads to different numbers
    is told as well: right for a canary, a surprise elsewhere.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop}
    spec:
      selector: {app: api}
      ports: [{port: 9000, targetPort: grpc}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api, namespace: shop}
    spec:
      selector: {matchLabels: {app: api, part: main}}
      template:
        metadata: {labels: {app: api, part: main}}
        spec:
          containers: [{name: api, image: api, ports: [{name: grpc, containerPort: 9000}]}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api-admin, namespace: shop}
    spec:
      selector: {matchLabels: {app: api, part: admin}}
      template:
        metadata: {labels: {app: api, part: admin}}
        spec:
          containers: [{name: api, image: api, ports: [{name: http, containerPort: 80}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop}
    spec:
      selector: {app: api, part: main}
      ports: [{port: 9000, targetPort: grpc}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api, namespace: shop}
    spec:
      selector: {matchLabels: {app: api, part: main}}
      template:
        metadata: {labels: {app: api, part: main}}
        spec:
          containers: [{name: api, image: api, ports: [{name: grpc, containerPort: 9000}]}]
    ```

    ## References

    - [Port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
    """
    row = choice.row
    workloads = steady(row)
    if row.service.headless or len(workloads) < 2 or not readable(workloads):
        return
    found = [
        problem
        for port in row.service.ports
        if isinstance(port.target_port, str)
        for problem in _of_port(row, port, workloads, cx)
    ]
    # The line that gives several Services one selector is told as the cause.
    if found and made_alike(choice, cx.cluster) is None:
        yield from found


def _of_port(
    row: ServiceRow,
    port: ServicePort,
    workloads: tuple[WorkloadMember, ...],
    cx: Context,
) -> Iterator[Problem]:
    numbers = {member: row.target(port, member).number for member in workloads}
    if len(set(numbers.values())) < 2:
        return
    for first in workloads[:_COMPARED]:
        if numbers[first] is None:
            continue
        together = [
            other for other in workloads if _are_together(first, other, cx.cluster)
        ]
        if len({numbers[member] for member in together}) > 1:
            yield from _among(row, port, together, numbers, cx)
            return


def _are_together(one: WorkloadMember, other: WorkloadMember, cluster: Cluster) -> bool:
    """Whether the pods of both can be behind one Service at once."""
    return one is other or (
        one.namespace == other.namespace and cluster.can_meet(one, other)
    )


def _among(
    row: ServiceRow,
    port: ServicePort,
    workloads: Sequence[WorkloadMember],
    numbers: Mapping[WorkloadMember, int | None],
    cx: Context,
) -> Iterator[Problem]:
    having = [member for member in workloads if numbers[member] is not None]
    missing = [member for member in workloads if numbers[member] is None]
    label = row.resource.label("spec", "ports", port.index, "targetPort")
    if having and missing:
        names = first_few([member.display for member in missing])
        yield Problem(
            f"targetPort {port.target_port} is missing in {len(missing)} of "
            f"{counted(len(workloads), 'selected workload')}: {names}",
            at=label,
            label="not every pod has it",
            related=(
                ports_label(having[0], f"{having[0].display} has it"),
                ports_label(missing[0], f"{missing[0].display} has not"),
            ),
            help="name the port there, or narrow the selector",
            topic=port.index,
        )
    elif cx.strict:
        other = next(m for m in having if numbers[m] != numbers[having[0]])
        yield Problem(
            f"targetPort {port.target_port} is {numbers[having[0]]} in "
            f"{having[0].display} and {numbers[other]} in {other.display}",
            at=label,
            label="different numbers",
            related=(
                ports_label(having[0], f"{numbers[having[0]]} here"),
                ports_label(other, f"{numbers[other]} here"),
            ),
            help="give the port one number, unless the pods differ on purpose",
            severity=Severity.INFO,
            topic=port.index,
        )
