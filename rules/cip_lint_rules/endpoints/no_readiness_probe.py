"""The rule ``endpoints.no-readiness-probe``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.containers import Container
from cip_lint.kube.service import ServicePort
from cip_lint.model import Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._pods import BATCH
from cip_lint_rules._words import first_few

_INJECTED = (
    "istio-proxy",
    "linkerd-proxy",
    "envoy-sidecar",
    "consul-dataplane",
    "daprd",
)


class _Served(NamedTuple):
    """A workload and the Services that send traffic to it by a virtual address."""

    member: WorkloadMember
    rows: list[ServiceRow]


def _served(cx: Context) -> Iterable[_Served]:
    served: dict[int, _Served] = {}
    for row in cx.table.judged:
        if row.service.headless or row.service.publish_not_ready:
            continue
        for member in row.selection.workloads:
            if member.kind not in BATCH and not member.workload.readiness_gates:
                served.setdefault(id(member), _Served(member, [])).rows.append(row)
    return served.values()


@rule(
    "endpoints.no-readiness-probe",
    severity=Severity.INFO,
    on=_served,
    stage=Stage.ADVICE,
    since="0.1.0",
    profile="strict",
    kinds=("Service", "workloads"),
)
def no_readiness_probe(served: _Served, _cx: Context) -> Iterator[Problem]:
    """A Service sends traffic to a pod that never says whether it is ready.

    ## Why it matters

    A container without a readiness probe counts as ready as soon as it runs. During
    every rollout, requests reach a process that does not listen yet, and a process
    that hangs keeps its share of the traffic.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop}
    spec:
      selector: {app: api}
      ports: [{port: 8080}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api, namespace: shop}
    spec:
      selector: {matchLabels: {app: api}}
      template:
        metadata: {labels: {app: api}}
        spec:
          containers: [{name: api, image: api, ports: [{containerPort: 8080}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop}
    spec:
      selector: {app: api}
      ports: [{port: 8080}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api, namespace: shop}
    spec:
      selector: {matchLabels: {app: api}}
      template:
        metadata: {labels: {app: api}}
        spec:
          containers:
            - name: api
              image: api
              ports: [{containerPort: 8080}]
              readinessProbe: {httpGet: {path: /ready, port: 8080}}
    ```

    ## References

    - [Readiness probes](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/)
    """
    member = served.member
    for row in served.rows:
        found = _serving(row, member)
        if found is None:
            continue
        container, port = found
        if container.probe("readinessProbe") is not None or (
            container.name in _INJECTED
        ):
            return
        names = first_few([other.display for other in served.rows])
        verb = "sends" if len(served.rows) == 1 else "send"
        yield Problem(
            f"{names} {verb} traffic to container {container.name} as soon as it runs: "
            "it has no readiness probe",
            at=member.resource.label(
                *container.path, "name", text="ready as soon as it runs"
            ),
            related=(
                row.resource.label(
                    "spec", "ports", port.index, "port", text="traffic for this port"
                ),
            ),
            help=f"add a readinessProbe on port {row.target(port, member).number}",
            resource=member.resource,
        )
        return


def _serving(
    row: ServiceRow, member: WorkloadMember
) -> tuple[Container, ServicePort] | None:
    """Return the container that serves a port of the Service, and the port."""
    for port in row.service.ports:
        target = row.target(port, member)
        if target.container is not None:
            return target.container, port
        containers = [c for c in member.workload.containers if not c.init]
        if target.resolved and len(containers) == 1:
            return containers[0], port
    return None
