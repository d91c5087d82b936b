"""Where a part of a scalar stands in its file: the value aligned with its text.

A scalar is written in runs of characters that stand for themselves. Between the
runs stand escapes, folded lines and the indentation of a block, of which the value
shows something else or nothing. A part is found where it lies within one run.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_HEADER = pattern(r"[|>][^\n]*(?:\n|\Z)")
_WORD = pattern(r"[^ \t\r\n]+")
_BREAK = r"(?P<fold>[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*)"
_PLAIN = pattern(rf"{_BREAK}|(?P<run>[^\r\n \t]+|[ \t]+|\r)")
_SINGLE = pattern(rf"{_BREAK}|(?P<one>'')|(?P<run>[^\r\n \t']+|[ \t]+|\r)")
_DOUBLE = pattern(
    rf"{_BREAK}"
    r"|(?P<none>\\\r?\n[ \t]*)"
    r"|(?P<one>\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\x..|\\u.{4}|\\U.{8}|\\.)"
    r"|(?P<run>[^\r\n \t\\]+|[ \t]+|\r)"
)


class Run(NamedTuple):
    """Characters that stand for themselves: offset in the value, in the text."""

    of_value: int
    of_text: int
    length: int


class Alignment:
    """The runs of one scalar, in order."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs
        self._starts = [run.of_value for run in runs]

    def text_offset(self, start: int, end: int) -> int | None:
        """Return where ``value[start:end]`` begins in the text of the scalar.

        None where the part does not lie within one run.
        """
        number = bisect_right(self._starts, start) - 1
        if number < 0 or not start < end:
            return None
        run = self._runs[number]
        inside = start - run.of_value
        if end - run.of_value > run.length:
            return None
        return run.of_text + inside


def aligned(text: str, value: str) -> Alignment:
    """Return how a value lies in the text that was written for it.

    ``text`` is a plain, quoted or block scalar without anchor and tag. Without any
    run where the two do not agree, as for an alias.
    """
    if text.startswith(("|", ">")):
        runs = _of_block(text, value)
    elif text.startswith('"'):
        runs = _of_flow(_DOUBLE, text, 1, len(text) - 1, value)
    elif text.startswith("'"):
        runs = _of_flow(_SINGLE, text, 1, len(text) - 1, value)
    else:
        runs = _of_flow(_PLAIN, text, 0, len(text), value)
    return Alignment(list(_joined(runs or [])))


def _of_block(text: str, value: str) -> list[Run] | None:
    """Return the words of a block: whatever is folded, only blanks differ."""
    header = _HEADER.match(text)
    content = header.end() if header else len(text)
    runs: list[Run] = []
    written = _WORD.finditer(text, content)
    for word in _WORD.finditer(value):
        other = next(written, None)
        if other is None or other[0] != word[0]:
            return None
        runs.append(Run(word.start(), other.start(), len(word[0])))
    return runs if next(written, None) is None else None


def _of_flow(
    pattern: re.Pattern[str], text: str, start: int, end: int, value: str
) -> list[Run] | None:
    """Return the runs between what a plain or quoted scalar writes otherwise."""
    runs: list[Run] = []
    at = 0
    for piece in pattern.finditer(text, start, end):
        kind, length = piece.lastgroup, len(piece[0])
        if kind == "run":
            if not value.startswith(piece[0], at):
                return None
            runs.append(Run(at, piece.start(), length))
            at += length
        elif kind == "fold":
            at += max(1, piece[0].count("\n") - 1)
        elif kind == "one":
            at += 1
    return runs if at == len(value) else None


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Yield runs that touch in both texts as one."""
    last: Run | None = None
    for run in runs:
        if last is None:
            last = run
        elif (
            last.of_value + last.length == run.of_value
            and last.of_text + last.length == run.of_text
        ):
            last = last._replace(length=last.length + run.length)
        else:
            yield last
            last = run
    if last is not None:
        yield last
