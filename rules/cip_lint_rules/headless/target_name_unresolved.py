"""The rule ``headless.target-name-unresolved``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._targets import unresolved


@rule(
    "headless.target-name-unresolved",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def target_name_unresolved(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A headless Service names a container port that no pod has: only its SRV record is missing.

    ## Why it matters

    The address records of a headless Service list the pods whatever its ports say.
    The SRV record of a port is made from the container port, and without one there
    is none: a client that looks it up finds nothing.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: cassandra, namespace: demo}
    spec:
      clusterIP: None
      selector: {app: cassandra}
      ports: [{name: tls, port: 9142, targetPort: tls}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: cassandra, namespace: demo}
    spec:
      serviceName: cassandra
      selector: {matchLabels: {app: cassandra}}
      template:
        metadata: {labels: {app: cassandra}}
        spec:
          containers:
            - name: cassandra
              image: cassandra
              ports: [{name: cql, containerPort: 9042}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: cassandra, namespace: demo}
    spec:
      clusterIP: None
      selector: {app: cassandra}
      ports: [{name: cql, port: 9042, targetPort: cql}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: cassandra, namespace: demo}
    spec:
      serviceName: cassandra
      selector: {matchLabels: {app: cassandra}}
      template:
        metadata: {labels: {app: cassandra}}
        spec:
          containers:
            - name: cassandra
              image: cassandra
              ports: [{name: cql, containerPort: 9042}]
    ```

    ## References

    - [SRV records](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#srv-records)
    """
    if not row.service.headless:
        return
    for found in unresolved(row, cx.cluster):
        yield Problem(
            f"targetPort {found.port.target_port} names no port of {found.whose}; "
            "its SRV record will not exist",
            at=found.label,
            related=found.related,
            notes=found.notes,
            help="name the container port, or remove this port",
            topic=found.port.index,
        )
