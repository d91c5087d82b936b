"""The rule ``service.external-name-refused``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.kube.faults import Fault
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import clause, quote, type_label
from cip_lint_rules._words import listed


@rule(
    "service.external-name-refused",
    severity=Severity.ERROR,
    on=service_refusals("T4", "T5", "T6"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def external_name_refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """An ExternalName Service whose target or fields are refused.

    ## Why it matters

    An ExternalName Service is a DNS alias and nothing else: it has no address and
    no family, and its target must be a lower-case DNS name. An IPv6 address is
    refused, an IPv4 address is stored and resolves to nothing.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      type: ExternalName
      externalName: db.example.com
      clusterIP: 10.0.0.1
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      type: ExternalName
      externalName: db.example.com
    ```

    ## References

    - [Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)
    """
    resource = refusal.resource
    first = refusal.faults[0]
    fields = dict.fromkeys(
        str(fault.path[1])
        for fault in refusal.faults
        if fault.code == "T4" and len(fault.path) > 1
    )
    yield Problem(
        _message(first, list(fields)),
        at=resource.label(*first.path, text="refused on type ExternalName"),
        related=(type_label(resource),),
        notes=tuple(map(quote, refusal.faults)),
        help=_help(refusal.faults, list(fields)),
        faults=refusal.faults,
    )


def _message(fault: Fault, fields: list[str]) -> str:
    if fault.code == "T4":
        return f"an ExternalName Service may not set {listed(fields, 'or')}"
    if fault.code == "T5":
        return "externalName is missing"
    return f"externalName {fault.value} is refused: {clause(fault)}"


def _help(faults: Sequence[Fault], fields: list[str]) -> str:
    """Return what to do of all causes: fields to remove, and a host to name."""
    named = "name a DNS host, or use an EndpointSlice for addresses"
    if not fields:
        return named
    removed = f"remove {listed(fields)}"
    if any(fault.code != "T4" for fault in faults):
        return f"{removed}; {named}"
    return removed
