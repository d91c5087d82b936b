"""The rule ``service.refused``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.decoding import WRONG_TYPE
from cip_lint.kube.faults import Fault
from cip_lint.model import Path, Resource, Severity
from cip_lint.patterns import pattern
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import (
    is_outside,
    is_taken,
    ordinary_spelling,
    port_index,
    quote,
    type_of,
)
from cip_lint_rules._words import nearest
from cip_lint_rules.service.field_of_another_type import is_of_another_type

_QUOTED = pattern(r'"([^"]*)"')


@rule(
    "service.refused",
    severity=Severity.ERROR,
    on=service_refusals("*"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """Any other refusal of a Service, with path and text.

    ## Why it matters

    What the API server refuses is not stored. Refusals with a rule of their own
    are reported there; this one repeats the rest in the server's words.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: Loadbalancer
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
      type: LoadBalancer
      ports:
        - port: 80
    ```

    ## References

    - [Service API](https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/)
    """
    resource = refusal.resource
    display = refusal.member.display
    rest = (fault for fault in refusal.faults if _is_rest(resource, fault))
    for faults in _together(rest):
        first = faults[0]
        yield Problem(
            f"{display} is refused: {quote(first)}",
            at=resource.label(*first.path),
            notes=tuple(map(quote, faults[1:])),
            help=_help(first),
            faults=faults,
        )


_ELSEWHERE = frozenset(
    (
        *("M1", "M2", "M3", "T2", "T3", "T4", "T5", "T6"),
        *("P1", "P2", "P3", "P8", "P10"),
        *("C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10"),
        *("L1", "L2", "L4", "L5", "L6", "L7", WRONG_TYPE),
    )
)
"""Codes that have a rule of their own, whatever else is the case."""


_ADDRESSES = ("X1", "X4", "X6")
"""Codes of fields that hold addresses and ranges."""


def _is_rest(resource: Resource, fault: Fault) -> bool:
    """Whether no other rule speaks of a fault."""
    match fault.code:
        case "P5":  # protocols that a load balancer of an old version cannot mix
            return port_index(fault) < 0
        case "P6":  # the default, taken from a `port` that is refused itself
            return resource.get(*fault.path) is None
        case "P9":  # other types meet the allocator first
            return type_of(resource) == "ExternalName"
        case "L3":
            return not is_taken(fault) and not is_outside(fault)
    return fault.code not in _ELSEWHERE and not is_of_another_type(fault)


def _together(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Yield faults one by one, those of one place together."""
    places: dict[Path, list[Fault]] = {}
    for fault in faults:
        path = fault.path
        if fault.code == "P6":
            path = (*path[:3], "port")
        places.setdefault(path, []).append(fault)
    yield from map(tuple, places.values())


def _help(fault: Fault) -> str | None:
    """Return the value that was meant, where a closed set has one near."""
    allowed = _QUOTED.findall(fault.cause.message.partition("supported values: ")[2])
    near = nearest(str(fault.value), allowed)
    if fault.code in _ADDRESSES:
        near = ordinary_spelling(fault.value)
    return f"write {near}" if near else None
