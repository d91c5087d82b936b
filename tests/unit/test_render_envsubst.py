"""Variables are filled in as the library of Flux does it.

``envsubst.jsonl`` holds texts with what ``github.com/fluxcd/pkg/envsubst`` v1.7.0 makes
of them, or says against them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.render.envsubst import SubstitutionError, substituted

VALUES = {
    "A": "",
    "B": "bar",
    "C": "foo/bar.tar.gz",
    "D": "Ünï",
    "E": "a.b.c",
    "PORT": "8080",
    "L": "UPPER lower",
}
RECORDED = [
    json.loads(line)
    for line in Path(__file__)
    .with_name("envsubst.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def known(name: str) -> str:
    return VALUES.get(name, "")


@pytest.mark.parametrize(("text", "filled", "refusal"), RECORDED)
def test_a_text_becomes_what_the_library_makes_of_it(
    text: str, filled: str, refusal: str
) -> None:
    if refusal:
        with pytest.raises(SubstitutionError):
            substituted(text, known)
        return
    assert substituted(text, known) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${X}", "${X}"),
        ("a ${X} ${B}", "a ${X} bar"),
        ("${X:=${B}}", "${X:=${B}}"),
        ("${B:=${X}}", "bar"),
        ("${A:=${X}}", "${A:=${X}}"),
        ("${B/a/${X}}", "${B/a/${X}}"),
        ("$${X}", "${X}"),
    ],
)
def test_an_unknown_variable_stays_as_it_is_written(text: str, filled: str) -> None:
    found = substituted(text, lambda name: None if name == "X" else known(name))

    assert found == filled


def test_what_the_library_does_not_survive_is_not_known() -> None:
    assert substituted("${B:2:-1}", known) == "${B:2:-1}"


def test_a_pattern_is_matched_with_short_values_alone() -> None:
    assert substituted("${X##*a}", lambda _: "a" * 5000) == "${X##*a}"


def test_what_is_put_in_is_bounded() -> None:
    with pytest.raises(SubstitutionError, match="too large"):
        substituted("${X}" * 40, lambda _: "a" * (1 << 19))
    long = "a" * 2048

    assert substituted("${X//a/${X}}", lambda _: long) == "${X//a/${X}}"


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    pattern = "*a" * 200
    value = "a" * 1000

    assert substituted(f"${{X##{pattern}b}}", lambda _: value) == value
    assert substituted(f"${{X##{pattern}}}", lambda _: value) == ""


def test_nesting_has_an_end() -> None:
    with pytest.raises(SubstitutionError, match="too deeply"):
        substituted("${X:=" * 60 + "}" * 60, known)


@given(st.text(alphabet="${}:=-/#%^,*?[]\\abB1 ", max_size=40))
def test_any_text_is_filled_in_or_refused(text: str) -> None:
    try:
        substituted(text, known)
    except SubstitutionError as error:
        assert str(error)  # noqa: PT017 - either is right
