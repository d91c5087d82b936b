"""Which pods are in a service mesh: by their own marks, or those of their namespace."""

from __future__ import annotations

from collections.abc import Callable, Container
from fnmatch import fnmatchcase
from functools import cache

from cip_lint.cluster import WorkloadMember
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context

_INJECTORS = ("sidecar.istio.io/inject", "linkerd.io/inject")
_NAMESPACE_MARKS = {
    "istio-injection": "enabled",
    "istio.io/rev": "*",
    "istio.io/dataplane-mode": "ambient",
    "linkerd.io/inject": "enabled",
}
_LEFT_OUT = {
    "sidecar.istio.io/inject": "false",
    "istio.io/dataplane-mode": "none",
    "linkerd.io/inject": "disabled",
}
"""Labels and annotations by which pods stay outside the mesh of their namespace."""
_DETECTING = frozenset({"linkerd.io/inject"})
"""Marks of meshes that look at the first bytes of each connection, whatever its name.

Linkerd: https://linkerd.io/2/features/protocol-detection/
"""


def meshed(cx: Context, *, reading_names: bool = False) -> Callable[[ServiceRow], bool]:
    """Return what says whether a Service belongs to a mesh.

    In the profile ``mesh`` each does. ``reading_names``: only meshes count that learn
    the protocol of a port from its name. The namespaces are looked at when first asked.
    """
    if cx.mesh:
        return lambda _row: True
    left_out = _DETECTING if reading_names else frozenset[str]()
    injectors = frozenset(_INJECTORS) - left_out
    marked = cache(lambda: _marked_namespaces(cx, left_out))
    return lambda row: _is_meshed(row, injectors, marked)


def _is_meshed(
    row: ServiceRow, injectors: Container[str], marked: Callable[[], Container[str]]
) -> bool:
    pods = row.selection.workloads
    return any(member.workload.injector in injectors for member in pods) or (
        row.member.namespace in marked() and not (pods and all(map(_stays_out, pods)))
    )


def _marked_namespaces(cx: Context, left_out: Container[str]) -> frozenset[str]:
    return frozenset(
        member.name
        for member in cx.cluster.of_kind("Namespace")
        if _is_marked(member.resource.get("metadata", "labels"), left_out)
        or _is_marked(member.resource.get("metadata", "annotations"), left_out)
    )


def _stays_out(member: WorkloadMember) -> bool:
    labels, annotations = member.workload.labels, member.workload.annotations
    return any(
        labels.get(key, annotations.get(key)) == value
        for key, value in _LEFT_OUT.items()
    )


def _is_marked(labels: object, left_out: Container[str]) -> bool:
    return isinstance(labels, dict) and any(
        isinstance(labels.get(key), str) and fnmatchcase(labels[key], wanted)
        for key, wanted in _NAMESPACE_MARKS.items()
        if key not in left_out
    )
