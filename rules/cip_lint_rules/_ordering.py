"""What decides whether a Service or its consumer is sent first, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.bodies import mapping
from cip_lint.cluster import Member
from cip_lint.model import Label
from cip_lint.rule import Context

_HELM = ("helm.sh/hook", "helm.sh/hook-weight")
_ARGO_CD = ("argocd.argoproj.io/hook", "argocd.argoproj.io/sync-wave")
_ANNOTATIONS: Mapping[str, tuple[str, ...]] = {
    "helm": _HELM,
    "helm3": _HELM,
    "helm4": _HELM,
    "argocd": (*_ARGO_CD, *_HELM),
    "kapp": ("kapp.k14s.io/change-group", "kapp.k14s.io/change-rule"),
    "cli-utils": (
        "config.kubernetes.io/depends-on",
        "config.kubernetes.io/apply-time-mutation",
    ),
}
"""Engine -> the annotations by which it sorts; see ``replay/order/engines``."""


def ordering_labels(service: Member, consumer: Member) -> tuple[Label, ...]:
    """Return labels on what puts a pair in its order: hooks, waves, rules.

    Those of the consumer first. Nothing where the engine decides by kind, name or
    file alone.
    """
    return tuple(
        member.resource.label(*path, text=f"decides when the {member.kind} is sent")
        for member in (consumer, service)
        for path in _stated(member)
    )


def _stated(member: Member) -> Iterator[tuple[str, ...]]:
    annotations = mapping(mapping(member.resource.get("metadata")).get("annotations"))
    for key in _ANNOTATIONS.get(member.unit.engine, ()):
        if annotations and isinstance(annotations.get(key), str):
            yield ("metadata", "annotations", key)


def put_first(service: Member, consumer: Member, cx: Context) -> str:
    """Return how to have a Service sent before its consumer, as an order."""
    engine = consumer.unit.engine
    keys = {path[-1] for path in _stated(consumer)}
    if _HELM[0] in keys and engine in _ANNOTATIONS:
        return "make it a post-install hook, or create the Service in an earlier hook"
    if _ARGO_CD[0] in keys:
        return "make it a PostSync hook, or give the Service an earlier phase"
    if engine == "argocd":
        return "give the Service the lower wave"
    if engine == "kapp":
        return "let a change rule send the Service first"
    if cx.table.timeline.between(service, consumer) is None:
        return "let the consumer's unit depend on that of the Service"
    if consumer.unit.kind == "folder" and consumer.path == service.path:
        return "put the Service in front of it in the file"
    return "have the Service sent first"
