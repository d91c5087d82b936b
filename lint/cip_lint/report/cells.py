"""Cells of tables: in columns, in a spreadsheet, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cip_lint.report.columns import columns
from cip_lint.report.visible import shown

CELL_LIMIT: Final = 200
"""Code points of one cell that a person is shown."""

_GAP: Final = "   "

# What a spreadsheet would run as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

_MARKDOWN: Final = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]|~#"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@\u200b"}
)


def widths_of(rows: Iterable[Iterable[str]]) -> list[int]:
    """Return the width of each column, in columns of a terminal."""
    return [max(map(columns, cells)) for cells in zip(*rows, strict=True)]


def total_width(widths: Sequence[int]) -> int:
    """Return how wide a line of such columns is."""
    return sum(widths) + len(_GAP) * max(0, len(widths) - 1)


def aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    """Return one line of a table in columns."""
    padded = (
        cell + " " * (width - columns(cell))
        for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join(padded).rstrip()


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as RFC 4180 wants them, with cells that no program runs."""
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerows([_inert(shown(cell)) for cell in cells] for cells in rows)
    return output.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def markdown_line(cells: Iterable[str]) -> str:
    """Return a line of a Markdown table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def markdown_cell(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return shown(text, CELL_LIMIT).translate(_MARKDOWN)
