"""The rule ``service.headless-exposed``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import quote, type_label, type_of


@rule(
    "service.headless-exposed",
    severity=Severity.ERROR,
    on=service_refusals("T3"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def headless_exposed(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """ClusterIP None together with type NodePort or LoadBalancer.

    ## Why it matters

    Node ports and load balancers send to the cluster IP's rules on each node. A
    headless Service has neither, so the API server refuses the combination.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      type: NodePort
      clusterIP: None
      selector:
        app: db
      ports:
        - port: 5432
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      selector:
        app: db
      ports:
        - port: 5432
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: db-external
    spec:
      type: NodePort
      selector:
        app: db
      ports:
        - port: 5432
    ```

    ## References

    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    """
    resource = refusal.resource
    kind = type_of(resource)
    field = "clusterIP" if resource.get("spec", "clusterIP") else "clusterIPs"
    yield Problem(
        f"a {kind} Service cannot be headless",
        at=resource.label("spec", field, text="None makes it headless"),
        related=(type_label(resource),),
        notes=tuple(map(quote, refusal.faults)),
        help=f"keep this one headless and add a second Service of type {kind}",
        faults=refusal.faults,
    )
