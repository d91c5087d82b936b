"""Where each unit of a cluster goes, and what of it could not be known."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.members import Member
from cip_lint.cluster.units import Unit
from cip_lint.records import NamedTuple
from cip_lint.words import counted

_MOST_REASONS = 3
"""So many reasons are written out."""


class Destination(NamedTuple):
    """One unit, and where it goes."""

    unit: Unit
    namespaces: tuple[str, ...]
    """Where its objects go."""
    undecided: int
    """How many of its objects name no namespace, where nobody else does."""
    hidden: tuple[str, ...]
    """What it sends that is in no file, one clause each."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be known, one clause each."""
        found = []
        if self.undecided:
            objects = counted(self.undecided, "object", "objects")
            found.append(f"the namespace of {objects}")
        found += self.hidden[:_MOST_REASONS]
        more = len(self.hidden) - _MOST_REASONS
        return (*found, f"{more} more") if more > 0 else tuple(found)


def destinations(cluster: Cluster) -> Iterator[Destination]:
    """Yield where each unit of a cluster goes, in their order."""
    members: dict[tuple[str, ...], list[Member]] = {}
    for member in cluster.members:
        members.setdefault(member.unit.identity, []).append(member)
    for unit in cluster.units:
        found = [one for one in members.get(unit.identity, ()) if not one.partial]
        names = {one.namespace for one in found if one.namespace}
        if unit.namespace.value:
            names.add(unit.namespace.value)
        undecided = sum(one.namespaced and not one.decided for one in found)
        hidden = dict.fromkeys(cluster.hidden.get(unit.identity, ()))
        yield Destination(unit, tuple(sorted(names)), undecided, tuple(hidden))
