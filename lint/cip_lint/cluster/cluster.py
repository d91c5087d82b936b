"""One cluster: its objects, who of them can meet, and what is known of the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from cip_lint.cluster.alternatives import Alternative
from cip_lint.cluster.base import Base
from cip_lint.cluster.encounters import Encounters
from cip_lint.cluster.labelled_workloads import LabelledWorkloads
from cip_lint.cluster.meeting import Company, Meeting
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.names import NameIndex, ScopedNames
from cip_lint.cluster.near import Spellings
from cip_lint.cluster.nearest import NearMiss
from cip_lint.cluster.outside import Outside
from cip_lint.cluster.renames import Renames
from cip_lint.cluster.settings import ClusterSettings
from cip_lint.cluster.units import Unit
from cip_lint.cluster.worlds import Unknown, Unknowns, Witnesses, World, is_complete
from cip_lint.kube.discovery import is_built_in_group
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.placeholders import (
    Placeholders,
    awaits_a_name,
    is_placeholder,
)
from cip_lint.model import Path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.snapshot import Snapshot
    from cip_lint.cluster.unknown_pods import UnknownPods

_ORDER = attrgetter("order")

Selector = Mapping[str, str]


class ScopeFacts(NamedTuple):
    """What partition knows of the files of one scope, beside its members."""

    pods: Unknowns
    services: Unknowns


class Cluster:
    """The objects that go to one API server, as far as the files of a run say.

    Objects of different scopes never meet (rendered units, pieces of builds), nor
    do alternatives of one folder, nor files of different environments. All look-ups
    are indexes, made when they are first needed.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        units: Sequence[Unit],
        members: Sequence[Member],
        *,
        name: str = "",
        alternatives: Mapping[str, Mapping[int, Alternative]] | None = None,
        unknowns: Mapping[str, ScopeFacts] | None = None,
        notices: Sequence[str] = (),
        snapshot: Snapshot | None = None,
        hidden: Mapping[tuple[str, ...], Sequence[str]] | None = None,
    ) -> None:
        self.name = name or settings.name
        self.snapshot = snapshot
        """What lives in it already; None where nobody says."""
        if snapshot is not None:
            settings = snapshot.informed(settings)
        self.settings = settings
        self.facts: ClusterFacts = settings.facts()
        self.units = tuple(units)
        self.members = tuple(members)
        """All of them, in the order in which kubectl would send them.

        That is also the order of their ``order``, which is one number for each.
        """
        self.services = tuple(m for m in members if isinstance(m, ServiceMember))
        self.workloads = tuple(m for m in members if isinstance(m, WorkloadMember))
        self.notices = tuple(notices)
        """What could not be judged, one clause each."""
        self.hidden = hidden or {}
        """What is sent and in no file, as clauses, by the identity of its unit."""
        self._base: Base | None = None
        self._encounters = Encounters(self.members, alternatives or {})
        self._unknowns = unknowns or {}
        self._names: dict[str, dict[str, list[Member]]] = {}
        self._judged: dict[tuple[str, str | None], tuple[Member, ...]] = {}
        self._spellings: Spellings | None = None
        self._called: dict[tuple[str | None, str], tuple[ServiceMember, ...]] = {}
        self._placeholders = Placeholders()

    @property
    def base(self) -> Base | None:
        """What it is compared with: the earlier state that was asked for.

        Without one, what lives there, where a snapshot says it.
        """
        if self._base is None and self.snapshot is not None:
            snapshot = self.snapshot
            self._base = Base(
                snapshot.members,
                str(snapshot.origin),
                live=True,
                concerns=self.outside.concerns,
            )
        return self._base

    def compare_with(self, base: Base) -> None:
        """Say which earlier state of it was asked for."""
        self._base = base

    def __repr__(self) -> str:
        return f"<cluster {self.name}: {len(self.members)} objects>"

    # Objects by number and kind

    def number_of(self, member: Member) -> int | None:
        """Return the place of an object among the members; None where it is none.

        Nothing is kept for that: they stand in their order, mostly without gaps.
        """
        members = self.members
        at = member.order - members[0].order if members else -1
        if not (0 <= at < len(members) and members[at] is member):
            at = bisect_left(members, member.order, key=_ORDER)
        return at if at < len(members) and members[at] is member else None

    def judged(self, kind: str, group: str | None = None) -> tuple[Member, ...]:
        """Return the objects of a kind that may be judged, in order.

        Without a group: all groups of Kubernetes itself, so that an object of a
        wrong apiVersion is among them. Partial objects are left out, and those
        whose kind or name is a placeholder; pieces of builds are not.
        """
        key = (kind, group)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = tuple(
                member
                for member in self._by_kind.get(kind, ())
                if _is_of_group(member, group) and self._may_be_judged(member)
            )
        return found

    @cached_property
    def judged_services(self) -> tuple[ServiceMember, ...]:
        """The Services that may be judged."""
        return tuple(filter(self._may_be_judged, self.services))

    @cached_property
    def judged_workloads(self) -> tuple[WorkloadMember, ...]:
        """The workloads that may be judged."""
        return tuple(filter(self._may_be_judged, self.workloads))

    def of_kind(self, kind: str) -> tuple[Member, ...]:
        """Return all objects of a kind, of any group, judged or not."""
        return tuple(self._by_kind.get(kind, ()))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its objects, as written, each once."""
        return tuple(self._by_kind)

    def named(self, kind: str, name: str) -> Sequence[Member]:
        """Return those of a kind that have a name, whatever their namespace."""
        names = self._names.get(kind)
        if names is None:
            names = self._names[kind] = {}
            for member in self._by_kind.get(kind, ()):
                names.setdefault(member.name, []).append(member)
        return names.get(name, ())

    def unresolved(self, member: Member, path: Path = ()) -> bool:
        """Whether a placeholder stands at a path of an object, or below it.

        Without a path: whether nothing is known of the object as a whole; see
        ``Placeholders``.
        """
        return self._placeholders.leave_open(member.resource, path)

    # Who meets whom

    def can_meet(self, a: Member, b: Member) -> bool:
        """Whether two objects can be in this cluster at once."""
        return self._encounters.can_meet(a, b)

    def company(self, scope: str) -> Company:
        """Return what grows by objects of a scope that can all meet each other."""
        return self._encounters.company(scope)

    def may_mean(
        self, of: Member, member: Member, namespace: str | None = None
    ) -> bool:
        """Whether ``of`` may refer to an object: by its namespace, and as they meet.

        ``namespace`` where the reference says it; else the one ``of`` is in.
        """
        return self._encounters.may_mean(of, member, namespace)

    def groups_that_meet(self, members: Iterable[Member]) -> Meeting:
        """Return the groups of two or more in which all can meet."""
        return self._encounters.groups_that_meet(members)

    # Look-ups from the point of view of a member

    def service(
        self, of: Member, name: str, namespace: str | None = None
    ) -> ServiceMember | None:
        """Return the Service that ``of`` means by a name.

        ``namespace`` where the reference says it; else the one ``of`` is in. Of
        several that may be meant, the one of the same file, then the nearest one.
        """
        names = self._service_names(of)
        for member in names.in_file(name, of.path):
            if self._encounters.may_mean(of, member, namespace):
                return member
        called = names.meant(name, of.namespace if namespace is None else namespace)
        meant = [m for m in called if self._encounters.may_mean(of, m, namespace)]
        return next(iter(self._encounters.nearest_to(of, meant)), None)

    def renamed_service(
        self, of: Member, name: str, namespace: str | None = None
    ) -> ServiceMember | None:
        """Return the Service of an object's own build that had a name before it.

        ``namespace`` where the reference says it; else the one ``of`` is in.
        """
        unit = of.unit
        if any(unit.affixes):
            found = self.service(of, unit.affixes.renamed(name), namespace)
            if found is not None and found.unit is unit:
                return found
        if of.piece or unit.kind != "kustomization":
            return None
        return self._renames.service(
            of, name, lambda one: self._encounters.may_mean(of, one, namespace)
        )

    def services_named(
        self, name: str, beside: Member | None = None
    ) -> tuple[ServiceMember, ...]:
        """Return all Services of a name, of any namespace and unit.

        With ``beside`` those in the scope of an object, outside of which it meets none.
        """
        scope = None if beside is None else beside.unit.scope
        found = self._called.get((scope, name))
        if found is None:
            found = tuple(self._service_names(beside).all(name))
            self._called[scope, name] = found
        return found

    def services_in(
        self, name: str, namespace: str, beside: Member | None = None
    ) -> Sequence[ServiceMember]:
        """Return the Services of a name that may be in a namespace, of any unit.

        With an undecided (empty) namespace those of any, as far as they are few. With
        ``beside`` those in the scope of an object.
        """
        return self._service_names(beside).meant(name, namespace)

    def _service_names(self, beside: Member | None) -> NameIndex[ServiceMember]:
        if beside is None:
            return self._services.everywhere
        return self._services.of(beside.unit.scope)

    def near_services(
        self, of: Member, name: str, namespace: str | None = None
    ) -> tuple[ServiceMember, ...]:
        """Return Services that ``of`` may mean by a name that is near theirs.

        ``namespace`` where the reference says it; else the one ``of`` is in.
        """
        if self._spellings is None:
            self._spellings = Spellings(self._services.everywhere)
        where = of.namespace if namespace is None else namespace
        names = self._service_names(of)
        return tuple(
            member
            for near in self._spellings.near(name)
            for member in names.meant(near, where)
            if self._encounters.may_mean(of, member, namespace)
        )

    def pods_for(self, selector: Selector, of: Member) -> tuple[WorkloadMember, ...]:
        """Return the workloads whose pods a selector in ``of`` picks.

        By the labels of their templates and those that controllers of the
        cluster's version add; in the namespace of ``of``.
        """
        return self._labelled.picked(selector, of)

    def pods_elsewhere(
        self, selector: Selector, of: Member
    ) -> tuple[WorkloadMember, ...]:
        """Return the workloads that fit a selector, but in another namespace.

        Nothing where a namespace is undecided: it may be the same one.
        """
        return self._labelled.picked_elsewhere(selector, of)

    def has_workloads(self, of: Member) -> bool:
        """Whether workloads lie in the namespace of ``of``, whatever their labels."""
        return self._labelled.has_any(of)

    def nearest_workloads(self, selector: Selector, of: Member) -> tuple[NearMiss, ...]:
        """Return the near misses of a selector that picks nothing."""
        return self._labelled.nearest(selector, of)

    def closest_workload(self, selector: Selector, of: Member) -> WorkloadMember | None:
        """Return the workload that shares most labels with a selector, if any does."""
        return self._labelled.closest(selector, of)

    def is_governed_elsewhere(self, member: Member) -> bool:
        """Whether something else decides the replicas of a workload."""
        return (member.kind, member.name) in self._scaled

    # What is known of the rest of the world

    @cached_property
    def outside(self) -> Outside:
        """What exists besides the set: declared, or living in the snapshot."""
        return Outside(self)

    def world(
        self, member: Member, kind: str = "Pod", namespace: str | None = None
    ) -> World:
        """Return what is known of the namespace of a member, from where it stands.

        Or of another namespace, where that is given. ``kind`` is what is looked for:
        ``Pod``, ``Service`` or ``EndpointSlice``. A snapshot that covers it closes
        the world, unless something of the set may make more.
        """
        where = member.namespace if namespace is None else namespace
        setting = self.settings.completeness_for(member.path, member.sent_by)
        closed, origin = is_complete(setting, where), setting.origin
        scope = self._unknowns.get(member.unit.scope)
        pods = scope.pods.of(member, where) if scope is not None else None
        services = scope.services.of(member, where) if scope is not None else None
        if member.piece or member.partial:
            unknown = Unknown(member.unit.why_pieces)
            pods, services = pods or unknown, services or unknown
        unknown_of_kind = pods if kind == "Pod" else services
        if (
            not closed
            and unknown_of_kind is None
            and self.outside.is_covered(member, kind, namespace)
        ):
            assert self.snapshot is not None
            closed, origin = True, self.snapshot.origin
        workload = self._workload_witnesses.of(member, where)
        service = self._service_witnesses.of(member, where)
        return World(
            closed,
            str(origin),
            workload if isinstance(workload, WorkloadMember) else None,
            service if isinstance(service, ServiceMember) else None,
            pods,
            services,
        )

    @cached_property
    def may_hold_makers(self) -> bool:
        """Whether any object of it, or any file not read, may make Services."""
        return any(facts.services for facts in self._unknowns.values())

    @cached_property
    def may_hide_pods(self) -> bool:
        """Whether any object of it, or any file not read, may make pods unseen."""
        return any(facts.pods for facts in self._unknowns.values())

    def why_unknown(self, selector: Selector, of: Member) -> Unknown | None:
        """Return why nobody can say that a selector which fits nothing is wrong.

        None where nothing stands in the way: the world and its witnesses decide.
        """
        return self._unknown_pods.why(selector, of)

    @cached_property
    def _unknown_pods(self) -> UnknownPods:
        from cip_lint.cluster.unknown_pods import UnknownPods  # noqa: PLC0415 - rare

        makers = {scope: facts.pods for scope, facts in self._unknowns.items()}
        return UnknownPods(
            self.settings.external,
            self._labelled,
            self.of_kind("ConfigMap"),
            makers,
            self._placeholders,
        )

    # Indexes

    @cached_property
    def _by_kind(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self.members:
            found.setdefault(member.resource.kind, []).append(member)
        return found

    @cached_property
    def _renames(self) -> Renames:
        return Renames(self.services)

    @cached_property
    def _services(self) -> ScopedNames[ServiceMember]:
        return ScopedNames(self.services)

    @cached_property
    def _labelled(self) -> LabelledWorkloads:
        return LabelledWorkloads(
            self.workloads, self.facts.version, self._scaled, self._encounters
        )

    @cached_property
    def _scaled(self) -> frozenset[tuple[str, str]]:
        """Kind and name of the workloads whose replicas a program decides."""
        found: set[tuple[str, str]] = set()
        for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
            for member in self._by_kind.get(kind, ()):
                target = member.resource.get("spec", "scaleTargetRef")
                if isinstance(target, dict):
                    of_kind = target.get("kind", "Deployment")
                    name = target.get("name")
                    if isinstance(of_kind, str) and isinstance(name, str):
                        found.add((of_kind, name))
        return frozenset(found)

    @cached_property
    def _workload_witnesses(self) -> Witnesses:
        return Witnesses(m for m in self.workloads if not m.partial and not m.piece)

    @cached_property
    def _service_witnesses(self) -> Witnesses:
        return Witnesses(m for m in self.services if not m.partial and not m.piece)

    def _may_be_judged(self, member: Member) -> bool:
        return not (
            member.partial
            or is_placeholder(member.resource.kind)
            or awaits_a_name(member.resource.name)
        )


def _is_of_group(member: Member, group: str | None) -> bool:
    if group is not None:
        return member.resource.group == group
    return is_built_in_group(member.resource.api_version)
