"""The rule ``service.field-of-another-type``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.faults import FORBIDDEN, INVALID, Fault
from cip_lint.model import Resource, Severity, field_path
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import (
    by_field,
    quote,
    type_label,
    type_of,
)


@rule(
    "service.field-of-another-type",
    severity=Severity.ERROR,
    on=service_refusals("X3", "X5", "X7", "X8", "X9", "X10"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    hides=("service.ignored-field",),
)
def field_of_another_type(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A field that another Service type owns.

    ## Why it matters

    Fields of load balancers and external traffic are refused where nothing comes
    from outside. Charts often write them whatever the type is.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: ClusterIP
      externalTrafficPolicy: Local
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: ClusterIP
      ports:
        - port: 80
    ```

    ## References

    - [Type LoadBalancer](https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer)
    - [Traffic policies](https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies)
    """
    resource = refusal.resource
    kind = type_of(resource)
    for faults in by_field(filter(is_of_another_type, refusal.faults)):
        first = faults[0]
        field = _name(first)
        if kind == "LoadBalancer":  # the policy is what rules the field out
            says = f"{field} is refused without externalTrafficPolicy Local"
            related = (resource.label("spec", "externalTrafficPolicy"),)
            owner = "externalTrafficPolicy: Local"
        else:
            says = f"{field} is refused on type {kind}"
            related = (type_label(resource),)
            owner = f"type: {_OWNERS.get(first.code, 'LoadBalancer')}"
        yield Problem(
            says,
            at=resource.key_label(*first.path),
            related=related,
            notes=tuple(map(quote, faults)),
            help="remove it"
            if _is_headless(resource)
            else f"remove it, or set {owner}",
            faults=faults,
            topic=field_path(first.path),
        )


_OWNERS = {"X9": "NodePort or LoadBalancer"}


def is_of_another_type(fault: Fault) -> bool:
    """Whether the type rules the field out, and not a bad value of the field."""
    if fault.code == "X8":
        return fault.reason == FORBIDDEN
    if fault.code in ("X9", "X10"):
        return fault.reason == INVALID
    return fault.code in ("X3", "X5", "X7")


def _is_headless(resource: Resource) -> bool:
    """Whether the Service cannot be of another type as it is."""
    return bool(resource.get("spec", "clusterIP") == "None")


def _name(fault: Fault) -> str:
    """Return the field, or the annotation, in words."""
    last = str(fault.path[-1])
    return f"annotation {last}" if "annotations" in fault.path else last
