"""The rule ``headless.port-translation``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._literals import literals
from cip_lint_rules._pods import readable, steady

_MESHES = ("sidecar.istio.io/inject", "linkerd.io/inject")


@rule(
    "headless.port-translation",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def port_translation(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A headless Service maps a port, but nothing translates it.

    ## Why it matters

    The name of a headless Service leads straight to the pods. No proxy stands in
    between, so `targetPort` has no effect on clients: they must dial the number that
    the container listens on, whatever `port` says.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: db}
    spec:
      clusterIP: None
      selector: {app: pg}
      ports: [{port: 80, targetPort: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: pg, namespace: db}
    spec:
      serviceName: pg
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg}}
        spec:
          containers: [{name: pg, image: postgres, ports: [{containerPort: 5432}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: db}
    spec:
      clusterIP: None
      selector: {app: pg}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: pg, namespace: db}
    spec:
      serviceName: pg
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg}}
        spec:
          containers: [{name: pg, image: postgres, ports: [{containerPort: 5432}]}]
    ```

    ## References

    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    """
    if not row.service.headless or row.selection.state != "matched":
        return
    workloads = steady(row)
    if not workloads or not readable(workloads):
        return
    if any(member.workload.injector in _MESHES for member in workloads):
        return
    for port in row.service.ports:
        numbers = {row.target(port, member).number for member in workloads}
        if None in numbers or port.port in numbers or len(numbers) != 1:
            continue
        if not _is_for_srv_alone(row, port, cx):
            yield _problem(row, port, numbers.pop() or 0)


def _is_for_srv_alone(row: ServiceRow, port: ServicePort, cx: Context) -> bool:
    """Whether clients look the number up, and nobody writes it."""
    if not port.name:
        return False
    record = f"_{port.name}._{port.protocol.lower()}.{row.ref.name}"
    dialled = f"{row.ref.name}:{port.port}"
    texts = [literal.text for literal in literals(cx.cluster)]
    return any(record in text for text in texts) and not any(
        dialled in text for text in texts
    )


def _problem(row: ServiceRow, port: ServicePort, number: int) -> Problem:
    path = ("spec", "ports", port.index)
    target: tuple[Label, ...] = ()
    if port.target_given:
        text = f"leads to {number}"
        target = (row.resource.label(*path, "targetPort", text=text),)
    return Problem(
        f"headless {row.display} says port {port.port}, its pods listen on {number}: "
        f"clients must dial {number}",
        at=row.resource.label(*path, "port", text="nothing translates this"),
        related=target,
        help=f"write port: {number}",
        topic=port.index,
    )
