"""The rule ``node-port.host-port-collides``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.containers import ContainerPort
from cip_lint.model import Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import PortClaim
from cip_lint.rule import Context, Problem, Stage, node_port_claims, rule


class _Meeting(NamedTuple):
    """A port of the host that a pod takes, and the node port of that number."""

    member: WorkloadMember
    port: ContainerPort
    number: int
    claim: PortClaim
    resource: Any


def _meetings(cx: Context) -> Iterable[_Meeting]:
    """Yield what meets; workloads cost nothing where nobody asks for node ports."""
    claims = cx.table.all_node_port_claims
    if not claims:
        return
    for member in cx.cluster.judged_workloads:
        workload = member.workload
        if member.piece or workload.windows:
            continue
        on_host = workload.host_network
        for container in workload.containers:
            for port in container.ports:
                number = port.host_port or (port.number if on_host else 0)
                if number in claims:
                    yield from _with_claims(member, port, number, claims, cx)


def _with_claims(
    member: WorkloadMember,
    port: ContainerPort,
    number: int,
    claims: Mapping[int, list[PortClaim]],
    cx: Context,
) -> Iterator[_Meeting]:
    """Yield the first claim of the same protocol that the pod can meet."""
    for claim in claims[number]:
        if claim.protocol == port.protocol and cx.cluster.can_meet(
            member, claim.member
        ):
            yield _Meeting(member, port, number, claim, member.resource)
            return


@rule(
    "node-port.host-port-collides",
    severity=Severity.WARNING,
    on=_meetings,
    needs=node_port_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    kinds=("workloads", "Service"),
)
def host_port_collides(meeting: _Meeting, _cx: Context) -> Iterator[Problem]:
    """A hostPort or hostNetwork port equals a node port.

    ## Why it matters

    A node port is open on every node, and the node proxy takes its traffic before
    a process on the node can. A pod that listens on the host under the same
    number and protocol hears nothing that comes to the node's own addresses.

    ## Example

    ```yaml
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: proxy
    spec:
      selector:
        matchLabels:
          app: proxy
      template:
        metadata:
          labels:
            app: proxy
        spec:
          containers:
            - name: proxy
              image: example.com/proxy
              ports:
                - containerPort: 80
                  hostPort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      ports:
        - port: 80
          nodePort: 30080
    ```

    Use instead:

    ```yaml
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: proxy
    spec:
      selector:
        matchLabels:
          app: proxy
      template:
        metadata:
          labels:
            app: proxy
        spec:
          containers:
            - name: proxy
              image: example.com/proxy
              ports:
                - containerPort: 80
                  hostPort: 8080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      ports:
        - port: 80
          nodePort: 30080
    ```

    ## References

    - [Type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)
    """
    member, port, number, claim, resource = meeting
    field = "hostPort" if port.host_port else "containerPort"
    what = f"{field} {number} of {member.display}"
    if not port.host_port:
        what += ", which uses the host's network,"
    yield Problem(
        f"{what} is also the node port of {claim.member.display}",
        at=resource.label(*port.path, field),
        related=(
            claim.member.resource.label(
                *claim.path, text=f"{claim.member.display} opens it on every node"
            ),
        ),
        help="change one; node ports win on the node's own addresses",
    )
