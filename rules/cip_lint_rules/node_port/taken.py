"""The rule ``node-port.taken``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.faults import Fault
from cip_lint.model import Path, Resource, Severity
from cip_lint.replay import Claim, NodePortCollision, PortClaim, ServiceRow
from cip_lint.rule import Context, Problem, Stage, node_port_claims, rule
from cip_lint.words import counted
from cip_lint_rules._living import (
    held_by,
    holder,
    holds,
    living_note,
    refused_note,
    until_deleted,
)
from cip_lint_rules._refusals import answer_without_causes, is_taken, quote


def _collisions(cx: Context) -> Iterable[NodePortCollision]:
    return cx.table.node_port_collisions


@rule(
    "node-port.taken",
    severity=Severity.ERROR,
    on=_collisions,
    needs=node_port_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    hides=("node-port.can-be-taken-first",),
)
def taken(collision: NodePortCollision, cx: Context) -> Iterator[Problem]:
    """One node port number is claimed twice in a cluster.

    ## Why it matters

    The API server keeps one pool of numbers for all protocols, health check ports
    included, and refuses the second Service that asks for one. Inside a Service
    two entries may share a number only if they have one `port` number and
    different protocols. With a snapshot of the cluster, what its Services hold counts
    too; a Service that lives already keeps its own.

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
    if last.row is None:
        return
    faults = _refusals(last, last.row)
    free = cx.table.offers.node_port()
    others = [claim for claim in holders if claim.member is not last.member]
    first = holder(others, cx)
    field = "healthCheckNodePort" if last.health_check else "nodePort"
    yield Problem(
        f"node port {collision.port} is {_who(collision)}",
        at=last.member.resource.label(
            *last.path, text=f"{last.member.display} asks for it here"
        ),
        related=tuple(
            claim.member.resource.label(*claim.path, text=_held(claim, first, last))
            for claim in holders
        ),
        notes=(
            *map(quote, faults),
            *(refused_note(others, cx) if others and not faults else ()),
            *living_note(holders[0], cx),
        ),
        help=f"leave {field} out"
        + (f", or take {free}" if free else "")
        + until_deleted(holders[0]),
        faults=faults,
        answer=answer_without_causes(last.row, faults),
        topic=collision.port,
        resource=last.member.resource,
        covers=tuple(_others(holders, last.member.resource)),
    )


def _held(claim: PortClaim, first: Claim | PortClaim | None, last: PortClaim) -> str:
    if claim.member is last.member:
        return "asked for here before"
    return holds(claim, first)


def _who(collision: NodePortCollision) -> str:
    """Return ``asked for by 2 Services``, or ``by 2 ports of Service shop/web``."""
    first, *others = collision.claims
    services = len({id(claim.member) for claim in collision.claims})
    if first.member.living:
        askers = counted(len(others), "port") if services == 2 else ""
        askers = counted(services - 1, "Service") if services > 2 else askers
        return held_by(first, askers if len(others) > 1 else "")
    if services > 1:
        return f"asked for by {counted(services, 'Service')}"
    ports = counted(len(collision.claims), "port")
    return f"asked for by {ports} of {first.member.display}"


def _refusals(claim: PortClaim, row: ServiceRow) -> tuple[Fault, ...]:
    """Return what the server says to the claim that comes last."""
    return tuple(
        fault
        for fault in row.admission.faults
        if fault.code in ("L5", "L6", "L7")
        and is_taken(fault)
        and _is_about(fault.path, claim)
    )


def _is_about(path: Path, claim: PortClaim) -> bool:
    """Whether a fault is about this claim or an entry that repeats its number."""
    return path == claim.path or claim.member.resource.get(*path) == claim.port


def _others(claims: Iterable[PortClaim], but: Resource) -> Iterator[Resource]:
    for claim in claims:
        if claim.member.resource is not but:
            yield claim.member.resource
