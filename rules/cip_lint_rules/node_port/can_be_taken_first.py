"""The rule ``node-port.can-be-taken-first``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.model import Severity
from cip_lint.replay import Loss, PortClaim
from cip_lint.replay.odds.certain import node_ports_are_safe
from cip_lint.rule import Context, Problem, Stage, node_port_claims, rule
from cip_lint_rules._chances import (
    chance_notes,
    first_label,
    is_worth_saying,
    rivals,
)
from cip_lint_rules._settings import source, statement, version_note


def _losses(cx: Context) -> Iterable[Loss[PortClaim]]:
    """Yield what may be lost, and in ``strict`` all that lies in the dynamic band."""
    if not cx.table.all_node_port_claims or node_ports_are_safe(cx.table):
        return  # nothing is replayed, nor imported for it
    for loss in cx.table.losses.node_ports:
        if is_worth_saying(loss, cx) or (cx.strict and _is_dynamic(loss, cx)):
            yield loss


@rule(
    "node-port.can-be-taken-first",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_losses,
    needs=node_port_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
)
def can_be_taken_first(loss: Loss[PortClaim], cx: Context) -> Iterator[Problem]:
    """A dynamic node port may be drawn before the static one is claimed.

    ## Why it matters

    A port of a NodePort or LoadBalancer Service that names no number gets a random
    one of the dynamic band, 30086-32767 with the usual range, and so does a health
    check port. If another Service will ask for that number, or a later port of the
    same Service, it is refused. Numbers of the static band below are drawn only
    when nothing else is free. Folders that no engine is stated for may each be
    sent by a command of their own, so what comes from another folder is not
    counted. Below a probability of 0.0001, or the option `threshold`, nothing is
    said; in the `strict` profile an info is given for every number of the dynamic
    band.

    ## Example

    ```config
    cluster:
      nodePortRange: 30000-32767
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: game
    spec:
      type: NodePort
      ports:
        - port: 7777
          nodePort: 31000
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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: game
    spec:
      type: NodePort
      ports:
        - port: 7777
          nodePort: 30077
    ```

    ## References

    - [Avoid node port collisions](https://kubernetes.io/docs/concepts/services-networking/service/#avoid-nodeport-collisions)
    """
    claim = loss.claim
    warned = is_worth_saying(loss, cx)
    static = cx.table.node_ports.static
    help_ = f"use {static[0]}-{static[1]}" if static and _is_dynamic(loss, cx) else None
    yield Problem(
        _message(loss) if warned else _in_dynamic_band(loss, cx),
        at=claim.member.resource.label(*claim.path),
        related=(
            *(first_label(loss) if warned else ()),
            *statement(cx.settings.node_port_range, "the range of node ports"),
        ),
        notes=(
            *(chance_notes(loss, cx, "node ports") if warned else ()),
            *(_any_of_them(loss) if warned else ()),
            _range_note(cx),
            version_note(cx),
        ),
        help=help_ or f"create {claim.member.display} first",
        severity=None if warned else Severity.INFO,
        topic=claim.port,
        resource=claim.member.resource,
    )


def _message(loss: Loss[PortClaim]) -> str:
    port, words = loss.claim.port, loss.chance.words
    if loss.own == loss.before:
        others = "another port" if loss.own == 1 else f"one of {loss.own} other ports"
        return (
            f"node port {port} can be drawn by {others} of the same Service ({words})"
        )
    return f"node port {port} can be drawn by {rivals(loss, 'Service')} ({words})"


def _any_of_them(loss: Loss[PortClaim]) -> tuple[str, ...]:
    """Return what that means for a Service that asks for several numbers."""
    if loss.together is None or loss.together.words == loss.chance.words:
        return ()
    return (f"at least one static node port of the Service: {loss.together.words}",)


def _in_dynamic_band(loss: Loss[PortClaim], cx: Context) -> str:
    first, last = cx.table.node_ports.dynamic
    return f"node port {loss.claim.port} is one of those that are drawn, {first}-{last}"


def _is_dynamic(loss: Loss[PortClaim], cx: Context) -> bool:
    node_ports = cx.table.node_ports
    return node_ports.static is not None and (
        node_ports.band(loss.claim.port) == "dynamic"
    )


def _range_note(cx: Context) -> str:
    bounds = cx.settings.node_port_range
    text = "-".join(map(str, bounds.value))
    return f"with node ports {text}, {source(bounds)}"
