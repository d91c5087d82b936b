"""The Service table in its four formats: text, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cip_lint.report.cells import (
    CELL_LIMIT,
    aligned,
    csv_text,
    markdown_cell,
    markdown_line,
    widths_of,
)
from cip_lint.report.table_rows import SIMULATED, cells_of, columns_of
from cip_lint.report.visible import shown

if TYPE_CHECKING:
    from cip_lint.replay import ServiceTable

__all__ = ["SIMULATED", "TABLE_FORMATS"]

Render = Callable[..., str]


def render_text(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> str:
    """Return the table in columns, as kubectl prints one."""
    rows = [columns_of(tables, wide=wide)]
    rows += (
        [shown(cell, CELL_LIMIT) for cell in cells]
        for cells in cells_of(tables, wide=wide, seed=seed)
    )
    widths = widths_of(rows)
    return "".join(f"{aligned(cells, widths)}\n" for cells in rows)


def render_csv(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> str:
    """Return the table as RFC 4180 wants it, with cells that no program runs."""
    titles = columns_of(tables, wide=wide)
    return csv_text([titles, *cells_of(tables, wide=wide, seed=seed)])


def render_markdown(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> str:
    """Return the table as GitHub shows one."""
    titles = columns_of(tables, wide=wide)
    lines = [markdown_line(titles), markdown_line(["---"] * len(titles))]
    lines += (
        markdown_line(map(markdown_cell, cells))
        for cells in cells_of(tables, wide=wide, seed=seed)
    )
    return "".join(f"{line}\n" for line in lines)


def render_json(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> str:
    """Return the whole table for programs; ``wide`` adds nothing to it."""
    del wide
    from cip_lint.report.json_text import json_text  # noqa: PLC0415
    from cip_lint.report.table_json import document  # noqa: PLC0415

    value: dict[str, Any] = document(tables, seed)
    return json_text(value, 4)


TABLE_FORMATS: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": render_text,
        "json": render_json,
        "csv": render_csv,
        "markdown": render_markdown,
    }
)
"""The formats of the table by name; each takes the tables of all clusters.

With a ``seed`` what the API server would draw is simulated.
"""
