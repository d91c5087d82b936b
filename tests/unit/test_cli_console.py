"""What the terminal can show."""

from __future__ import annotations

import io
import sys

import pytest

from cip_lint.cli.console import Console


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [("utf-8", True), ("UTF_8", True), ("ascii", False), ("latin-1", False)],
)
def test_only_utf_encodings_show_what_is_not_ascii(
    monkeypatch: pytest.MonkeyPatch, encoding: str, *, unicode: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding))

    assert Console().unicode is unicode


def test_a_line_has_room_without_end_where_no_terminal_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    monkeypatch.delenv("COLUMNS", raising=False)
    endless = Console().room
    monkeypatch.setenv("COLUMNS", "72")

    assert (endless, Console().room) == (None, 72)
