"""What a cluster is compared with: an earlier state of the same objects.

An object has an earlier self where group, kind, namespace and name are the same: to
the API server, one that is renamed or moved to another namespace is a new object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from cip_lint.cluster.members import Member
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import Resource, SourceFile

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster

Identity = tuple[str, str, str, str]
"""Group, kind, namespace and name; an undecided namespace is that of ``default``."""


class Base:
    """An earlier state of one cluster: of another revision, or of a live one.

    ``words`` say what it is, as notes do: ``revision abc1234``, ``folder ../old``;
    ``revision`` is the whole name of the commit, where it is one.
    Where it is ``live``, the objects are as the API server stores them, with all that
    it filled in; else as somebody wrote them. ``one_set``: all of it is in the one
    cluster, wherever the files lie. ``concerns`` tells of which objects it is an
    earlier state at all. ``printed`` turns the path of a file into what
    labels call it: ``abc1234:shop/web.yaml``.
    """

    def __init__(
        self,
        members: Iterable[Member],
        words: str,
        *,
        present: Iterable[Member] = (),
        printed: Callable[[str], str] | None = None,
        live: bool = False,
        one_set: bool = False,
        concerns: Callable[[Member], bool] | None = None,
        notices: Iterable[str] = (),
        revision: str = "",
    ) -> None:
        self.words = words
        self.revision = revision
        self.notices = tuple(notices)
        """What of it could not be compared, one clause each."""
        self.live = live
        self._one_set = one_set or live
        self._concerns = concerns
        self._printed = printed
        self._sources: dict[str, SourceFile] = {}
        self._earlier: dict[Identity, list[Member]] = {}
        for member in members:
            key = identity(member)
            if key is not None:
                self._earlier.setdefault(key, []).append(member)
        self._stays: set[tuple[Identity, str]] = {
            (key, member.path)
            for member in present
            if (key := identity(member)) in self._earlier and key is not None
        }

    def find(self, member: Member) -> Resource | None:
        """Return the earlier self of an object, with the places of its file.

        None where there is none, and where several may be meant: files of
        alternatives and environments are told apart by their paths.
        """
        earlier = self.earlier(member)
        return None if earlier is None else self.shown(earlier.resource)

    def earlier(self, member: Member) -> Member | None:
        """Return the earlier self of an object, as a member of its own cluster."""
        key = identity(member)
        found = self._earlier.get(key) if key is not None else None
        if not found or key is None:
            return None
        if self._concerns is not None and not self._concerns(member):
            return None
        if self._one_set:
            return found[-1]
        same_file = [one for one in found if one.path == member.path]
        if same_file:
            return same_file[-1]
        return _only(
            [
                one
                for one in found
                if one.unit.scope == member.unit.scope
                and one.environment.meets(member.environment)
                and (key, one.path) not in self._stays
            ]
        )

    def shown(self, resource: Resource) -> Resource:
        """Return an earlier object with its file named as labels do."""
        places = resource.places
        if self._printed is None or not isinstance(places, DocumentPlaces):
            return resource
        source = self._sources.get(places.path)
        if source is None:
            source = SourceFile(self._printed(places.path), places.source.text)
            self._sources[places.path] = source
        moved = DocumentPlaces.of_numbers(source, places.numbers)
        return Resource(resource.body, moved, resource.repeated_keys)

    def __repr__(self) -> str:
        return f"<base {self.words}>"


def identity(member: Member) -> Identity | None:
    """Return what a cluster knows an object by; None for what is no named object."""
    resource = member.resource
    if member.partial or not resource.name:
        return None
    if resource.get("metadata", "name") != resource.name:
        return None  # a generated name is another one each time
    return resource.group, resource.kind, member.ref.namespace, resource.name


def _only(members: Sequence[Member]) -> Member | None:
    """Return the last copy where all are of one file; None for several files."""
    files = {one.path for one in members}
    return members[-1] if len(files) == 1 else None


def pairs(
    present: Sequence[Cluster], earlier: Sequence[Cluster]
) -> list[tuple[Cluster | None, Cluster | None]]:
    """Return which cluster is the earlier state of which: of the same name, or unit.

    Each is in one pair; None stands where a cluster is new, or is gone.
    """
    found: dict[int, Cluster] = {}
    left = {id(one): one for one in earlier}
    for names in (_names, _units):
        by_name = {name: one for one in left.values() for name in names(one)}
        for cluster in present:
            called = (by_name.get(name) for name in names(cluster))
            other = next((one for one in called if one and id(one) in left), None)
            if id(cluster) not in found and other is not None:
                found[id(cluster)] = left.pop(id(other))
    return [
        *((cluster, found.get(id(cluster))) for cluster in present),
        *((None, one) for one in left.values()),
    ]


def _names(cluster: Cluster) -> Iterable[str]:
    return (cluster.name,)


def _units(cluster: Cluster) -> Iterable[str]:
    return (unit.path for unit in cluster.units)
