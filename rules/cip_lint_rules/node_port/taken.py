"""The rule ``node-port.taken``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.faults import Fault
from cip_lint.model import Path, Resource, Severity
from cip_lint.replay import NodePortCollision, PortClaim
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint.words import counted
from cip_lint_rules._refusals import answer_without_causes, is_taken, quote


def _collisions(cx: Context) -> Iterable[NodePortCollision]:
    return cx.table.node_port_collisions


@rule(
    "node-port.taken",
    severity=Severity.ERROR,
    on=_collisions,
    stage=Stage.PLACEMENT,
    since="0.1.0",
)
def taken(collision: NodePortCollision, cx: Context) -> Iterator[Problem]:
    """One node port number is claimed twice in a cluster.

    ## Why it matters

    The API server keeps one pool of numbers for all protocols, health check ports
    included, and refuses the second Service that asks for one. Inside a Service
    two entries may share a number only if they have one `port` number and
    different protocols.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      ports:
        - port: 80
          nodePort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: api
    spec:
      type: NodePort
      ports:
        - port: 80
          nodePort: 30080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      ports:
        - port: 80
          nodePort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: api
    spec:
      type: NodePort
      ports:
        - port: 80
    ```

    ## References

    - [Type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)
    - [Avoid node port collisions](https://kubernetes.io/docs/concepts/services-networking/service/#avoid-nodeport-collisions)
    """
    *holders, last = collision.claims
    faults = _refusals(last)
    free = cx.table.free_node_port()
    field = "healthCheckNodePort" if last.health_check else "nodePort"
    yield Problem(
        f"node port {collision.port} is asked for by {_askers(collision)}",
        at=last.member.resource.label(
            *last.path, text=f"{last.member.display} asks for it here"
        ),
        related=tuple(
            claim.member.resource.label(
                *claim.path, text=f"{claim.member.display} already holds it"
            )
            for claim in holders
        ),
        notes=tuple(map(quote, faults)),
        help=f"leave {field} out" + (f", or take {free}" if free else ""),
        faults=faults,
        answer=answer_without_causes(last.row, faults),
        topic=collision.port,
        resource=last.member.resource,
        covers=tuple(_others(holders, last.member.resource)),
    )


def _askers(collision: NodePortCollision) -> str:
    """Return ``2 Services``, or ``2 ports of Service shop/web``."""
    claims = collision.claims
    services = len({id(claim.member) for claim in claims})
    if services > 1:
        return counted(services, "Service")
    return f"{counted(len(claims), 'port')} of {claims[0].member.display}"


def _refusals(claim: PortClaim) -> tuple[Fault, ...]:
    """Return what the server says to the claim that comes last."""
    return tuple(
        fault
        for fault in claim.row.admission.faults
        if fault.code in ("L5", "L6", "L7")
        and is_taken(fault)
        and _is_about(fault.path, claim)
    )


def _is_about(path: Path, claim: PortClaim) -> bool:
    """Whether a fault is about this claim or an entry that repeats its number."""
    return path == claim.path or claim.row.resource.get(*path) == claim.port


def _others(claims: Iterable[PortClaim], but: Resource) -> Iterator[Resource]:
    for claim in claims:
        if claim.member.resource is not but:
            yield claim.member.resource
