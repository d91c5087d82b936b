"""What kubectl itself makes of streams, lists and folders."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.manifests.json_text import JsonError, read_value, without_halves
from cip_lint.manifests.kubectl import (
    KubectlObject,
    KubectlView,
    expand,
    path_order,
    read_files,
    read_stream,
)

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}


@pytest.mark.parametrize(
    ("text", "values", "error"),
    [
        ("", [], None),
        ("a: 1\n---\n# none\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        (
            "a: 1\n---\nb: [\n---\nc: 3\n",
            [{"a": 1}],
            "did not find expected node content",
        ),
        ("a: 1\n--- x\nb: 2\n", [], "invalid Yaml document separator: x"),
        ("a: 1\n---\nb: 2\n--- x\n", [{"a": 1}], "invalid Yaml document separator: x"),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}], None),
        ('{"a": 1}\n---\nb: 2\n', [{"a": 1}, {"b": 2}], None),
        ('{"a": 1} # c\n', [{"a": 1}], None),
        ("{a: 1}\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        ('{"a": 1}{"b": 2}\n---\nc: 3\n', [{"a": 1}, {"b": 2}], "expecting value"),
        ('{"a": 1},\n{"b": 2}', [{"a": 1}], "expecting value"),
        ('{"a":', [], "expecting value"),
    ],
)
def test_a_stream_is_read_until_it_breaks(
    text: str, values: list[Any], error: str | None
) -> None:
    stream = read_stream(text)

    assert ([one.value for one in stream.documents], stream.error) == (values, error)


def test_documents_know_where_they_stand() -> None:
    text = '{"a": 1}\n---\nb: 2\n'

    documents = read_stream(text).documents

    assert [text[one.start : one.end] for one in documents] == [
        '{"a": 1}',
        "---\nb: 2\n",
    ]
    assert [one.is_json for one in documents] == [True, False]


@pytest.mark.parametrize(
    ("value", "objects"),
    [
        (SERVICE, [SERVICE]),
        ({"apiVersion": "v1", "kind": "List", "items": None}, []),
        ({"apiVersion": "v1", "kind": "List", "items": [SERVICE]}, [SERVICE]),
        (
            {"apiVersion": "v1", "kind": "ServiceList", "items": [{"metadata": {}}]},
            [{"apiVersion": "v1", "kind": "Service", "metadata": {}}],
        ),
        (
            {"apiVersion": "v1", "kind": "List", "items": [{}, SERVICE, {"kind": "X"}]},
            ["Object 'Kind' is missing", SERVICE, "Object 'apiVersion' is missing"],
        ),
    ],
)
def test_lists_are_taken_apart(value: Any, objects: list[Any]) -> None:
    assert list(expand(value)) == objects


@pytest.mark.parametrize(
    "value",
    [
        [],
        "text",
        {},
        {"kind": True},
        {"apiVersion": 1, "kind": "Service"},
        {"apiVersion": "a/b/c", "kind": "Service"},
        {**SERVICE, "metadata": [1]},
        {**SERVICE, "metadata": {"name": 1}},
        {**SERVICE, "metadata": {"generation": "1"}},
        {**SERVICE, "metadata": {"labels": {"a": 1}}},
        {**SERVICE, "metadata": {"labels": ["a"]}},
        {**SERVICE, "metadata": {"finalizers": "a"}},
        {**SERVICE, "metadata": {"creationTimestamp": "today"}},
        {**SERVICE, "metadata": {"ownerReferences": ["a"]}},
        {"apiVersion": "v1", "kind": "List", "items": {}},
        {"apiVersion": "v1", "kind": "List", "items": ["a"]},
        {"apiVersion": "v1", "kind": "List", "items": [{**SERVICE, "items": []}]},
    ],
)
def test_some_documents_are_refused_whole(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(expand(value))


def test_a_folder_is_read_by_the_bytes_of_its_entries() -> None:
    text = "kind: Service\nmetadata: {name: web, namespace: shop}\n"
    body = {"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
    names = ["b-x.yaml", "b/x.yml", "B.json", "a.YAML", "a.txt"]

    view = read_files(dict.fromkeys(names, text), is_folder=True)

    assert view == KubectlView(
        tuple(KubectlObject(name, body) for name in ("B.json", "b/x.yml", "b-x.yaml"))
    )
    assert (view.objects[0].name, view.objects[0].namespace) == ("web", "shop")
    assert sorted(["b-x", "b/x"], key=path_order) == ["b/x", "b-x"]


def test_a_named_file_is_read_whatever_it_is_called_and_a_folder_needs_one() -> None:
    assert read_files({"a.txt": "a: ["}, is_folder=False).errors == (
        "error parsing a.txt: did not find expected node content",
    )
    assert read_files({"a.txt": "a: ["}, is_folder=True).objects == ()
    assert read_files({"a.yaml": "5\n"}, is_folder=True).errors == (
        "the document is not an object",
    )


def test_json_numbers_are_those_that_kubectl_sends() -> None:
    text = '{"a": 1.0, "b": 12345678901234567890123, "c": 1e3, "d": -5, "e": 0.5}'

    assert read_value(text, 0).value == {
        "a": 1,
        "b": 1.2345678901234568e22,
        "c": 1000,
        "d": -5,
        "e": 0.5,
    }


@pytest.mark.parametrize(
    "text", ["NaN", '{"a": 1e999}', '"\x01"', "[" * 5000 + "]" * 5000, ""]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JsonError):
        read_value(text, 0)


def test_a_key_that_stands_twice_is_noticed() -> None:
    assert read_value('{"a": {"b": 1, "b": 2}}', 0) == ({"a": {"b": 2}}, 23, True)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (r'"\ud83d\ude00"', r'"\ud83d\ude00"'),
        (r'"\ud83d"', r'"\ufffd"'),
        (r'"\\ud83d"', r'"\\ud83d"'),
        (r'"\ude00\ud83d"', r'"\ufffd\ufffd"'),
    ],
)
def test_lone_halves_of_a_pair_become_one_sign(text: str, whole: str) -> None:
    assert without_halves(text) == whole
