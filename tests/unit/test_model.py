"""The text of a file is the same however it is kept."""

from __future__ import annotations

import pickle

import pytest

from cip_lint.model import Position, SourceFile

LONG = "".join(f"line {number} \u00e9 \U0001f600 \ud800\r\n" for number in range(2_000))


def test_a_folded_text_is_the_text() -> None:
    kept, folded = SourceFile("a.yaml", LONG), SourceFile("a.yaml", LONG)
    folded.fold()

    assert folded.text == LONG
    assert folded.line(1_000) == kept.line(1_000) == "line 999 \u00e9 \U0001f600 \ud800"
    assert folded.position(len(LONG)) == kept.position(len(LONG)) == Position(2_001, 1)


def test_a_file_travels_with_its_text() -> None:
    for text in (LONG, "short"):
        source = SourceFile("a.yaml", text)
        source.fold()
        there = pickle.loads(pickle.dumps(source))

        assert (there.path, there.text) == ("a.yaml", text)


def test_files_are_told_apart_by_identity() -> None:
    assert SourceFile("a.yaml", "") != SourceFile("a.yaml", "")


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072])
@pytest.mark.parametrize("pattern", ["\n", "é\r\n\n", "a"])
def test_lines_are_found_in_texts_of_any_length(pattern: str, size: int) -> None:
    text = (pattern * size)[:size]

    starts = SourceFile("a.yaml", text).line_starts

    assert list(starts) == [0, *(at + 1 for at, c in enumerate(text) if c == "\n")]
