"""The rule ``node-port.outside-range``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.model import Severity
from cip_lint.replay import PortClaim
from cip_lint.rule import Context, Problem, Stage, node_port_claims, rule
from cip_lint_rules._refusals import answer_without_causes, is_outside, quote
from cip_lint_rules._settings import source, statement

_HIGHEST = 65535


def _claims(cx: Context) -> Iterable[PortClaim]:
    """Yield the claims of numbers that the range does not hold."""
    node_ports = cx.table.node_ports
    for number, claims in cx.table.all_node_port_claims.items():
        if not node_ports.holds(number):
            yield from claims


@rule(
    "node-port.outside-range",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_claims,
    needs=node_port_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
    hides=("node-port.taken", "node-port.can-be-taken-first"),
)
def outside_range(claim: PortClaim, cx: Context) -> Iterator[Problem]:
    """A node port outside the cluster's range.

    ## Why it matters

    The API server gives node ports of one range only, 30000-32767 where nobody
    changed it, and refuses any other number. While the range is not stated
    (`--node-port-range`, `nodePortRange` in the settings) it is a warning.

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
          nodePort: 8080
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
    ```

    ## References

    - [Type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)
    """
    if claim.row is None:
        return
    bounds = cx.settings.node_port_range
    text = "-".join(map(str, bounds.value))
    faults = tuple(
        fault
        for fault in claim.row.admission.faults
        if fault.code in ("L4", "L7") and fault.path == claim.path and is_outside(fault)
    )
    free = cx.table.offers.node_port()
    certain = cx.settings.node_ports_stated or not 1 <= claim.port <= _HIGHEST
    yield Problem(
        f"node port {claim.port} is outside {text}",
        at=claim.member.resource.label(*claim.path),
        related=statement(bounds, "the range of node ports"),
        notes=(*map(quote, faults), f"with node ports {text}, {source(bounds)}"),
        help="choose a number of the range" + (f", {free} is free" if free else ""),
        severity=None if certain else Severity.WARNING,
        faults=faults,
        answer=answer_without_causes(claim.row, faults),
        topic=claim.port,
        resource=claim.member.resource,
    )
