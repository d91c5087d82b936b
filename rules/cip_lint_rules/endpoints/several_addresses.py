"""The rule ``endpoints.several-addresses``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, objects, rule
from cip_lint_rules._slices import controller_of


@rule(
    "endpoints.several-addresses",
    severity=Severity.WARNING,
    on=objects("EndpointSlice"),
    stage=Stage.ADVICE,
    since="0.1.0",
    kinds=("EndpointSlice",),
)
def several_addresses(member: Member, _cx: Context) -> Iterator[Problem]:
    """An EndpointSlice endpoint lists several addresses, only the first is used.

    ## Why it matters

    The API server accepts up to 100 addresses of one endpoint, which are meant to be
    addresses of one and the same backend. Proxies and DNS servers read the first and
    leave the rest alone, so backends listed there get no traffic.

    ## Example

    ```yaml
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
    addressType: IPv4
    ports: [{name: sql, port: 5432}]
    endpoints:
      - addresses: [192.0.2.4, 192.0.2.5]
    ```

    Use instead:

    ```yaml
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
    addressType: IPv4
    ports: [{name: sql, port: 5432}]
    endpoints:
      - addresses: [192.0.2.4]
      - addresses: [192.0.2.5]
    ```

    ## References

    - [EndpointSlice](https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/)
    """
    if controller_of(member) or member.piece:
        return
    resource = member.resource
    for index, endpoint in resource.each("endpoints"):
        addresses = endpoint.get("addresses") if isinstance(endpoint, dict) else None
        if not isinstance(addresses, list) or len(addresses) < 2:
            continue
        path = ("endpoints", index, "addresses")
        others = len(addresses) - 1
        yield Problem(
            f"{addresses[1]} gets no traffic: only the first address of an endpoint "
            "is used"
            if others == 1
            else f"{addresses[1]} and {others - 1} more get no traffic: only the first "
            "address of an endpoint is used",
            at=resource.label(*path, 1, text="never used"),
            related=(resource.label(*path, 0, text="this one is used"),),
            help="write an endpoint of its own for each address",
            topic=index,
        )
