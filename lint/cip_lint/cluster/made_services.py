"""The Services that operators make for custom resources of a set, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from cip_lint.cluster.members import Member
from cip_lint.kube.operator_services import MadeService, is_known, services_made
from cip_lint.kube.placeholders import is_placeholder

_COMPARED = 128
"""How many objects that make a Service of one name are looked at."""

Making = tuple[Member, MadeService]
"""A custom resource, and one Service or family of Services that is made for it."""


class MadeServices:
    """Who makes a Service of a name; found by the name, or by what it begins with."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._by_name: dict[str, list[Making]] = {}
        self._by_start: dict[str, list[Making]] = {}
        for member in members:
            if member.partial or not is_known(member.resource.group, member.kind):
                continue
            if is_placeholder(member.name):
                continue
            for made in services_made(member.resource):
                whole = made.start == made.name
                index = self._by_name if whole else self._by_start
                index.setdefault(made.start, []).append((member, made))

    def called(self, name: str) -> Iterator[Making]:
        """Yield who makes a Service of a name, in any namespace; at most a few."""
        found: Iterable[Making] = self._by_name.get(name, ())
        if self._by_start:
            starts = (self._by_start.get(name[:end], ()) for end in range(len(name)))
            families = (
                one for one in chain.from_iterable(starts) if one[1].is_called(name)
            )
            found = chain(found, families)
        return islice(found, _COMPARED)

    def __bool__(self) -> bool:
        return bool(self._by_name or self._by_start)
