"""The rule ``port.name-shared-by-containers``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.service import ServicePort
from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services


def _with_shared_names(cx: Context) -> Iterator[ServiceRow]:
    """Yield the Services by name of ports, where a workload has one name twice."""
    for row in cx.table.judged:
        by_name = any(isinstance(port.target_port, str) for port in row.service.ports)
        if by_name and any(map(_shares_names, row.selection.workloads)):
            yield row


def _shares_names(member: WorkloadMember) -> bool:
    names = [
        port.name
        for container in member.workload.containers
        for port in container.ports
        if port.name
    ]
    return len(names) > 1 and len(set(names)) < len(names)


@rule(
    "port.name-shared-by-containers",
    severity=Severity.WARNING,
    on=_with_shared_names,
    needs=services,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("workloads", "Service"),
)
def name_shared_by_containers(row: ServiceRow, _cx: Context) -> Iterator[Problem]:
    """Two containers of a pod use the port name a Service targets, only the first counts.

    ## Why it matters

    A name is looked up in the containers in their order, and the first that has it
    wins. The API server only warns of the second one; traffic never reaches it.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: http}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - {name: web, image: web, ports: [{name: http, containerPort: 80}]}
            - {name: stats, image: stats, ports: [{name: http, containerPort: 81}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: http}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - {name: web, image: web, ports: [{name: http, containerPort: 80}]}
            - {name: stats, image: stats, ports: [{name: stats, containerPort: 81}]}
    ```

    ## References

    - [Port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
    """
    for port in row.service.ports:
        if isinstance(port.target_port, str):
            for member in row.selection.workloads:
                yield from _of(row, port, member)


def _of(
    row: ServiceRow, port: ServicePort, member: WorkloadMember
) -> Iterator[Problem]:
    target = row.target(port, member)
    if target.container is None or target.port is None:
        return
    losing = [
        (container, other)
        for container, other in target.same
        if other.number != target.port.number
    ]
    if not losing:
        return
    names = {target.container.name, *(container.name for container, _ in losing)}
    winner = f"{target.port.number} of container {target.container.name}"
    yield Problem(
        f"port name {port.target_port} is declared by {len(names)} containers; "
        f"{row.display} reaches {winner}"
        if len(names) > 1
        else f"port name {port.target_port} is declared {len(losing) + 1} times; "
        f"{row.display} reaches {winner}",
        at=member.resource.label(*losing[0][1].path, "name", text="never reached"),
        related=(
            member.resource.label(*target.port.path, "name", text="this one is taken"),
            row.resource.label(
                "spec", "ports", port.index, "targetPort", text="looked up by name"
            ),
        ),
        help="rename one of them",
        topic=port.index,
        resource=member.resource,
    )
