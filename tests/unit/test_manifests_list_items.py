"""``manifests.list_items``: a large list, item by item, is what it is as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cip_lint.manifests import yaml_to_value
from cip_lint.manifests.list_items import json_extents, list_value
from cip_lint.model import SourceFile

PRINTED = """\
apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    annotations:
      text: |
        - a
        items:
        - b
      quoted: "first

        - second"
    name: web
# between
- apiVersion: v1
  kind: Pod
  metadata: {name: p}
kind: List
metadata:
  resourceVersion: ""
"""


def test_a_list_as_kubectl_prints_it_is_read_by_items() -> None:
    read = list_value(PRINTED)

    assert read is not None
    assert read.value == yaml_to_value(PRINTED)
    assert [PRINTED[start:end].splitlines()[0] for start, end in read.extents] == [
        "- apiVersion: v1",
        "- apiVersion: v1",
    ]


def test_indented_items_are_read_too() -> None:
    text = "kind: List\nitems:\n  - a: 1\n    b:\n      - c\n  - a: 2\napiVersion: v1\n"

    read = list_value(text)

    assert read is not None
    assert read.value == yaml_to_value(text)
    assert len(read.extents) == 2


@pytest.mark.parametrize(
    "text",
    [
        "items: [{a: 1}, {a: 2}]\n",
        "items:\n- a: 1\n",
        "items: []\n",
        "kind: List\n",
        "items:\r\n- a: 1\r\n- a: 2\r\n",
        "items:\n- a: 1\n- a: 2",
        "items:\n- &x {a: 1}\n- *x\n",
        'items:\n- a: "x\n- b: y"\n- c: 1\n',
        "items:\n- a: [x,\n- y]\n- c: 1\n",
        "items:\n- a: 1\n-b: 2\n- c: 1\n",
        "items:\n- a: 1\n b: 2\n- c: 1\n",
        "items:\n- a: 1\n- c: 1\nitems:\n- d: 1\n",
        'a: "x\nitems:\n- a: 1\n- b: 2\n"\n',
        "items:\n- - a\n- - b\n  -c\n",
        "items:\n- a: 1\n- b: 2\n  - c: 3\n",
        "items:\n  - a: 1\n- b: 2\n  - c: 3\n",
    ],
)
def test_what_is_not_plainly_a_list_of_items_is_left_to_be_read_whole(
    text: str,
) -> None:
    assert list_value(text) is None


LINES = st.lists(
    st.sampled_from(
        [
            "items:",
            "- a: 1",
            "- b: |",
            "- 'x",
            "  - y'",
            "  c: d",
            "    e: f",
            "- [g,",
            "- h]",
            "  - i: j",
            "# - k",
            "",
            "kind: List",
            "- ",
            "-",
            "...",
            '- "l',
            'm"',
            "- &n o",
            "- *n",
            "\t- p",
        ]
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_by_items_or_as_a_whole_the_value_is_the_same(lines: list[str]) -> None:
    text = "\n".join(["apiVersion: v1", "items:", *lines, ""])

    read = list_value(text)

    if read is not None:
        assert read.value == yaml_to_value(text)


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), min_size=2))
def test_what_programs_print_is_read_by_items(items: list[dict[str, Any]]) -> None:
    printed = yaml.safe_dump({"apiVersion": "v1", "items": items, "kind": "List"})

    read = list_value(printed)

    assert read is None or read.value == yaml_to_value(printed)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1, 4]))
def test_items_of_json_are_found_where_they_stand(
    items: list[Any], indent: int | None
) -> None:
    value = {"kind": "List", "x": {"items": [1]}, "items": items, "y": ["items"]}
    text = json.dumps(value, indent=indent)

    extents = json_extents(SourceFile("live.json", text), 0)

    assert [json.loads(text[start:end]) for start, end in extents] == items


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{", '{"items"', '{"items": [1', '{"items": {}}', "{]", '{"a" 1}'],
)
def test_broken_json_has_no_items(text: str) -> None:
    assert len(json_extents(SourceFile("live.json", text), 0)) < 2
