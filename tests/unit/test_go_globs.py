"""``go_globs``: patterns match what Go takes them for."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.go_globs import compiled


def fits(glob: str, text: str, separator: str = "/") -> bool | None:
    found = compiled(glob, separator=separator)
    return None if found is None else found.fullmatch(text) is not None


@pytest.mark.parametrize(
    ("glob", "text", "fitting"),
    [
        ("a*c", "abbc", True),
        ("a*c", "ab/c", False),
        ("*/*", "a/b", True),
        ("a?c", "a/c", False),
        # Of all that stands for one character, a class alone may be a separator.
        ("a[^b]c", "a/c", True),
        ("a[/]c", "a/c", True),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        (r"[\]a]", "]", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("[!a]", "a", True),
        ("a\nb?", "a\nb\n", True),
        # A range that goes backwards is empty, and no mistake.
        ("[b-a]", "a", False),
        ("[^b-a]", "a", True),
        ("[^b-a]", "\n", True),
        ("[b-aa]", "a", True),
        ("[b-aa]", "b", False),
        # The last piece may end later than where it is first found.
        ("*ab", "abab", True),
        ("*a*ab", "aabab", True),
        ("", "", True),
        ("*", "", True),
    ],
)
def test_a_pattern_fits_as_in_go(glob: str, text: str, *, fitting: bool) -> None:
    assert fits(glob, text) is fitting


@pytest.mark.parametrize(
    "glob",
    ["[a", "[]", "[^]", "[]a]", "[a-]", "[-a]", "[a-b-c]", "x[", "*\\", "[\\", "[\\]"],
)
def test_a_bad_pattern_is_none(glob: str) -> None:
    assert fits(glob, "a") is None


@given(st.text(alphabet="ab?*", max_size=9), st.text(alphabet="ab", max_size=9))
def test_without_separators_it_is_the_pattern_of_a_shell(glob: str, text: str) -> None:
    assert fits(glob, text) == fnmatchcase(text, glob)
    assert fits(glob, text, "") == fnmatchcase(text, glob)


@given(st.text(alphabet="ab/?*", max_size=9), st.text(alphabet="ab/", max_size=9))
def test_stars_and_question_marks_stay_between_separators(glob: str, text: str) -> None:
    pieces, parts = glob.split("/"), text.split("/")

    assert fits(glob, text) == (
        len(pieces) == len(parts) and all(map(fnmatchcase, parts, pieces))
    )


def test_nothing_is_tried_again_from_another_end_of_a_star() -> None:
    text = "a" * 1000

    assert fits(f"{'*a' * 300}b", text) is False
    assert fits(f"{'*a' * 300}b", text, "") is False
    assert fits("*a" * 300, text) is True
