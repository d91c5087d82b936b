"""A YAML text -> plain values, the fast way and the careful one."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.manifests import (
    YamlError,
    meanings,
    yaml_to_value,
    yaml_to_value_strict,
)
from cip_lint.manifests.values import DocumentValue, document_value

pytestmark = pytest.mark.usefixtures("_either_reader")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# none\n", None),
        ("a: 1\n", {"a": 1}),
        ("a: '1'\n", {"a": "1"}),
        ("on: y\n'on': x\n", {"true": True, "on": "x"}),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a:\n  <<: [{x: 1}, {x: 2, z: 3}]\n", {"a": {"z": 3, "x": 1}}),
        ("a:\n  '<<': {x: 1}\n", {"a": {"<<": {"x": 1}}}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("a: ! 5\n", {"a": "5"}),
        ("a: !\n", {"a": ""}),
        ("a: !!str 5\n", {"a": "5"}),
        ("a: !!str\n", {"a": ""}),
        ("a: x && y &z\n", {"a": "x && y &z"}),
        ("a: b\n---\nc: d\n", {"a": "b"}),
        ('a: "it\\\'s"\n', {"a": "it's"}),
        ("{a:}\n", {"a:": None}),
        ("a: 1\n\ufeffb: 2\n", {"a": 1, "\ufeffb": 2}),
        ("a: 1.0\nb: -0.0\nc: 1e21\n", {"a": 1, "b": 0, "c": 1e21}),
        ("---\n" + "[" * 900 + "]" * 900, None),
    ],
)
def test_a_text_has_the_value_that_kubernetes_gives_it(text: str, value: Any) -> None:
    found = yaml_to_value(text)

    if value is None and text.startswith("---"):
        depth = 0
        while found:
            found, depth = found[0], depth + 1
        value, found = 899, depth
    assert found == value


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("a: b: c\n", "mapping values are not allowed in this context", 4),
        ("a: *x\n", "found undefined alias", 3),
        ("a: &y *x\n", "did not find expected key", 6),
        ("a: &x [*x]\n", "anchor 'x' value contains itself", 7),
        ("~: 1\n", "found a key that is null", 0),
        ("[a]: 1\n", "invalid map key", 0),
        ("a: .inf\n", "json: unsupported value: +Inf", 3),
        ("a: !!int x\n", "yaml: cannot decode !!str `x` as a !!int", 3),
        ("%YAML 1.2\n---\na: 1\n", "found incompatible YAML document", 0),
        ("a:\n\tb: 1\n", "found character that cannot start any token", 3),
        ('a: "\\/"\n', "found unknown escape character", 4),
        ("[a?b]\n", "did not find expected ',' or a closing bracket", 2),
        ("a: \x00\n", "control characters are not allowed", 3),
        (
            "a: {<<: 5}\n",
            "map merge requires map or sequence of maps as the value",
            8,
        ),
    ],
)
def test_what_kubernetes_refuses_is_refused_with_its_place(
    text: str, message: str, offset: int
) -> None:
    with pytest.raises(YamlError) as caught:
        yaml_to_value(text)

    assert (caught.value.message, caught.value.offset) == (message, offset)


def test_bytes_are_read_as_the_yaml_library_reads_them() -> None:
    assert yaml_to_value("a: é\n".encode()) == {"a": "é"}
    assert yaml_to_value(b"\xff\xfe" + "a: é\n".encode("utf-16-le")) == {"a": "é"}
    with pytest.raises(YamlError):
        yaml_to_value(b"a: \xff\n")


def test_the_strict_mode_names_each_repeated_key() -> None:
    with pytest.raises(YamlError) as caught:
        yaml_to_value_strict("a: 1\nb: 1\na: 2\n1: x\n1: y\n")

    assert caught.value.message == (
        "yaml: unmarshal errors:\n"
        '  line 3: key "a" already set in map\n'
        "  line 5: key 1 already set in map"
    )
    assert yaml_to_value_strict("a: 1\n") == {"a": 1}


def test_repeated_keys_are_paths_and_the_last_one_counts() -> None:
    read = document_value("a: [{b: 1, b: 2}]\nc: 1\nc: 2\n")

    assert read == DocumentValue({"a": [{"b": 2}], "c": 2}, 28, (("a", 0, "b"), ("c",)))


OVER = ("b", "x", "<<")


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n", ()),
        ("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n  x: 3\n", (("b", "x"),)),
        ("a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n  x: 3\n", (OVER, ("b", "x"))),
        ("a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n", (OVER,)),
        ("a: &a {x: 1}\nb:\n  x: 1\n  <<: *a\n", ()),
        ("a: &a {x: 1}\nb:\n  x: true\n  <<: *a\n", (OVER,)),
        ("a: &a {x: &x {}}\nb:\n  x: *x\n  <<: *a\n", ()),
        ("a: &a {x: {}}\nb:\n  x: {}\n  <<: *a\n", (OVER,)),
        ("b:\n  <<: {x: 2}\n  <<: {x: 1}\n", ()),
        ("b:\n  x: 2\n  <<: [{x: 1}, {y: 2}]\n", (OVER,)),
        ("- [{b: {x: 2, <<: {x: 1}}}]\n", ((0, 0, *OVER),)),
    ],
)
def test_to_override_a_merged_key_is_to_write_it_once(
    text: str, repeated: tuple[Any, ...]
) -> None:
    assert document_value(text).repeated == repeated


def test_the_end_is_that_of_the_root_node() -> None:
    assert document_value("{a: 1}} x\n").end == 6


@pytest.fixture
def many_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if so many documents had been read that memory counts."""
    monkeypatch.setattr(meanings, "_FEW_DOCUMENTS", 0)


@pytest.mark.usefixtures("many_documents")
def test_equal_labels_are_one_object_and_unequal_types_are_not() -> None:
    first, second, third = yaml_to_value("- {a: x}\n- {a: x}\n- {a: y}\n- {a: 1}\n")[:3]

    assert first is second
    assert third == {"a": True}
    assert yaml_to_value("- {a: 1}\n- {a: y}\n- {a: 1.0}\n") == [
        {"a": 1},
        {"a": True},
        {"a": 1},
    ]
    assert [type(item["a"]) for item in yaml_to_value("- {a: 1}\n- {a: y}\n")] == [
        int,
        bool,
    ]


@pytest.mark.usefixtures("many_documents")
def test_collections_that_repeat_are_one_object_whatever_they_hold() -> None:
    text = "- {a: {b: [x, {c: 1}]}}\n" * 8 + "- {a: {b: [x, {c: y}]}}\n"
    *items, other = yaml_to_value(text)

    assert items[-1] is items[-2]
    assert items == [{"a": {"b": ["x", {"c": 1}]}}] * 8
    assert other == {"a": {"b": ["x", {"c": True}]}}


@pytest.mark.usefixtures("many_documents")
def test_an_empty_list_is_no_empty_mapping() -> None:
    assert yaml_to_value("[{a: []}, {a: {}}, {a: []}, [], {}]") == [
        {"a": []},
        {"a": {}},
        {"a": []},
        [],
        {},
    ]


def test_equal_collections_with_a_large_part_are_read_alike() -> None:
    numbers = ", ".join(map(str, range(20)))
    first, second = yaml_to_value(f"- {{a: [{numbers}]}}\n- {{a: [{numbers}]}}\n")

    assert first == second == {"a": list(range(20))}


def test_an_alias_bomb_is_refused_as_excessive_aliasing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 12):
        aliases = ", ".join([f"*a{number - 1} "] * 10)
        lines.append(f"a{number}: &a{number} [{aliases}]")

    with pytest.raises(YamlError, match="excessive aliasing"):
        yaml_to_value("\n".join(lines))


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "{a: " * 20_000, "- " * 20_000, "? " * 20_000]
)
def test_nesting_is_bounded(text: str) -> None:
    with pytest.raises(YamlError):
        document_value(text)


def test_ten_thousand_levels_are_the_limit_of_the_go_library() -> None:
    value = yaml_to_value("[" * 10_000 + "]" * 10_000)
    with pytest.raises(YamlError, match="exceeded max depth of 10000"):
        yaml_to_value("[" * 10_001 + "]" * 10_001)

    depth = 0
    while value:
        value, depth = value[0], depth + 1
    assert depth == 9_999
