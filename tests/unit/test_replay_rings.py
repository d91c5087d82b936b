"""Chances in bands of which something is used already."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from cip_lint.replay.odds.chances import Chance
from cip_lint.replay.odds.rings import Bands, Ring
from support.probing import every_outcome, fill_bands


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_each_value_of_a_small_band_by_all_ways_to_draw(size: int) -> None:
    for number in range(size + 1):
        for occupied in combinations(range(size), number):
            ring = Ring(size, occupied)
            for drawn in range(min(size - number, 5) + 1):
                outcomes = every_outcome(size, occupied, drawn)
                for place in range(size):
                    hit = sum(1 for used in outcomes if place in used)
                    found = ring.taken(place, drawn)
                    assert found.sense == "="
                    assert found.p == pytest.approx(hit / len(outcomes), abs=1e-12)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_several_values_of_a_small_band_by_all_ways_to_draw(size: int) -> None:
    for number in range(size):
        for occupied in combinations(range(size), number):
            ring = Ring(size, occupied)
            for drawn in range(size - number + 1):
                outcomes = every_outcome(size, occupied, drawn)
                for statics in (1, 2, 3):
                    for places in combinations(range(size), statics):
                        hit = sum(1 for used in outcomes if not used.isdisjoint(places))
                        found = ring.any_taken(places, drawn)
                        assert found.sense == "="
                        assert found.p == pytest.approx(hit / len(outcomes), abs=1e-12)


def test_the_first_value_behind_a_run_is_the_most_exposed() -> None:
    ring = Ring(100, (7, 8, 9))

    assert ring.taken(10, 1).p == pytest.approx(4 / 100)
    assert ring.taken(11, 1).p == pytest.approx(1 / 100)
    assert ring.taken(6, 1).p == pytest.approx(1 / 100)


@pytest.mark.parametrize(
    ("drawn", "place", "expected"),
    [
        (14, 1, 0.0),
        (15, 1, 2 / 16),
        (15, 2, 1 / 16),
        (19, 1, 0.517202),
        (19, 9, 0.3125),
        (10, 20, 10 / 14),
        (14, 20, 1.0),
    ],
)
def test_spill_into_the_lower_band_of_a_27(
    drawn: int, place: int, expected: float
) -> None:
    bands = Bands(Ring(16, (0,)), Ring(14))

    assert bands.taken(place, drawn).p == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("usable", "drawn", "place", "expected"),
    [
        (14, 3, 9, 3 / 14),
        (14, 8, 9, 8 / 14),
        (14, 9, 9, 0.6477),
        (14, 10, 9, 0.7328),
        (6, 2, 1, 0.5833),
        (6, 2, 2, 0.4167),
        (6, 2, 3, 0.3333),
        (6, 2, 4, 0.3333),
        (6, 2, 5, 0.3333),
    ],
)
def test_ranges_without_a_band_begin_with_a_used_address(
    usable: int, drawn: int, place: int, expected: float
) -> None:
    bands = Bands(Ring(0), Ring(usable, (0,)))

    assert bands.taken(place, drawn).p == pytest.approx(expected, abs=1e-4)


def test_more_requests_than_free_values_take_everything() -> None:
    bands = Bands(Ring(16, (0,)), Ring(14, (3,)))

    assert bands.free == 28
    assert all(bands.taken(place, 28).certain for place in range(30))
    assert bands.taken(1, 99).certain
    for place in range(30):
        for drawn in range(31):
            certain = bands.taken(place, drawn).certain
            assert bands.exhausted(place, drawn) == certain, (place, drawn)
    assert bands.any_taken((1, 20), 13).certain
    assert bands.any_taken((1, 2), 13).impossible


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_simulation_agrees(seed: int) -> None:
    random = Random(seed)
    lower, upper = 16, 46
    occupied = sorted({0, *random.sample(range(lower + upper), 20)})
    bands = Bands(
        Ring(lower, [one for one in occupied if one < lower]),
        Ring(upper, [one - lower for one in occupied if one >= lower]),
    )
    drawn = random.randrange(10, bands.free)
    places = [one for one in range(lower + upper) if one not in occupied]
    runs = 4_000
    hits = dict.fromkeys(places, 0)
    pairs = 0
    for _ in range(runs):
        used = fill_bands(lower, upper, occupied, drawn, random)
        for place in places:
            hits[place] += place in used
        pairs += not used.isdisjoint(places[-2:])

    for place in places:
        found = bands.taken(place, drawn)
        assert found.sense == "="
        # Five standard deviations of a count.
        assert abs(found.p - hits[place] / runs) < 5 * 0.5 / runs**0.5
    found = bands.any_taken(places[-2:], drawn)
    assert abs(found.p - pairs / runs) < 5 * 0.5 / runs**0.5


def test_what_is_far_away_does_not_matter_in_a_large_band() -> None:
    ring = Ring(1_048_318, range(0, 1_000_000, 50))

    found = ring.taken(1_000_025, 98_000)

    assert found == Chance(98_000 / 1_048_318)


def test_what_would_cost_too_much_is_bounded_from_below() -> None:
    ring = Ring(65_278, range(0, 60_000, 40))

    assert ring.taken(21, 50_000) == Chance(50_000 / 65_278, ">=")
    assert ring.any_taken((21, 61), 50_000).sense == ">="


def test_several_values_are_bounded_by_the_sum() -> None:
    ring = Ring(65_278, (0,))
    single = ring.taken(500, 300).p

    found = ring.any_taken((500, 900), 300, effort=1_000)

    assert found.sense == "<="
    assert found.p == pytest.approx(2 * single)


def test_the_largest_range_costs_nothing() -> None:
    ring = Ring(2**64 - 257, (7, 8))

    assert ring.taken(5, 100_000).p == pytest.approx(5.421e-15, rel=1e-3)
    assert ring.taken(9, 100_000).p == pytest.approx(3 * 5.421e-15, rel=1e-3)


def test_a_used_value_is_taken_already() -> None:
    ring = Ring(10, (3,))

    assert ring.taken(3, 0).certain
    assert ring.any_taken((3, 4), 0).certain
    assert ring.any_taken((), 5).impossible
