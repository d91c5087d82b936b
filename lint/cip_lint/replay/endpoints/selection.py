"""Selection: which workloads a Service picks, or why that cannot be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cip_lint.cluster import Unknown

if TYPE_CHECKING:
    from cip_lint.cluster import (
        Cluster,
        NearMiss,
        ServiceMember,
        WorkloadMember,
        World,
    )

State = Literal[
    "none",
    "empty",
    "external-name",
    "matched",
    "nothing",
    "other-namespace",
    "declared",
    "living",
    "unknown",
]
"""*none*: no selector. *declared*: no workload of the set fits, but the
configuration says that the pods are somewhere else. *living*: none fits, but pods
do that live in the cluster and stay. *unknown*: nothing can be
concluded from pods that are not there."""

_SELECTOR = ("spec", "selector")


class Selection:
    """What the selector of one Service leads to."""

    __slots__ = (
        "_cluster",
        "_member",
        "_nearest",
        "_world",
        "elsewhere",
        "living",
        "state",
        "unknown",
        "workloads",
    )

    def __init__(
        self,
        cluster: Cluster,
        member: ServiceMember,
        state: State,
        workloads: tuple[WorkloadMember, ...] = (),
        elsewhere: tuple[WorkloadMember, ...] = (),
        unknown: Unknown | None = None,
        living: tuple[WorkloadMember, ...] = (),
    ) -> None:
        self._cluster = cluster
        self._member = member
        self.state: State = state
        self.workloads = workloads
        self.elsewhere = elsewhere
        """Workloads that fit, in other namespaces, where none of its own does."""
        self.living = living
        """The pods of the snapshot that fit, in the state ``living``."""
        self.unknown = unknown
        """Why nothing can be known, in the state ``unknown``."""
        self._nearest: tuple[NearMiss, ...] | None = None
        self._world: World | None = None

    @property
    def world(self) -> World:
        """What is known of the namespace of the Service."""
        if self._world is None:
            self._world = self._cluster.world(self._member)
        return self._world

    @property
    def nearest(self) -> tuple[NearMiss, ...]:
        """Near misses of a selector that picks nothing."""
        if self._nearest is None:
            selector = self._member.service.selector
            self._nearest = (
                self._cluster.nearest_workloads(selector, self._member)
                if selector and self.state in {"nothing", "unknown"}
                else ()
            )
        return self._nearest

    def __repr__(self) -> str:
        return f"<selection {self.state} of {self._member.display}>"


def select(cluster: Cluster, member: ServiceMember) -> Selection:
    """Return what the selector of a Service leads to."""
    service = member.service
    selector = service.selector
    if service.type == "ExternalName":
        return Selection(cluster, member, "external-name")
    if cluster.unresolved(member, _SELECTOR):
        unknown = Unknown(
            "a placeholder in the selector is not filled in",
            member.resource,
            _SELECTOR,
        )
        return Selection(cluster, member, "unknown", unknown=unknown)
    if not selector:
        empty = member.resource.get(*_SELECTOR) == {}
        return Selection(cluster, member, "empty" if empty else "none")
    workloads = cluster.pods_for(selector, member)
    if workloads:
        return Selection(cluster, member, "matched", workloads)
    return _without_pods(cluster, member)


def _without_pods(cluster: Cluster, member: ServiceMember) -> Selection:
    """Return the selection of a Service whose selector fits no workload."""
    selector = member.service.selector or {}
    external = cluster.settings.external
    if external.covers_workloads(member.namespace, selector):
        return Selection(cluster, member, "declared")
    living = cluster.outside.living_pods(selector, member)
    if living:
        return Selection(cluster, member, "living", living=living)
    unknown = cluster.why_unknown(selector, member)
    if unknown is not None:
        return Selection(cluster, member, "unknown", unknown=unknown)
    elsewhere = cluster.pods_elsewhere(selector, member)
    state: State = "other-namespace" if elsewhere else "nothing"
    return Selection(cluster, member, state, elsewhere=elsewhere)
