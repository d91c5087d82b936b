"""Chances in bands where nothing is used yet, and how they are told."""

from __future__ import annotations

from itertools import combinations

import pytest

from cip_lint.replay.odds.chances import (
    Chance,
    any_taken,
    at_most,
    between,
    in_one_of_several_ranges,
    one_taken,
)
from support.probing import every_outcome


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (Chance(0.21008), "p = 0.21"),
        (Chance(0.0118), "p = 0.012"),
        (Chance(0.5), "p = 0.50"),
        (Chance(0.000153), "p = 0.00015"),
        (Chance(0.21, "<="), "p <= 0.21"),
        (Chance(0.21, ">="), "p >= 0.21"),
        (Chance(1.0), "certain"),
        (Chance(1.0, ">="), "certain"),
        (Chance(1.0, "<="), "p <= 1"),
        (Chance(0.997), "p >= 0.99"),
        (Chance(0.997, "<="), "p <= 1"),
        (Chance(0.0), "impossible"),
        (Chance(0.0, "<="), "impossible"),
        (Chance(0.0, ">="), "unknown"),
    ],
)
def test_words_have_two_digits_and_say_certain_only_of_what_is(
    chance: Chance, words: str
) -> None:
    assert chance.words == words


@pytest.mark.parametrize(
    ("size", "drawn", "one", "two", "five"),
    [
        (238, 10, 0.042017, 0.082438, 0.194661),
        (238, 50, 0.210084, 0.376733, 0.695925),
        (238, 100, 0.420168, 0.664823, 0.936459),
        (238, 200, 0.840336, 0.975074, 0.999918),
        (3838, 10, 0.002606, 0.005205, 0.012967),
        (3838, 100, 0.026055, 0.051438, 0.123723),
        (65278, 10, 0.000153, 0.000306, 0.000766),
        (65278, 100, 0.001532, 0.003061, 0.007636),
        (65278, 200, 0.003064, 0.006118, 0.015226),
        (1048318, 100, 0.000095, 0.000191, 0.000477),
    ],
)
def test_the_usual_ranges(
    size: int, drawn: int, one: float, two: float, five: float
) -> None:
    assert one_taken(size, drawn).p == pytest.approx(one, abs=1e-6)
    # Far apart, several are lost nearly as often as by uniform draws.
    for statics, expected in ((2, two), (5, five)):
        places = [number * size // statics for number in range(statics)]
        found = any_taken(size, places, drawn, effort=10**9)
        assert found.sense == "="
        assert found.p == pytest.approx(expected, rel=0.005, abs=1e-6)


def test_the_usual_node_ports() -> None:
    assert one_taken(2682, 10).p == pytest.approx(0.00373, abs=1e-5)
    assert one_taken(2682, 100).p == pytest.approx(0.03729, abs=1e-5)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0, 1], 0.360762),
        ([0, 119], 0.376915),
        ([0, 48, 95, 143, 190], 0.696846),
        ([0, 1, 2, 3, 4], 0.663064),
    ],
)
def test_it_matters_how_far_apart_several_values_are(
    places: list[int], expected: float
) -> None:
    assert any_taken(238, places, 50).p == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_several_values_of_a_small_band_by_all_ways_to_draw(size: int) -> None:
    for drawn in range(size + 1):
        outcomes = every_outcome(size, (), drawn)
        for statics in range(1, min(size, 3) + 1):
            for places in combinations(range(size), statics):
                hit = sum(1 for used in outcomes if not used.isdisjoint(places))
                found = any_taken(size, places, drawn)
                assert found.sense == "="
                assert found.p == pytest.approx(hit / len(outcomes), abs=1e-12)


def test_what_would_cost_too_much_is_bounded() -> None:
    assert any_taken(5_000, range(3), 1_500) == Chance(0.9, "<=")
    assert any_taken(5_000, range(3), 1_500, effort=10**7).sense == "="
    assert at_most(5_000, 4, 1_500) == Chance(1.0, "<=")


def test_nothing_overflows_in_the_largest_range() -> None:
    size, drawn = 2**64 - 257, 100_000

    assert one_taken(size, drawn).p == pytest.approx(5.421e-15, rel=1e-3)
    assert at_most(size, 5, drawn).p == pytest.approx(2.7105e-14, rel=1e-3)


@pytest.mark.parametrize(("size", "drawn"), [(0, 3), (5, 0), (5, -1)])
def test_nothing_is_taken_where_nothing_is_drawn(size: int, drawn: int) -> None:
    for found in (
        one_taken(size, drawn),
        at_most(size, 2, drawn),
        any_taken(size, (0, 1), drawn),
    ):
        assert found.impossible


def test_a_full_band_leaves_nothing() -> None:
    assert one_taken(5, 5).certain
    assert any_taken(5, (0, 2), 4).certain


def test_with_other_ranges_beside_it_a_chance_is_a_bound() -> None:
    assert in_one_of_several_ranges(Chance(0.21)) == Chance(0.21, "<=")
    assert in_one_of_several_ranges(Chance(1.0)) == Chance(1.0, "<=")
    assert in_one_of_several_ranges(Chance(0.0)).impossible


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (Chance(0.2101), Chance(0.2102), Chance(0.2102)),
        (Chance(0.21), Chance(0.25), Chance(0.25, "<=")),
        (Chance(0.0), Chance(0.25), Chance(0.25, "<=")),
        (Chance(0.21), Chance(0.9), Chance(0.21, ">=")),
        (Chance(0.21), Chance(0.21, ">="), Chance(0.21, ">=")),
        (Chance(0.21, ">="), Chance(0.3), Chance(0.3, "<=")),
    ],
)
def test_two_bounds_become_one_statement(
    low: Chance, high: Chance, expected: Chance
) -> None:
    assert between(low, high) == expected
