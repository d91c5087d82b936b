"""The rule ``port.target-name-unresolved``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._targets import unresolved


@rule(
    "port.target-name-unresolved",
    severity=Severity.ERROR,
    on=services,
    stage=Stage.PORTS,
    since="0.1.0",
    hides=("port.target-name-partial", "selector.too-broad"),
    kinds=("Service", "workloads"),
)
def target_name_unresolved(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """No selected workload has a container port of that name and protocol.

    ## Why it matters

    A name in `targetPort` is looked up in each pod, together with the protocol.
    Where no container has it, the pod is left out of the endpoints of that port, and
    nothing reports it: no event, no condition. Clients find the port closed.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 443, targetPort: tls}]
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
            - name: web
              image: web
              ports: [{name: https, containerPort: 8443}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 443, targetPort: https}]
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
            - name: web
              image: web
              ports: [{name: https, containerPort: 8443}]
    ```

    ## References

    - [Port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
    """
    if row.service.headless:
        return
    for found in unresolved(row, cx.cluster):
        target, protocol = found.port.target_port, found.port.protocol
        other = found.other_protocol
        message = f"targetPort {target} names no port of {found.whose}"
        related = found.related
        if other is not None:
            message = (
                f"targetPort {target} is declared for {other[1]}, "
                f"the Service port is {protocol}"
            )
            related = (other[0],)
        yield Problem(
            message,
            at=found.label,
            related=related,
            notes=found.notes,
            help=f"declare the port for {protocol}" if other else found.help,
            topic=found.port.index,
        )
