"""Names of Services that are in no file: what is known of each, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.cluster import Cluster, ServiceMember
from cip_lint.kube.service_names import Form
from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.replay.calls import Call
from cip_lint.rule import Context
from cip_lint_rules._public_domains import may_be_public
from cip_lint_rules.dns._calls import (
    OF_NO_CLUSTER,
    Neighbours,
    Spoken,
    absences,
    asks_cluster,
    is_alias_of_it,
    spoken,
)

if TYPE_CHECKING:
    from cip_lint.cluster.absence import Absence

_FEW = 3
_COMPARED = 256
_LEAST_IN_COMMON = 4
_OF_THE_WEB = (None, 80, 443)
_REFERRERS = 3
"""So many callers who agree are right, and the Service is misspelt."""


class Unknown:
    """A name that one object calls, and that no Service of the set has."""

    def __init__(self, names: Spoken, gone: Absence, neighbours: Neighbours) -> None:
        self.names = names
        self.gone = gone
        self._neighbours = neighbours

    @property
    def resource(self) -> Resource:
        """The object that calls it."""
        return self.names.resource

    @property
    def namespace(self) -> str:
        """The namespace that is meant; an undecided one reads ``default``."""
        call = self.names.call
        return call.member.ref.namespace if call.namespace is None else call.namespace

    @property
    def says_svc(self) -> bool:
        """Whether some text says by the label ``svc`` that a Service is meant."""
        return any(call.form in (Form.SVC, Form.FULL) for call in self.names.calls)

    @property
    def may_be_public(self) -> bool:
        """Whether the host may be one of the internet, below a domain of that name."""
        return self.gone.near is None and all(
            call.form is Form.WITH_NAMESPACE
            and may_be_public(call.namespace or "")
            and call.host.port in _OF_THE_WEB
            for call in self.names.calls
        )

    @property
    def has_neighbours(self) -> bool:
        """Whether the namespace has any Services."""
        call = self.names.call
        return self._neighbours.has_any(call.member, call.namespace)

    @cached_property
    def there(self) -> tuple[ServiceMember, ...]:
        """The Services of the namespace, without one whose own text it is."""
        call = self.names.call
        found = self._neighbours.of(call.member, call.namespace)
        if isinstance(call.member, ServiceMember):
            return tuple(one for one in found if one is not call.member)
        return found

    @cached_property
    def meant(self) -> ServiceMember | None:
        """The near miss, else the Service whose name has most in common with it."""
        return self.gone.near or _most_alike(self.names.call.service, self.there)

    def elsewhere(self, cx: Context) -> ServiceMember | None:
        """Return the Service of that name in the one other namespace that has it."""
        call, cluster = self.names.call, cx.cluster
        found = [
            one
            for one in cluster.services_named(call.service, call.member)[:_COMPARED]
            if one.decided
            and not one.partial
            and cluster.can_meet(call.member, one)
            and not is_alias_of_it(one, call, cx)
        ]
        return found[0] if len({one.namespace for one in found}) == 1 else None

    def is_sent_apart(self, cluster: Cluster) -> bool:
        """Whether files that do not meet the caller's have the Service all the same.

        A build takes some files of a folder; the rest may be applied beside it.
        """
        return any(
            one.namespace in ("", self.namespace)
            for one in cluster.services_named(self.names.call.service)[:_COMPARED]
        )

    @property
    def few(self) -> tuple[str, ...]:
        """The names of all Services there, where they are few."""
        names = tuple(dict.fromkeys(one.name for one in self.there))
        return names if len(names) <= _FEW else ()


class Renamed(NamedTuple):
    """An old name in a text, of a Service that the caller's own build renames."""

    names: Spoken
    service: ServiceMember
    new: str
    """What the Service is called once it is built."""

    @property
    def resource(self) -> Resource:
        """The object that calls it."""
        return self.names.resource


class Misspelt(NamedTuple):
    """A Service that all who call it call by one other name."""

    service: ServiceMember
    callers: tuple[Unknown, ...]

    @property
    def resource(self) -> Resource:
        """The Service."""
        return self.service.resource


def unknown_names(cx: Context) -> Iterator[Unknown | Misspelt | Renamed]:
    """Yield the names that lead nowhere and do not exist all the same, in order."""
    for names in spoken(cx, lambda call: _renamed(call, cx) is not None, pieces=True):
        service = _renamed(names.call, cx)
        if service is not None:
            new = service.name
            if names.call.member.piece:
                new = service.unit.affixes.renamed(new)
            yield Renamed(names, service, new)
    neighbours: Neighbours | None = None
    gone_of = absences(cx)
    found: list[Unknown] = []
    for names in spoken(
        cx, lambda call: _leads_nowhere(call) and not _renamed(call, cx)
    ):
        gone = gone_of(names.call)
        if gone is not None:
            neighbours = neighbours or Neighbours(cx)
            found.append(Unknown(names, gone, neighbours))
    if found:
        yield from _with_misspelt(found, cx)


def _renamed(call: Call, cx: Context) -> ServiceMember | None:
    """Return the Service of a build whose old name is called in the same build.

    Texts are no references: a build renames the Service, and leaves them as they
    are. Pieces that are not built are known by their old names.
    """
    member, name = call.member, call.service
    if call.pod or call.form in OF_NO_CLUSTER:
        return None
    if not member.piece:
        if call.row is not None:
            return None
        service = cx.cluster.renamed_service(member, name, call.namespace)
    elif any(member.unit.affixes):
        service = cx.cluster.service(member, name, call.namespace)
    else:
        return None
    if service is None or service.unit is not member.unit or not asks_cluster(call):
        return None
    return service


def _leads_nowhere(call: Call) -> bool:
    """Whether nothing of the set answers a call, and DNS of the cluster is asked."""
    if call.row is not None or call.pod or not asks_cluster(call):
        return False
    if call.form in (Form.SVC, Form.FULL):
        return True
    return not call.host.bare and call.form in (Form.SHORT, Form.WITH_NAMESPACE)


def _with_misspelt(
    found: Sequence[Unknown], cx: Context
) -> Iterator[Unknown | Misspelt]:
    """Yield a misspelt Service in the place of those who call it."""
    by_service: dict[tuple[int, str], list[Unknown]] = {}
    for one in found:
        if one.gone.near is not None:
            key = id(one.gone.near), one.names.call.service
            by_service.setdefault(key, []).append(one)
    called = cx.table.calls.called
    covered: set[int] = set()
    for (service, _), callers in by_service.items():
        if len(callers) >= _REFERRERS and service not in called:
            near = callers[0].gone.near
            if near is not None and not near.piece:
                yield Misspelt(near, tuple(callers))
                covered.update(map(id, callers))
    yield from (one for one in found if id(one) not in covered)


def _most_alike(name: str, services: Sequence[ServiceMember]) -> ServiceMember | None:
    """Return the Service that shares the longest piece of its name with another."""
    best: tuple[int, ServiceMember | None] = (_LEAST_IN_COMMON - 1, None)
    for one in services[:_COMPARED]:
        length = _in_common(name, one.name)
        if length > best[0]:
            best = length, one
    return best[1]


def _in_common(one: str, other: str) -> int:
    """Return the length of the longest text that stands in both."""
    longest, before = 0, [0] * (len(other) + 1)
    for left in one[:63]:
        row = [0]
        for at, right in enumerate(other[:63]):
            row.append(before[at] + 1 if left == right else 0)
        longest = max(longest, *row)
        before = row
    return longest
