"""Variables are filled in as the library of Flux does it.

``envsubst.jsonl`` holds texts with what ``github.com/fluxcd/pkg/envsubst`` v1.7.0 makes
of them, or says against them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.render.variables.envsubst import SubstitutionError, substituted

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


@pytest.mark.parametrize(
    "text",
    [
        "${X//a/${X}}" * 40,
        "${A:=${X//a/${X}}}" * 40,
        "${B/#b/${X//a/${X}}}" * 40,
        # What is made and not put in has been made all the same.
        "${B/#x/${X//a/${X}}}" * 40,
    ],
)
def test_what_is_made_of_variables_is_bounded_together(text: str) -> None:
    """A few expressions that each make much of little are refused before they do."""
    known = {"X": "a" * 700, "A": "", "B": "b"}

    with pytest.raises(SubstitutionError, match="too large"):
        substituted(text, known.__getitem__)


@pytest.mark.parametrize("cut", ["#", "##", "%", "%%"])
def test_a_pattern_is_tried_once(cut: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each length that a beginning of the value may have."""
    tried: list[str] = []
    compiled = re.compile

    class Counted:
        def __init__(self, pattern: str) -> None:
            self.pattern = compiled(pattern)

        def match(self, value: str) -> re.Match[str] | None:
            tried.append(value)
            return self.pattern.match(value)

        def fullmatch(self, value: str) -> re.Match[str] | None:
            tried.append(value)
            return self.pattern.fullmatch(value)

    monkeypatch.setattr(re, "compile", Counted)
    value = "a" * 1000

    assert substituted(f"${{X{cut}*{'a' * 500}b}}", lambda _: value) == value
    assert len(tried) == 1


@given(
    st.text(alphabet="ab/", max_size=8),
    st.text(alphabet="*?ab/", min_size=1, max_size=6),
    st.sampled_from(["#", "##", "%", "%%"]),
)
def test_the_longest_or_shortest_part_is_cut_off(
    value: str, glob: str, cut: str
) -> None:
    """It has at least one character, and is what a pattern matches to its end."""
    meant = glob.replace("*", ".*").replace("?", ".")
    lengths = range(1, len(value) + 1)
    if cut[0] == "#":
        rests = [value[n:] for n in lengths if re.fullmatch(meant, value[:n])]
    else:
        rests = [value[:-n] for n in lengths if re.fullmatch(meant, value[-n:])]
    rest = rests[-1 if len(cut) == 2 else 0] if rests else value

    assert substituted(f"${{X{cut}${{P}}}}", {"X": value, "P": glob}.get) == rest


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
