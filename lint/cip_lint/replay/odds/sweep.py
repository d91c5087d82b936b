"""One pass over the turns of a unit: what is drawn and held when a claim comes.

A *turn* is a Service, or several that the engine sends at once. A pool is one
family of addresses, or the node ports: dynamic requests take from it, and static
claims hold places of its ranges. Linear in the rows, but for keeping the places of
static claims sorted.

A static claim changes the chances of a later one only by what is drawn between
them. Whether it was placed at all may itself be a matter of chance: so each chance
is worked out with the claims that certainly were, and with all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Union

from cip_lint.records import NamedTuple
from cip_lint.replay.odds.chances import (
    CERTAIN,
    IMPOSSIBLE,
    Chance,
    between,
    in_one_of_several_ranges,
)
from cip_lint.replay.odds.rings import Bands, Ring

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.rows import ServiceRow


class Holder(NamedTuple):
    """An IPAddress object of the set: it takes its address, and draws none."""

    member: Member


Sent = Union["ServiceRow", Holder]
Turn = tuple[Sent, ...]
"""A Service, or several that are sent in any order, IPAddress objects among them."""

Place = tuple[int, int]
"""The number of a range in its pool, and a place in it, from 0."""


class Asked(NamedTuple):
    """A static claim, and where it lies in the ranges of its pool."""

    claim: Claim | PortClaim
    places: tuple[Place, ...]
    """Several where ranges overlap."""
    own: int = 0
    """How many values its own Service draws before it."""


class Band(NamedTuple):
    """How large the two bands of a range are, and what is used from the start."""

    lower: int
    upper: int
    used: Sequence[int] = ()
    """Places in ascending order, those of the lower band first."""


def is_used(band: Band, place: int) -> bool:
    """Whether a place is used from the start."""
    index = bisect_left(band.used, place)
    return index < len(band.used) and band.used[index] == place


class Pool(NamedTuple):
    """What requests are served from, and who asks it for what."""

    ranges: Sequence[Band]
    draws: Callable[[Sent], int]
    """How many values a Service has drawn."""
    asks: Mapping[int, Sequence[Asked]]
    """The static claims, by the identity of their member."""
    effort: int
    """How many multiplications the chance of one claim may cost."""

    @property
    def capacity(self) -> int:
        """How many values all ranges have."""
        return sum(band.lower + band.upper for band in self.ranges)

    @property
    def room(self) -> int:
        """How many of them are free from the start."""
        return self.capacity - sum(len(band.used) for band in self.ranges)


class Verdict(NamedTuple):
    """What the pass says of one claim."""

    asked: Asked
    chance: Chance
    before: int
    """How many dynamic requests come first, those of the same turn included."""
    beside: int
    """How many of them are of the same turn."""
    services: int
    """How many Services draw them, its own left out."""
    first: ServiceRow | None
    """The first Service among them; None where they are all its own."""
    size: int
    """How many values the band of the claim has."""
    free: int
    """How many values of the dynamic band are free for these requests."""
    certain: bool
    """Whether it is lost even to those alone that are known to come first."""
    together: Chance | None = None
    """That at least one of several claims of its Service is lost."""

    @property
    def member(self) -> Member:
        """The object that asks."""
        return self.asked.claim.member


class Shortage(NamedTuple):
    """A turn in which the values run out."""

    turn: tuple[ServiceRow, ...]
    """Those of its Services that draw."""
    missing: int
    """How many requests of the turn find nothing."""
    capacity: int
    """How many values all ranges of the pool have."""


class _Held:
    """The used places of the two bands of a range."""

    def __init__(self, band: Band) -> None:
        split = bisect_left(band.used, band.lower)
        self._split = band.lower
        self._lower = list(band.used[:split])
        self._upper = [place - band.lower for place in band.used[split:]]
        self.bands = Bands(Ring(band.lower, self._lower), Ring(band.upper, self._upper))
        """The range as it is now."""

    def add(self, place: int) -> bool:
        """Hold a place; return whether it was free."""
        where, within = self._where(place)
        index = bisect_left(where, within)
        if index < len(where) and where[index] == within:
            return False
        where.insert(index, within)
        return True

    def remove(self, place: int) -> None:
        """Free a place that is held."""
        where, within = self._where(place)
        del where[bisect_left(where, within)]

    def _where(self, place: int) -> tuple[list[int], int]:
        if place < self._split:
            return self._lower, place
        return self._upper, place - self._split


class Sweep:
    """The state of one pool while the turns pass."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._placed = [_Held(band) for band in pool.ranges]
        """With the static values that are certainly placed."""
        self._asked = [_Held(band) for band in pool.ranges]
        """With all that were asked for."""
        self._waiting: list[tuple[Place, bool]] = []
        """What was asked for since anything was drawn; True: certainly placed."""
        self._left = pool.room
        """How many values are free at most."""
        self._drawn = 0
        self._services = 0
        self._first: ServiceRow | None = None

    def precede(self, turns: Iterable[Turn]) -> None:
        """Let turns of other units pass, of which all is over when this one begins.

        In what order they come among themselves is not known.
        """
        for turn in turns:
            for row in turn:
                for asked in self._pool.asks.get(id(row.member), ()):
                    self._waiting += ((place, False) for place in asked.places)
        for turn in turns:
            self._draw(turn, list(map(self._pool.draws, turn)))

    def run(
        self, turns: Iterable[Turn], only: frozenset[int] | None = None
    ) -> Iterator[Verdict | Shortage]:
        """Yield what becomes of each static claim, and where the values run out.

        With ``only``, of the last turn alone the claims of these members, by
        identity: the others are held, and cost nothing more.
        """
        for turn in turns:
            draws = list(map(self._pool.draws, turn))
            if any(id(row.member) in self._pool.asks for row in turn):
                yield from self._judged(turn, draws, only)
            missing = self._draw(turn, draws)
            if missing:
                drawing = tuple(_drawing(turn, draws))
                yield Shortage(drawing, missing, self._pool.capacity)

    def _draw(self, turn: Turn, draws: Sequence[int]) -> int:
        """Serve the dynamic requests of a turn; return how many find nothing."""
        total = sum(draws)
        if not total:
            return 0
        self._settle()
        drawing = _drawing(turn, draws)
        self._services += len(drawing)
        self._first = self._first or drawing[0]
        served = min(total, max(0, self._left - self._drawn))
        self._drawn += served
        return total - served

    def _settle(self) -> None:
        """Hold what was asked for, now that something is drawn after it."""
        for (number, place), certain in self._waiting:
            self._asked[number].add(place)
            if certain:
                self._placed[number].add(place)
        self._waiting.clear()

    def _judged(
        self, turn: Turn, draws: Sequence[int], only: frozenset[int] | None
    ) -> Iterator[Verdict]:
        """Yield what becomes of the static claims of a turn."""
        beside = _drawing(turn, draws)
        asking = [
            (row, count, asks)
            for row, count in zip(turn, draws, strict=True)
            if (asks := self._pool.asks.get(id(row.member)))
        ]
        total = sum(draws) if len(turn) > 1 else 0
        if total or any(asked.own for _, _, asks in asking for asked in asks):
            self._settle()
        among = {
            place
            for _, _, asks in asking
            for asked in asks
            for place in asked.places
            if total and self._asked[place[0]].add(place[1])
        }
        found = [
            verdict._replace(
                first=self._first_before(row, beside),
                services=self._services + len(beside) - bool(count),
            )
            for row, count, asks in asking
            if only is None or id(row.member) in only
            for verdict in self._of_row(asks, total - count if total else 0, among)
        ]
        for verdict in found:
            sure = verdict.chance.impossible
            self._left -= sure
            self._waiting += ((place, sure) for place in verdict.asked.places)
            yield verdict

    def _of_row(
        self, asks: Sequence[Asked], beside: int, among: set[Place]
    ) -> Iterator[Verdict]:
        """Yield what becomes of each claim of a Service, and of all of them.

        ``among`` is what its turn asks for, and is held. Its own claims do not
        stand in each other's way, unless something is drawn between them.
        """
        places = list(dict.fromkeys(place for one in asks for place in one.places))
        asked = [place for place in places if place in among]
        found: dict[int, Verdict] = {}
        together = None
        with self._without(asked):
            for number, one in enumerate(asks):
                if not one.own:
                    found[number] = self._verdict(one, beside, 0)
            if len(asks) > 1 and len(self._placed) == 1 and len(found) == len(asks):
                together = self._chance_of_any(places, self._drawn + beside)
        if len(found) < len(asks):
            found |= self._behind_own_draws(asks, beside, places, {*asked})
        for number in range(len(asks)):
            yield found[number]._replace(together=together)

    def _behind_own_draws(
        self,
        asks: Sequence[Asked],
        beside: int,
        places: Sequence[Place],
        asked: set[Place],
    ) -> dict[int, Verdict]:
        """Return what becomes of the claims for which their Service draws before.

        The other claims of the Service are held then. ``places`` are those of all,
        of which those ``asked`` for by the turn are held already.
        """
        added = {place for place in places if self._asked[place[0]].add(place[1])}
        found = {}
        for number, one in enumerate(asks):
            if one.own:
                own = [
                    place for place in one.places if place in added or place in asked
                ]
                held = len(added) - sum(place in added for place in own)
                with self._without(own):
                    found[number] = self._verdict(one, beside, held)
        for number, place in added:
            self._asked[number].remove(place)
        return found

    def _verdict(self, asked: Asked, beside: int, held: int) -> Verdict:
        """Return what becomes of one claim; ``held``: by its Service, but not before."""
        before = self._drawn + beside + asked.own
        number, place = asked.places[0]
        bands = self._asked[number].bands
        certain = self._is_lost(asked, self._drawn + asked.own)
        chance = CERTAIN if certain else self._chance(asked, before)
        size = (bands.lower if place < bands.lower.size else bands.upper).size
        free = bands.upper.free + held
        return Verdict(asked, chance, before, beside, 0, None, size, free, certain)

    def _first_before(
        self, row: Sent, beside: Sequence[ServiceRow]
    ) -> ServiceRow | None:
        """Return the first Service that draws before a row, or beside it."""
        if self._first is not None:
            return self._first
        return next((one for one in beside if one is not row), None)

    @contextmanager
    def _without(self, places: Sequence[Place]) -> Iterator[None]:
        """Free places that are held, for the time being."""
        for number, place in places:
            self._asked[number].remove(place)
        yield
        for number, place in places:
            self._asked[number].add(place)

    def _is_lost(self, asked: Asked, drawn: int) -> bool:
        """Whether so many requests take a value in any case."""
        if len(self._placed) > 1:
            return drawn > 0 and drawn >= sum(one.bands.free for one in self._placed)
        number, place = asked.places[0]
        return self._placed[number].bands.exhausted(place, drawn)

    def _chance(self, asked: Asked, drawn: int) -> Chance:
        """Return the chance that so many requests take a value."""
        if drawn <= 0 and not self._is_lost(asked, 0):
            return IMPOSSIBLE
        effort = self._pool.effort
        found = []
        for number, place in asked.places:
            low = self._placed[number].bands.taken(place, drawn, effort)
            high = self._asked[number].bands.taken(place, drawn, effort)
            found.append(between(low, high))
        chance = max(found, key=_likeliness)
        if len(self._placed) > 1:
            return in_one_of_several_ranges(chance)
        return Chance(1.0, "<=") if chance.p >= 1 else chance

    def _chance_of_any(self, places: Sequence[Place], drawn: int) -> Chance:
        """Return the chance that so many requests take one of several values."""
        within = [place for _, place in places]
        low, high = (
            held.bands.any_taken(within, drawn, self._pool.effort)
            for (held,) in (self._placed, self._asked)
        )
        return between(low, high)


def _drawing(turn: Turn, draws: Sequence[int]) -> list[ServiceRow]:
    """Return the Services of a turn that draw anything."""
    return [
        row
        for row, count in zip(turn, draws, strict=True)
        if count and not isinstance(row, Holder)
    ]


def _likeliness(chance: Chance) -> float:
    return chance.p
