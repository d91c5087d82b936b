"""The map of a plan: each band of a range as at most 256 cells, by what holds them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Reservation
    from cip_lint.model import Origin

CELLS: Final = 256
"""The most cells of one panel; a static band never has more addresses."""


class State(StrEnum):
    """What is known of an address or a node port; the last that fits is shown."""

    FREE = "free"
    RESERVED = "reserved"
    """The address plan keeps it for somebody."""
    DNS = "dns"
    """The distribution puts cluster DNS there."""
    API_SERVER = "api-server"
    """It belongs to ``default/kubernetes``."""
    SIMULATED = "simulated"
    """The seeded replay draws it; a real cluster draws another one."""
    HELD = "held"
    """The snapshot shows who has it."""
    PINNED = "pinned"
    """An object asks for it and gets it."""
    UNPLACED = "unplaced"
    """An object asks for it and does not get it."""
    COLLISION = "collision"
    """Several objects ask for it."""


_WEIGHT: Final = {state: weight for weight, state in enumerate(State)}
_RESERVED: Final = (State.RESERVED, State.DNS)
_IN_USE: Final = frozenset(
    {
        State.API_SERVER,
        State.SIMULATED,
        State.HELD,
        State.PINNED,
        State.COLLISION,
    }
)


class Mark(NamedTuple):
    """A number that is not free: its state, and who is the reason."""

    state: State
    owners: tuple[str, ...]

    def joined(self, state: State, owner: str) -> Mark:
        """Return the mark with one more reason; the heavier state stays."""
        heavier = max(self.state, state, key=_WEIGHT.__getitem__)
        owners = self.owners
        return Mark(heavier, owners if owner in owners else (*owners, owner))


class Cell(NamedTuple):
    """Neighbouring numbers that are drawn as one."""

    first: int
    last: int
    counts: Mapping[State, int]
    """How many numbers are in each state; free ones are left out."""

    @property
    def state(self) -> State:
        """The heaviest state in it."""
        return max(self.counts, key=_WEIGHT.__getitem__, default=State.FREE)

    @property
    def used(self) -> int:
        """How many of its numbers somebody has."""
        return sum(n for state, n in self.counts.items() if state in _IN_USE)


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a range, or the part of it that is looked at closely."""

    name: str
    """``static`` or ``dynamic``."""
    first: int
    last: int
    per_cell: int
    """How many numbers a cell stands for."""
    cells: tuple[Cell, ...]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.last - self.first + 1

    @property
    def counts(self) -> Counter[State]:
        """How many numbers are in each state, free ones left out."""
        total: Counter[State] = Counter()
        for cell in self.cells:
            total.update(cell.counts)
        return total

    @property
    def used(self) -> int:
        """How many numbers somebody has."""
        return sum(cell.used for cell in self.cells)

    @property
    def reserved(self) -> int:
        """How many are free, but reserved for somebody, or for cluster DNS."""
        counts = self.counts
        return sum(counts[state] for state in _RESERVED)

    @property
    def free(self) -> int:
        """How many nobody has, asks for or keeps."""
        return self.size - self.counts.total()

    @property
    def tallest(self) -> int:
        """How many numbers of the fullest cell are used."""
        return max((cell.used for cell in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class RangePlan:
    """A service CIDR or the node-port range, with what is known of each number."""

    name: str
    """The CIDR, or ``30000-32767``."""
    family: str
    """``IPv4`` or ``IPv6``; empty for node ports."""
    origin: Origin
    bands: tuple[Band, ...]
    marks: Mapping[int, Mark]
    """The numbers that are not free; without those of wide reservations."""
    reserved: tuple[Reservation, ...]
    """The entries of the address plan that lie here, lowest first."""
    text: Callable[[int], str]
    """Writes a number of the range."""

    @property
    def size(self) -> int:
        """How many numbers its bands hold."""
        return sum(band.size for band in self.bands)

    @property
    def used(self) -> int:
        """How many numbers of its bands somebody has."""
        return sum(band.used for band in self.bands)


def band(
    name: str,
    first: int,
    last: int,
    marks: Mapping[int, Mark],
    reserved: Sequence[Reservation],
) -> Band:
    """Return a band as cells; costs grow with marks and entries, not with size.

    ``marks`` are those of the band, lowest first; ``reserved`` are entries in
    order, those that hold others before these.
    """
    size = last - first + 1
    per_cell = max(1, -(-size // CELLS))
    counts: list[Counter[State]] = [Counter() for _ in range(-(-size // per_cell))]
    for number, mark in marks.items():
        counts[(number - first) // per_cell][mark.state] += 1
    taken = list(marks)
    for low, high in _outermost(reserved, first, last):
        _add_reserved(counts, low - first, high - first, per_cell)
        for number in _within(taken, low, high):
            counts[(number - first) // per_cell][State.RESERVED] -= 1
    cells = (
        Cell(
            first + index * per_cell,
            min(last, first + (index + 1) * per_cell - 1),
            +found,
        )
        for index, found in enumerate(counts)
    )
    return Band(name, first, last, per_cell, tuple(cells))


def _outermost(
    reserved: Iterable[Reservation], first: int, last: int
) -> Iterable[tuple[int, int]]:
    """Yield the parts of a band that entries cover, each number once."""
    end = first - 1
    for entry in reserved:
        low, high = max(entry.first, end + 1), min(entry.last, last)
        if low <= high:
            yield low, high
            end = high


def _add_reserved(
    counts: Sequence[Counter[State]], low: int, high: int, per_cell: int
) -> None:
    for index in range(low // per_cell, high // per_cell + 1):
        begin, end = index * per_cell, (index + 1) * per_cell - 1
        counts[index][State.RESERVED] += min(end, high) - max(begin, low) + 1


def _within(numbers: Sequence[int], low: int, high: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, low) : bisect_right(numbers, high)]
