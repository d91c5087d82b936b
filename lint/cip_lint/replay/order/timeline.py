"""The timeline: in which order the objects of a cluster are created.

Each unit is sent by one engine, in steps; units follow each other only where
somebody says so. What is asked here is a first install: on a later run only what is
new is created, in the same order. A unit whose engine cannot be followed, or that
is a piece of a build, has no order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from cip_lint.model import OriginKind
from cip_lint.records import NamedTuple
from cip_lint.replay.order.engines.objects import Gate
from cip_lint.replay.order.guarantee import Guarantee
from cip_lint.replay.order.tilt_resources import tilt_resources
from cip_lint.replay.order.unit_order import Dependencies, dependencies
from cip_lint.replay.order.unit_timelines import Step, UnitTimeline, unit_timeline

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member

__all__ = ["Gate", "Guarantee", "Order", "Step", "Timeline", "UnitTimeline"]

_NONE = -1

CLOSE = 20
"""So many objects may be sent between two for the first to be just ahead.

An estimate: a workload's containers start a second or more after it is sent.
"""


class Order(Enum):
    """Whether one object is created before another one."""

    BEFORE = "before"
    AFTER = "after"
    CONCURRENT = "concurrent"
    """Their requests are on the way at the same time."""
    UNKNOWN = "unknown"


class Position(NamedTuple):
    """Where an object stands: its unit, its step there, and its place in the unit."""

    unit: int
    step: int
    serial: int


class Timeline:
    """The order in which everything that a cluster gets is created.

    The steps of a unit are worked out when something of it is asked for, in time
    that is linear but for the sort; answers about two objects cost the same however
    many there are.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._made: dict[int, UnitTimeline] = {}
        # Of each member by its number, and -1 for none: a tuple for each in a map
        # takes more memory than all else of it.
        none = array("i", [_NONE]) * len(cluster.members)
        self._unit_of, self._steps, self._serials = none[:], none[:], none
        self._groups: list[list[Member]] = []
        self._first_parts: list[int] = []
        """For each unit, or part of one, the first part of its unit."""
        self._collect()

    def _collect(self) -> None:
        """Find the members of each unit: what one engine sends in one go.

        Each release of a chart is one, and so is what each sends of a kustomization.
        """
        groups: dict[tuple[object, ...], list[Member]] = {}
        by_unit: dict[int, list[Member]] = {}
        for member in self._cluster.members:
            unit = member.unit
            group = by_unit.get(id(unit))
            if group is None:
                sender = (unit.engine, member.resource.release)
                key = (unit.kind, unit.argument, unit.root, unit.whole, *sender)
                group = by_unit[id(unit)] = groups.setdefault(key, [])
            group.append(member)
        for group in groups.values():
            first = len(self._groups)
            for part in self._parts(group):
                for member in part:
                    self._unit_of[self._number_of(member)] = len(self._groups)
                self._groups.append(part)
                self._first_parts.append(first)

    def _parts(self, group: list[Member]) -> Iterable[list[Member]]:
        """Return what is sent in one go of a unit: mostly all of it.

        Tilt makes several resources. Where nobody says what sends a plain folder,
        each folder in it may be a command of its own: kubectl does not descend
        unless it is told to.
        """
        unit = group[0].unit
        parts: dict[object, list[Member]] = {}
        if unit.engine == "tilt":
            for member, number in tilt_resources(self._cluster, group):
                parts.setdefault(number, []).append(member)
        elif unit.kind == "folder" and unit.engine_origin.kind is OriginKind.DEFAULT:
            for member in group:
                folder = member.path.rpartition("/")[0]
                parts.setdefault(folder, []).append(member)
        else:
            return (group,)
        return parts.values()

    @cached_property
    def _dependencies(self) -> Dependencies:
        return dependencies([group[0].unit for group in self._groups])

    def _timeline(self, number: int) -> UnitTimeline:
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = unit_timeline(self._groups[number])
            serial = 0
            for at, step in enumerate(made.steps):
                for member in step.members:
                    place = self._number_of(member)
                    self._steps[place], self._serials[place] = at, serial
                    serial += 1
        return made

    def _number_of(self, member: Member) -> int:
        """Return the number of a member; raises ``KeyError`` for what is none."""
        number = self._cluster.number_of(member)
        if number is None:
            raise KeyError(member)
        return number

    @property
    def notices(self) -> Iterator[str]:
        """What was asked for and not worked out, one clause each, for the footer."""
        for one in self._made.values():
            if one.untold:
                yield f"order of {one.words} not worked out: {one.untold}"

    @property
    def has_dependencies(self) -> bool:
        """Whether a unit is sent after another one."""
        return self._dependencies.exist

    def unit_of(self, member: Member) -> UnitTimeline:
        """Return the timeline of the unit of an object."""
        return self._timeline(self._unit_of[self._number_of(member)])

    def position(self, member: Member) -> Position | None:
        """Return where an object stands; None where that is unknown or it is not sent."""
        place = self._cluster.number_of(member)
        if place is None or self._unit_of[place] == _NONE:
            return None
        unit = self._unit_of[place]
        self._timeline(unit)
        step = self._steps[place]
        return None if step == _NONE else Position(unit, step, self._serials[place])

    def step_of(self, member: Member) -> Step | None:
        """Return the step of an object; None where that is unknown or it is not sent."""
        position = self.position(member)
        if position is None:
            return None
        return self._made[position.unit].steps[position.step]

    def order(self, a: Member, b: Member) -> Order:
        """Return whether ``a`` is created before ``b``."""
        one, other = self.position(a), self.position(b)
        if one is None or other is None:
            return Order.UNKNOWN
        if one.unit != other.unit:
            return self._order_of_units(one.unit, other.unit)
        unit = self._made[one.unit]
        if one.step == other.step:
            if unit.steps[one.step].concurrent and a is not b:
                return Order.CONCURRENT
            return Order.BEFORE if one.serial < other.serial else Order.AFTER
        if unit.follows(one.step, other.step):
            return Order.BEFORE
        if unit.follows(other.step, one.step):
            return Order.AFTER
        return Order.CONCURRENT

    def _order_of_units(self, one: int, other: int) -> Order:
        if self._dependencies.follows(one, other):
            return Order.BEFORE
        if self._dependencies.follows(other, one):
            return Order.AFTER
        return Order.UNKNOWN

    def guarantee(self, service: Member, consumer: Member) -> Guarantee:
        """Return what a consumer may count on of a Service when it is sent."""
        order = self.order(service, consumer)
        one, other = self.position(service), self.position(consumer)
        if order is Order.UNKNOWN or one is None or other is None:
            return Guarantee.UNKNOWN
        if order is Order.CONCURRENT:
            return Guarantee.RACY
        if one.unit != other.unit:
            first = one.unit if order is Order.BEFORE else other.unit
            waited = self._dependencies.waits_for(first)
            distance = CLOSE + 1
        else:
            unit = self._made[one.unit]
            first, last = sorted((one.step, other.step))
            waited = unit.waits_for(first, last)
            distance = abs(one.serial - other.serial) - 1
            if unit.waits_between(first, last):
                distance = CLOSE + 1
        if order is Order.BEFORE:
            return Guarantee.GATED if waited else Guarantee.GUARANTEED
        if waited:
            return Guarantee.REVERSED
        return Guarantee.LIKELY if distance <= CLOSE else Guarantee.RACY

    def between(self, a: Member, b: Member) -> int | None:
        """Return how many objects of their unit are sent between two of it.

        None where they are of two units, or nothing is known.
        """
        one, other = self.position(a), self.position(b)
        if one is None or other is None or one.unit != other.unit:
            return None
        return max(0, abs(one.serial - other.serial) - 1)

    def key(self, member: Member) -> tuple[int, int, int]:
        """Return a sort key: one of the possible orders of creation, always the same.

        Units stand as they depend on each other, else in the order of their files;
        what is never sent stands behind its unit. What is sent as read keeps the
        order of the files through all folders.
        """
        number = self._unit_of[self._number_of(member)]
        rank = self._dependencies.rank(self._first_parts[number])
        if member.unit.sent_as_read:
            return rank, member.order, member.order
        position = self.position(member)
        if position is None:
            return rank, len(self._groups[number]), member.order
        return rank, position.serial, member.order

    def in_order(self, members: Sequence[Member]) -> list[Member]:
        """Return members as they are created; by their files where nobody knows.

        Nobody does where two of them are of units without a declared order, or one
        is of a unit whose order is unknown.
        """
        places = [self.position(member) for member in members]
        units = dict.fromkeys(place.unit if place else -1 for place in places)
        numbers = sorted(
            units, key=lambda n: -1 if n < 0 else self._dependencies.rank(n)
        )
        known = -1 not in units and all(
            self._dependencies.follows(one, other) for one, other in pairwise(numbers)
        )
        if known:
            return sorted(members, key=self.key)
        return sorted(members, key=lambda member: member.order)

    @cached_property
    def _numbers(self) -> Sequence[int]:
        numbers = array("i", [_NONE]) * len(self._cluster.members)
        for number, member in enumerate(sorted(self._cluster.members, key=self.key)):
            numbers[self._number_of(member)] = number
        return numbers

    def number(self, member: Member) -> int:
        """Return how many objects of the cluster come before one, by ``key``."""
        return self._numbers[self._number_of(member)]

    def words(self, a: Member, b: Member) -> str:
        """Return what decides the order of two objects, and who says so, for notes."""
        one, other = self.position(a), self.position(b)
        if one is None or other is None:
            return "nothing tells in which order they are sent"
        first, second = self.unit_of(a), self.unit_of(b)
        if first is not second:
            return self._words_of_units(one.unit, other.unit)
        step, further = first.steps[one.step], first.steps[other.step]
        said = step.label
        if step is not further:
            if step.label != further.label:
                said = f"{step.label} and {further.label}"
        elif step.concurrent:
            said = f"same concurrent step ({step.label})"
        return f"{said} of {first.words}, {first.source}"

    def _words_of_units(self, one: int, other: int) -> str:
        first, second = self._made[one], self._made[other]
        if first.unit is second.unit:
            what = "resources" if first.engine == "tilt" else "folders"
            return f"different {what} of {first.words} have no known order"
        if self._order_of_units(one, other) is Order.UNKNOWN:
            return f"{first.words} and {second.words} have no declared order"
        return f"{first.words} and {second.words} depend on each other"
