"""The rule ``selector.added-by-kustomize``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import mapping
from cip_lint.model import Resource, Severity
from cip_lint.patterns import pattern
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services

_FIELD = pattern(r"\b(commonLabels|labels|selector)[\"']?[ \t]*:")


@rule(
    "selector.added-by-kustomize",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.SELECTION,
    since="0.1.0",
    hides=(
        "endpoints.selector-and-manual",
        "selector.matches-nothing",
        "service.ignored-field",
    ),
    kinds=("Kustomization", "Service"),
)
def added_by_kustomize(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A kustomize label transformer gives a selector to a Service that must have none.

    ## Why it matters

    `commonLabels`, and `labels` with `includeSelectors: true`, write their labels into
    the selector of every Service, also of one that has none. The control plane then
    looks for pods itself, and the endpoints that somebody wrote are joined by others
    or by none. Where an operator makes the pods, it does not know of the label.

    ## Example

    ```yaml file=kustomization.yaml build
    resources: [db.yaml]
    commonLabels: {team: red}
    ```

    ```yaml file=db.yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{port: 5432}]
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db-1
      namespace: shop
      labels: {kubernetes.io/service-name: db}
    addressType: IPv4
    endpoints: [{addresses: [192.0.2.7]}]
    ports: [{port: 5432}]
    ```

    Use instead:

    ```yaml file=kustomization.yaml build
    resources: [db.yaml]
    labels:
      - pairs: {team: red}
    ```

    ```yaml file=db.yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{port: 5432}]
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db-1
      namespace: shop
      labels: {kubernetes.io/service-name: db}
    addressType: IPv4
    endpoints: [{addresses: [192.0.2.7]}]
    ports: [{port: 5432}]
    ```

    ## References

    - [commonLabels](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/commonlabels/)
    - [labels](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/labels/)
    """
    written = row.resource.written
    if written is None:
        return
    own = mapping(written.get("spec", "selector"))
    key = _added(row, written)
    why = "" if key is None else _why(row, bool(own), cx)
    if key is None or not why:
        return
    at = row.resource.label("spec", "selector", key, text="written into selectors too")
    field = _field(at.span.source.text[: at.span.start])
    what = f"{key} to the selector of" if own else "a selector to"
    yield Problem(
        f"{field} adds {what} {row.display}, {why}",
        at=at,
        related=(written.label("metadata", "name", text="this Service"),),
        help="use labels: with includeSelectors: false",
        covers=tuple(one.resource for one in row.manual),
        # On an alias, the selector itself would be told to be idle.
        topic="spec.selector" if row.service.type == "ExternalName" else None,
    )


def _added(row: ServiceRow, written: Resource) -> str | None:
    """Return the first key that a transformer has added to a selector.

    A patch of the Service itself says what is wanted there.
    """
    own = mapping(written.get("spec", "selector"))
    for key, value in mapping(row.resource.get("spec", "selector")).items():
        if key in own:
            continue
        span = row.resource.span("spec", "selector", key)
        field = _field(span.source.text[: span.start])
        if span.text.strip("\"'") == value and field in ("commonLabels", "labels"):
            return key
    return None


def _field(before: str) -> str:
    """Return the field that a label behind some text belongs to, wherever it stands."""
    fields = _FIELD.findall(before)
    return fields[-1] if fields else ""


def _why(row: ServiceRow, has_own: bool, cx: Context) -> str:
    """Return what speaks against the selector; empty: nothing does."""
    if row.service.type == "ExternalName":
        return "" if has_own else "which is an alias for another host"
    if not has_own:
        return "whose endpoints are written by hand" if row.manual else ""
    if row.selection.state != "unknown":
        return ""
    maker = cx.cluster.world(row.member).unknown_pods
    if maker is None or maker.resource is None:
        return ""
    return f"whose pods {maker.resource.kind} {maker.resource.name} may make without it"
