"""The Service table in its four formats: text, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cip_lint.report.columns import columns
from cip_lint.report.table_rows import cells_of, columns_of
from cip_lint.report.visible import shown

if TYPE_CHECKING:
    from cip_lint.replay import ServiceTable

_GAP = "   "
_CELL_LIMIT: Final = 200
"""Code points of one cell that a person is shown."""

# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Render = Callable[..., str]


def render_text(tables: Sequence[ServiceTable], *, wide: bool = False) -> str:
    """Return the table in columns, as kubectl prints one."""
    rows = [columns_of(tables, wide=wide)]
    rows += (
        [shown(cell, _CELL_LIMIT) for cell in cells]
        for cells in cells_of(tables, wide=wide)
    )
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    return "".join(f"{_aligned(cells, widths)}\n" for cells in rows)


def _aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    padded = (
        cell + " " * (width - columns(cell))
        for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join(padded).rstrip()


def render_csv(tables: Sequence[ServiceTable], *, wide: bool = False) -> str:
    """Return the table as RFC 4180 wants it, with cells that no program runs."""
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(columns_of(tables, wide=wide))
    for cells in cells_of(tables, wide=wide):
        writer.writerow([_inert(shown(cell)) for cell in cells])
    return output.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def render_markdown(tables: Sequence[ServiceTable], *, wide: bool = False) -> str:
    """Return the table as GitHub shows one."""
    titles = columns_of(tables, wide=wide)
    lines = [_line(titles), _line(["---"] * len(titles))]
    lines += (_line(map(_escaped, cells)) for cells in cells_of(tables, wide=wide))
    return "".join(f"{line}\n" for line in lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


_MARKDOWN = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]|~#"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@\u200b"}
)


def _escaped(cell: str) -> str:
    return shown(cell, _CELL_LIMIT).translate(_MARKDOWN)


def render_json(tables: Sequence[ServiceTable], *, wide: bool = False) -> str:
    """Return the whole table for programs; ``wide`` adds nothing to it."""
    del wide
    from cip_lint.report.json_text import json_text  # noqa: PLC0415
    from cip_lint.report.table_json import document  # noqa: PLC0415

    value: dict[str, Any] = document(tables)
    return json_text(value, 4)


TABLE_FORMATS: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": render_text,
        "json": render_json,
        "csv": render_csv,
        "markdown": render_markdown,
    }
)
"""The formats of the table by name; each takes the tables of all clusters."""
