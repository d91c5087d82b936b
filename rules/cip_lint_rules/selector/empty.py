"""The rule ``selector.empty``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services


@rule(
    "selector.empty",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    hides=("endpoints.none-declared",),
)
def empty(row: ServiceRow, _cx: Context) -> Iterator[Problem]:
    """Selector is an empty map, so the Service gets no endpoints.

    ## Why it matters

    An empty selector does not mean every pod: the API server stores it as no
    selector at all, and no controller ever writes endpoints for the Service.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {}
      ports: [{port: 80}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ```

    ## References

    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    if row.selection.state != "empty" or row.manual or row.member.piece:
        return
    yield Problem(
        "an empty selector selects nothing: endpoints must be written by hand",
        at=row.resource.label("spec", "selector", text="stored as no selector"),
        help="name the pod labels, or remove selector",
    )
