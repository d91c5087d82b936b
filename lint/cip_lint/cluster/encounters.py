"""Who of a cluster can meet whom, and who is nearest where not all can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from cip_lint.cluster.alternatives import Alternative
from cip_lint.cluster.matching import same_namespace
from cip_lint.cluster.meeting import Company, Meeting, groups_of
from cip_lint.cluster.members import Member

M = TypeVar("M", bound=Member)


class Encounters:
    """Which members of one cluster can be in it at once.

    Objects of different scopes never meet (rendered units, pieces of builds), nor
    do alternatives of one folder, nor files of different environments.
    """

    def __init__(
        self,
        members: Sequence[Member],
        alternatives: Mapping[str, Mapping[int, Alternative]],
    ) -> None:
        """Take the alternatives of each scope, by their numbers."""
        self._members = members
        self._alternatives = alternatives

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

    def meeting(self, of: Member, found: tuple[M, ...]) -> tuple[M, ...]:
        """Return those that can meet ``of``, the nearest where files are alternatives."""
        if self.all_meet:
            return found
        meeting = [m for m in found if self.can_meet(of, m)]
        return tuple(self.nearest_to(of, meeting))

    def nearest_to(self, of: Member, found: Sequence[M]) -> Sequence[M]:
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
    def all_meet(self) -> bool:
        """Whether nothing keeps objects of one scope apart."""
        return not any(self._alternatives.values()) and not any(
            any(member.environment) for member in self._members
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
