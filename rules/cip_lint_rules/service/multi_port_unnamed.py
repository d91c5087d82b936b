"""The rule ``service.multi-port-unnamed``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Label, Resource, Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import port_index, quote


@rule(
    "service.multi-port-unnamed",
    severity=Severity.ERROR,
    on=service_refusals("P1"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def multi_port_unnamed(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """One of several ports has no name.

    ## Why it matters

    A port may go without a name only while it is the only one. With two or more
    the API server answers `spec.ports[1].name: Required value` and refuses the
    whole object. Each port without a name is a finding of its own.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - name: http
          port: 80
        - port: 443
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - name: http
          port: 80
        - name: https
          port: 443
    ```

    ## References

    - [Multi-port Services](https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services)
    """
    resource = refusal.resource
    ports = list(resource.each("spec", "ports"))
    named = _named(resource)
    for fault in refusal.faults:
        index = port_index(fault)
        yield Problem(
            f"port {index + 1} of {len(ports)} has no name",
            at=resource.label("spec", "ports", index, text="a name is required here"),
            related=named,
            notes=(quote(fault),),
            help="give each port of a multi-port Service its own name",
            faults=(fault,),
            topic=index,
        )


def _named(resource: Resource) -> tuple[Label, ...]:
    """Return a label on the first port that has a name."""
    for index, port in resource.each("spec", "ports"):
        if isinstance(port, dict) and port.get("name"):
            path = ("spec", "ports", index, "name")
            return (resource.label(*path, text="this one has a name"),)
    return ()
