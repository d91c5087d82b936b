"""The rule ``port.target-undeclared``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._images import opens_by_default
from cip_lint_rules._mentions import mentions_number
from cip_lint_rules._pods import declared_ports, ports_label, readable, steady_or_all
from cip_lint_rules._sidecars import SIDECAR_NUMBERS
from cip_lint_rules._words import first_few


@rule(
    "port.target-undeclared",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def target_undeclared(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A numeric targetPort that no container declares although they declare others.

    ## Why it matters

    Declaring a container port opens nothing, so the Service may work. But pods that
    declare their ports and not this one are usually pods that do not listen there:
    the number was changed on one side only.

    It stays silent where the number stands in the arguments, variables, probes or
    mounted files of the pod, or where the image is known to listen there.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: blog, namespace: shop}
    spec:
      selector: {app: blog}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: blog, namespace: shop}
    spec:
      selector: {matchLabels: {app: blog}}
      template:
        metadata: {labels: {app: blog}}
        spec:
          containers: [{name: blog, image: blog, ports: [{containerPort: 2368}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: blog, namespace: shop}
    spec:
      selector: {app: blog}
      ports: [{port: 80, targetPort: 2368}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: blog, namespace: shop}
    spec:
      selector: {matchLabels: {app: blog}}
      template:
        metadata: {labels: {app: blog}}
        spec:
          containers: [{name: blog, image: blog, ports: [{containerPort: 2368}]}]
    ```

    ## References

    - [Container ports](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports)
    """
    workloads = steady_or_all(row)
    for port in row.service.ports:
        if not isinstance(port.target_port, int):
            continue
        if row.service.headless and port.port == port.target_port:
            continue
        if _is_undeclared(row, port, workloads, cx) and readable(workloads):
            yield _problem(row, port, workloads)


def _is_undeclared(
    row: ServiceRow,
    port: ServicePort,
    workloads: Sequence[WorkloadMember],
    cx: Context,
) -> bool:
    number = port.target_port
    if not isinstance(number, int) or number == 0 or not workloads:
        return False
    if number in SIDECAR_NUMBERS:
        return False
    for member in workloads:
        if row.target(port, member).port is not None:
            return False
        declared = [found for _, found in declared_ports(member)]
        if not any(found.protocol == port.protocol for found in declared):
            return False
    return not any(
        mentions_number(member, number, cx.cluster)
        or opens_by_default(member.workload, number)
        for member in workloads
    )


def _problem(
    row: ServiceRow, port: ServicePort, workloads: Sequence[WorkloadMember]
) -> Problem:
    names = first_few([member.display for member in workloads])
    numbers = dict.fromkeys(
        str(found.number) for member in workloads for _, found in declared_ports(member)
    )
    other = _with_other_protocol(port, workloads)
    related = tuple(
        ports_label(member, f"the ports of {member.display}")
        for member in workloads[:3]
    )
    message = (
        f"targetPort {port.target_port} is declared by no container of {names}, "
        f"which {'declares' if len(workloads) == 1 else 'declare'} "
        f"{', '.join(numbers)}"
    )
    if other is not None:
        message = (
            f"targetPort {port.target_port} is declared for {other[1]} by {names}, "
            f"the Service port is {port.protocol}"
        )
        related = (other[0],)
    field = "targetPort" if port.target_given else "port"
    return Problem(
        message,
        at=row.resource.label("spec", "ports", port.index, field),
        label="no container declares this",
        related=related,
        help="check that the process listens there; declaring it documents it",
        topic=port.index,
    )


def _with_other_protocol(
    port: ServicePort, workloads: Sequence[WorkloadMember]
) -> tuple[Label, str] | None:
    for member in workloads:
        for _, found in declared_ports(member):
            if found.number == port.target_port:
                text = f"declared for {found.protocol}"
                return member.resource.label(*found.path, text=text), found.protocol
    return None
