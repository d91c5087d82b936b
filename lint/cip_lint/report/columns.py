"""How many terminal columns text takes, and which part of a line is shown.

A line of code is shown as one *strip*: tabs widened, invisible characters written
out, a long line cut to a window around what is marked. A strip answers at which
column of the terminal an offset of the line stands.
"""

from __future__ import annotations

from typing import Final

from cip_lint.records import NamedTuple
from cip_lint.report.visible import escaped

TAB: Final = "    "
"""A tab is four columns wherever it stands, so that marks can be counted."""

_CUT: Final = "..."


def columns(text: str) -> int:
    """Return the number of terminal columns that printable text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if char.isascii():
        return 1
    # Only text that is not ASCII pays for the tables.
    import unicodedata  # noqa: PLC0415

    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _drawn(char: str) -> str:
    if char == "\t":
        return TAB
    return char if char.isprintable() else escaped(char)


class Strip(NamedTuple):
    """The shown part of a line: its text, and the column of each offset."""

    text: str
    first: int
    """Offset in the line of the first character that is shown."""
    stops: tuple[int, ...]
    """Column at which each shown character begins, then that behind the last."""

    def column(self, offset: int) -> int:
        """Return the column of an offset of the line; of the cut for what is cut."""
        at = offset - self.first
        if at < 0:
            return 0
        return self.stops[min(at, len(self.stops) - 1)]

    @property
    def end(self) -> int:
        """The column behind the last character that is shown."""
        return self.stops[-1]


def strip(line: str, start: int, end: int, room: int) -> Strip:
    """Return the part of a line around ``start:end`` that fits in ``room`` columns."""
    # Nothing that long fits, however narrow its characters: do not draw it all.
    if len(line) <= 4 * room:
        whole = _draw(line, 0, len(line), room=None)
        if whole.end <= room:
            return whole
    inner = max(room - 2 * len(_CUT), 1)
    first = max(0, start - max((inner - (end - start)) // 2, inner // 8))
    if first <= len(_CUT):
        first = 0
    first = max(0, min(first, len(line) - inner))
    return _draw(line, first, len(line), room=inner)


def _draw(line: str, first: int, end: int, room: int | None) -> Strip:
    head = _CUT if first else ""
    pieces = [head]
    column = len(head)
    stops = [column]
    limit = None if room is None else column + room
    for index in range(first, end):
        char = line[index]
        drawn = char if " " <= char <= "~" else _drawn(char)
        width = columns(drawn)
        if limit is not None and column + width > limit:
            pieces.append(_CUT)
            break
        pieces.append(drawn)
        column += width
        stops.append(column)
    return Strip("".join(pieces), first, tuple(stops))
