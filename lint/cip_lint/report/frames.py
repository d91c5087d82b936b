"""Code frames: the lines of one file with everything that is marked in them.

The grammar is that of rustc. ``^^^`` marks the primary place and ``---`` a related
one; what is said continues the mark, or hangs below it where several share a line;
a place of several lines is held by a bar at the left; ``...`` stands for lines that
are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cip_lint.model import Label, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.report.columns import Strip, strip
from cip_lint.report.paint import FRAME, Paint
from cip_lint.report.visible import shown

GAP: Final = "..."

_LINES_SHOWN: Final = 6
"""A place of more lines is shown by its first and last ones."""

_BLANK: Final = " \t\r\n"


class Mark(NamedTuple):
    """A place in one file, by lines and offsets within them, and what is said."""

    first_line: int
    first: int
    last_line: int
    last: int
    text: str
    style: str
    char: str

    @property
    def one_line(self) -> bool:
        """Whether it begins and ends on one line."""
        return self.first_line == self.last_line


def mark(label: Label, *, primary: bool, style: str) -> Mark:
    """Return where a label stands, without the blanks and newlines at its end."""
    source, length = label.span.source, len(label.span.source.text)
    start = min(label.span.start, length)
    end = min(max(label.span.end, start), length)
    while end > start and source.text[end - 1] in _BLANK:
        end -= 1
    line, column = source.position(start)
    last_line, last = source.position(end - 1) if end > start else (line, column - 1)
    return Mark(
        line,
        column - 1,
        last_line,
        max(last, column) if line == last_line else last,
        shown(label.text).strip(),
        style,
        "^" if primary else "-",
    )


def frame(
    source: SourceFile, marks: Sequence[Mark], *, gutter: int, room: int, paint: Paint
) -> Iterator[str]:
    """Yield the lines of the frame of one file.

    ``gutter`` is the width of the line numbers, ``room`` how many columns of code
    are shown.
    """
    bars = _Bars(marks)
    empty = paint(f"{'':>{gutter}} |", FRAME)
    previous = 0
    for number in _lines(marks):
        if previous and number > previous + 1:
            yield paint(GAP, FRAME) + bars.beside_gap(gutter, paint)
        previous = number
        line = source.line(number)
        here = [each for each in marks if number in {each.first_line, each.last_line}]
        part = _strip(line, number, here, room)
        opening = [each for each in here if each.first_line == number < each.last_line]
        closing = [each for each in here if each.first_line < number == each.last_line]
        for each in opening:
            if not line[: each.first].strip(_BLANK):
                bars.begin(each, "/")
        head = paint(f"{number:>{gutter}} |", FRAME)
        yield (head + _after(bars.text(paint), part.text)).rstrip()
        bars.straighten()
        for row in _rows([each for each in here if each.one_line], part):
            yield empty + _after(bars.text(paint), row.text(paint))
        for each in opening:
            if not bars.holds(each):
                yield f"{empty} {bars.arm(each, part.column(each.first), paint)}"
                bars.begin(each, "|")
        for each in closing:
            column = max(part.column(each.last) - 1, 0)
            yield f"{empty} {bars.arm(each, column, paint, said=each.text)}"
            bars.finish(each)


def _after(bars: str, code: str) -> str:
    if bars:
        return f" {bars} {code}"
    return f" {code}" if code else ""


def _lines(marks: Sequence[Mark]) -> list[int]:
    chosen: set[int] = set()
    for each in marks:
        first, last = each.first_line, each.last_line
        if last - first < _LINES_SHOWN:
            chosen.update(range(first, last + 1))
        else:
            chosen.update((first, first + 1, last - 1, last))
    return sorted(chosen)


def _strip(line: str, number: int, marks: Sequence[Mark], room: int) -> Strip:
    if not marks:
        return strip(line, 0, 0, room)
    edges = []
    for each in sorted(marks, key=lambda each: each.char != "^"):
        if each.one_line:
            edges.append((each.first, each.last))
        else:
            at = each.first if each.first_line == number else each.last - 1
            edges.append((at, at + 1))
    first, last = min(edges)[0], max(edge[1] for edge in edges)
    if last - first > room:
        # They do not fit together: show the primary one.
        first, last = edges[0]
    return strip(line, first, last, room)


class _Row:
    """One line below the code: single characters at columns, and a text behind."""

    __slots__ = ("_cells", "_said")

    def __init__(self) -> None:
        self._cells: dict[int, tuple[str, str]] = {}
        self._said = (0, "", "")

    def put(self, column: int, char: str, style: str) -> None:
        self._cells[column] = (char, style)

    def say(self, column: int, text: str, style: str) -> None:
        self._said = (column, text, style)

    def text(self, paint: Paint) -> str:
        pieces: list[str] = []
        run, run_style = "", ""
        for column in range(max(self._cells, default=-1) + 1):
            char, style = self._cells.get(column, (" ", ""))
            if style != run_style:
                pieces.append(paint(run, run_style))
                run, run_style = "", style
            run += char
        pieces.append(paint(run, run_style))
        column, said, style = self._said
        if said:
            width = max(self._cells, default=-1) + 1
            pieces += (" " * (column - width), paint(said, style))
        return "".join(pieces)


def _rows(marks: Sequence[Mark], part: Strip) -> Iterator[_Row]:
    """Yield the row of marks of one line, then the rows of what hangs below."""
    if not marks:
        return
    placed = []
    for each in marks:
        start = part.column(each.first)
        placed.append((start, max(part.column(each.last), start + 1), each))
    # Drawn last is drawn on top: the narrower mark, and the primary one.
    placed.sort(key=lambda it: (it[2].char == "^", it[0] - it[1]))
    row = _Row()
    for start, end, each in placed:
        for column in range(start, end):
            row.put(column, each.char, each.style)
    said = sorted(
        ((start, end, each) for start, end, each in placed if each.text),
        key=lambda it: (it[0], it[2].char == "^"),
    )
    if said and said[-1][1] == max(end for _, end, _ in placed):
        _, end, each = said.pop()
        row.say(end + 1, each.text, each.style)
    yield row
    if said:
        yield _hanging(said)
    while said:
        start, _, each = said.pop()
        row = _hanging([it for it in said if it[0] < start])
        row.say(start, each.text, each.style)
        yield row


def _hanging(said: Sequence[tuple[int, int, Mark]]) -> _Row:
    row = _Row()
    for start, _, each in said:
        row.put(start, "|", each.style)
    return row


class _Bars:
    """The bars at the left, one column for each place of several lines."""

    __slots__ = ("_drawn", "_slots", "_width")

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._slots: dict[Mark, int] = {}
        self._drawn: dict[int, tuple[str, str]] = {}
        free_from: list[int] = []
        several = [each for each in marks if not each.one_line]
        for each in sorted(several, key=lambda it: (it.first_line, -it.last_line)):
            slot = next(
                (i for i, line in enumerate(free_from) if line < each.first_line),
                len(free_from),
            )
            free_from[slot : slot + 1] = [each.last_line]
            self._slots[each] = slot
        self._width = len(free_from)

    def holds(self, of: Mark) -> bool:
        return self._slots[of] in self._drawn

    def begin(self, of: Mark, char: str) -> None:
        self._drawn[self._slots[of]] = (char, of.style)

    def straighten(self) -> None:
        self._drawn = {slot: ("|", style) for slot, (_, style) in self._drawn.items()}

    def finish(self, of: Mark) -> None:
        self._drawn.pop(self._slots[of], None)

    def text(self, paint: Paint) -> str:
        return "".join(
            paint(*self._drawn[slot]) if slot in self._drawn else " "
            for slot in range(self._width)
        )

    def beside_gap(self, gutter: int, paint: Paint) -> str:
        if not self._drawn:
            return ""
        return f"{'':>{gutter + 3 - len(GAP)}}{self.text(paint)}".rstrip()

    def arm(self, of: Mark, column: int, paint: Paint, said: str = "") -> str:
        """Return the line that leads from the bar of a place to its end."""
        row = _Row()
        for slot, drawn in self._drawn.items():
            row.put(slot, *drawn)
        end = self._width + 1 + column
        for at in range(self._slots[of] + 1, end):
            row.put(at, "_", of.style)
        row.put(end, of.char, of.style)
        row.say(end + 2, said, of.style)
        return row.text(paint)
