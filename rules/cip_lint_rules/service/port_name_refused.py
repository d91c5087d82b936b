"""The rule ``service.port-name-refused``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Resource, Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import (
    by_field,
    clause,
    port_index,
    quote,
)
from cip_lint_rules._words import as_label

_LIMIT = 63


@rule(
    "service.port-name-refused",
    severity=Severity.ERROR,
    on=service_refusals("P2"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def port_name_refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A port name is not a DNS label.

    ## Why it matters

    A port name is part of the DNS name of its SRV record, so the API server takes
    lower-case letters, digits and inner dashes only, at most 63 of them. An
    Ingress takes names of 15 characters only; a longer one is legal here and
    reported where an Ingress uses it.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - name: HTTP_Main
          port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - name: http-main
          port: 80
    ```

    ## References

    - [Port names](https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services)
    - [RFC 1123 label names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names)
    """
    resource = refusal.resource
    taken = _names(resource)
    for faults in by_field(refusal.faults):
        first = faults[0]
        name = first.value
        yield Problem(
            f"port name {name} is refused: {clause(first)}",
            at=resource.label(*first.path, text="not a DNS label"),
            notes=tuple(map(quote, faults)),
            help=_help(resource, str(name), port_index(first), taken),
            faults=faults,
            topic=port_index(first),
        )


def _help(resource: Resource, name: str, index: int, taken: frozenset[object]) -> str:
    if len(name) > _LIMIT:
        return f"shorten it to {_LIMIT} characters"
    near = as_label(name)
    if not near:
        return "name it after what it speaks, such as http"
    number = resource.get("spec", "ports", index, "port")
    for free in (near, as_label(f"{near}-{number}")):
        if free and free not in taken:
            return f"write {free}"
    return f"write a name that no other port has, as {near} is taken"


def _names(resource: Resource) -> frozenset[object]:
    """Return the names that ports of the Service have."""
    return frozenset(
        name
        for _, port in resource.each("spec", "ports")
        if isinstance(port, dict) and isinstance(name := port.get("name"), str)
    )
