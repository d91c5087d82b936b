"""From what was read to clusters: who is where, in which namespace."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cip_lint.cluster import alternatives, gitops
from cip_lint.cluster.alternatives import Alternative
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.environment import ANYWHERE, Environment, environment_of
from cip_lint.cluster.landmarks import Landmarks, survey
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.notices import notices
from cip_lint.cluster.placement import Placement, Placements
from cip_lint.cluster.settings import ClusterSettings, Setting
from cip_lint.cluster.shares import Share, shares_of
from cip_lint.cluster.unread_releases import unread_releases
from cip_lint.cluster.unseen import Unseen
from cip_lint.kube.discovery import all_kinds, is_built_in_group
from cip_lint.kube.kinds import makes_pods, makes_services, namespaced
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.kube.workloads import template_paths
from cip_lint.manifests import Reading
from cip_lint.model import Path, Resource, SourceFile
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.snapshot import Snapshot

NO_SNAPSHOTS: Mapping[tuple[str, ...], Snapshot] = MappingProxyType({})


def partition(
    reading: Reading,
    settings: Sequence[ClusterSettings],
    snapshots: Mapping[tuple[str, ...], Snapshot] = NO_SNAPSHOTS,
) -> tuple[Cluster, ...]:
    """Return the clusters that the objects of a run go to, in the given order.

    Every object is in at least one of them; in several only where several
    clusters are said to get it. ``snapshots`` are found by the files that the
    settings of a cluster name.
    """
    landmarks = _landmarks(reading)
    arguments = {account.path: account.argument for account in reading.files}
    shares = list(shares_of(reading, settings, arguments, landmarks))
    unread: Mapping[str, Sequence[str]] = {}
    if set(arguments.values()) != {"-"}:  # what is piped in may be such a chart
        unread = unread_releases(shares, settings, landmarks.charts)
    return tuple(
        _Assembly(
            share,
            landmarks,
            arguments,
            snapshots.get(share.settings.snapshot.value),
            unread.get(share.name, ()),
            reading.sources,
        ).cluster()
        for share in shares
    )


def _landmarks(reading: Reading) -> Landmarks:
    by_kind: dict[str, list[tuple[str, Mapping[str, object]]]] = {}
    for landmark in reading.landmarks:
        by_kind.setdefault(landmark.kind, []).append((landmark.path, landmark.body))
    files = frozenset(account.path for account in reading.files)
    return survey(
        files,
        by_kind,
        reading.resources,
        reading.applications,
        reading.unbuilt,
        reading.sent,
        reading.sources,
    )


class _Kind(NamedTuple):
    """What is known of a kind, looked up once for each."""

    member: type[Member]
    namespaced: bool
    template: Path | None
    """Where the configuration says that the pod template stands."""
    hides_pods: bool
    hides_services: bool


class _Assembly:
    """Makes the members of one cluster."""

    def __init__(
        self,
        share: Share,
        landmarks: Landmarks,
        arguments: Mapping[str, str],
        snapshot: Snapshot | None,
        unread: Sequence[str],
        sources: Mapping[str, SourceFile],
    ) -> None:
        self._share = share
        self._unread = unread
        self._snapshot = snapshot
        self._landmarks = landmarks
        self._placements = Placements(
            landmarks,
            share.settings,
            arguments,
            self._has,
            sources,
            joined=share.joined,
        )
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._unseen = Unseen(share, landmarks, self._placements)

    def cluster(self) -> Cluster:
        """Return the cluster with everything that is known of it."""
        members = self._members()
        self._unseen.note_hidden(members)
        self._unseen.note_unread()
        share = self._share
        return Cluster(
            share.settings,
            self._placements.units,
            members,
            name=share.name,
            alternatives=self._alternatives(members),
            unknowns=self._unseen.facts,
            notices=(
                *notices(share, members, self._placements, self._landmarks),
                *self._unread,
            ),
            snapshot=self._snapshot,
            hidden=self._unseen.hidden,
        )

    def _members(self) -> list[Member]:
        members: list[Member] = []
        places: dict[tuple[str, ...], Sequence[_Place]] = {}
        by_file = self._has_namespaces_by_file
        several: Sequence[Member]
        more = 0
        for order, resource in self._share.resources:
            path = resource.built_by or resource.places.path
            # What is said of a file holds for what is built of it, too.
            own = (resource.path,) if by_file and resource.built_by else ()
            sent = (path, resource.release, *own)
            found = places.get(sent)
            if found is None:
                found = places[sent] = self._places(path, resource.release, *own)
            key = (resource.api_version, resource.kind)
            kind = self._kinds.get(key)
            if kind is None:
                kind = self._kinds[key] = self._kind(*key)
            member = _member(order + more, resource, kind, found[0])
            if len(found) > 1:
                several = _for_each(member, kind, found)
                more += len(several) - 1
                members += several
            else:
                several = (member,)
                members.append(member)
            if kind.hides_pods or kind.hides_services:
                for one in several:
                    self._unseen.note_maker(
                        one, pods=kind.hides_pods, services=kind.hides_services
                    )
        return members

    @cached_property
    def _has_namespaces_by_file(self) -> bool:
        return any(one.namespace for one in self._share.settings.by_path)

    @cached_property
    def _present(self) -> Collection[int]:
        return {id(resource) for _, resource in self._share.resources}

    def _has(self, resource: Resource) -> bool:
        """Whether the cluster gets an object, or the set that makes it."""
        return id(resource) in self._present or id(resource.written) in self._present

    def _places(self, path: str, release: str, *own: str) -> Sequence[_Place]:
        placements = self._placements.of(path, release)
        return [self._place(one, path, *own) for one in placements]

    def _place(self, placement: Placement, path: str, *own: str) -> _Place:
        unit = placement.unit
        if unit.namespace.value:
            namespace = unit.namespace
        elif self._has_namespaces_by_file:
            namespace = self._share.settings.namespace_for(path, *own)
        else:
            namespace = self._share.settings.namespace
        environment = ANYWHERE
        if not self._share.joined:
            environment = environment_of(path if unit.loose else unit.path)
        return _Place(placement, namespace, environment)

    def _kind(self, api_version: str, kind: str) -> _Kind:
        further = self._share.settings.pod_template_kinds
        templates = template_paths(api_version, kind, further)
        built_in = is_built_in_group(api_version)
        group = api_version.rpartition("/")[0]
        member: type[Member] = Member
        if kind == "Service" and built_in:
            member = ServiceMember
        elif templates or (built_in and makes_pods(api_version, kind)):
            member = WorkloadMember
        custom = not built_in and (group, kind) not in gitops.KINDS
        meant = _meant(api_version, kind) if built_in else ""
        makes = ("v1", meant) if meant else (api_version, kind)
        hides = custom or bool(meant)
        return _Kind(
            member,
            namespaced(api_version, kind) is not False,
            further.get((group, kind)),
            hides_pods=(hides and member is Member and makes_pods(*makes) is not False),
            hides_services=hides and makes_services(*makes) is not False,
        )

    def _alternatives(
        self, members: Sequence[Member]
    ) -> dict[str, Mapping[int, Alternative]]:
        if self._share.settings.one_cluster:
            return {}
        by_scope: dict[str, list[Member]] = {}
        for member in members:
            if member.unit.loose and not member.partial:
                by_scope.setdefault(member.unit.scope, []).append(member)
        found = {scope: alternatives.mark(loose) for scope, loose in by_scope.items()}
        return {scope: files for scope, files in found.items() if files}


def _meant(api_version: str, kind: str) -> str:
    """Return the kind of Kubernetes that another spelling stands for, if it is one."""
    if kind in all_kinds():
        return ""
    from cip_lint.kube.misspelt_kinds import meant_kind  # noqa: PLC0415 - rare

    return meant_kind(api_version, kind)


class _Place(NamedTuple):
    """What all objects of one file have in common."""

    placement: Placement
    namespace: Setting[str | None]
    environment: Environment


def _member(order: int, resource: Resource, kind: _Kind, place: _Place) -> Member:
    unit, piece, partial, _ = place.placement
    if resource.repeated_keys and unit.read_by_kustomize:
        # What such keys are is decided otherwise there than was read.
        piece = piece or bool(resource.keys_merged_over)
    namespace, decided = "", True
    if kind.namespaced:
        stated = place.namespace
        namespace = resource.namespace
        if stated.value and (not namespace or unit.overrides_namespace):
            namespace = stated.value
        if not namespace or is_placeholder(namespace):
            namespace, decided = "", False
    return kind.member(
        resource,
        unit,
        order,
        namespace=namespace,
        decided=decided,
        namespaced=kind.namespaced,
        piece=piece,
        partial=partial or _is_patch(resource.body),
        environment=place.environment,
        template=kind.template,
    )


def _for_each(first: Member, kind: _Kind, places: Sequence[_Place]) -> list[Member]:
    """Return an object as each of several send it.

    Where two send it to one namespace of one cluster, it is one object all the same.
    """
    made: dict[tuple[str, ...], Member] = {}
    for place in places:
        order = first.order + len(made)
        own = first.resource
        sent = Resource(
            own.body,
            own.places,
            own.repeated_keys,
            own.built_by,
            own.written or own,
            place.placement.sender,
        )
        member = _member(order, sent, kind, place)
        identity = (member.unit.scope, member.namespace)
        made.setdefault(identity, member)
    return list(made.values())


def _is_patch(body: Mapping[str, Any]) -> bool:
    """Whether a strategic merge directive stands where patches have one."""
    if "$patch" in body:
        return True
    spec = body.get("spec")
    return isinstance(spec, dict) and "$patch" in spec
