from __future__ import annotations

import pytest

from cip_lint.cluster.near import Spellings, distance, key_is_near, nearness


@pytest.mark.parametrize(
    ("wanted", "has", "expected"),
    [
        ("web-api", "webapi", "case"),
        ("netcontroller", "net-controller", "case"),
        ("Payments", "payments", "case"),
        ("front_end", "front.end", "case"),
        ("frontend", "fronted", "spelling"),
        ("orders", "order", "spelling"),
        ("checkout", "chekuot", None),
        ("web", "wep", None),
        ("api", "API", None),
        ("service-v1", "service-v2", None),
        ("cache-1", "cache1", "case"),
        ("frontend", "backend", None),
        ("frontend", "frontend", None),
        ("mysql", "mysql57", None),
    ],
)
def test_near_means_case_separators_or_two_edits(
    wanted: str, has: str, expected: str | None
) -> None:
    assert nearness(wanted, has) == expected
    assert nearness(has, wanted) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("abcd", "badc", 3),
        ("kitten", "sitting", 3),
        ("a", "abcd", 3),
        ("ab", "ba", 2),
    ],
)
def test_a_distance_beyond_the_limit_is_one_more_than_the_limit(
    left: str, right: str, expected: int
) -> None:
    assert distance(left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [
        ("backend-web", "backend-wed", 1),
        ("backend-web", "frontend-web", 3),
        ("aaa", "aa", 1),
        ("abab", "ab", 2),
        ("abcabc", "abc", 3),
        ("web", "web", 0),
        ("", "ab", 2),
    ],
)
def test_common_ends_cost_nothing(left: str, right: str, edits: int) -> None:
    assert distance(left, right) == distance(right, left) == edits


def test_a_key_is_near_another_spelling_of_it() -> None:
    assert [
        key_is_near("app.kubernetes.io/name", "app.kubernetes.io/Name"),
        key_is_near("App", "app"),
        key_is_near("componnent", "component"),
        key_is_near("app", "tier"),
        key_is_near("app", "app"),
    ] == [True, True, True, False, False]


def test_near_names_are_found_nearest_first() -> None:
    names = Spellings(["payment", "payments-api", "paymentz", "pay", "orders"])

    assert names.near("payments") == ["payment", "paymentz"]


def test_names_that_differ_in_a_digit_are_not_near() -> None:
    names = Spellings(f"service-{number:05}" for number in range(5000))

    assert names.near("service-00007") == []
    assert names.near("servise-00007") == ["service-00007"]


def test_the_index_finds_what_comparing_each_pair_finds() -> None:
    words = [
        "".join(letters)
        for letters in zip(
            "abcabcabcaaabbbccc" * 3,
            "xyzzyxxyzzyxxyzyxz" * 3,
            "aabbaabbaabbaabbaa" * 3,
            "qwqwqqwwqwqwqqwwqw" * 3,
            "klmklmklmkkkllllmm" * 3,
            strict=True,
        )
    ]
    names = Spellings(words)

    for wanted in words:
        expected = {
            word for word in words if word != wanted and distance(wanted, word) <= 2
        }
        assert set(names.near(wanted)) == expected


def test_many_equal_pieces_cost_a_bounded_search() -> None:
    names = Spellings("a" * size + "b" * 20 for size in range(4, 2000))

    assert len(names.near("a" * 1000 + "b" * 20)) <= 512


def test_few_and_many_names_of_equal_digits_are_looked_through_alike() -> None:
    few = ["front-end", "frontends", "front_end", "orders-7", "order-7", "backend"]
    many = [*few, *(f"{letter * 9}-x" for letter in "abcdefghijklmnopqrstuvw")]

    for wanted in ("frontend", "frontendd", "ordes-7", "orders-8", "backends"):
        assert Spellings(many).near(wanted) == Spellings(few).near(wanted)
    assert Spellings(few).near("frontend") == ["front-end", "front_end", "frontends"]
    assert Spellings(few).near("ordes-7") == ["order-7", "orders-7"]
