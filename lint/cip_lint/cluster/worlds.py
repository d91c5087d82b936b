"""Worlds: whether what is not in the set can exist all the same, and why.

A namespace is *closed* when somebody says that nothing exists outside the set;
else it is open. In an open one "exists nowhere" is evidence only beside a
*witness*: an object of the same sort, in the same namespace, in the same file or
rendered unit. What may make pods (or Services) that no file shows makes the
namespace *unknown*, whatever the witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.settings import Completeness, Setting
from cip_lint.model import Label, Path, Resource
from cip_lint.records import NamedTuple


class Unknown(NamedTuple):
    """Why something cannot be known, and the place that makes it so."""

    reason: str
    """One clause: ``RedisCluster shop/cache may make pods``."""
    resource: Resource | None = None
    path: Path = ("kind",)
    place: Label | None = None
    """The place, where it is not in an object."""

    @property
    def label(self) -> Label | None:
        """A label on the place; found when asked for."""
        if self.resource is not None:
            return self.resource.label(*self.path)
        return self.place


class World(NamedTuple):
    """What is known about the namespace of one member, from where it stands."""

    closed: bool
    origin: str
    """Who says that it is closed: ``.cip-lint.yaml:3``, ``--complete``."""
    witness_workload: WorkloadMember | None = None
    witness_service: ServiceMember | None = None
    unknown_pods: Unknown | None = None
    unknown_services: Unknown | None = None


def is_complete(setting: Setting[Completeness], namespace: str) -> bool:
    """Whether a statement of completeness covers a namespace."""
    if isinstance(setting.value, bool):
        return setting.value
    return (namespace or "default") in setting.value


class Unknowns:
    """What is unknown in one scope, by namespace; the first of each counts."""

    def __init__(self) -> None:
        self._everywhere: Unknown | None = None
        self._undecided: dict[str, Unknown] = {}
        """Unit -> the first maker whose namespace nobody decides."""
        self._by_namespace: dict[str, Unknown] = {}
        self._by_unit: dict[str, Unknown] = {}
        """Unit -> the first maker in it, in any namespace."""

    def add_everywhere(self, unknown: Unknown) -> None:
        """Note what may concern any namespace."""
        self._everywhere = self._everywhere or unknown

    def add_namespace(self, unknown: Unknown, namespace: str) -> None:
        """Note what concerns one namespace."""
        self._by_namespace.setdefault(namespace, unknown)

    def add(self, unknown: Unknown, member: Member) -> None:
        """Note what concerns the namespace of a member."""
        unit = member.unit.path
        self._by_unit.setdefault(unit, unknown)
        if member.namespace:
            self._by_namespace.setdefault(member.namespace, unknown)
        else:
            self._undecided.setdefault(unit, unknown)
            if not member.decided:
                self._by_namespace.setdefault("default", unknown)

    def add_unit(self, unknown: Unknown, unit: str) -> None:
        """Note what concerns any namespace of one unit."""
        self._by_unit.setdefault(unit, unknown)
        self._undecided.setdefault(unit, unknown)

    def __bool__(self) -> bool:
        """Whether anything is unknown at all."""
        return bool(self._everywhere or self._by_unit or self._by_namespace)

    def of(self, member: Member, namespace: str | None = None) -> Unknown | None:
        """Return what is unknown for a member, from where it stands.

        In its own namespace, or the one that is given.
        """
        found = self._everywhere or self._undecided.get(member.unit.path)
        if found is not None:
            return found
        if namespace is None:
            namespace = member.namespace
        if namespace:
            return self._by_namespace.get(namespace)
        return self._by_unit.get(member.unit.path) or self._by_namespace.get("default")


_Place = tuple[str, str]
"""A scope, and a file or a rendered unit in it."""


class Witnesses:
    """The first objects of one sort by file and by rendered unit of each scope."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._first: dict[tuple[_Place, str], Member] = {}
        self._any: dict[_Place, Member] = {}
        for member in members:
            for place in _places(member):
                key = (place, member.namespace)
                self._first.setdefault(key, member)
                self._any.setdefault(place, member)

    def of(self, member: Member, namespace: str) -> Member | None:
        """Return a witness for a member in a namespace; the same file first.

        Without a decided one, any object of the same file or rendered unit is.
        """
        for place in _places(member):
            if not namespace:
                found = self._first.get((place, "")) or self._any.get(place)
            else:
                # All of a place are of one unit: an undecided one may be in any.
                found = self._first.get((place, namespace))
                found = found or self._first.get((place, ""))
            if found is not None:
                return found
        return None


def _places(member: Member) -> Iterator[_Place]:
    """Yield where an object is beside others that are surely sent with it."""
    unit = member.unit
    yield unit.scope, member.sent_by
    if unit.rendered:
        yield unit.scope, "\0" + unit.path
