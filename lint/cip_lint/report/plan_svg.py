"""A plan as one drawing: SVG without scripts, readable on light and dark ground."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from cip_lint.replay.planning.panels import State
from cip_lint.report import plan_words
from cip_lint.report.svg_parts import (
    CELL,
    PIN,
    PITCH,
    SHAPES,
    SMALL,
    STYLE,
    clean,
    mono_width,
    placed,
    text_width,
    words,
)

if TYPE_CHECKING:
    from cip_lint.replay.planning.claim import PlanClaim
    from cip_lint.replay.planning.panels import Band, Cell, Mark, RangePlan
    from cip_lint.replay.planning.plan import Plan
    from cip_lint.report.plan_text import Look

_PER_ROW: Final = 64
_MARGIN: Final = 24
_LINE: Final = 20
_SIZE: Final = 12
_BIG: Final = 16
_SMALL: Final = 11
_RANGES: Final = 32
"""The most ranges that are drawn: a file of any set is bounded."""
_NAMED: Final = 5
"""The most objects that a tooltip names."""
_PROBLEMS: Final = 12
"""The most claims that are listed because they fail."""
_STACKED: Final = (
    State.HELD,
    State.API_SERVER,
    State.SIMULATED,
    State.PINNED,
    State.COLLISION,
)
"""What a bar is made of, from below."""


def render(plans: Sequence[Plan], look: Look) -> str:
    """Return the plans of all clusters as one drawing."""
    del look
    drawing = _Drawing(plans)
    drawing.draw()
    return drawing.text()


class _Drawing:
    """Parts of the drawing, and how far down the page it has come."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = plans
        self._parts: list[str] = []
        self._y = float(_MARGIN)
        ranges = list(islice(plan_words.ranges(plans), _RANGES))
        self._left = max(
            (
                mono_width(one.text(band.last), _SMALL)
                for one in ranges
                for band in one.bands
            ),
            default=0.0,
        )
        self._left += _MARGIN + 8
        self._right = self._left + _PER_ROW * PITCH - (PITCH - CELL)

    def draw(self) -> None:
        """Draw all clusters, then the legend and what fails."""
        room = _RANGES
        for plan in self._plans:
            if len(self._plans) > 1:
                self._line(f"cluster {plan.name}", "ink big", _BIG)
            for one in plan.ranges[:room]:
                self._range(one)
            room -= min(room, len(plan.ranges))
            if said := plan_words.simulation(plan):
                self._line(said, "dim", _SIZE)
        left = sum(len(plan.ranges) for plan in self._plans) - _RANGES
        if left > 0:
            self._line(f"{left} more ranges are not drawn", "dim", _SIZE)
        self._legend()
        self._problems()

    def text(self) -> str:
        """Return the whole file."""
        width, height = self._right + _MARGIN, self._y + _MARGIN - _LINE / 2
        title = ", ".join(
            plan_words.title(one) for one in islice(plan_words.ranges(self._plans), 4)
        )
        inner = "\n".join(self._parts)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">\n'
            f"<title>{clean(f'Plan of {title}')}</title>\n"
            f"<style>{STYLE}</style>\n"
            f'<rect class="paper" width="{width:g}" height="{height:g}"/>\n'
            f"{inner}\n</svg>\n"
        )

    def _line(self, text: str, style: str, size: float) -> None:
        """Write a line; what is too long for the drawing ends in dots."""
        room = self._right - _MARGIN
        if text_width(text, size) > room:
            while text and text_width(f"{text}...", size) > room:
                text = text[:-1]
            text = f"{text}..."
        self._parts.append(words(_MARGIN, self._y + size, text, style))
        self._y += _LINE + size - _SIZE

    def _heading(self, left: str, right: str, style: str, size: float) -> None:
        wide = text_width(left, size) * (1.1 if size == _BIG else 1)
        if wide + text_width(right, _SIZE) + 2 * PITCH > self._right - _MARGIN:
            self._line(left, style, size)
            self._line(right, "dim", _SIZE)
            return
        y = self._y + size
        self._parts.append(words(_MARGIN, y, left, style))
        self._parts.append(words(self._right, y, right, "dim", end=True))
        self._y += _LINE + size - _SIZE

    def _range(self, one: RangePlan) -> None:
        used = f"{one.used} of {one.size} used ({plan_words.share(one.used, one.size)})"
        self._heading(
            plan_words.title(one), f"{used}, {plan_words.origin(one)}", "ink big", _BIG
        )
        for band in one.bands:
            parts = [band.name, plan_words.ends(one, band), plan_words.scale(one, band)]
            if band.per_cell > 1 and band.tallest:
                parts.append(f"fullest = {band.tallest}")
            self._heading(" · ".join(parts), plan_words.use(band), "ink", _SIZE)
            self._panel(one, band)
        self._y += _LINE / 2

    def _panel(self, one: RangePlan, band: Band) -> None:
        marks = _by_cell(one, band)
        for index, cell in enumerate(band.cells):
            row, column = divmod(index, _PER_ROW)
            y = self._y + row * PITCH
            if column == 0:
                label = one.text(cell.first)
                at = self._left - 8
                self._parts.append(words(at, y + 11, label, "dim mono", end=True))
            inner = _inner(cell, band)
            tooltip = _tooltip(one, cell, marks.get(index, ()))
            self._parts.append(placed(self._left + column * PITCH, y, inner, tooltip))
        self._y += -(-len(band.cells) // _PER_ROW) * PITCH + _LINE / 2

    def _legend(self) -> None:
        """Write what the shapes mean, of those that are there."""
        entries = [
            (SHAPES[state], plan_words.SAID[state])
            for state in plan_words.states(self._plans)
        ]
        bands = [
            band
            for one in islice(plan_words.ranges(self._plans), _RANGES)
            for band in one.bands
            if band.per_cell > 1 and band.tallest
        ]
        entries += (
            (_bar(state, CELL / 2, CELL), f"how full: {plan_words.SAID[state]}")
            for state in _STACKED
            if any(band.counts[state] for band in bands)
        )
        if any(band.counts[State.PINNED] for band in bands):
            entries.append((PIN, "pinned among others"))
        x = float(_MARGIN)
        for inner, said in entries:
            wide = CELL + 6 + text_width(said, _SIZE)
            if x > _MARGIN and x + wide > self._right:
                x, self._y = float(_MARGIN), self._y + _LINE
            self._parts.append(placed(x, self._y, inner, said))
            self._parts.append(words(x + CELL + 6, self._y + 11, said))
            x += wide + 20
        self._y += _LINE * 1.5

    def _problems(self) -> None:
        """List the claims that fail: nobody finds them by their tooltips."""
        failed = [
            claim for plan in self._plans for claim in plan.claims if claim.failed
        ]
        for claim in failed[:_PROBLEMS]:
            self._line(_problem(claim), "bad", _SIZE)
        if len(failed) > _PROBLEMS:
            more = f"{len(failed) - _PROBLEMS} more collide or cannot be placed"
            self._line(more, "bad", _SIZE)


def _problem(claim: PlanClaim) -> str:
    parts = (plan_words.value(claim), claim.owner, plan_words.place(claim))
    return f"{' · '.join(parts)} · {plan_words.verdict(claim)}"


def _by_cell(one: RangePlan, band: Band) -> dict[int, list[tuple[int, Mark]]]:
    """Return the marks of each cell, a few of them."""
    found: dict[int, list[tuple[int, Mark]]] = {}
    for number, mark in one.marks.items():
        if band.first <= number <= band.last:
            kept = found.setdefault((number - band.first) // band.per_cell, [])
            if len(kept) < _NAMED:
                kept.append((number, mark))
    return found


def _inner(cell: Cell, band: Band) -> str:
    """Return what is drawn in a cell."""
    if band.per_cell == 1:
        return SHAPES[cell.state]
    inner = "".join(_bars(cell, band.tallest))
    if cell.counts.get(State.RESERVED):
        inner = SHAPES[State.RESERVED] + inner
    for state in (State.COLLISION, State.UNPLACED):
        if cell.counts.get(state):
            return f'{inner}<g transform="{SMALL}">{SHAPES[state]}</g>'
    return inner + PIN if cell.counts.get(State.PINNED) else inner


def _bars(cell: Cell, tallest: int) -> Iterator[str]:
    below = 0.0
    for state in _STACKED:
        number = cell.counts.get(state, 0)
        if number:
            height = CELL * number / tallest
            below += height
            yield _bar(state, height, CELL - below + height)


def _bar(state: State, height: float, bottom: float) -> str:
    """Return a bar; what is simulated is a narrow one, whatever its colour."""
    inset = CELL / 4 if state is State.SIMULATED else 0
    style = "bad" if state is State.COLLISION else state.value
    return (
        f'<rect class="{style} bar" x="{inset:g}" y="{bottom - height:.3g}" '
        f'width="{CELL - 2 * inset:g}" height="{height:.3g}"/>'
    )


def _tooltip(one: RangePlan, cell: Cell, marks: Sequence[tuple[int, Mark]]) -> str:
    """Return what a reader who points at a cell is told."""
    if cell.first == cell.last:
        owners = [owner for _, mark in marks for owner in mark.owners]
        said = plan_words.SAID[cell.state]
        if not owners and cell.state is State.RESERVED:
            owners = [_kept_for(one, cell.first)]
        return _listed(f"{one.text(cell.first)}: {said}", owners, len(owners))
    where = f"{one.text(cell.first)} - {one.text(cell.last)}"
    counts = _counts(cell.counts)
    named = [f"{one.text(number)} {mark.owners[0]}" for number, mark in marks]
    total = sum(cell.counts.values()) - cell.counts.get(State.RESERVED, 0)
    return _listed(f"{where}: {counts or 'free'}", named, total)


def _kept_for(one: RangePlan, number: int) -> str:
    around = [entry for entry in one.reserved if entry.first <= number <= entry.last]
    return around[-1].said if around else ""


def _counts(counts: Mapping[State, int]) -> str:
    return ", ".join(
        f"{number} {plan_words.SAID[state]}"
        for state, number in sorted(counts.items(), reverse=True)
    )


def _listed(said: str, names: Sequence[str], total: int) -> str:
    shown = [name for name in names[:_NAMED] if name]
    if not shown:
        return said
    more = total - len(shown)
    tail = f" and {more} more" if more > 0 else ""
    return f"{said}: {', '.join(shown)}{tail}"
