"""The namespaces that a set speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from cip_lint.cluster import Cluster


def namespaces_of(cluster: Cluster) -> frozenset[str]:
    """Return the names of the namespaces that are made, or that hold an object."""
    used: Iterable[str] = (one.namespace for one in cluster.members if one.namespaced)
    made = (one.name for one in cluster.of_kind("Namespace") if not one.partial)
    return frozenset((*used, *made)) - {""}
