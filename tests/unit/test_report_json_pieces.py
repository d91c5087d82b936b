"""JSON in pieces: the same text, without all of it in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cip_lint.report.json_text import json_pieces, json_text

ROWS = [{"name": "w\xe9b", "ports": [{"port": 80}]}, {"name": "b", "ports": []}]


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS])
def test_items_that_are_made_one_by_one_are_written_as_a_list(
    rows: list[dict[str, object]],
) -> None:
    head = {"version": 1, "pair": [1, 2], "in": {"a": {"b": []}}}
    whole = {**head, "clusters": [{"name": "c", "ranges": [], "services": rows}] * 2}
    clusters = ({"name": "c", "ranges": [], "services": iter(rows)} for _ in range(2))

    pieces = json_pieces({**head, "clusters": clusters}, 4)

    assert "".join(pieces) == json_text(whole, 4)


def test_nothing_is_made_before_what_stands_before_it_is_written() -> None:
    made: list[int] = []

    def rows() -> Iterator[dict[str, int]]:
        for number in range(3):
            made.append(number)
            yield {"number": number}

    for piece in json_pieces({"rows": rows()}, 2):
        if piece == '{"number": 0}':
            break

    assert made == [0]
