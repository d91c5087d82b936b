"""The seeded draw: which addresses and node ports the Services of a table might get.

One possible run of everything: the Services are created in an order in which they
can be (``replay.order.timeline``), and each takes what it asks for and draws the rest
as the API server does. Another seed gives another run, the same seed always the same.

Objects that cannot meet in one cluster share no pool. Those of one *world* can all
meet (``Cluster.groups_that_meet``): one for each alternative and environment of a
scope, with everything that goes with it. A Service of several worlds keeps in all
of them what it gets in the first, so that no two that can meet show one value;
where somebody of a later world asks for it, it draws there again.

From the start a world holds the address of ``default/kubernetes`` and what the
snapshot says. ServiceCIDR objects of the set are there from the start as well. A
Service that would be refused whatever is taken, or of which too little is known,
takes nothing and is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cip_lint.replay.claims import address_claims, port_claims
from cip_lint.replay.odds.draw_runs import Run
from cip_lint.replay.odds.existing import Existing

if TYPE_CHECKING:
    from random import Random

    from cip_lint.cluster import Member
    from cip_lint.replay.odds.row_draws import RowDraw
    from cip_lint.replay.order.timeline import Timeline
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_TELLING_FIELDS = (
    "type",
    "ipFamilies",
    "ipFamilyPolicy",
    "externalTrafficPolicy",
    "healthCheckNodePort",
    "allocateLoadBalancerNodePorts",
)
"""Fields that decide what a Service takes: with a placeholder nobody knows."""


class Draws:
    """One run of a table."""

    def __init__(self, seed: int, found: Mapping[int, RowDraw]) -> None:
        self.seed = seed
        self._found = found

    def of(self, row: ServiceRow) -> RowDraw | None:
        """Return what a row gets; None for one that takes no part."""
        return self._found.get(id(row.member))


def draw(table: ServiceTable, seed: int) -> Draws:
    """Replay the creation of all Services of a table once."""
    rows = {id(row.member): row for row in table.rows if _takes_part(table, row)}
    members = [row.member for row in rows.values()]
    existing = Existing(table)
    found: dict[int, RowDraw] = {}
    for world in _worlds(table, [*members, *_holders(table)]):
        run = Run(table, existing, seed, world)
        settled = _settled(world, rows, found)
        for key in settled:
            run.keep(found[key])
        for member in creation_order(table.timeline, world, run.random):
            row = rows.get(id(member))
            if row is None:
                run.hold(member)
            elif id(member) not in settled:
                drawn = run.send(row)
                if drawn is not None:
                    found.setdefault(id(member), drawn)
    _copy_to_repeated(members, found)
    return Draws(seed, found)


def _settled(
    world: Iterable[Member],
    rows: Mapping[int, ServiceRow],
    found: Mapping[int, RowDraw],
) -> dict[int, None]:
    """Return the Services of a world that keep what they got in an earlier one.

    Those are all but the ones whose values others of this world ask for.
    """
    own = [row for member in world if (row := rows.get(id(member))) is not None]
    again = [row for row in own if id(row.member) in found]
    if not again:
        return {}
    asked: set[str | int] = set()
    for row in own:
        if id(row.member) not in found:
            asked.update(claim.canonical for claim in address_claims(row))
            asked.update(claim.port for claim in port_claims(row))
    return {
        id(row.member): None
        for row in again
        if found[id(row.member)].refusal is None
        and asked.isdisjoint(found[id(row.member)].values)
    }


def creation_order(
    timeline: Timeline, members: Iterable[Member], random: Random
) -> list[Member]:
    """Return objects in one possible order of their creation.

    What an engine sends at once arrives in any order.
    """
    found: list[Member] = []
    ordered = sorted(members, key=timeline.key)
    for _, group in groupby(ordered, lambda one: id(timeline.step_of(one))):
        together = list(group)
        step = timeline.step_of(together[0])
        if step is not None and step.concurrent:
            random.shuffle(together)
        found += together
    return found


def _takes_part(table: ServiceTable, row: ServiceRow) -> bool:
    """Whether a Service is created, as long as nobody holds what it asks for."""
    member, spec = row.member, row.resource.body.get("spec")
    if member.piece or row.reason or row.on_its_own.refused:
        return False
    return not isinstance(spec, dict) or not any(
        table.cluster.unresolved(member, ("spec", field))
        for field in _TELLING_FIELDS
        if field in spec
    )


def _holders(table: ServiceTable) -> list[Member]:
    """Return the IPAddress objects that hold an address for something else."""
    return [
        claim.member
        for claims in table.all_claims.values()
        for claim in claims
        if claim.row is None
    ]


def _worlds(table: ServiceTable, members: Sequence[Member]) -> Iterator[list[Member]]:
    """Yield groups of members that can meet; who meets nobody is alone.

    An object that is written twice in a world is there once, as it is sent last.
    """
    seen: set[tuple[str, ...]] = set()
    for group in table.cluster.groups_that_meet(members).groups:
        seen.update(map(_identity, group))
        yield list(group)
    for member in members:
        if _identity(member) not in seen:
            yield [member]


def _identity(member: Member) -> tuple[str, ...]:
    return member.unit.scope, member.kind, member.namespace, member.name


def _copy_to_repeated(members: Sequence[Member], found: dict[int, RowDraw]) -> None:
    """Give an object that is written more than once what it gets where it is sent."""
    by_identity = {
        _identity(member): found[id(member)]
        for member in members
        if id(member) in found
    }
    for member in members:
        drawn = by_identity.get(_identity(member))
        if drawn is not None:
            found.setdefault(id(member), drawn)
