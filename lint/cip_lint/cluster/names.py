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
    """Where the objects of one kind are found by what they are called."""

    def __init__(self, members: Iterable[M]) -> None:
        self._by_name: dict[str, dict[str, list[M]]] = {}
        self._by_file: dict[tuple[str, str], list[M]] = {}
        for member in members:
            if not member.partial:
                by_namespace = self._by_name.setdefault(member.resource.name, {})
                by_namespace.setdefault(member.namespace, []).append(member)
                key = (member.resource.name, member.resource.path)
                self._by_file.setdefault(key, []).append(member)

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._by_name)

    def all(self, name: str) -> list[M]:
        """Return all objects of a name, in order."""
        found = [m for some in self._by_name.get(name, {}).values() for m in some]
        return sorted(found, key=lambda member: member.order)

    def in_file(self, name: str, path: str) -> Sequence[M]:
        """Return the objects of a name that stand in one file, in order."""
        return self._by_file.get((name, path), ())

    def meant(self, name: str, namespace: str) -> Sequence[M]:
        """Return the objects of a name that may be in a namespace.

        Those of the namespace and those that nobody decided; with an undecided
        (empty) namespace those of any.
        """
        by_namespace = self._by_name.get(name)
        if by_namespace is None:
            return ()
        if namespace:
            own = by_namespace.get(namespace, [])
            return own + by_namespace[""] if "" in by_namespace else own
        everywhere = (m for some in by_namespace.values() for m in some)
        found = list(islice(everywhere, _COMPARED))
        return sorted(found, key=lambda member: member.order)
