"""Where keys and values stand, and which comments speak to cip-lint."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.tree import json_tree, repeated_keys
from cip_lint.model import Path, SourceFile

TEXT = """\
# cip-lint: ignore[a] the first reason
apiVersion: v1  # cip-lint: ignore[b]
kind: Service
metadata: &meta
  name: web   # comment
  annotations:
    text: |
      # cip-lint: ignore[inside]
      text

    # comment
    quoted: "a # cip-lint: ignore[inside]"
spec:
  flow: {a: 1, 'b': [1, 2 ]}
  ports: &ports
  # lead
  - port: &number 80
    name: !!str http
  -
  - {port: *number}
  again: *ports
  merged:
    <<: *meta
    tail: ~
  several:
    <<: [{one: 1}, {one: 2, two: 2}]
    on: yes
  empty:
  folded: >-
  kept: |+
    y

  twice: 1
  twice: 2
tail:
- - a
  - b

# end cip-lint: x
"""


def places_of(text: str, **options: Any) -> DocumentPlaces:
    return DocumentPlaces(SourceFile("x.yaml", text), 0, len(text), **options)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("kind",), "Service", "kind"),
        (("metadata", "name"), "web", "name"),
        (("metadata", "annotations", "text"),
         "|\n      # cip-lint: ignore[inside]\n      text", "text"),
        (("spec", "flow"), "{a: 1, 'b': [1, 2 ]}", "flow"),
        (("spec", "flow", "b"), "[1, 2 ]", "'b'"),
        (("spec", "flow", "b", 1), "2", "2"),
        (("spec", "ports"),
         "- port: &number 80\n    name: !!str http\n  -\n  - {port: *number}", "ports"),
        (("spec", "ports", 0), "port: &number 80\n    name: !!str http",
         "port: &number 80\n    name: !!str http"),
        (("spec", "ports", 0, "port"), "80", "port"),
        (("spec", "ports", 0, "name"), "http", "name"),
        (("spec", "ports", 0, "protocol"), "port: &number 80\n    name: !!str http",
         "port: &number 80\n    name: !!str http"),
        (("spec", "ports", 1), "-", "-"),
        (("spec", "ports", 2, "port"), "*number", "port"),
        (("spec", "again"), "*ports", "again"),
        (("spec", "again", 0, "port"), "80", "port"),
        (("spec", "merged"), "<<: *meta\n    tail: ~", "merged"),
        (("spec", "merged", "name"), "web", "name"),
        (("spec", "several", "one"), "1", "one"),
        (("spec", "several", "two"), "2", "two"),
        (("spec", "several", "true"), "yes", "on"),
        (("spec", "empty"), "empty", "empty"),
        (("spec", "empty", "below"), "empty", "empty"),
        (("spec", "folded"), ">-", "folded"),
        (("spec", "kept"), "|+\n    y", "kept"),
        (("spec", "twice"), "2", "twice"),
        (("spec", "missing", "x"), "spec", "spec"),
        (("spec", "ports", 7), "ports", "ports"),
        (("spec", 0), "spec", "spec"),
        (("missing",), "apiVersion", "apiVersion"),
        (("tail",), "- - a\n  - b", "tail"),
        (("tail", 0, 1), "b", "b"),
    ],
)  # fmt: skip
def test_a_path_leads_to_the_very_characters(path: Path, value: str, key: str) -> None:
    places = places_of(TEXT)

    assert (places.value(path).text, places.key(path).text) == (value, key)


PLAIN = """\
apiVersion: v1
on: {a: 1, 'b': [1, {c: } ]}
complex:
  - - "a # b"
    - 0x10
  -
<<:
  kept: |+
    y

~: null key
[x]:
  folded: >-
    z
twice: 1
0o17: 15
twice: 2

# end
"""


def test_places_are_the_same_where_an_anchor_asks_for_a_closer_look() -> None:
    keys = ("apiVersion", "on", "true", "a", "b", "c", "complex", "kept", "folded")
    steps: Path = (*keys, "twice", "15", "null", 0, 1)
    paths: list[Path] = [path for n in range(1, 4) for path in product(steps, repeat=n)]
    plain, anchored = places_of(PLAIN), places_of(f"{PLAIN}last: &last x\n")

    found = [(plain.value(path).text, plain.key(path).text) for path in paths]

    assert found == [
        (anchored.value(path).text, anchored.key(path).text) for path in paths
    ]
    assert len(set(found)) > 10


def test_the_whole_object_reaches_from_its_first_key_to_its_last_character() -> None:
    span = places_of(TEXT).value(())

    assert (span.text[:14], span.text[-7:]) == ("apiVersion: v1", "a\n  - b")


def test_the_second_of_two_equal_keys_counts() -> None:
    span = places_of(TEXT).key(("spec", "twice"))

    assert span.first == (34, 3)


def test_comments_are_those_outside_of_scalars() -> None:
    found = [(span.text, text) for span, text in places_of(TEXT).comments()]

    assert found == [
        (
            "# cip-lint: ignore[a] the first reason",
            "cip-lint: ignore[a] the first reason",
        ),
        ("# cip-lint: ignore[b]", "cip-lint: ignore[b]"),
        ("# end cip-lint: x", "end cip-lint: x"),
    ]


def test_items_of_a_list_have_their_own_paths() -> None:
    text = "kind: List\nitems:\n- kind: A\n  spec: {a: 1}\n- kind: B\n"

    second = places_of(text, index=3, item=1)
    first = places_of(text, item=0)

    assert second.order == (3, 1)
    assert second.value(("kind",)).text == "B"
    assert second.value(("spec", "a")).text == "kind"
    assert first.value(("spec", "a")).text == "1"
    assert first.value(()).text == "kind: A\n  spec: {a: 1}"


def test_the_document_of_several_is_found_by_its_offsets() -> None:
    text = "a: 1\r\n---\r\nb: \N{GRINNING FACE} x # c\r\n"
    source = SourceFile("folder/x.yaml", text)

    places = DocumentPlaces(source, 11, len(text), index=1)

    assert places.path == "folder/x.yaml"
    assert places.value(("b",)).text == "\N{GRINNING FACE} x"
    assert places.value(("b",)).first == (3, 4)


@pytest.mark.parametrize("text", ["", "# none\n", "a: [", "just text", "- a\n"])
def test_a_text_without_a_mapping_has_a_place_all_the_same(text: str) -> None:
    span = places_of(text).value(("spec", "ports"))

    assert 0 <= span.start <= span.end <= len(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=12,
)


def _paths(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            found += _paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += _paths(item, (*path, number))
    return found


@given(
    value=st.dictionaries(st.text(max_size=5), _JSON, min_size=1),
    indent=st.sampled_from([None, 2, "\t"]),
    ascii_only=st.booleans(),
)
def test_spans_in_json_are_the_json_of_the_value(
    value: dict[str, Any], indent: int | str | None, ascii_only: bool
) -> None:
    text = " \n" + json.dumps(value, indent=indent, ensure_ascii=ascii_only) + "\n"
    places = places_of(text, is_json=True)

    for path, part in _paths(value):
        assert json.loads(places.value(path).text) == part
        if path and isinstance(path[-1], str):
            assert json.loads(places.key(path).text) == path[-1]


def test_json_has_no_comments() -> None:
    text = '{"a": "# cip-lint: ignore"}'

    assert list(places_of(text, is_json=True).comments()) == []


def test_repeated_keys_of_json_have_paths() -> None:
    text = '{"a": [{"b": 1, "b": 2}], "a": 1}'

    assert list(repeated_keys(json_tree(text, 0, len(text)))) == [
        ("a",),
        ("a", 0, "b"),
    ]
