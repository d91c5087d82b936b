"""The compiled reader: it answers for easy documents, and for nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cip_lint.manifests import easy_values, meanings
from cip_lint.manifests.easy_values import easy_value
from cip_lint.manifests.meanings import NotEasyError
from cip_lint.manifests.node_values import value_of_nodes
from cip_lint.manifests.pitfalls import property_marks

compiled: Any = easy_values.event_reader
needs_compiled = pytest.mark.skipif(
    compiled is None, reason="the reader is not compiled here"
)

EASY = [
    ("a: 1\n", "", {"a": 1}),
    ("a: 1\n\n# behind\n", "", {"a": 1}),
    ("---\na: [x, 'y', \"z\\n\"]\n", "...\n", {"a": ["x", "y", "z\n"]}),
    ("{a: 1}", "} x\n", {"a": 1}),
    ("é: |\n  日本\n  😀\nb: >-\n  x\n  y\n", "", {"é": "日本\n😀\n", "b": "x y"}),
    ("on: y\n'on': 0o17\n~x: ~\n", "", {"true": True, "on": 15, "~x": None}),
    ("a:\n- b\n-\n- [[], {}]\n", "", {"a": ["b", None, [[], {}]]}),
    ("word", "\n", "word"),
    ("a: x && y & z !\n", "", {"a": "x && y & z !"}),
    ("a: is it?\n", "", {"a": "is it?"}),
    ("a: 1.0\nb: -0.0\nc: 1e21\n", "", {"a": 1, "b": 0, "c": 1e21}),
    ("a: 'x' # &y !z *w\n", "", {"a": "x"}),
    (
        "a: 1000000\nb: -1.25e-7\nc: 10.96.0.10\n",
        "",
        {"a": 1000000, "b": -1.25e-7, "c": "10.96.0.10"},
    ),
    (
        "a: +0x1FFFF\nb: .5e+10\nc: '1000000'\n",
        "",
        {"a": 131071, "b": 5_000_000_000, "c": "1000000"},
    ),
]
"""The root node, what stands behind it, and the value."""
NOT_EASY = [
    "a: &x 1\n",
    "a: &x {b: 1}\nc: *x\n",
    "a: !!str 5\n",
    "a: ! 5\n",
    "? ! a\n: 1\n",
    "- ! [a]\n",
    "a: 1\na: 2\n",
    "{a: 1, 'a': 2}\n",
    "<<: {a: 1}\n",
    "[a, b?c]\n",
    "{b?c: 1}\n",
    "[a]: 1\n",
    "~: 1\n",
    "18446744073709551615: 1\n",
]
ERRORS = [
    "",
    "# nothing\n",
    "a: b: c\n",
    "a: [1\n",
    "a: *x\n",
    "*x : 1\n",
    "a: .inf\n",
    "a: \x00\n",
    "a: \ud800\n",
    'a: "\\q"\n',
    "a: 1\n b: 2\n",
    "[" * 300 + "]" * 300,
]


@needs_compiled
@pytest.mark.parametrize(("node", "rest", "value"), EASY)
def test_an_easy_document_has_the_value_and_end_that_nodes_give_it(
    node: str, rest: str, value: Any
) -> None:
    marks = property_marks(node + rest)
    found = compiled.value(node + rest, marks, False)

    assert found == (value, len(node))
    assert repr(found) == repr(value_of_nodes(node + rest, marks, is_sharing=False))


@needs_compiled
@pytest.mark.parametrize("text", NOT_EASY)
def test_what_the_careful_reader_is_for_is_left_to_it(text: str) -> None:
    assert compiled.value(text, property_marks(text), False) is None
    with pytest.raises(NotEasyError):
        value_of_nodes(text, property_marks(text), is_sharing=False)


@needs_compiled
@pytest.mark.parametrize("text", ERRORS)
def test_errors_and_texts_without_a_document_are_left_to_nodes(text: str) -> None:
    assert compiled.value(text, set(), False) is None


@needs_compiled
def test_after_an_error_the_next_document_is_read_as_ever() -> None:
    for text in (*ERRORS, "a: 1\n"):
        found = compiled.value(text, set(), False)

    assert found == ({"a": 1}, 5)


@needs_compiled
def test_texts_that_are_known_are_one_object() -> None:
    first, _ = compiled.value("app: some-name\n'q': 'some-name'\n", set(), False)
    second, _ = compiled.value("app: some-name\n", set(), False)

    assert first["app"] is second["app"] is first["q"]
    assert meanings.PLAIN["some-name"] is first["app"]
    meanings.forget()


@needs_compiled
def test_no_object_is_held_once_its_document_is_dropped() -> None:
    long = "x" * 100
    value, _ = compiled.value(f"a: [{{b: {long}, c: [1, 2]}}]\n", set(), False)
    for text in (*ERRORS, *NOT_EASY):
        compiled.value(text, property_marks(text), False)

    # As many hold each part as of a value that somebody else made.
    other = json.loads(json.dumps(value))
    assert _references(value) == _references(other)


def _references(value: Any) -> list[int]:
    (item,) = value["a"]
    return [sys.getrefcount(part) for part in (value["a"], item, item["b"], item["c"])]


@needs_compiled
def test_a_document_that_is_read_meanwhile_is_left_to_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Text(str):
        """A key whose comparison reads another document."""

        __slots__ = ()
        seen: ClassVar[list[Any]] = []

        def __eq__(self, other: object) -> bool:
            self.seen.append(compiled.value("b: 2\n", set(), False))
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    monkeypatch.setitem(meanings.KEYS, Text("never-met-before"), "x")

    assert compiled.value("never-met-before: 1\n", set(), False) == ({"x": 1}, 20)
    assert Text.seen == [None]


@needs_compiled
def test_a_library_without_libyaml_is_refused(tmp_path: Path) -> None:
    reader: Any = type(compiled)
    with pytest.raises(ImportError, match="cannot be loaded"):
        reader(str(tmp_path / "none.so"))
    with pytest.raises(ImportError, match="has no yaml_parser_initialize"):
        reader(sys.modules[reader.__module__].__file__)


@pytest.mark.parametrize(("node", "rest", "value"), EASY)
def test_without_it_nodes_give_the_value(
    monkeypatch: pytest.MonkeyPatch, node: str, rest: str, value: Any
) -> None:
    monkeypatch.setattr(easy_values, "event_reader", None)

    found = easy_value(node + rest, property_marks(node + rest), is_sharing=False)

    assert found == (value, len(node))
