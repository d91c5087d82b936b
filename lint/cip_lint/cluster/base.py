"""What a cluster is compared with: an earlier state of the same objects.

An object has an earlier self where group, kind, namespace and name are the same: to
the API server, one that is renamed or moved to another namespace is a new object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.cluster.members import Member
from cip_lint.model import Label, Path, Places, Resource, SourceFile, Span

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
        self._moves = _Moves(self._earlier, present)

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
        same_file = [one for one in found if one.sent_by == member.sent_by]
        if same_file:
            return same_file[-1]
        return _only([one for one in found if self._moves.may_be(key, one, member)])

    def shown(self, resource: Resource) -> Resource:
        """Return an earlier object with its file named as labels do."""
        if self._printed is None:
            return resource
        moved = _Moved(resource.places, self._moved)
        return Resource(resource.body, moved, resource.repeated_keys, resource.built_by)

    def _moved(self, span: Span) -> Span:
        """Return a span in its file as labels name it."""
        source = self._sources.get(span.source.path)
        if source is None:
            assert self._printed is not None
            printed = self._printed(span.source.path)
            source = SourceFile(printed, span.source.text, file="")
            self._sources[span.source.path] = source
        return span._replace(source=source)

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


class _Moves:
    """Which objects are sent by another file or build than before.

    Units of one scope may meet; of another scope an object is still the same where
    its unit is gone or new: what was a folder of files is an overlay now.
    """

    def __init__(
        self, earlier: Mapping[Identity, Sequence[Member]], present: Iterable[Member]
    ) -> None:
        then = {one.unit.scope for found in earlier.values() for one in found}
        now: set[str] = set()
        self._stays: set[tuple[Identity, str]] = set()
        self._senders: dict[Identity, set[str]] = {}
        """What sends an object now."""
        for member in present:
            now.add(member.unit.scope)
            key = identity(member)
            if key is not None and key in earlier:
                self._stays.add((key, member.sent_by))
                self._senders.setdefault(key, set()).add(member.sent_by)
        self._gone, self._new = then - now, now - then

    def may_be(self, key: Identity, earlier: Member, member: Member) -> bool:
        """Whether an earlier object may be what another file or build sends now."""
        if (key, earlier.sent_by) in self._stays:
            return False
        if not earlier.environment.meets(member.environment):
            return False
        if earlier.unit.scope == member.unit.scope:
            return True
        if earlier.piece or member.piece or len(self._senders.get(key, ())) > 1:
            return False
        return earlier.unit.scope in self._gone or member.unit.scope in self._new


def _only(members: Sequence[Member]) -> Member | None:
    """Return the last copy where all are sent together; None for several files."""
    files = {one.sent_by for one in members}
    return members[-1] if len(files) == 1 else None


class _Moved:
    """The places of an object in files that are called otherwise than they were."""

    __slots__ = ("_moved", "_places")

    def __init__(self, places: Places, moved: Callable[[Span], Span]) -> None:
        self._places = places
        self._moved = moved

    @property
    def path(self) -> str:
        """What its file is called."""
        return self._moved(self._places.value(())).source.path

    @property
    def order(self) -> tuple[int, int]:
        """Index of the document in its file, and of the item in its list."""
        return self._places.order

    @property
    def in_list(self) -> bool:
        """Whether the object is an item of a list."""
        return self._places.in_list

    def value(self, path: Path) -> Span:
        """Return the span of the value at ``path``."""
        return self._moved(self._places.value(path))

    def key(self, path: Path) -> Span:
        """Return the span of the key at the end of ``path``."""
        return self._moved(self._places.key(path))

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``."""
        return self._moved(self._places.part(path, value, start, end))

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments that name cip-lint."""
        for span, text in self._places.comments():
            yield self._moved(span), text

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what set the variables in a place, which stands where it is now."""
        return tuple(
            one._replace(span=self._moved(one.span))
            for one in self._places.because(span)
        )


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
