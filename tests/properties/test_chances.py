"""What holds of every chance, whatever the band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.replay.odds.chances import any_taken, at_most, one_taken
from cip_lint.replay.odds.rings import Ring

_EPSILON = 1e-9


@st.composite
def _rings(draw: st.DrawFn) -> tuple[Ring, int]:
    """Return a ring and a free place on it."""
    size = draw(st.integers(2, 300))
    occupied = draw(st.sets(st.integers(0, size - 1), max_size=size - 1))
    free = [place for place in range(size) if place not in occupied]
    return Ring(size, sorted(occupied)), draw(st.sampled_from(free))


@given(_rings(), st.integers(0, 300))
def test_more_requests_never_help(of: tuple[Ring, int], drawn: int) -> None:
    ring, place = of

    fewer, more = ring.taken(place, drawn), ring.taken(place, drawn + 1)

    assert 0 <= fewer.p <= more.p + _EPSILON <= 1 + 2 * _EPSILON


@given(_rings(), st.integers(0, 300))
def test_what_is_used_never_helps(of: tuple[Ring, int], drawn: int) -> None:
    ring, place = of

    assert ring.taken(place, drawn).p >= one_taken(ring.size, drawn).p - _EPSILON


@given(_rings(), st.integers(0, 300), st.integers(0, 300))
def test_the_ring_has_no_first_place(
    of: tuple[Ring, int], drawn: int, turn: int
) -> None:
    ring, place = of
    turned = Ring(
        ring.size, sorted((used + turn) % ring.size for used in ring.occupied)
    )

    found = turned.taken((place + turn) % ring.size, drawn)

    assert found.p == pytest.approx(ring.taken(place, drawn).p, abs=_EPSILON)


@given(_rings(), st.integers(0, 40))
def test_as_many_values_are_taken_as_are_drawn(
    of: tuple[Ring, int], drawn: int
) -> None:
    ring, _ = of
    free = [place for place in range(ring.size) if not ring.holds(place)]

    taken = sum(ring.taken(place, drawn).p for place in free)

    assert taken == pytest.approx(min(drawn, len(free)), rel=1e-5, abs=1e-5)


@given(
    st.integers(2, 120),
    st.sets(st.integers(0, 119), min_size=2, max_size=6),
    st.integers(0, 120),
)
def test_several_lie_between_the_single_one_and_the_sum(
    size: int, places: set[int], drawn: int
) -> None:
    statics = {place % size for place in places}

    found = any_taken(size, statics, drawn).p

    assert one_taken(size, drawn).p - _EPSILON <= found
    assert found <= at_most(size, len(statics), drawn).p + _EPSILON


@given(_rings(), st.sets(st.integers(0, 299), max_size=4), st.integers(0, 80))
def test_a_second_value_never_helps(
    of: tuple[Ring, int], more: set[int], drawn: int
) -> None:
    ring, place = of
    others = {one for one in more if one < ring.size and not ring.holds(one)}

    both = ring.any_taken([place, *others], drawn)

    assert both.p >= ring.taken(place, drawn).p - _EPSILON
