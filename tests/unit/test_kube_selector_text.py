"""Texts and checked maps become selectors as apimachinery makes them."""

from __future__ import annotations

import pytest

from cip_lint.kube.selector_text import from_map, parse
from cip_lint.kube.selectors import SelectorError
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


def test_no_map_matches_everything() -> None:
    assert (from_map(None).everything, from_map({}).everything) == (True, True)
