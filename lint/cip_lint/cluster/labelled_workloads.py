"""The workloads of a cluster by the labels of their pods, as selectors see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from cip_lint.cluster.encounters import Encounters
from cip_lint.cluster.matching import PodIndex, same_namespace
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.cluster.nearest import Nearest, NearMiss
from cip_lint.kube.version import Version

_MANY = 256
"""From so many matching workloads on, those of the same file are enough."""

Selector = Mapping[str, str]


class LabelledWorkloads:
    """What selectors of a cluster pick, and nearly pick: in the scope of who asks.

    All indexes are made when they are first needed.
    """

    def __init__(
        self,
        workloads: Sequence[WorkloadMember],
        version: Version,
        scaled: frozenset[tuple[str, str]],
        encounters: Encounters,
    ) -> None:
        """Take kind and name of those whose replicas a program decides as ``scaled``."""
        self._workloads = workloads
        self._version = version
        self._scaled = scaled
        self._encounters = encounters
        self._indexes: dict[str, PodIndex] = {}
        self._nearest: dict[str, Nearest] = {}

    def picked(self, selector: Selector, of: Member) -> tuple[WorkloadMember, ...]:
        """Return the workloads whose pods a selector in ``of`` picks.

        By the labels of their templates and those that controllers of the
        cluster's version add; in the namespace of ``of``.
        """
        if not selector:
            return ()
        index = self.index(of.unit.scope)
        found = index.matching(selector, of)
        if len(found) > _MANY and not self._encounters.all_meet:
            own = self._by_file.get(of.path, ())
            fitting = [m for m in own if same_namespace(of, m)]
            found = (
                tuple(m for m in fitting if index.fits(selector, m)) or found[:_MANY]
            )
        return self._encounters.meeting(of, found)

    def picked_elsewhere(
        self, selector: Selector, of: Member
    ) -> tuple[WorkloadMember, ...]:
        """Return the workloads that fit a selector, but in another namespace.

        Nothing where a namespace is undecided: it may be the same one.
        """
        if not selector or not of.namespace:
            return ()
        pairs = self.index(of.unit.scope).everywhere(selector)
        return self._encounters.meeting(
            of,
            tuple(
                member
                for member in pairs
                if member.namespace and member.namespace != of.namespace
            ),
        )

    def has_any(self, of: Member) -> bool:
        """Whether workloads lie in the namespace of ``of``, whatever their labels."""
        return (of.unit.scope, of.namespace) in self._namespaces

    def nearest(self, selector: Selector, of: Member) -> tuple[NearMiss, ...]:
        """Return the near misses of a selector that picks nothing."""
        misses = self._nearest_of(of.unit.scope).near(selector, of)
        return tuple(m for m in misses if self._encounters.can_meet(of, m.workload))

    def closest(self, selector: Selector, of: Member) -> WorkloadMember | None:
        """Return the workload that shares most labels with a selector, if any does."""
        found = self._nearest_of(of.unit.scope).closest(selector, of)
        return next((m for m in found if self._encounters.can_meet(of, m)), None)

    @property
    def all_meet(self) -> bool:
        """Whether nothing keeps those of one scope apart."""
        return self._encounters.all_meet

    # Indexes

    @cached_property
    def by_scope(self) -> dict[str, list[WorkloadMember]]:
        """Scope -> its workloads, but patches and what only ``helm test`` makes."""
        found: dict[str, list[WorkloadMember]] = {}
        for member in self._workloads:
            if not member.partial and not _is_of_helm_test(member):
                found.setdefault(member.unit.scope, []).append(member)
        return found

    @cached_property
    def _namespaces(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (scope, member.namespace)
            for scope, members in self.by_scope.items()
            for member in members
        )

    @cached_property
    def _by_file(self) -> dict[str, list[WorkloadMember]]:
        found: dict[str, list[WorkloadMember]] = {}
        for members in self.by_scope.values():
            for member in members:
                found.setdefault(member.path, []).append(member)
        return found

    def index(self, scope: str) -> PodIndex:
        """Return the workloads of a scope by their labels."""
        index = self._indexes.get(scope)
        if index is None:
            workloads = self.by_scope.get(scope, ())
            index = PodIndex(workloads, self._version, self._scaled)
            self._indexes[scope] = index
        return index

    def _nearest_of(self, scope: str) -> Nearest:
        nearest = self._nearest.get(scope)
        if nearest is None:
            nearest = self._nearest[scope] = Nearest(self.index(scope))
        return nearest

    @cached_property
    def anywhere(self) -> PodIndex:
        """The workloads of all scopes, to see whether another unit has the pods."""
        workloads = [m for found in self.by_scope.values() for m in found]
        return PodIndex(workloads, self._version, self._scaled)


def _is_of_helm_test(member: Member) -> bool:
    """Whether only ``helm test`` makes its pods, which are gone when it ends."""
    metadata = member.resource.body.get("metadata")
    if not isinstance(metadata, dict) or "annotations" not in metadata:
        return False
    hooks = member.resource.get("metadata", "annotations", "helm.sh/hook")
    return isinstance(hooks, str) and any(
        hook.strip() in {"test", "test-success", "test-failure"}
        for hook in hooks.split(",")
    )
