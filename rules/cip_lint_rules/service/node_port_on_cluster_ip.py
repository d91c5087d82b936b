"""The rule ``service.node-port-on-cluster-ip``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import port_index, quote, type_label


@rule(
    "service.node-port-on-cluster-ip",
    severity=Severity.ERROR,
    on=service_refusals("P8", "P9", "P10"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def node_port_on_cluster_ip(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A node port on a Service that cannot have one.

    ## Why it matters

    Only Services of type NodePort and LoadBalancer listen on the nodes. A Service
    without a type is a ClusterIP Service, and the API server refuses the number.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
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
    ```

    ## References

    - [Type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)
    """
    resource = refusal.resource
    codes = {(fault.code, port_index(fault)) for fault in refusal.faults}
    for fault in refusal.faults:
        if fault.code != "P8":
            continue
        index = port_index(fault)
        number = resource.get(*fault.path)
        # A number that is refused twice over is one mistake.
        faults = tuple(
            one
            for one in refusal.faults
            if one is fault
            or (
                one.code == "P9"
                and port_index(one) == index
                and ("P10", index) not in codes
            )
        )
        yield Problem(
            f"nodePort {number} is refused on a ClusterIP Service",
            at=resource.label(*fault.path, text="only for NodePort and LoadBalancer"),
            related=(type_label(resource),),
            notes=tuple(map(quote, faults)),
            help="remove nodePort: a headless Service has no port on nodes"
            if resource.get("spec", "clusterIP") == "None"
            else "set type: NodePort, or remove nodePort",
            faults=faults,
            topic=index,
        )
