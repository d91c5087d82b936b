"""Where the parts of a rendered object were written: in a template, or in values.

A value is where the template has its key by indentation, or where key and value stand
once in it; where the template takes it from the values and they say just this, it is
the line of the values; else the expression behind the key, or the key of what holds
it. Of a template with several documents only that of the object is searched, where it
is known which one it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from cip_lint.manifests.comments import loose_comments
from cip_lint.model import Label, Path, SourceFile, Span
from cip_lint.patterns import pattern
from cip_lint.render.helm.template_outline import Entry, Outline, outline
from cip_lint.render.written.paths import MISSING, at
from cip_lint.render.written.values import Values, ValuesFile

_MARK = pattern(r"^---[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_INCLUDED = pattern(r"^\{\{-?[ \t]*(?:include|template|tpl)\b", re.MULTILINE)
_KIND = pattern(r"^kind:", re.MULTILINE)
_COMMENT_OF_GO = pattern(r"\{\{-?[ \t]*/\*")
_COMMENT = pattern(r"(?<!\S)#[^\n\r]*")
_VISIBLE = pattern(r"[^\n\r]")
_VALUE_OF = pattern(r"\.Values((?:\.[A-Za-z_]\w*)+)")


def parts_of(template: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Return where in a template the objects of some kinds stand, in their order.

    Helm keeps the order of objects of one kind. Where a template has another number
    of documents of a kind than objects, one document makes all, or nobody knows. An
    object whose kind stands nowhere comes from a definition that a document without
    any kind includes.
    """
    marks = [one.span() for one in _MARK.finditer(template)]
    starts = [0, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), len(template)]
    documents = list(zip(starts, ends, strict=True))
    included = [
        part
        for part in documents
        if _INCLUDED.search(template, *part) and not _KIND.search(template, *part)
    ]
    known: dict[str, list[tuple[int, int]]] = {}
    for kind in dict.fromkeys(kinds):
        pattern = re.compile(
            rf"^kind:[ \t]*[\"']?{re.escape(kind)}[\"']?[ \t]*(?:#.*)?\r?$",
            re.MULTILINE,
        )
        here = [part for part in documents if pattern.search(template, *part)]
        known[kind] = here or included
    found: list[tuple[int, int]] = []
    numbers, met = Counter(kinds), Counter[str]()
    for kind in kinds:
        parts = known[kind]
        if len(parts) == numbers[kind]:
            found.append(parts[met[kind]])
        else:
            found.append(parts[0] if len(parts) == 1 else (0, len(template)))
        met[kind] += 1
    return found


@lru_cache(maxsize=64)
def without_comments(template: str) -> str:
    """Return a template with spaces in the place of its comments, of both languages.

    What stands in one gives no object a value.
    """
    pieces, at_end = [], 0
    for mark in _COMMENT_OF_GO.finditer(template):
        if mark.start() < at_end:
            continue
        end = template.find("*/", mark.end())
        if end < 0:
            break
        comment = template[mark.start() : end + 2]
        pieces += [template[at_end : mark.start()], _VISIBLE.sub(" ", comment)]
        at_end = end + 2
    bare = "".join((*pieces, template[at_end:]))
    return _COMMENT.sub(lambda found: " " * len(found[0]), bare)


class TemplatePlaces:
    """The places of one object that a template was rendered to."""

    __slots__ = ("_body", "_in_list", "_index", "_part", "_template", "_values")

    def __init__(
        self,
        body: Any,
        template: SourceFile,
        values: Sequence[Values],
        index: int,
        *,
        in_list: bool = False,
        part: tuple[int, int] | None = None,
    ) -> None:
        self._body = body
        self._part = (0, len(template.text)) if part is None else part
        self._in_list = in_list
        self._template = template
        self._values = values
        self._index = index

    @property
    def path(self) -> str:
        """The path of the template."""
        return self._template.path

    @property
    def order(self) -> tuple[int, int]:
        """The position in what was rendered."""
        return (self._index, 0)

    @property
    def in_list(self) -> bool:
        """Whether it is an item of a list."""
        return self._in_list

    def value(self, path: Path) -> Span:
        """Return the span of what gives the value at ``path``."""
        return self._literal(path) or self._of_values(path) or self._near(path)

    def key(self, path: Path) -> Span:
        """Return the span of the key at ``path``, or of the nearest one above."""
        return self._near(path)

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``."""
        whole = self.value(path)
        first = whole.start + start
        part = Span(whole.source, first, first + end - start)
        return part if whole.text == value else whole

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments that name cip-lint, of the template and of its values."""
        sources = [one.source for one in self._values if isinstance(one, ValuesFile)]
        for source in (self._template, *sources):
            for span in loose_comments(source):
                yield span, span.text

    def because(self, _span: Span) -> tuple[Label, ...]:
        """Return nothing: what gives a value is the place itself."""
        return ()

    def _literal(self, path: Path) -> Span | None:
        """Return the only place of the template at which key and value stand."""
        value = at(self._body, path)
        if isinstance(value, dict | list) or value in (MISSING, None, ""):
            return None
        written = str(value).lower() if isinstance(value, bool) else str(value)
        entry = self._outline.find(path, self._body)
        if entry is not None:
            return self._said(entry, written)
        if self._template.text.find(written, *self._part) < 0:
            return None
        key = next((one for one in reversed(path) if isinstance(one, str)), "")
        is_item = bool(path) and isinstance(path[-1], int)
        before = r"-[ \t]+|[\[,][ \t]*" if is_item else rf"{_key(key)}[ \t]*"
        found = list(
            re.compile(
                rf"(?:{before})([\"']?)(?P<value>{re.escape(written)})\1"
                r"(?=[ \t]*(?:[,}\]#\n\r]|\Z))"
            ).finditer(without_comments(self._template.text), *self._part)
        )
        if len(found) != 1:
            return None
        return Span(self._template, *found[0].span("value"))

    def _said(self, entry: Entry, written: str) -> Span | None:
        """Return the place of a value behind its key, where just this stands there."""
        if self._outline.said(entry) != written:
            return None
        start, end = entry.rest
        quote = int(end - start > len(written))
        return Span(self._template, start + quote, end - quote)

    @property
    def _outline(self) -> Outline:
        return outline(without_comments(self._template.text), *self._part)

    def _of_values(self, path: Path) -> Span | None:
        """Return the place in the values that the template takes the value from."""
        line = self._line(path) if self._values else None
        if line is None:
            return None
        value = at(self._body, path)
        for match in _VALUE_OF.finditer(line.text):
            names = tuple(match[1].split(".")[1:])
            found = (one.place(names, value) for one in self._values)
            said = next((span for span in found if span is not None), None)
            if said is not None:
                return said
        return None

    def _near(self, path: Path) -> Span:
        """Return what stands behind the key of a path, or behind the nearest above."""
        for length in range(len(path), 0, -1):
            line = self._line(path[:length])
            if line is not None:
                return line
        kind = self._line(("kind",))
        text = self._template.text[: self._part[1]]
        start = len(text) - len(text[self._part[0] :].lstrip())
        return kind or Span(self._template, start, start + len(text.split("\n", 1)[0]))

    def _line(self, path: Path) -> Span | None:
        """Return what stands behind a key that the template has once; else None.

        The key itself where nothing does.
        """
        key = path[-1] if path else ""
        entry = self._outline.find(path, self._body) if path else None
        if entry is not None:
            has_rest = entry.rest[0] < entry.rest[1]
            return Span(self._template, *(entry.rest if has_rest else entry.key))
        if not isinstance(key, str) or not key:
            return None
        found = list(
            re.compile(rf"(?P<key>{_key(key)})[ \t]*(?P<rest>[^\n\r]*)").finditer(
                without_comments(self._template.text), *self._part
            )
        )
        if len(found) != 1:
            return None
        group = "rest" if found[0]["rest"].strip() else "key"
        start = found[0].start(group)
        shown = found[0][group].rstrip()
        return Span(self._template, start, start + len(shown))


def _key(key: str) -> str:
    return rf"(?<![\w.$/-]){re.escape(key)}[\"']?:"
