"""The rule ``service.port-repeated``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.faults import Fault
from cip_lint.model import Label, Resource, Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import port_index, quote, type_of


@rule(
    "service.port-repeated",
    severity=Severity.ERROR,
    on=service_refusals("P3", "P9", "P10"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def port_repeated(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A port name, or a (protocol, port) pair, occurs twice.

    ## Why it matters

    A Service port is identified by its name, and by protocol and number. The API
    server refuses an object in which either stands twice. One number under two
    protocols is legal.

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
        - name: metrics
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
        - name: http
          port: 80
        - name: metrics
          port: 9090
    ```

    ## References

    - [Multi-port Services](https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services)
    """
    repeated = {port_index(fault) for fault in refusal.faults if fault.code != "P9"}
    for index in sorted(repeated):
        yield _problem(refusal.resource, index, tuple(_of_port(refusal, index)))


def _of_port(refusal: Refusal, index: int) -> Iterator[Fault]:
    """Yield the faults of an entry, a node port among them that follows from it.

    Entries of one port number share their node port, so that it repeats too.
    """
    codes = {fault.code for fault in refusal.faults if port_index(fault) == index}
    follows = "P10" in codes and type_of(refusal.resource) != "ExternalName"
    for fault in refusal.faults:
        if port_index(fault) == index and (fault.code != "P9" or follows):
            yield fault


def _problem(resource: Resource, index: int, faults: tuple[Fault, ...]) -> Problem:
    port = resource.get("spec", "ports", index, "port")
    if any(fault.code == "P10" for fault in faults):
        field = "port"
        says = f"{_protocol(resource, index)} port {port} is declared twice"
        here, there = "declared again here", "declared here first"
    else:
        field = "name"
        name = resource.get("spec", "ports", index, "name")
        says = f"port name {name} is used twice"
        here, there = "used again here", "used here first"
    return Problem(
        says,
        at=resource.label("spec", "ports", index, field, text=here),
        related=_earlier(resource, index, field, there),
        notes=tuple(map(quote, faults)),
        help="a Service port is identified by its name and by protocol and number",
        faults=faults,
        topic=index,
    )


def _protocol(resource: Resource, index: int) -> str:
    return str(resource.get("spec", "ports", index, "protocol") or "TCP")


def _earlier(
    resource: Resource, index: int, field: str, text: str
) -> tuple[Label, ...]:
    """Return a label on the first port that this one repeats."""
    value = resource.get("spec", "ports", index, field)
    for earlier in range(index):
        path = ("spec", "ports", earlier, field)
        same_protocol = field == "name" or _protocol(resource, earlier) == _protocol(
            resource, index
        )
        if resource.get(*path) == value and same_protocol:
            return (resource.label(*path, text=text),)
    return ()
