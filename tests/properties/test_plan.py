"""The map of a plan against counting every number, and its cost."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType

from hypothesis import given, settings
from hypothesis import strategies as st

from cip_lint.cluster import Reservation, Reservations
from cip_lint.replay import service_table
from cip_lint.replay.planning.panels import Mark, State, band
from cip_lint.replay.planning.plan import plan
from cip_lint.report.plan import PLAN_FORMATS
from cip_lint.report.plan_text import Look
from support.clusters import FLAG, cluster
from support.plans import chosen, service

FIRST = 1000
_STATES = [state for state in State if state is not State.FREE]


@st.composite
def nested(draw: st.DrawFn) -> list[Reservation]:
    """Return entries that nest or lie apart, as the settings allow."""
    found: list[tuple[int, int]] = []
    for _ in range(draw(st.integers(0, 8))):
        first = draw(st.integers(FIRST - 50, FIRST + 1500))
        last = first + draw(st.integers(0, 700))
        if all(_allowed(first, last, *other) for other in found):
            found.append((first, last))
    return [
        Reservation("", first, last, f"{first}-{last}", f"a/n{number}", "", FLAG)
        for number, (first, last) in enumerate(found)
    ]


def _allowed(first: int, last: int, low: int, high: int) -> bool:
    apart = last < low or first > high
    inside = (low <= first and last <= high) or (first <= low and high <= last)
    return apart or (inside and (first, last) != (low, high))


@given(entries=nested(), port=st.integers(FIRST - 60, FIRST + 2300))
def test_the_narrowest_entry_around_a_number_is_found(
    entries: list[Reservation], port: int
) -> None:
    around = [entry for entry in entries if entry.first <= port <= entry.last]
    expected = min(around, key=lambda one: one.last - one.first, default=None)

    assert Reservations(entries).of_port(port) == expected


@settings(deadline=None)
@given(
    entries=nested(),
    size=st.integers(1, 1400),
    states=st.dictionaries(st.integers(0, 1399), st.sampled_from(_STATES), max_size=40),
)
def test_cells_count_each_number_once(
    entries: list[Reservation], size: int, states: dict[int, State]
) -> None:
    last = FIRST + size - 1
    marks = {
        FIRST + offset: Mark(state, ("x",))
        for offset, state in sorted(states.items())
        if offset < size
    }
    reserved = Reservations(entries)

    made = band("dynamic", FIRST, last, marks, reserved.between("", FIRST, last))

    def state(number: int) -> State:
        if number in marks:
            return marks[number].state
        return State.RESERVED if reserved.of_port(number) else State.FREE

    for cell in made.cells:
        counted = Counter(map(state, range(cell.first, cell.last + 1)))
        del counted[State.FREE]
        assert cell.counts == counted
    assert [cell.first for cell in made.cells] == list(
        range(FIRST, last + 1, made.per_cell)
    )
    assert made.cells[-1].last == last
    assert len(made.cells) <= 256
    assert made.free + made.counts.total() == size


def _calls(services: int) -> int:
    """Return how many calls a plan and its drawing take, in this process."""
    text = "".join(
        service(f"s{n}", f"clusterIP: 'fd00::{n:x}:{n:x}'" if n % 3 else "")
        for n in range(1, services + 1)
    )
    table = service_table(cluster(text, chosen(("fd00::/64",))))
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        made = plan(table, seed=0)
        for name in PLAN_FORMATS:
            assert PLAN_FORMATS[name]([made], Look(width=80))
    finally:
        sys.setprofile(None)
    return calls


def test_twice_as_many_services_take_twice_as_many_calls() -> None:
    _calls(10)

    one, two, four = (_calls(services) for services in (100, 200, 400))

    assert (four - two) / (two - one) < 2.3
