"""The rule ``service.immutable-field-changed``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.bodies import strings
from cip_lint.model import Resource, Severity
from cip_lint.rule import (
    Context,
    Member,
    Problem,
    ServiceRow,
    Stage,
    earlier_state,
    rule,
)

_WORKLOADS = ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")

_MADE_ANEW: Mapping[str, tuple[str, ...]] = {
    "helm.sh/hook": (),
    "argocd.argoproj.io/hook": (),
    "argocd.argoproj.io/sync-options": ("Force=true",),
    "kustomize.toolkit.fluxcd.io/force": ("enabled",),
    "kapp.k14s.io/update-strategy": ("fallback-on-replace", "always-replace"),
}
"""Annotations whose engine deletes an object and creates it, where one of the
words stands in the value; none: any value does."""


def _compared(cx: Context) -> Iterator[Member | ServiceRow]:
    """Yield what has an earlier self, if anything is compared at all."""
    if cx.cluster.base is None:
        return
    yield from (row for row in cx.table.judged if _is_changed(row.member))
    for kind in _WORKLOADS:
        yield from filter(_is_changed, cx.cluster.judged(kind, "apps"))


def _is_changed(member: Member) -> bool:
    """Whether the engine changes an object that is there, as it is written."""
    return not member.piece and not _is_made_anew(member.resource)


def _is_made_anew(resource: Resource) -> bool:
    annotations = strings(resource.get("metadata", "annotations"))
    return any(
        key in annotations
        and (not words or any(word in annotations[key] for word in words))
        for key, words in _MADE_ANEW.items()
    )


@rule(
    "service.immutable-field-changed",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_compared,
    needs=earlier_state,
    stage=Stage.REFUSAL,
    since="0.1.0",
    kinds=("Service", *_WORKLOADS),
)
def immutable_field_changed(
    compared: Member | ServiceRow, cx: Context
) -> Iterator[Problem]:
    """The new revision changes what the server will not let change.

    ## Why it matters

    A manifest is not applied to nothing but to what the cluster holds. The API
    server refuses to change a Service's address or the selector of a workload, and
    it keeps in silence what a manifest no longer mentions: a Service stays headless
    when the line `clusterIP: None` goes. The rule compares with an earlier revision
    (`--against`) or with a snapshot of the cluster.

    ## Example

    The earlier revision:

    ```before
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.10
      ports:
        - port: 80
    ```

    The new one:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.11
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
      clusterIP: 10.96.0.10
      ports:
        - port: 80
    ```

    ## References

    - [Services](https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address)
    - [Deployment selectors](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates)
    """
    # Most runs compare nothing, so what it takes is imported here.
    if isinstance(compared, ServiceRow):
        from cip_lint_rules.service import _revisions  # noqa: PLC0415

        yield from _revisions.problems(compared, cx)
    else:
        from cip_lint_rules.service import _workload_revisions  # noqa: PLC0415

        yield from _workload_revisions.problems(compared, cx)
