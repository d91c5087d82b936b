"""The rule ``headless.none-misspelt``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.service import WITH_NODE_PORTS, misspells_none
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, refusals, rule
from cip_lint_rules._refusals import quote, type_of


@rule(
    "headless.none-misspelt",
    severity=Severity.ERROR,
    on=refusals("C*"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    hides=("service.addresses-inconsistent",),
)
def none_misspelt(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A spelling of None that the server takes for a bad address.

    ## Why it matters

    Only `None`, written so, makes a Service headless. Every other spelling is read
    as an address, is none, and the API server refuses the Service. A YAML `null` is
    no spelling of it: it leaves the field unset.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      clusterIP: none
      selector: {app: db}
      ports: [{port: 5432}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      clusterIP: None
      selector: {app: db}
      ports: [{port: 5432}]
    ```

    ## References

    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    """
    resource = refusal.resource
    for path in (("spec", "clusterIP"), ("spec", "clusterIPs", 0)):
        value = resource.get(*path)
        if isinstance(value, str) and misspells_none(value):
            shown = value if value == value.strip() else f'"{value}"'
            yield Problem(
                f"clusterIP {shown} is refused: only None makes a Service headless",
                at=resource.label(*path, text="read as an address"),
                notes=tuple(quote(fault) for fault in refusal.faults),
                help=_help(type_of(resource)),
                faults=refusal.faults,
            )
            return


def _help(kind: str) -> str:
    if kind in WITH_NODE_PORTS:
        return f"leave it out: a {kind} Service cannot be headless"
    return "write None"
