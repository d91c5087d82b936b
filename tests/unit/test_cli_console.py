"""What the terminal can show."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from cip_lint.cli.console import Console
from cip_lint.errors import CipLintError


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_full_disk_is_no_fault_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(CipLintError, match="cannot write the report: No space"):
            Console().out("a finding")

    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        monkeypatch.setattr(sys, "stderr", full)
        Console().say("a note")
