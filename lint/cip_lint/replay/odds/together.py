"""Who is in one cluster at once: the Services that one static claim has to do with.

Files of different environments and alternatives of one folder never meet, so what
is drawn before a claim is counted in a *world*: the largest set that can be there
together with the claim, as far as it is found at the first go.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Container,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import takewhile
from typing import TYPE_CHECKING

from cip_lint.records import NamedTuple
from cip_lint.replay.claims import names_it_answers_to, names_it_goes_by
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member
    from cip_lint.replay.odds.sweep import Sent

MOST_SORTS = 256
"""With more sorts of files than this, only those that go with everything count."""

MOST_ROWS = 1 << 18
"""So many rows of Services are looked at in worlds that share most of them."""

_Sort = tuple[Hashable, int | None]
"""Environment and alternative: all files of one sort meet the same others."""


class World(NamedTuple):
    """Services that can be in the cluster at once."""

    rows: tuple[Sent, ...]
    askers: frozenset[int]
    """The members, by identity, whose claims are judged in this world."""


def worlds(
    cluster: Cluster,
    rows: Iterable[Sent],
    askers: Container[int],
    tell: Callable[[str], None],
) -> Iterator[World]:
    """Yield the worlds of the Services that ask for something, each of them in one.

    A Service that is written twice is one, the first in order. ``tell`` is told what
    is left out because it would take too long.
    """
    scopes: dict[str, dict[_Sort, list[Sent]]] = {}
    for row in sorted(rows, key=_order):
        member = row.member
        sort = (member.environment, member.alternative)
        scopes.setdefault(member.unit.scope, {}).setdefault(sort, []).append(row)
    left, left_out = MOST_ROWS, 0
    for sorts in scopes.values():
        asking = _asking(cluster, sorts, askers)
        if asking and len(sorts) > MOST_SORTS:
            tell(f"{len(sorts)} alternatives of files not counted together in chances")
        for number, (world, of) in enumerate(asking.items()):
            own = frozenset(id(row.member) for sort in of for row in sorts[sort])
            if number:
                left -= len(sorts) + sum(len(sorts[sort]) for sort in world)
            if left >= 0:
                together = [
                    row for sort in sorts if sort in world for row in sorts[sort]
                ]
                yield World(tuple(_distinct(sorted(together, key=_order))), own)
            else:
                left_out += sum(1 for member in own if member in askers)
    if left_out:
        services = counted(left_out, "Service")
        tell(f"chances of {services} in further alternatives not worked out")


def _asking(
    cluster: Cluster,
    sorts: Mapping[_Sort, Sequence[Sent]],
    askers: Container[int],
) -> Mapping[frozenset[_Sort], Sequence[_Sort]]:
    """Return the worlds of the sorts that ask for something, with those sorts."""
    common = [
        sort for sort, rows in sorts.items() if not _is_particular(rows[0].member)
    ]
    found: dict[frozenset[_Sort], list[_Sort]] = {}
    for sort, rows in sorts.items():
        if len(sorts) == 1 or any(id(row.member) in askers for row in rows):
            found.setdefault(_meeting(cluster, sort, sorts, common), []).append(sort)
    return found


def _meeting(
    cluster: Cluster,
    own: _Sort,
    sorts: Mapping[_Sort, Sequence[Sent]],
    common: Sequence[_Sort],
) -> frozenset[_Sort]:
    """Return the sorts that can be there with one, and with each other.

    ``common`` ones, that go with everything, first, then the nearest: of
    alternatives, that of the same folder goes with a file rather than one that lies
    far away.
    """
    chosen = [own]
    ranked = list(common)
    if len(sorts) <= MOST_SORTS:
        folders = sorts[own][0].member.path.split("/")[:-1]
        rest = [sort for sort in sorts if sort not in common]
        rest.sort(key=lambda sort: -_closeness(folders, sorts[sort][0].member.path))
        ranked += rest
    first = sorts[own][0].member
    company = cluster.company(first.unit.scope)
    company.add(first)
    for sort in ranked:
        member = sorts[sort][0].member
        if sort != own and company.accepts(member):
            company.add(member)
            chosen.append(sort)
    return frozenset(chosen)


def _closeness(folders: Sequence[str], path: str) -> int:
    """Return how many folders a path has in common with those of a file."""
    both = zip(folders, path.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _is_particular(member: Member) -> bool:
    return member.alternative is not None or any(member.environment)


def _distinct(rows: Iterable[Sent]) -> Iterator[Sent]:
    """Yield the Services, one that is written again but once.

    A namespace that nobody decides may be any namespace of its unit. Without a
    name no Service is another one.
    """
    seen: set[Hashable] = set()
    for row in rows:
        member = row.member
        if not member.name:
            yield row
        elif seen.isdisjoint(names_it_answers_to(member)):
            seen.update(names_it_goes_by(member))
            yield row


def _order(row: Sent) -> int:
    return row.member.order
