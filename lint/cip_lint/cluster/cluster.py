"""One cluster: its objects, who of them can meet, and what is known of the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from cip_lint.cluster.alternatives import Alternative
from cip_lint.cluster.base import Base
from cip_lint.cluster.labels import (
    is_an_add_on,
    is_of_an_operator,
    program_that_sets,
)
from cip_lint.cluster.matching import PodIndex, same_namespace
from cip_lint.cluster.meeting import Company, Meeting, groups_of
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.names import NameIndex, ScopedNames
from cip_lint.cluster.near import Spellings
from cip_lint.cluster.nearest import Nearest, NearMiss
from cip_lint.cluster.outside import Outside
from cip_lint.cluster.renames import Renames
from cip_lint.cluster.settings import ClusterSettings
from cip_lint.cluster.units import Unit
from cip_lint.cluster.worlds import Unknown, Unknowns, Witnesses, World, is_complete
from cip_lint.kube.discovery import is_built_in_group
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.placeholders import Placeholders, is_placeholder
from cip_lint.model import Path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.labelled_later import LabelledLater
    from cip_lint.cluster.snapshot import Snapshot

_MANY = 256
"""From so many matching workloads on, those of the same file are enough."""

_ORDER = attrgetter("order")

Selector = Mapping[str, str]
_M = TypeVar("_M", bound=Member)


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
        self._alternatives = alternatives or {}
        self._unknowns = unknowns or {}
        self._later: dict[str, LabelledLater] = {}
        self._names: dict[str, dict[str, list[Member]]] = {}
        self._indexes: dict[str, PodIndex] = {}
        self._nearest: dict[str, Nearest] = {}
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
        if a.unit is not b.unit and a.unit.scope != b.unit.scope:
            return False
        if a.environment is not b.environment and not a.environment.meets(
            b.environment
        ):
            return False
        if a.alternative is None or b.alternative is None:
            return True
        files = self._alternatives.get(a.unit.scope, {})
        one, other = files.get(a.alternative), files.get(b.alternative)
        return one is None or other is None or not one.clashes(other)

    def company(self, scope: str) -> Company:
        """Return what grows by objects of a scope that can all meet each other."""
        return Company(scope, self._alternatives.get(scope, {}))

    def may_mean(
        self, of: Member, member: Member, namespace: str | None = None
    ) -> bool:
        """Whether ``of`` may refer to an object: by its namespace, and as they meet.

        ``namespace`` where the reference says it; else the one ``of`` is in.
        """
        if namespace is None:
            fits = same_namespace(of, member)
        elif member.namespace:
            fits = member.namespace == namespace
        else:
            fits = of.unit.path == member.unit.path or namespace == "default"
        return fits and self.can_meet(of, member)

    def groups_that_meet(self, members: Iterable[Member]) -> Meeting:
        """Return the groups of two or more in which all can meet."""
        return groups_of(members, self._alternatives)

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
            if self.may_mean(of, member, namespace):
                return member
        called = names.meant(name, of.namespace if namespace is None else namespace)
        meant = [m for m in called if self.may_mean(of, m, namespace)]
        return next(iter(self._nearest_to(of, meant)), None)

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
            of, name, lambda one: self.may_mean(of, one, namespace)
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
            if self.may_mean(of, member, namespace)
        )

    def pods_for(self, selector: Selector, of: Member) -> tuple[WorkloadMember, ...]:
        """Return the workloads whose pods a selector in ``of`` picks.

        By the labels of their templates and those that controllers of the
        cluster's version add; in the namespace of ``of``.
        """
        if not selector:
            return ()
        index = self._index(of.unit.scope)
        found = index.matching(selector, of)
        if len(found) > _MANY and not self._all_meet:
            own = self._workloads_by_file.get(of.path, ())
            fitting = [m for m in own if same_namespace(of, m)]
            found = (
                tuple(m for m in fitting if index.fits(selector, m)) or found[:_MANY]
            )
        return self._meeting(of, found)

    def pods_elsewhere(
        self, selector: Selector, of: Member
    ) -> tuple[WorkloadMember, ...]:
        """Return the workloads that fit a selector, but in another namespace.

        Nothing where a namespace is undecided: it may be the same one.
        """
        if not selector or not of.namespace:
            return ()
        pairs = self._index(of.unit.scope).everywhere(selector)
        return self._meeting(
            of,
            tuple(
                member
                for member in pairs
                if member.namespace and member.namespace != of.namespace
            ),
        )

    def has_workloads(self, of: Member) -> bool:
        """Whether workloads lie in the namespace of ``of``, whatever their labels."""
        return (of.unit.scope, of.namespace) in self._workload_namespaces

    def nearest_workloads(self, selector: Selector, of: Member) -> tuple[NearMiss, ...]:
        """Return the near misses of a selector that picks nothing."""
        misses = self._nearest_of(of.unit.scope).near(selector, of)
        return tuple(m for m in misses if self.can_meet(of, m.workload))

    def closest_workloads(
        self, selector: Selector, of: Member, limit: int = 2
    ) -> tuple[NearMiss, ...]:
        """Return the workloads that share most labels with a selector, near or not."""
        misses = self._nearest_of(of.unit.scope).closest(selector, of, 8 * limit)
        return tuple(m for m in misses if self.can_meet(of, m.workload))[:limit]

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
        namespace = of.namespace
        if self.settings.external.covers_workloads(namespace, selector):
            return Unknown("the configuration declares these pods as external")
        for key in selector:
            reason = self._unknown_key(key)
            if reason:
                return Unknown(reason, of.resource, ("spec", "selector", key))
        if is_an_add_on(namespace, selector):
            return Unknown("clusters come with these pods")
        later = self._labelled_later(of.unit.scope).why(selector, of)
        if later is not None:
            return later
        scope = self._unknowns.get(of.unit.scope)
        pods = scope.pods.of(of) if scope is not None else None
        if pods is not None:
            return pods
        if of.piece:
            return Unknown(of.unit.why_pieces)
        unlabelled = self._unlabelled.get(of.unit.scope)
        pods = unlabelled.of(of) if unlabelled is not None else None
        return (
            pods
            or self._unbuilt_match(selector, of)
            or self._in_another_example(selector, of)
        )

    def _labelled_later(self, scope: str) -> LabelledLater:
        found = self._later.get(scope)
        if found is None:
            from cip_lint.cluster.labelled_later import (  # noqa: PLC0415 - rare
                LabelledLater,
            )

            found = self._later[scope] = LabelledLater(
                self._workloads_by_scope.get(scope, ()),
                (one for one in self.of_kind("ConfigMap") if one.unit.scope == scope),
            )
        return found

    def _in_another_example(self, selector: Selector, of: Member) -> Unknown | None:
        """Return the pods that fit in an example on which that of ``of`` may build."""
        if self._all_meet:
            return None
        for member in self._index(of.unit.scope).matching(selector, of)[:_MANY]:
            if of.environment.may_build_on(member.environment):
                reason = f"{member.display} is in another example"
                return Unknown(reason, member.resource)
        return None

    def _unknown_key(self, key: str) -> str:
        if self.settings.external.is_run_time_label(key):
            return f"the configuration calls label {key} one that programs set"
        program = program_that_sets(key)
        if program is not None:
            return f"label {key} is set by {program} while it runs"
        if is_of_an_operator(key):
            return f"label {key} belongs to {key.partition('/')[0]}"
        return ""

    def _unbuilt_match(self, selector: Selector, of: Member) -> Unknown | None:
        """Return a workload of a build or another unit that would fit, if any."""
        if self._workloads_by_scope.keys() <= {of.unit.scope}:
            return None
        for member in self._anywhere.everywhere(selector):
            if member.unit.scope == of.unit.scope:
                continue
            if of.namespace in {"", member.namespace} or not member.namespace:
                return Unknown(
                    f"{member.display} of another unit carries these labels",
                    member.resource,
                    ("metadata", "name"),
                )
        return None

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
    def _anywhere(self) -> PodIndex:
        """The workloads of all scopes, to see whether another unit has the pods."""
        workloads = [m for found in self._workloads_by_scope.values() for m in found]
        return PodIndex(workloads, self.facts.version, self._scaled)

    @cached_property
    def _workloads_by_scope(self) -> dict[str, list[WorkloadMember]]:
        found: dict[str, list[WorkloadMember]] = {}
        for member in self.workloads:
            if not member.partial and not _is_of_helm_test(member):
                found.setdefault(member.unit.scope, []).append(member)
        return found

    @cached_property
    def _workload_namespaces(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (scope, member.namespace)
            for scope, members in self._workloads_by_scope.items()
            for member in members
        )

    @cached_property
    def _workloads_by_file(self) -> dict[str, list[WorkloadMember]]:
        found: dict[str, list[WorkloadMember]] = {}
        for members in self._workloads_by_scope.values():
            for member in members:
                found.setdefault(member.path, []).append(member)
        return found

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
    def _unlabelled(self) -> dict[str, Unknowns]:
        """By scope, the workloads whose labels a placeholder stands for, all at once."""
        found: dict[str, Unknowns] = {}
        for scope, members in self._workloads_by_scope.items():
            for member in members:
                workload = member.workload
                if workload.labels or not self.unresolved(member, workload.labels_path):
                    continue
                reason = f"a placeholder stands for the labels of {member.display}"
                unknown = Unknown(reason, member.resource, ("metadata", "name"))
                found.setdefault(scope, Unknowns()).add(unknown, member)
        return found

    @cached_property
    def _workload_witnesses(self) -> Witnesses:
        return Witnesses(m for m in self.workloads if not m.partial and not m.piece)

    @cached_property
    def _service_witnesses(self) -> Witnesses:
        return Witnesses(m for m in self.services if not m.partial and not m.piece)

    def _index(self, scope: str) -> PodIndex:
        index = self._indexes.get(scope)
        if index is None:
            index = self._indexes[scope] = PodIndex(
                self._workloads_by_scope.get(scope, ()),
                self.facts.version,
                self._scaled,
            )
        return index

    def _nearest_of(self, scope: str) -> Nearest:
        nearest = self._nearest.get(scope)
        if nearest is None:
            nearest = self._nearest[scope] = Nearest(self._index(scope))
        return nearest

    def _meeting(
        self, of: Member, found: tuple[WorkloadMember, ...]
    ) -> tuple[WorkloadMember, ...]:
        """Return those that can meet ``of``, the nearest where files are alternatives."""
        if self._all_meet:
            return found
        meeting = [m for m in found if self.can_meet(of, m)]
        return tuple(self._nearest_to(of, meeting))

    def _nearest_to(self, of: Member, found: Sequence[_M]) -> Sequence[_M]:
        """Return those nearest to ``of`` in a folder that holds alternatives.

        Such a folder is not sent as a whole: what lies in the same folder goes with
        an object rather than what lies below or far away, and what its own file
        has rather than what another alternative has.
        """
        if len(found) < 2 or not self._alternatives.get(of.unit.scope):
            return found
        if of.alternative is not None and any(m.path == of.path for m in found):
            own = of.alternative
            found = [m for m in found if m.alternative in {None, own}]
        folders = of.path.split("/")[:-1]
        ranks = [_closeness(folders, member.path) for member in found]
        best = max(ranks)
        return [m for m, rank in zip(found, ranks, strict=True) if rank == best]

    @cached_property
    def _all_meet(self) -> bool:
        """Whether nothing keeps objects of one scope apart."""
        return not any(self._alternatives.values()) and not any(
            any(member.environment) for member in self.members
        )

    def _may_be_judged(self, member: Member) -> bool:
        return not (
            member.partial
            or is_placeholder(member.resource.kind)
            or is_placeholder(member.resource.name)
        )


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


def _closeness(folders: Sequence[str], path: str) -> tuple[int, bool]:
    """Return how many folders a path has in common, and whether it is in the last."""
    others = path.split("/")[:-1]
    count = 0
    for one, other in zip(folders, others, strict=False):
        if one != other:
            break
        count += 1
    return count, count == len(others)


def _is_of_group(member: Member, group: str | None) -> bool:
    if group is not None:
        return member.resource.group == group
    return is_built_in_group(member.resource.api_version)
