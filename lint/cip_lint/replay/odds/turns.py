"""Turns: which Services a unit sends one after the other, and which at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from cip_lint.records import NamedTuple
from cip_lint.replay.odds.sweep import Shortage, Sweep, Turn, Verdict
from cip_lint.replay.order.timeline import Order, Position

if TYPE_CHECKING:
    from cip_lint.replay.odds.sweep import Pool, Sent
    from cip_lint.replay.odds.together import World
    from cip_lint.replay.order.timeline import Timeline, UnitTimeline

MOST_UNITS = 300
"""Among more units than this, which of them wait for others is not looked up."""


class Passage(NamedTuple):
    """Turns that pass one after the other, and what is over before they begin."""

    turns: Sequence[Turn]
    before: Sequence[Turn]
    left_out: int
    """How many values are drawn in no known order with them."""
    only: frozenset[int] | None = None
    """The members, by identity, that it is about; None: all."""

    def judged(self, pool: Pool) -> Iterator[Verdict | Shortage]:
        """Yield what becomes of the static claims, and where values run out."""
        sweep = Sweep(pool)
        sweep.precede(self.before)
        for found in sweep.run(self.turns, self.only):
            if self.only is None or isinstance(found, Verdict):
                yield found


@dataclass(slots=True)
class _Unit:
    """The Services that one engine sends in one go, by the steps that send them."""

    timeline: UnitTimeline
    steps: dict[int, list[Sent]] = field(default_factory=dict)
    drawn: int = 0
    """How many values they draw."""

    @property
    def first(self) -> Sent:
        """Any of its Services."""
        return next(iter(self.steps.values()))[0]

    @property
    def turns(self) -> Iterator[Turn]:
        """Its turns, as if each step came after all that stand before it."""
        for number, rows in self.steps.items():
            if self.timeline.steps[number].concurrent:
                yield tuple(rows)
            else:
                yield from ((row,) for row in rows)

    @property
    def is_sequence(self) -> bool:
        """Whether each step comes after all that stand before it."""
        return all(self.timeline.follows(a, b) for a, b in pairwise(self.steps))


def passages(
    world: World, pool: Pool, timeline: Timeline, tell: Callable[[str], None]
) -> Iterator[Passage]:
    """Yield the turns of a world in which anything can be lost or run out.

    ``tell`` is told what is left out because it would take too long.
    """
    total = sum(map(pool.draws, world.rows))
    scarce = total > pool.room
    units = _units(world.rows, pool, timeline)
    depend = timeline.has_dependencies
    if depend and len(units) > MOST_UNITS:
        depend = False
        tell(f"which of {len(units)} units wait for others not counted in chances")
    for unit in units:
        if not scarce and not any(_asks(rows, pool) for rows in unit.steps.values()):
            continue
        before, after = _related(unit, units if depend else (), timeline)
        left_out = total - sum(one.drawn for one in (unit, *before, *after))
        earlier = [turn for one in before for turn in one.turns]
        if unit.is_sequence:
            yield Passage(list(unit.turns), earlier, left_out)
        else:
            yield from _of_graph(unit, pool, earlier, left_out)


def _units(rows: Iterable[Sent], pool: Pool, timeline: Timeline) -> Sequence[_Unit]:
    """Return the units whose order is known."""
    units: dict[int, _Unit] = {}
    placed: list[tuple[Position, Sent]] = []
    for row in rows:
        position = timeline.position(row.member)
        if position is not None:
            placed.append((position, row))
    placed.sort(key=_position)
    for position, row in placed:
        unit = units.get(position.unit)
        if unit is None:
            unit = units[position.unit] = _Unit(timeline.unit_of(row.member))
        unit.steps.setdefault(position.step, []).append(row)
        unit.drawn += pool.draws(row)
    return tuple(units.values())


def _position(placed: tuple[Position, Sent]) -> Position:
    return placed[0]


def _asks(rows: Iterable[Sent], pool: Pool) -> bool:
    return any(id(row.member) in pool.asks for row in rows)


def _related(
    unit: _Unit, units: Sequence[_Unit], timeline: Timeline
) -> tuple[list[_Unit], list[_Unit]]:
    """Return the units that are over before one begins, and those that wait for it."""
    before: list[_Unit] = []
    after: list[_Unit] = []
    own = unit.first.member
    for other in units:
        if other is not unit:
            order = timeline.order(other.first.member, own)
            if order is Order.BEFORE:
                before.append(other)
            elif order is Order.AFTER:
                after.append(other)
    return before, after


def _of_graph(
    unit: _Unit, pool: Pool, earlier: Sequence[Turn], left_out: int
) -> Iterator[Passage]:
    """Yield a passage for each step of a unit whose steps only partly follow.

    What neither comes before a step nor after it is on the way at the same time.
    """
    for number, rows in unit.steps.items():
        if not _asks(rows, pool):
            continue
        before = list(earlier)
        beside: list[Sent] = []
        for other, its in unit.steps.items():
            if unit.timeline.follows(other, number):
                before.append(tuple(its))
            elif other != number and not unit.timeline.follows(number, other):
                beside += its
        only = frozenset(id(row.member) for row in rows)
        yield Passage([tuple(rows + beside)], before, left_out, only)
