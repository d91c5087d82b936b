"""The rule ``selector.matches-other-namespace``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._pods import weight_of_absence, written


@rule(
    "selector.matches-other-namespace",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    hides=(
        "selector.matches-nothing",
        "selector.unverifiable",
        "selector.too-broad",
        "port.target-name-unresolved",
        "port.target-name-partial",
        "port.target-undeclared",
        "port.name-shared-by-containers",
        "headless.target-name-unresolved",
        "endpoints.local-policy-drops",
    ),
    kinds=("Service", "workloads"),
)
def matches_other_namespace(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """The labels match, but only in another namespace.

    ## Why it matters

    A selector looks at the pods of the Service's own namespace and never beyond.
    The Service is stored and has no endpoints.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: prod}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: prod}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: prod}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    ## References

    - [Services without pods behind them](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)
    """
    selection = row.selection
    if selection.state != "other-namespace":
        return
    weight = weight_of_absence(selection)
    if weight is None and _is_a_copy(row, selection.elsewhere, cx):
        return
    severity, confidence = weight or (Severity.WARNING, Confidence.POSSIBLE)
    first = selection.elsewhere[0]
    yield Problem(
        f"selector {written(row.service.selector or {})} matches no pod in namespace "
        f"{row.ref.namespace}, but {first.display} in namespace {first.ref.namespace}",
        at=_namespace(row.resource, "the Service lives here"),
        related=tuple(_other(member) for member in selection.elsewhere),
        help="put both in one namespace; a selector never crosses",
        severity=severity,
        confidence=confidence,
    )


def _is_a_copy(
    row: ServiceRow, elsewhere: Sequence[WorkloadMember], cx: Context
) -> bool:
    """Whether the Service stands beside the pods as well: it is here on purpose."""
    for member in elsewhere:
        namesake = cx.cluster.service(row.member, row.ref.name, member.namespace)
        if namesake and namesake.service.selector == row.service.selector:
            return True
    return False


def _namespace(resource: Resource, text: str) -> Label:
    written_out = bool(resource.namespace)
    return resource.label("metadata", "namespace" if written_out else "name", text=text)


def _other(member: WorkloadMember) -> Label:
    return _namespace(member.resource, f"{member.display} lives here")
