"""A settings file as values, with the place of each."""

from __future__ import annotations

import pytest

from cip_lint.config.document import Unreadable, read_toml, read_yaml

TEXT = """\
version: 1
cluster:
  serviceCIDRs: [10.96.0.0/16]
  kubernetesVersion: 1.30
ignore:
  - rule: address.taken
    until: 2026-12-31
"""


def test_values_are_those_of_the_text() -> None:
    document = read_yaml("x.yaml", TEXT)

    assert document.value == {
        "version": 1,
        "cluster": {"serviceCIDRs": ["10.96.0.0/16"], "kubernetesVersion": "1.30"},
        "ignore": [{"rule": "address.taken", "until": "2026-12-31"}],
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("version",), "version", "1"),
        (("cluster", "serviceCIDRs"), "serviceCIDRs", "[10.96.0.0/16]"),
        (("cluster", "serviceCIDRs", 0), "10.96.0.0/16", "10.96.0.0/16"),
        (("ignore", 0, "until"), "until", "2026-12-31"),
        (("ignore", 0), None, "rule: address.taken\n    until: 2026-12-31"),
    ],
)
def test_each_value_has_its_place(
    path: tuple[str | int, ...], key: str | None, value: str
) -> None:
    place = read_yaml("x.yaml", TEXT).places[path]

    assert (place.key.text, place.value.text) == (key or value, value)


def test_where_nothing_stands_the_nearest_parent_is_pointed_at() -> None:
    label = read_yaml("x.yaml", TEXT).label(("cluster", "families", 0))

    assert label is not None
    assert (label.span.text, label.field) == ("cluster", "cluster.families[0]")


def test_an_origin_names_file_and_line() -> None:
    assert read_yaml("a/x.yaml", TEXT).where(("cluster", "kubernetesVersion")) == (
        "a/x.yaml:4"
    )


def test_a_key_without_a_value_states_nothing() -> None:
    document = read_yaml("x.yaml", "cluster:\npaths:\n  - a\n")

    assert (document.value, document.written) == (
        {"paths": ["a"]},
        {"cluster": None, "paths": ["a"]},
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert read_yaml("x.yaml", text).value == {}


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: [", "cannot be read: did not find expected node content", 1, 5),
        ("- a", "settings are a map of keys", 1, 1),
        ("text", "settings are a map of keys", 1, 1),
        ("a: 1\na: 2\n", "a is written twice", 2, 1),
        ("a: 1\n---\nb: 1\n", "settings are one document", 2, 1),
        ("a: &x [1]\nb: *x\n", "settings are written out, without aliases", 2, 4),
        ("[a]: 1\n", "a key is a text", 1, 1),
        ("a: \x07\n", "cannot be read: unacceptable character #x0007", 1, 1),
    ],
)
def test_what_cannot_be_read_has_a_place(
    text: str, message: str, line: int, column: int
) -> None:
    with pytest.raises(Unreadable) as caught:
        read_yaml("x.yaml", text)

    assert str(caught.value).startswith(message)
    assert caught.value.span.first == (line, column)


@pytest.mark.parametrize("text", ["[" * 30_000, "{a: " * 60 + "1" + "}" * 60])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_yaml("x.yaml", text)


TOML = """\
[tool.other]
select = ["x"]

[tool.cip-lint]
profile = "strict"  # all of it

[tool.cip-lint.cluster]
serviceCIDRs = ["10.96.0.0/16"]

[[tool.cip-lint.overrides]]
paths = ["a"]

[[tool.cip-lint.ignore]]
rule = "address.taken"
until = 2026-12-31
"""
BASE = ("tool", "cip-lint")


def test_a_table_of_a_toml_file_is_settings_too() -> None:
    document = read_toml("pyproject.toml", TOML, BASE)

    assert document is not None
    assert document.value == {
        "profile": "strict",
        "cluster": {"serviceCIDRs": ["10.96.0.0/16"]},
        "overrides": [{"paths": ["a"]}],
        "ignore": [{"rule": "address.taken", "until": "2026-12-31"}],
    }
    assert [
        document.where(path)
        for path in (("profile",), ("cluster", "serviceCIDRs"), ("overrides", 0))
    ] == ["pyproject.toml:5", "pyproject.toml:8", "pyproject.toml:10"]


def test_a_toml_file_without_the_table_has_no_settings() -> None:
    assert read_toml("pyproject.toml", "[tool.other]\n", BASE) is None


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[a]\n[tool.cip-lint\n", "cannot be read: Expected", 2),
        ("a = 1\na = 2\n", "cannot be read: Cannot overwrite a value", 2),
        ("a = ", "cannot be read: Invalid value", 1),
        ("a = " + "[" * 20_000, "settings are not nested so deeply", 1),
        ("tool.cip-lint = 3\n", "settings are a table of keys", 1),
    ],
)
def test_a_broken_toml_file_is_told(text: str, message: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_toml("pyproject.toml", text, BASE)

    assert str(caught.value).startswith(message)
    assert caught.value.span.first.line == line
