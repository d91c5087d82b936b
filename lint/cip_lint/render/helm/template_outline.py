"""The keys of a template by their indentation: what it would hold, read as it stands.

A template has no structure until it is rendered, but people write its YAML with the
indentation that it will have. Actions on lines of their own are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from cip_lint.bodies import mapping
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.written.paths import IDENTITIES, at

_LINE = pattern(
    r"^(?P<blank>[ ]*)(?P<dashes>(?:-[ ]+)*)"
    r"(?:(?P<key>\"[^\"\n]*\"|'[^'\n]*'|[^\s#{}\[\],\"':-][^\s{}\[\],\"':]*)[ \t]*:"
    r"(?=[ \t\r\n]|\Z))?[ \t]*(?P<rest>[^\n\r]*)",
    re.MULTILINE,
)
_BLOCK = pattern(r"[|>][-+0-9]*$")
_ACTION = pattern(r"\{\{.*\}\}$")


class Entry(NamedTuple):
    """One key or item of a template: where it is, and what stands behind it."""

    path: Path
    key: tuple[int, int]
    """The offsets of the key; of an item, those of ``rest``."""
    rest: tuple[int, int]
    """The offsets of what stands behind the key, or the dash; maybe nothing."""


class Outline:
    """The entries of one document of a template."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._alike: dict[tuple[object, ...], list[Entry]] = {}
        for entry in _entries(text, start, end):
            self._alike.setdefault(_wild(entry.path), []).append(entry)

    def find(self, path: Path, body: Any) -> Entry | None:
        """Return the entry that gives an object what stands at a path.

        None where the template says it nowhere, or more than one may. Of the items of
        a list, it is the one that names itself as that of the object does, or the one
        at its position, where both lists are equally long.
        """
        found = self._alike.get(_wild(path), [])
        for depth, step in enumerate(path):
            if isinstance(step, int) and len(found) > 1:
                found = self._narrowed(found, path[: depth + 1], body)
        return found[0] if len(found) == 1 else None

    def said(self, entry: Entry) -> str:
        """Return what stands behind a key, without quotes around it."""
        return _unquoted(self._text[slice(*entry.rest)])

    def _narrowed(self, found: Sequence[Entry], path: Path, body: Any) -> list[Entry]:
        """Return the entries of the item that stands at a path."""
        item = mapping(at(body, path))
        depth = len(path)
        for name in IDENTITIES:
            if name in item:
                alike = [
                    one
                    for one in found
                    if self._names(one.path[:depth], name, item[name])
                ]
                if alike:
                    return alike
        siblings = at(body, path[:-1])
        places = {one.path[depth - 1] for one in found}
        if isinstance(siblings, list) and len(siblings) == len(places):
            return [one for one in found if one.path[depth - 1] == path[-1]]
        return list(found)

    def _names(self, item: Path, name: str, value: object) -> bool:
        own = (*item, name)
        return any(
            one.path == own and self.said(one) == str(value)
            for one in self._alike.get(_wild(own), ())
        )


@lru_cache(maxsize=64)
def outline(text: str, start: int, end: int) -> Outline:
    """Return the outline of a part of a text, which is made once."""
    return Outline(text, start, end)


def _wild(path: Path) -> tuple[object, ...]:
    return tuple(None if isinstance(step, int) else step for step in path)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


class _Level(NamedTuple):
    """A key or an item that is open: its column, and its step in a path."""

    column: int
    step: str | int


def _entries(text: str, start: int, end: int) -> Iterator[Entry]:
    levels: list[_Level] = []
    counts: dict[Path, int] = {}
    block = -1
    """The column of the key whose text is passed over; none below zero."""
    for line in _LINE.finditer(text, start, end):
        rest = line["rest"].rstrip()
        if not line[0].strip() or (line["key"] is None and _ACTION.match(rest)):
            continue
        column = len(line["blank"])
        if 0 <= block < column:
            continue
        block = -1
        for offset, char in enumerate(line["dashes"]):
            if char == "-":
                _open_item(levels, counts, column + offset)
        if line["dashes"]:
            yield _item(levels, line, rest)
        if line["key"] is None:
            continue
        column += len(line["dashes"])
        while levels and levels[-1].column >= column:
            levels.pop()
        levels.append(_Level(column, _unquoted(line["key"])))
        yield _entry(levels, line, rest)
        if _BLOCK.match(rest):
            block = column


def _open_item(levels: list[_Level], counts: dict[Path, int], column: int) -> None:
    """Open the next item of the list whose dashes stand in a column."""
    while levels and (
        levels[-1].column > column
        or (levels[-1].column == column and isinstance(levels[-1].step, int))
    ):
        levels.pop()
    above = tuple(one.step for one in levels)
    number = counts.get(above, 0)
    counts[above] = number + 1
    levels.append(_Level(column, number))


def _item(levels: Sequence[_Level], line: re.Match[str], rest: str) -> Entry:
    start = line.end("dashes")
    behind = (start, max(line.start("rest") + len(rest), line.end("key")))
    return Entry(tuple(one.step for one in levels), behind, behind)


def _entry(levels: Sequence[_Level], line: re.Match[str], rest: str) -> Entry:
    start = line.start("rest")
    behind = (start, start + len(rest))
    return Entry(tuple(one.step for one in levels), line.span("key"), behind)
