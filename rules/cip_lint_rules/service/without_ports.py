"""The rule ``service.without-ports``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import quote, type_of


@rule(
    "service.without-ports",
    severity=Severity.ERROR,
    on=service_refusals("T2"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def without_ports(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A Service that needs ports has none.

    ## Why it matters

    Only a headless Service (`clusterIP: None`) and one of type ExternalName may
    go without ports. The API server refuses any other, however good its
    selector is. A Service with neither ports nor selector nor `clusterIP` that
    nothing builds is taken for a patch and left alone.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
        - port: 80
    ```

    ## References

    - [Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)
    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    """
    resource, member = refusal.resource, refusal.member
    if isinstance(member, ServiceMember) and member.may_be_patch:
        return
    fault = refusal.faults[0]
    yield Problem(
        f"{member.display} has no ports: {quote(fault)}",
        at=resource.label("spec", "ports", text="no ports are listed here"),
        help=(
            "list the ports, or set clusterIP: None if only DNS is wanted"
            if type_of(resource) == "ClusterIP"
            else "list the ports"
        ),
        faults=refusal.faults,
    )
