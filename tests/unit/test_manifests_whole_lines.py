"""The reader of lines: it answers where lines are wholes, and for nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from cip_lint.manifests import easy_values, meanings
from cip_lint.manifests.line_tree import line_tree
from cip_lint.manifests.tree import Mapping, Node, Sequence
from cip_lint.manifests.values import DocumentValue, document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.manifests.yaml_tree import yaml_tree

line_value: Callable[[str, bool], Any] = easy_values.line_reader or (lambda *_: None)
pytestmark = pytest.mark.skipif(
    easy_values.line_reader is None, reason="the reader is not compiled here"
)

READ: list[tuple[str, Any]] = [
    ("a: 1\n", {"a": 1}),
    ("# c\n\n  # c\na: 1 # c\n  \n# c\n", {"a": 1}),
    ("---\na: 1\n", {"a": 1}),
    ("---  # c\na: 1\n", {"a": 1}),
    ("\n# nothing\n", None),
    ("  a: 1\n  b: 2\n", {"a": 1, "b": 2}),
    ("a:\nb: \nc: # c\nd: ~\n", dict.fromkeys("abcd")),
    (
        "a:\n  b:\n      c: x\n  d: yy\ne: z\n",
        {"a": {"b": {"c": "x"}, "d": "yy"}, "e": "z"},
    ),
    (
        "a:\n- 1\n- b: 2\n  c:\n  - 3\n-\nd: 4\n",
        {"a": [1, {"b": 2, "c": [3]}, None], "d": 4},
    ),
    ("-   - 1\n    - 2\n-\n  - a:\n    b:\n     1\n", [[1, 2], [{"a": None, "b": 1}]]),
    ("a:\n  x y\nb:\n  {}\nc:\n  'q'\n", {"a": "x y", "b": {}, "c": "q"}),
    ("a: 'x: # y' # c\n\"b\":  \"'\"\n'c': ''\n", {"a": "x: # y", "b": "'", "c": ""}),
    (
        "a: [] # c\nb: {}\nc: [ x, 'y, z',1]\nd: {e: f, g-h: \"i\"}\n",
        {"a": [], "b": {}, "c": ["x", "y, z", 1], "d": {"e": "f", "g-h": "i"}},
    ),
    ("on: y\n'on': 0o17\n1.0: 1e3\n", {"true": True, "on": 15, "1": 1000}),
    (
        "a: b#c  d,e] & *f  # g\nh: -x\ni: ::/0\nj: ?k\nl: http://m:80/?n=o#p\n",
        {
            "a": "b#c  d,e] & *f",
            "h": "-x",
            "i": "::/0",
            "j": "?k",
            "l": "http://m:80/?n=o#p",
        },
    ),
    ("a: é 日本 😀\nb: 'ß' # ü\n", {"a": "é 日本 😀", "b": "ß"}),
    ("a.b/c-d_e$: 1\n.f: 2\n", {"a.b/c-d_e$": 1, ".f": 2}),
]

BLOCKS: list[tuple[str, Any]] = [
    ("a: |\n  x\n   y \n\n  z: # 1\n\n\nb: 2\n", {"a": "x\n y \n\nz: # 1\n", "b": 2}),
    ("a: |-\n  x\n\n", {"a": "x"}),
    ("a: |+\n  x\n\n \n", {"a": "x\n\n\n"}),
    ("a: >\n  x\n  y\n\n  z\n   more\n  w\n", {"a": "x y\nz\n more\nw\n"}),
    ("a: >-\n\n \n  x\n\n\n  y\n  \n", {"a": "\n\nx\n\ny"}),
    ("- |\n x\n-  >+ # c\n     y\n     z\n\n", ["x\n", "y z\n\n"]),
    ("a:\n  |\n   é\n    \n   x\n", {"a": "é\n \nx\n"}),
    ("a:\n- b: |\n    x\n  # c\n- 2\n", {"a": [{"b": "x\n"}, 2]}),
    ("a: |\n  - x\n  'y\n  ---\n  \\\n", {"a": "- x\n'y\n---\n\\\n"}),
]

LEFT = [
    *("", "word\n", "'a'\n", "[]\n", "{}\n", "|\n  x\n", "---\n", "--- a\n", "---#\n"),
    *("...\n", "a: 1\n...\n", "a: 1\n---\nb: 2\n", "%YAML 1.1\n---\na: 1\n"),
    *("a: &x 1\n", "a: *x\n", "a: ! 1\n", "a: !!str 1\n", "&x a: 1\n", "<<: {}\n"),
    *("? a\n", ": a\n", "? a\n: b\n", "a : 1\n", "a b: 1\n", "a:1\n", "[a]: 1\n"),
    *(
        "a: 1\na: 2\n",
        "{a: 1, a: 2}\n",
        "a: {b: 1, b: 2}\n",
        "~: 1\n",
        f"{'k' * 513}: 1\n",
    ),
    *("a: b: c\n", "a: b:\n", "a: - b\n", "a: -\n", "a: @b\n", "a: `b\n", "a: %b\n"),
    *("a: x\n  y\n", "a: x\n\n y\n", "- x\n  y\n", "a: 'x\n  y'\n", 'a: "x\n  y"\n'),
    *(
        "a: 1\n b: 2\n",
        " a: 1\nb: 2\n",
        "a:\n   b: 1\n  c: 2\n",
        "- 1\nb: 2\n",
        "a: 1\n- 2\n",
    ),
    *("a:\n  - 1\n  b: 2\n", "- - 1\n  b: 2\n", "a:\n- 1\n - 2\n", "a: {}\n  b: 1\n"),
    *(
        "a: 'it''s'\n",
        "a: '\\'\n",
        'a: "\\n"\n',
        "a: 'x' y\n",
        "a: 'x'#c\n",
        "a: 'x': y\n",
    ),
    *(
        "a: [1,]\n",
        "a: [,]\n",
        "a: [1 2]\n",
        "a: [b:c]\n",
        "a: [[]]\n",
        "a: [1\n",
        "a: []]\n",
    ),
    *(
        "a: {b}\n",
        "a: {b:1}\n",
        "a: {b: }\n",
        "a: {'b': 1}\n",
        "a: {b: 1,}\n",
        "a: {b: [1]}\n",
    ),
    *("a: [x?y]\n", "a: [-1]\n", "a: []#c\n", "a: {}x\n", "a: {b: 1\n", "a: [&x 1]\n"),
    *(
        "a: |2\n  x\n",
        "a: |#c\n  x\n",
        "a: | x\n",
        "a: |\n",
        "a: |\nb: 1\n",
        "a: >\n   \n  x\n",
    ),
    *("a: |\n   x\n  y\n", "- |\nx\n", "a: |\n    \n"),
    *(
        "a:\tb\n",
        "\ta: 1\n",
        "a: b\t# c\n",
        "a: b\r",
        "a: \x00\n",
        "a: \x7f\n",
        "# \x01\na: 1\n",
    ),
    *("a: \x80\n", "a: x\u0085\n", "a: \u2028\n", "# \u2029\na: b\n", "\ufeffa: 1\n"),
    *("a: \ufffe\n", "a: \uffff\n", "a: \ud800\n", "a: .inf\n", "a: 1"),
    *("\n".join(f"{' ' * n}a:" for n in range(101)) + "\n", "- " * 101 + "a\n"),
]


def _by_nodes(text: str) -> DocumentValue:
    with mock.patch.multiple(easy_values, line_reader=None, event_reader=None):
        return document_value(text)


@pytest.mark.parametrize(("text", "value"), READ + BLOCKS)
@pytest.mark.parametrize("is_sharing", [False, True])
def test_a_document_of_whole_lines_has_the_value_that_nodes_give_it(
    text: str, value: Any, is_sharing: bool
) -> None:
    found = line_value(text, is_sharing)

    assert repr(found) == repr((value, len(text)))
    assert found == _by_nodes(text)[:2]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_not_of_whole_lines_is_left_to_others(text: str) -> None:
    assert line_value(text, False) is None


@pytest.mark.parametrize("text", [text for text, _ in READ + BLOCKS])
def test_its_tree_of_places_is_the_one_of_nodes(text: str) -> None:
    tree = line_tree(text)

    assert tree is not None or not text.isascii() or yaml_tree(text) is None
    assert tree is None or _all_of(tree) == _all_of(yaml_tree(text))


@pytest.mark.parametrize("text", LEFT)
def test_no_tree_is_made_of_what_nodes_make_another_one_of(text: str) -> None:
    tree = line_tree(text)

    if tree is not None:  # a key stands twice, or JSON has no such number
        assert _all_of(tree) == _all_of(yaml_tree(text))
        with pytest.raises((AssertionError, YamlError)):
            assert not _by_nodes(text).repeated


def _all_of(node: Node | None) -> Any:
    """Return all that is known of a node and of those in it."""
    if node is None:
        return None
    known = (type(node), node.start, node.end, node.style, node.key, node.is_flow)
    if isinstance(node, Mapping):
        return known, [(_all_of(key), _all_of(value)) for key, value in node.pairs]
    if isinstance(node, Sequence):
        return known, list(map(_all_of, node.items))
    return known


def test_each_part_of_a_text_decides_by_itself_whether_it_is_left() -> None:
    body = "a:\n- b: 'x'\n  c: |\n    y\n"

    assert line_value(body, False) is not None
    for at in range(len(body)):
        for odd in "\t\r&*\x00":
            spoilt = f"{body[:at]}{odd}{body[at:]}"
            found = line_value(spoilt, False)
            if found is not None:
                by_nodes = _by_nodes(spoilt)
                assert repr(found) == repr((by_nodes.value, by_nodes.end)), spoilt


def test_texts_that_are_known_are_one_object() -> None:
    first, _ = line_value("app: some-name\n'q': 'some-name'\n", False)
    second, _ = line_value("app: some-name\n", False)

    assert first["app"] is second["app"] is first["q"]
    assert meanings.PLAIN["some-name"] is first["app"]
    meanings.forget()


def test_equal_collections_are_one_where_that_is_asked_for() -> None:
    text = "".join(f"{key}:\n  x: [1]\n" for key in "abc") + "d: {z: 1}\ne: {z: 1}\n"

    value, _ = line_value(text, True)
    # That a part repeats is known from the second one on.
    assert value["a"]["x"] is value["b"]["x"]
    assert value["b"] is value["c"]
    assert value["d"] is value["e"]
    value, _ = line_value(text, False)
    assert value["d"] is not value["e"]
    meanings.forget()


def test_no_object_is_held_once_its_document_is_dropped() -> None:
    long = "x" * 100
    value, _ = line_value(f"a:\n- b: {long}\n  c: [1, 2]\n", False)
    for text in LEFT:
        line_value(text, False)

    other = json.loads(json.dumps(value))
    assert _references(value) == _references(other)


def _references(value: Any) -> list[int]:
    (item,) = value["a"]
    return [sys.getrefcount(part) for part in (value["a"], item, item["b"], item["c"])]
