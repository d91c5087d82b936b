"""The rule ``endpoints.none-declared``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.well_known import MASTER
from cip_lint.model import Confidence, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services

_WRITTEN_BY_CONTROLLERS = (
    "control-plane.alpha.kubernetes.io/",
    "networking.istio.io/",
    "multicluster.x-k8s.io/",
    "multicluster.kubernetes.io/",
    "mirror.linkerd.io/",
    "submariner.io/",
    "tailscale.com/",
    "metallb.universe.tf/",
    "metallb.io/",
    "service.cilium.io/",
    "io.cilium/",
    "serving.knative.dev/",
    "networking.internal.knative.dev/",
    "consul.hashicorp.com/",
)
"""Beginnings of labels and annotations of Services whose endpoints programs write."""


@rule(
    "endpoints.none-declared",
    severity=Severity.INFO,
    also=(Severity.WARNING,),
    on=services,
    stage=Stage.SELECTION,
    since="0.1.0",
)
def none_declared(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A selectorless Service has no hand-made endpoints in the set.

    ## Why it matters

    Without a selector no controller writes endpoints. Somebody must: an
    EndpointSlice with the label `kubernetes.io/service-name`, or a program. Where
    nobody does, the Service refuses every connection. In a closed world this is a
    *warning*.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{name: sql, port: 5432}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{name: sql, port: 5432}]
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
    addressType: IPv4
    ports: [{name: sql, port: 5432}]
    endpoints: [{addresses: [192.0.2.4]}]
    ```

    ## References

    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    if row.selection.state != "none" or row.manual or _is_written_by_others(row):
        return
    if row.member.piece or row.member.may_be_patch:
        return
    if cx.cluster.outside.has_endpoints(row.member):
        return
    world = cx.cluster.world(row.member, "EndpointSlice")
    closed = world.closed
    yield Problem(
        f"{row.display} has neither selector nor endpoints in this set",
        at=row.resource.label("metadata", "name", text="nobody answers for it"),
        notes=(f"nothing else exists here: {world.origin}",) if closed else (),
        help="add an EndpointSlice, or declare external: endpoints",
        severity=Severity.WARNING if closed else Severity.INFO,
        confidence=Confidence.CERTAIN if closed else Confidence.POSSIBLE,
    )


def _is_written_by_others(row: ServiceRow) -> bool:
    if (row.ref.namespace, row.ref.name) == MASTER:
        return True
    metadata = row.resource.get("metadata")
    if not isinstance(metadata, dict):
        return False
    if metadata.get("ownerReferences"):
        return True
    return any(
        isinstance(key, str) and key.startswith(_WRITTEN_BY_CONTROLLERS)
        for field in ("labels", "annotations")
        if isinstance(keys := metadata.get(field), dict)
        for key in keys
    )
