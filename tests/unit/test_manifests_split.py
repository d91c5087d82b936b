"""Bytes -> text -> documents, as kubectl's decoder and reader cut them."""

from __future__ import annotations

import pytest

from cip_lint.manifests.split import Cut, Piece, cut, looks_like_json, normalised
from cip_lint.manifests.text import DecodedText, decode


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"", DecodedText("")),
        (b"a: 1\n", DecodedText("a: 1\n")),
        (b"\xef\xbb\xbfa: 1\n", DecodedText("a: 1\n")),
        ("\N{GRINNING FACE}".encode(), DecodedText("\N{GRINNING FACE}")),
        (b"\xff\xfea\x00", DecodedText("a")),
        (b"\xfe\xff\x00a", DecodedText("a")),
        (b"caf\xe9: 1", DecodedText("caf\ufffd: 1", 3)),
        ("é".encode() + b"\xff", DecodedText("é\ufffd", 1)),
        (b"\xf0\x9f\x98x", DecodedText("\ufffdx", 0)),
        (b"\xff\xfea\x00b", DecodedText("a\ufffd", 1)),
    ],
)
def test_every_file_can_be_decoded(data: bytes, decoded: DecodedText) -> None:
    assert decode(data) == decoded


@pytest.mark.parametrize(
    ("text", "documents", "faults"),
    [
        ("", [], []),
        ("a: 1", ["a: 1"], []),
        ("a: 1\n---\nb: 2\n", ["a: 1\n", "b: 2\n"], []),
        ("a: 1\r\n--- # next\r\nb: 2\r\n", ["a: 1\r\n", "b: 2\r\n"], []),
        ("---\na: 1\n---", ["---\na: 1\n"], []),
        ("---\n---\na: 1\n", ["---\n", "a: 1\n"], []),
        ("a: 1\n---\n---\n---\nb: 2\n", ["a: 1\n", "---\n", "b: 2\n"], []),
        ("a: 1\n ---\nb: 2\n", ["a: 1\n ---\nb: 2\n"], []),
        ("a: 1\n--- |\n  b\n---\nc: 3\n", ["a: 1\n", "--- |\n  b\n", "c: 3\n"], ["|"]),
        ("----\na: 1\n", ["----\na: 1\n"], ["-"]),
        ("a: 1\n---x y \n--- z\n", ["a: 1\n", "---x y \n", "--- z\n"], ["x y", "z"]),
    ],
)
def test_documents_are_cut_at_separator_lines(
    text: str, documents: list[str], faults: list[str]
) -> None:
    found = cut(text)

    assert [text[slice(*piece)] for piece in found.pieces] == documents
    assert [text[slice(*fault)] for fault in found.faults] == faults


def test_cutting_may_begin_anywhere() -> None:
    assert cut("{}\n---\na: 1\n", 3) == Cut([Piece(3, 12)], [])


@pytest.mark.parametrize(
    ("text", "is_json"),
    [
        ("{", True),
        ("\n\t {", True),
        ("[", False),
        ("# {", False),
        (" " * 5000 + "{", False),
    ],
)
def test_json_is_told_by_its_first_character(text: str, is_json: bool) -> None:
    assert looks_like_json(text) is is_json


def test_the_reader_ends_every_line_alike() -> None:
    assert normalised("a: |\r\n  x\r  y") == "a: |\n  x\r  y\n"
