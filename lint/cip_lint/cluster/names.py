"""Objects of one kind by name and namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

from cip_lint.cluster.members import Member

M = TypeVar("M", bound=Member)

_COMPARED = 128
"""How many objects of one name are looked at, where any namespace may be meant."""


class NameIndex(Generic[M]):
    """Where the objects of one kind are found by what they are called.

    Most names of a large set are of one object each, which then stands by itself: a
    hundred thousand small maps and lists take more memory than what they hold.
    """

    def __init__(self, members: Iterable[M]) -> None:
        self._only: dict[str, M | None] = {}
        """Every name with its object; None where there are several."""
        self._by_name: dict[str, dict[str, list[M]]] = {}
        self._by_file: dict[tuple[str, str], list[M]] = {}
        for member in members:
            if member.partial:
                continue
            name = member.resource.name
            if name not in self._only:
                self._only[name] = member
                continue
            first = self._only[name]
            if first is not None:
                self._only[name] = None
                self._add(name, first)
            self._add(name, member)

    def _add(self, name: str, member: M) -> None:
        by_namespace = self._by_name.setdefault(name, {})
        by_namespace.setdefault(member.namespace, []).append(member)
        self._by_file.setdefault((name, member.resource.path), []).append(member)

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._only)

    def all(self, name: str) -> list[M]:
        """Return all objects of a name, in order."""
        only = self._only.get(name)
        if only is not None:
            return [only]
        found = [m for some in self._by_name.get(name, {}).values() for m in some]
        return sorted(found, key=lambda member: member.order)

    def in_file(self, name: str, path: str) -> Sequence[M]:
        """Return the objects of a name that stand in one file, in order."""
        only = self._only.get(name)
        if only is not None:
            return (only,) if only.resource.path == path else ()
        return self._by_file.get((name, path), ())

    def meant(self, name: str, namespace: str) -> Sequence[M]:
        """Return the objects of a name that may be in a namespace.

        Those of the namespace and those that nobody decided; with an undecided
        (empty) namespace those of any.
        """
        only = self._only.get(name)
        if only is not None:
            is_meant = not namespace or only.namespace in (namespace, "")
            return (only,) if is_meant else ()
        by_namespace = self._by_name.get(name)
        if by_namespace is None:
            return ()
        if namespace:
            own = by_namespace.get(namespace, [])
            return own + by_namespace[""] if "" in by_namespace else own
        everywhere = (m for some in by_namespace.values() for m in some)
        found = list(islice(everywhere, _COMPARED))
        return sorted(found, key=lambda member: member.order)


class ScopedNames(Generic[M]):
    """The objects of one kind by name, all of them and those of each scope.

    What looks at a few of a name looks at those of its own scope: a base of many
    overlays has a copy in each, and most of them are sent elsewhere.
    """

    def __init__(self, members: Iterable[M]) -> None:
        members = tuple(members)
        self.everywhere = NameIndex(members)
        self._none: NameIndex[M] = NameIndex(())
        self._by_scope: dict[str, NameIndex[M]] = {}
        scopes = {member.unit.scope for member in members}
        if len(scopes) == 1:
            self._by_scope = dict.fromkeys(scopes, self.everywhere)
            return
        found: dict[str, list[M]] = {}
        for member in members:
            found.setdefault(member.unit.scope, []).append(member)
        self._by_scope = {scope: NameIndex(some) for scope, some in found.items()}

    def of(self, scope: str) -> NameIndex[M]:
        """Return those of the units of one scope."""
        return self._by_scope.get(scope, self._none)
