"""A plan on a terminal: two panels a range, a legend, the claims by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from cip_lint.records import NamedTuple
from cip_lint.replay.planning.panels import State
from cip_lint.report import plan_words as words
from cip_lint.report.cells import CELL_LIMIT, aligned, total_width, widths_of
from cip_lint.report.columns import columns
from cip_lint.report.paint import Paint, painter
from cip_lint.report.visible import shown

if TYPE_CHECKING:
    from cip_lint.replay.planning.claim import PlanClaim
    from cip_lint.replay.planning.panels import Band, Cell, RangePlan
    from cip_lint.replay.planning.plan import Plan

NARROWEST: Final = 40
"""Columns below which no line is made to fit."""

_ROWS: Final = (64, 32, 16)
"""How many cells a row may have; the most that fit are chosen."""

_INDENT: Final = "  "

_GLYPHS: Final = {
    State.FREE: "·.",
    State.PINNED: "■#",
    State.SIMULATED: "▪o",
    State.HELD: "▣h",
    State.RESERVED: "□r",
    State.API_SERVER: "AA",
    State.DNS: "DD",
    State.COLLISION: "✖X",
    State.UNPLACED: "!!",
}
"""State -> its mark in UTF-8, and in ASCII."""

_DENSITY: Final = ("▁▂▃▄▅▆▇█", "12345678")
_POINTED_OUT: Final = frozenset({State.PINNED, State.COLLISION, State.UNPLACED})
"""What is marked below a cell of many values, which shows how full it is."""


class Look(NamedTuple):
    """What the reader's terminal can show."""

    width: int | None = None
    """Columns of a line; None: as many as are wanted."""
    unicode: bool = True
    color: bool = False


def render(plans: Sequence[Plan], look: Look) -> str:
    """Return the plans of all clusters as text."""
    view = _View(look)
    lines: list[str] = []
    for plan in plans:
        if len(plans) > 1:
            lines += [f"cluster {shown(plan.name, CELL_LIMIT)}", ""]
        for one in plan.ranges:
            lines += [*view.range(one), ""]
        lines += [*view.legend(words.states([plan]), plan), ""]
        lines += [*view.claims(plan.claims), ""]
        if said := words.simulation(plan):
            lines += [*view.wrapped("", [said], " "), ""]
    return "\n".join(lines[:-1]) + "\n"


class _View:
    """Writes the parts of a plan for one terminal."""

    def __init__(self, look: Look) -> None:
        self._width = max(look.width, NARROWEST) if look.width else None
        self._paint: Paint = painter(color=look.color)
        self._ascii = not look.unicode

    def range(self, one: RangePlan) -> Iterator[str]:
        """Yield the heading of a range and the panels of its bands."""
        used = f"{one.used} of {one.size} used ({words.share(one.used, one.size)})"
        kind, name = words.title(one).rsplit(" ", 1)
        yield from self._heading(kind, [name, words.origin(one)], used)
        for band in one.bands:
            parts = [words.ends(one, band), words.scale(one, band)]
            if band.per_cell > 1 and band.tallest:
                parts.append(f"fullest = {band.tallest}")
            name = f"{_INDENT}{band.name}"
            yield from self._heading(name, parts, words.use(band))
            yield from self._panel(one, band)

    def _heading(self, name: str, parts: Sequence[str], right: str) -> Iterator[str]:
        """Yield a heading, with its last words at the right edge where they fit."""
        lines = list(self.wrapped(name, [*parts, right], "   "))
        room = self._width or 100
        if len(lines) == 1:
            left = "   ".join([name, *parts])
            gap = room - columns(left) - columns(right)
            lines = [f"{left}{' ' * max(3, gap)}{right}"]
        yield from lines

    def wrapped(self, name: str, parts: Sequence[str], gap: str) -> Iterator[str]:
        """Yield parts behind a name, as many on a line as fit, words unbroken."""
        indent = " " * (len(name) - len(name.lstrip()) + 4) if name else ""
        line = name
        for part in parts:
            joined = f"{line}{gap}{part}" if line.strip() else f"{line}{part}"
            if self._fits(joined):
                line = joined
                continue
            if line.strip():
                yield line
            line = indent
            for word in part.split(" "):
                longer = f"{line} {word}" if line.strip() else f"{line}{word}"
                if line.strip() and not self._fits(longer):
                    yield line
                    longer = f"{indent}{word}"
                line = longer
        if line.strip():
            yield line

    def _fits(self, line: str) -> bool:
        return self._width is None or columns(line) <= self._width

    def _panel(self, one: RangePlan, band: Band) -> Iterator[str]:
        labels = [one.text(cell.first) for cell in band.cells]
        margin = len(_INDENT) * 3
        label = max(map(len, labels))
        room = (self._width or 10_000) - margin - label - 2
        per_row = next((count for count in _ROWS if count <= room), 0)
        for start in range(0, len(band.cells), per_row or _ROWS[-1]):
            row = band.cells[start : start + (per_row or _ROWS[-1])]
            drawn = [self._drawn(row, band), self._pointed_out(row, band)]
            if per_row:
                yield f"{' ' * margin}{labels[start]:>{label}}  {drawn[0]}"
            else:
                yield f"{' ' * margin}{labels[start]}"
                yield f"{' ' * margin}{drawn[0]}"
            if drawn[1]:
                yield f"{' ' * (margin + (label + 2 if per_row else 0))}{drawn[1]}"

    def _drawn(self, row: Iterable[Cell], band: Band) -> str:
        return self._painted(
            (self._style(cell), self._mark(cell, band)) for cell in row
        )

    def _pointed_out(self, row: Sequence[Cell], band: Band) -> str:
        """Return marks below cells of many values: what must not drown in them."""
        if band.per_cell == 1:
            return ""
        marked = [
            (cell.state.value, self._glyph(cell.state))
            if cell.state in _POINTED_OUT
            else ("", " ")
            for cell in row
        ]
        while marked and not marked[-1][0]:
            marked.pop()
        return self._painted(marked)

    def _painted(self, marks: Iterable[tuple[str, str]]) -> str:
        return "".join(
            self._paint("".join(mark for _, mark in run), style)
            for style, run in groupby(marks, key=lambda mark: mark[0])
        )

    def _style(self, cell: Cell) -> str:
        return "" if cell.state is State.FREE else cell.state.value

    def _mark(self, cell: Cell, band: Band) -> str:
        if band.per_cell == 1:
            return self._glyph(cell.state)
        if not cell.used:
            kept = State.RESERVED in cell.counts
            return self._glyph(State.RESERVED if kept else State.FREE)
        steps = _DENSITY[self._ascii]
        return steps[max(0, -(-cell.used * len(steps) // band.tallest) - 1)]

    def _glyph(self, state: State) -> str:
        return _GLYPHS[state][self._ascii]

    def legend(self, states: Sequence[State], plan: Plan) -> Iterator[str]:
        """Yield what the marks mean, of those that are there."""
        parts = [
            self._paint(f"{self._glyph(state)} {words.SAID[state]}", _styled(state))
            for state in states
        ]
        if any(
            band.per_cell > 1 and band.tallest
            for one in plan.ranges
            for band in one.bands
        ):
            steps = _DENSITY[self._ascii]
            parts.append(f"{steps[0]}-{steps[-1]} how full a cell is")
        yield from self._joined(parts)

    def _joined(self, parts: Iterable[str]) -> Iterator[str]:
        """Yield coloured parts, as many on a line as fit."""
        line, width = "", 0
        for part in parts:
            wide = columns(_bare(part))
            if line and self._width and width + 3 + wide > self._width:
                yield line
                line, width = "", 0
            line = f"{line}   {part}" if line else part
            width += wide + (3 if width else 0)
        if line:
            yield line

    def claims(self, claims: Iterable[PlanClaim]) -> Iterator[str]:
        """Yield the claims with a value as a table, or as a list where that is wide."""
        known = words.worth_telling(claims)
        if not known:
            yield "nothing is pinned"
            return
        titles = words.titles(known)
        rows = [
            [shown(cell, CELL_LIMIT) for cell in words.cells(claim, titles)]
            for claim in known
        ]
        chosen = [
            index for index in range(len(titles)) if any(row[index] for row in rows)
        ]
        heads = [titles[index] for index in chosen]
        table = [heads, *([row[index] for index in chosen] for row in rows)]
        widths = widths_of(table)
        if self._width is None or total_width(widths) <= self._width:
            lines: Iterable[str] = (aligned(cells, widths) for cells in table)
            yield from self._judged(lines, [None, *known])
            return
        for row, claim in zip(rows, known, strict=True):
            first, owner, *rest = row
            style = "error" if claim.failed else ""
            for line in self.wrapped(first, [owner, *filter(None, rest)], _INDENT):
                yield self._paint(line, style)

    def _judged(
        self, lines: Iterable[str], claims: Iterable[PlanClaim | None]
    ) -> Iterator[str]:
        for line, claim in zip(lines, claims, strict=True):
            yield self._paint(line, "error" if claim and claim.failed else "")


def _styled(state: State) -> str:
    return "" if state is State.FREE else state.value


def _bare(text: str) -> str:
    """Return a text without the escapes of its style."""
    if not text.startswith("\x1b"):
        return text
    return text.partition("m")[2].partition("\x1b")[0]
