"""The rule ``endpoints.selector-and-manual``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, objects, rule
from cip_lint_rules._slices import controller_of, service_name


@rule(
    "endpoints.selector-and-manual",
    severity=Severity.WARNING,
    on=objects("Endpoints", "EndpointSlice"),
    stage=Stage.SELECTION,
    since="0.1.0",
    kinds=("Service", "Endpoints", "EndpointSlice"),
)
def selector_and_manual(member: Member, cx: Context) -> Iterator[Problem]:
    """Hand-made endpoints for a Service that has a selector.

    ## Why it matters

    The controller owns the Endpoints object of a Service with a selector and
    overwrites what you wrote. A slice of your own is left alone, and its addresses
    get a share of the traffic beside the pods.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: v1
    kind: Endpoints
    metadata: {name: db, namespace: shop}
    subsets:
      - addresses: [{ip: 192.0.2.4}]
        ports: [{port: 5432}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{port: 5432}]
    ---
    apiVersion: v1
    kind: Endpoints
    metadata: {name: db, namespace: shop}
    subsets:
      - addresses: [{ip: 192.0.2.4}]
        ports: [{port: 5432}]
    ```

    ## References

    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    name = service_name(member)
    if member.piece or not name or controller_of(member):
        return
    service = cx.cluster.service(member, name)
    if service is None or service.service.type == "ExternalName":
        return
    if not service.service.selector or service.piece:
        return
    if member.kind == "Endpoints":
        message = (
            f"{member.display} will be overwritten: {service.display} has a selector"
        )
        advice = "remove the selector, or the Endpoints"
    else:
        message = (
            f"{member.display} adds endpoints to {service.display}, "
            "which has a selector"
        )
        advice = "remove the selector, or the EndpointSlice"
    yield Problem(
        message,
        at=member.resource.label("metadata", "name", text="written by hand"),
        related=(
            service.resource.label(
                "spec", "selector", text="the controller writes endpoints for these"
            ),
        ),
        help=advice,
    )
