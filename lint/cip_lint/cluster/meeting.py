"""Groups of objects that can all be in one cluster at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cip_lint.cluster.alternatives import Alternative
from cip_lint.cluster.environment import Environment
from cip_lint.cluster.members import Member
from cip_lint.records import NamedTuple

_GROUPS = 16
"""How many groups one question may have; what fits into none is counted."""


class Meeting(NamedTuple):
    """Groups of two or more that can meet, and how many were left unjudged."""

    groups: tuple[tuple[Member, ...], ...]
    unjudged: int
    """Members kept out because their paths name different environments.

    Not those of which what they would have met has a copy of its own.
    """


class Company:
    """A growing company of objects of one scope, each of which can meet all others.

    ``files`` are the alternatives of the scope, by their numbers.
    """

    def __init__(self, scope: str, files: Mapping[int, Alternative]) -> None:
        self.scope = scope
        self._files = files
        self._environments: dict[Environment, None] = {}
        self._numbers: set[int] = set()
        self._together = Alternative(0, "")

    def accepts_environment(self, member: Member) -> bool:
        """Whether no environment of the company keeps a member out."""
        own = member.environment
        return all(own.collides_with(other) for other in self._environments)

    def accepts(self, member: Member) -> bool:
        """Whether a member can meet all of the company."""
        if member.unit.scope != self.scope or not self.accepts_environment(member):
            return False
        file = self._files.get(member.alternative or 0)
        if file is None or file.number in self._numbers:
            return True
        return not file.clashes(self._together)

    def add(self, member: Member) -> None:
        """Take a member in."""
        self._environments[member.environment] = None
        file = self._files.get(member.alternative or 0)
        if file is not None and file.number not in self._numbers:
            self._numbers.add(file.number)
            self._together.take_in(file)


class _Group(Company):
    """A company without two copies of one object."""

    def __init__(self, scope: str, files: Mapping[int, Alternative]) -> None:
        super().__init__(scope, files)
        self.members: dict[tuple[str, str, str], Member] = {}
        self._called: set[tuple[str, str]] = set()
        """Kinds and names."""

    def add(self, member: Member) -> None:
        """Take a member in; a later copy of one object replaces the earlier."""
        super().add(member)
        identity = _identity(member)
        self.members.pop(identity, None)
        self.members[identity] = member
        self._called.add((identity[0], identity[2]))

    def keeps_out(self, member: Member) -> bool:
        """Whether environments alone keep a member out, of which it has no copy."""
        return not self.accepts_environment(member) and not self._has_copy(member)

    def _has_copy(self, member: Member) -> bool:
        """Whether an object of its name is here; an undecided namespace may be any."""
        kind, namespace, name = _identity(member)
        if not namespace:
            return (kind, name) in self._called
        found = ((kind, where, name) for where in (namespace, ""))
        return any(one in self.members for one in found)


def _identity(member: Member) -> tuple[str, str, str]:
    """Return what an object is known by; each generated name is another one."""
    name = member.name
    if not member.resource.get("metadata", "name"):
        name = f"{name}*{member.order}"
    return member.kind, member.namespace, name


def groups_of(
    members: Iterable[Member],
    alternatives: Mapping[str, Mapping[int, Alternative]],
) -> Meeting:
    """Return the groups of members that can all meet, each in the given order.

    A member that goes with everything is in every group of its scope.
    """
    by_scope: dict[str, list[Member]] = {}
    for member in members:
        by_scope.setdefault(member.unit.scope, []).append(member)
    groups: list[tuple[Member, ...]] = []
    unjudged = 0
    for scope, found in by_scope.items():
        if len(found) > 1:
            made, left = _groups_of_scope(scope, found, alternatives.get(scope, {}))
            groups.extend(made)
            unjudged += left
    return Meeting(tuple(groups), unjudged)


def _add_to_all(groups: list[_Group], members: list[Member], another: _Group) -> None:
    """Add members that go with everything to all groups but those of test data."""
    if not members:
        return
    fitting = [group for group in groups if group.accepts_environment(members[0])]
    if not fitting:
        groups.append(another)
        fitting = [another]
    for group in fitting:
        for member in members:
            group.add(member)


def _groups_of_scope(
    scope: str, members: list[Member], files: Mapping[int, Alternative]
) -> tuple[list[tuple[Member, ...]], int]:
    free: list[Member] = []
    groups: list[_Group] = []
    unjudged = 0
    for member in members:
        file = files.get(member.alternative or 0)
        if file is None and not any(member.environment):
            free.append(member)
            continue
        fitting = [group for group in groups if group.accepts(member)]
        for group in fitting:
            group.add(member)
        if not fitting:
            if any(group.keeps_out(member) for group in groups):
                unjudged += 1
            if len(groups) < _GROUPS:
                groups.append(_Group(scope, files))
                groups[-1].add(member)
    _add_to_all(groups, free, _Group(scope, files))
    made = [
        tuple(sorted(group.members.values(), key=lambda member: member.order))
        for group in groups
        if len(group.members) > 1
    ]
    return list(dict.fromkeys(made)), unjudged
