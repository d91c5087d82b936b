"""Selectors match and complain as apimachinery does."""

from __future__ import annotations

import pytest

from cip_lint.kube import selectors
from cip_lint.kube.selectors import SelectorError, from_label_selector, from_map, parse
from cip_lint.kube.version import Version

WEB = {"app": "web", "tier": "fe"}


@pytest.mark.parametrize(
    ("text", "printed", "matches"),
    [
        ("", "", True),
        ("app", "app", True),
        ("!app", "!app", False),
        ("app = web", "app=web", True),
        ("app==web,tier=fe", "app==web,tier=fe", True),
        ("tier!=be,app", "app,tier!=be", True),
        ("app in (web,api)", "app in (api,web)", True),
        ("app notin (web)", "app notin (web)", False),
        ("app in ()", "app in ()", False),
        ("in in (in,notin)", "in in (in,notin)", False),
        ("app>1", "app>1", False),
    ],
)
def test_a_text_is_read_printed_and_matched(
    text: str, printed: str, matches: bool
) -> None:
    selector = parse(text)

    assert (str(selector), selector.matches(WEB)) == (printed, matches)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("app=web,", "found '', expected: identifier after ','"),
        ("app in web", "unable to parse requirement: found 'web' expected: '('"),
        ("app=web tier", "found 'tier', expected: ',' or 'end of string'"),
        ("(app)", "found '(', expected: !, identifier, or 'end of string'"),
        ("app in (a", "unable to parse requirement: found '', expected: ',' or ')'"),
    ],
)
def test_a_malformed_text_is_refused_in_the_library_s_words(
    text: str, message: str
) -> None:
    with pytest.raises(SelectorError) as raised:
        parse(text)

    assert str(raised.value) == message


def test_a_list_may_end_in_two_commas_since_1_35() -> None:
    with pytest.raises(SelectorError) as raised:
        parse("app in (a,,)", Version(1, 34))

    assert str(raised.value) == (
        "unable to parse requirement: found ')', expected: ',', or identifier"
    )
    assert str(parse("app in (a,,)", Version(1, 37))) == "app in (,a)"


def test_an_integer_comparison_needs_integers_on_both_sides() -> None:
    selector = parse("replicas>2")

    values = ("3", "2", "many", "99999999999999999999")
    got = [selector.matches({"replicas": value}) for value in values]
    assert (got, selector.matches({})) == ([True, False, False, False], False)


def test_no_map_matches_everything_and_no_label_selector_nothing() -> None:
    assert (from_map(None).everything, from_map({}).everything) == (True, True)
    assert from_label_selector(None).matches({}) is False
    assert from_label_selector({}).everything is True


def test_expressions_and_labels_must_all_hold() -> None:
    selector = from_label_selector(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["fe", "be"]},
                {"key": "old", "operator": "DoesNotExist"},
            ],
        }
    )

    assert str(selector) == "app=web,!old,tier in (be,fe)"
    assert [selector.matches(WEB), selector.matches({**WEB, "old": ""})] == [
        True,
        False,
    ]


def test_a_selector_of_another_shape_is_no_selector() -> None:
    values: list[object] = [3, [], {"matchLabels": []}, {"matchExpressions": [3]}]
    for value in values:
        with pytest.raises(SelectorError):
            from_label_selector(value)


def test_the_server_names_the_field_of_each_bad_expression() -> None:
    found = selectors.label_selector_causes(
        {"matchExpressions": [{"key": "app", "operator": "Is", "values": ["a b"]}]},
        ("spec", "selector"),
    )

    assert [(path, cause.field) for path, cause in found] == [
        (
            ("spec", "selector", "matchExpressions", 0, "operator"),
            "spec.selector.matchExpressions[0].operator",
        ),
        (
            ("spec", "selector", "matchExpressions", 0, "values", 0),
            "spec.selector.matchExpressions[0].values[0]",
        ),
    ]
