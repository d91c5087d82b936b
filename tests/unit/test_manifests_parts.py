"""A part of a scalar is shown where it is written, and never somewhere else."""

from __future__ import annotations

import json

import pytest

from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import normalised
from cip_lint.manifests.values import document_value
from cip_lint.model import SourceFile


def _part(written: str, part: str) -> tuple[int, str]:
    """Return offset and text of where a part of the value of ``a`` is shown."""
    value = document_value(normalised(written)).value["a"]
    places = DocumentPlaces(SourceFile("x.yaml", written), 0, len(written))
    start = value.index(part)
    span = places.part(("a",), value, start, start + len(part))
    return span.start, span.text


@pytest.mark.parametrize(
    "written",
    [
        "a: to 10.96.0.9:80\n",
        "a: 'it''s 10.96.0.9:80'\n",
        'a: "\\u00e9\\t10.96.0.9:80\\n"\n',
        'a: "10.96.0.8\\n10.96.0.9:80"\n',
        "a: |\n  x: 1\n    y: 10.96.0.9:80\n",
        "a: |2-\n    x\n  10.96.0.9:80\n",
        "a: | # 10.96.0.9:80\n  x 10.96.0.9:80\n",
        "a: >\n  x\n  y 10.96.0.9:80\n\n  z\n",
        "a: x\n  y\n\n  10.96.0.9:80\n",
        'a: "x \\\n  y 10.96.0.9:80"\n',
        "a: &b !!str 'to 10.96.0.9:80'\n",
        "a: |\r\n  x\r\n  10.96.0.9:80\r\n",
    ],
)
def test_a_part_is_shown_where_it_is_written(written: str) -> None:
    assert _part(written, "10.96.0.9") == (written.rindex("10.96.0.9"), "10.96.0.9")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('a: "10.96\\x2e0.9"\n', '"10.96\\x2e0.9"'),
        ("b: &b 10.96.0.9\na: *b\n", "*b"),
    ],
)
def test_a_part_that_is_written_otherwise_is_all_of_the_scalar(
    written: str, shown: str
) -> None:
    assert _part(written, "10.96.0.9")[1] == shown


def test_the_second_of_two_equal_parts_is_not_the_first() -> None:
    written = "a: 'x, x'\n"
    places = DocumentPlaces(SourceFile("x.yaml", written), 0, len(written))

    assert places.part(("a",), "x, x", 3, 4).start == 7


def test_a_part_of_a_value_that_is_not_written_there_is_all_of_it() -> None:
    written = "a: |\n  one\n"
    places = DocumentPlaces(SourceFile("x.yaml", written), 0, len(written))

    assert places.part(("a",), "two", 0, 3) == places.value(("a",))
    assert places.part(("a",), "one two", 0, 3) == places.value(("a",))


def test_two_escapes_of_json_may_be_one_character() -> None:
    written = '{"a": "\\ud83d\\ude00 10.96.0.9"}'
    places = DocumentPlaces(
        SourceFile("x.json", written), 0, len(written), is_json=True
    )

    assert places.part(("a",), json.loads(written)["a"], 2, 11).text == "10.96.0.9"
