"""Alternatives: files of one plain folder that are never sent together.

Two files that define one object in common (``all-in-one.yaml`` and
``quickstart.yaml``) are two ways to the same thing. Each is paired with the rest of
the folder, not with the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cip_lint.cluster.members import Member

_Name = tuple[str, str, str]


class Alternative:
    """One file, or several, and the objects they have in common with other files.

    Objects are numbers, which are compared in less time than names.
    """

    def __init__(self, number: int, path: str) -> None:
        self.number = number
        self.path = path
        self.named: set[int] = set()
        """Objects with a decided namespace."""
        self.names: set[int] = set()
        """The same without the namespace, to be compared with undecided ones."""
        self.undecided: set[int] = set()

    def clashes(self, other: Alternative) -> bool:
        """Whether both define one object: an undecided namespace may be any."""
        if self is other:
            return False
        if not self.named.isdisjoint(other.named):
            return True
        mine, its = self.undecided, other.undecided
        return (
            bool(mine) and not (mine.isdisjoint(its) and mine.isdisjoint(other.names))
        ) or (bool(its) and not its.isdisjoint(self.names))

    def take_in(self, other: Alternative) -> None:
        """Stand for the objects of another file too."""
        self.named |= other.named
        self.names |= other.names
        self.undecided |= other.undecided


def mark(members: Iterable[Member]) -> Mapping[int, Alternative]:
    """Give numbers to files that define an object in common, and to their members.

    The members are those of one folder. Namespaces are no evidence: many files
    make sure of the one they need.
    """
    members = list(members)
    where: dict[tuple[str, str], str] = {}
    repeated: set[tuple[str, str]] = set()
    for member in members:
        resource = member.resource
        called = (resource.kind, resource.name)
        path = resource.places.path
        if where.setdefault(called, path) != path:
            repeated.add(called)
    if not repeated:
        return {}
    again = [
        member
        for member in members
        if member.name and member.kind != "Namespace"
        if (member.kind, member.name) in repeated
    ]
    return _number(members, again) if again else {}


def _number(members: list[Member], again: list[Member]) -> dict[int, Alternative]:
    """Give numbers to files; ``again`` are the objects whose names stand in several."""
    files: dict[str, Alternative] = {}
    homes: dict[tuple[_Name, str], set[str]] = {}
    for member in again:
        resource = member.resource
        identity = (resource.kind, resource.name, resource.group)
        if "generateName" not in _metadata(member):
            key = (identity, member.namespace)
            homes.setdefault(key, set()).add(resource.path)
    undecided = {identity for identity, namespace in homes if not namespace}
    numbers: dict[_Name | tuple[_Name, str], int] = {}
    for (identity, namespace), paths in homes.items():
        if len(paths) < 2 and identity not in undecided:
            continue
        name = numbers.setdefault(identity, len(numbers))
        named = numbers.setdefault((identity, namespace), len(numbers))
        for path in sorted(paths):
            file = files.setdefault(path, Alternative(0, path))
            if namespace:
                file.named.add(named)
                file.names.add(name)
            else:
                file.undecided.add(name)
    for number, path in enumerate(sorted(files), 1):
        files[path].number = number
    for member in members:
        own = files.get(member.resource.path)
        if own is not None:
            member.alternative = own.number
    return {file.number: file for file in files.values()}


def _metadata(member: Member) -> Mapping[str, object]:
    metadata = member.resource.body.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
