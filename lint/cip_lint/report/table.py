"""The Service table in its four formats: text, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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

Render = Callable[..., Iterator[str]]


def render_text(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> Iterator[str]:
    """Yield the table in columns, as kubectl prints one, line by line."""
    rows = [columns_of(tables, wide=wide)]
    rows += (
        [shown(cell, CELL_LIMIT) for cell in cells]
        for cells in cells_of(tables, wide=wide, seed=seed)
    )
    widths = widths_of(rows)
    yield from (f"{aligned(cells, widths)}\n" for cells in rows)


def render_csv(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> Iterator[str]:
    """Yield the table as RFC 4180 wants it, with cells that no program runs."""
    titles = columns_of(tables, wide=wide)
    yield csv_text([titles])
    yield from (csv_text([cells]) for cells in cells_of(tables, wide=wide, seed=seed))


def render_markdown(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> Iterator[str]:
    """Yield the table as GitHub shows one, line by line."""
    titles = columns_of(tables, wide=wide)
    yield f"{markdown_line(titles)}\n"
    yield f"{markdown_line(['---'] * len(titles))}\n"
    for cells in cells_of(tables, wide=wide, seed=seed):
        yield f"{markdown_line(map(markdown_cell, cells))}\n"


def render_json(
    tables: Sequence[ServiceTable], *, wide: bool = False, seed: int | None = None
) -> Iterator[str]:
    """Yield the whole table for programs, row by row; ``wide`` adds nothing to it."""
    del wide
    from cip_lint.report.json_text import json_pieces  # noqa: PLC0415
    from cip_lint.report.table_json import document  # noqa: PLC0415

    value: dict[str, Any] = document(tables, seed)
    yield from json_pieces(value, 4)


TABLE_FORMATS: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": render_text,
        "json": render_json,
        "csv": render_csv,
        "markdown": render_markdown,
    }
)
"""The formats of the table by name; each takes the tables of all
clusters, and yields the text in pieces that hold whole cells.

With a ``seed`` what the API server would draw is simulated.
"""
