"""The Services that operators make for custom resources of a set, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from cip_lint.kube.operator_services import (
    MadeService,
    is_marked,
    known_kinds,
    services_made,
)
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster
    from cip_lint.cluster.members import Member, ServiceMember

_COMPARED = 128
"""How many objects that make a Service of one name are looked at."""


class Making(NamedTuple):
    """A custom resource, and one Service or family of Services made for it."""

    member: Member
    made: MadeService

    @property
    def source(self) -> str:
        """Where the operator writes the name: repository and file."""
        return known_kinds()[self.member.resource.group, self.member.kind].source

    def wrote(self, service: ServiceMember) -> bool:
        """Whether the operator wrote a Service itself, by the marks it carries."""
        resource = self.member.resource
        return is_marked(service.resource.body, resource.group, resource.kind)


class MadeServices:
    """Who makes a Service of a name; found by the name, or by what it begins with.

    Each scope has its own: what is sent to another cluster makes nothing here.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._by_name: dict[tuple[str, str], list[Making]] = {}
        self._by_start: dict[tuple[str, str], list[Making]] = {}
        for group, kind in known_kinds():
            for member in cluster.judged(kind, group):
                self._add(member)

    def _add(self, member: Member) -> None:
        for made in services_made(member.resource):
            index = self._by_name if made.start == made.name else self._by_start
            key = member.unit.scope, made.start
            index.setdefault(key, []).append(Making(member, made))

    def called(self, name: str, beside: Member) -> Iterator[Making]:
        """Yield who makes a Service of a name, in any namespace; at most a few.

        Those in the scope of an object.
        """
        scope = beside.unit.scope
        found: Iterable[Making] = self._by_name.get((scope, name), ())
        if self._by_start:
            keys = ((scope, name[:end]) for end in range(len(name)))
            starts = (self._by_start.get(key, ()) for key in keys)
            families = (
                one for one in chain.from_iterable(starts) if one.made.is_called(name)
            )
            found = chain(found, families)
        return islice(found, _COMPARED)
