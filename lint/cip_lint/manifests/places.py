"""Where the parts of an object stand: the answer to ``model.Places``.

Nothing but a few numbers is kept for an object. Its document is read again, to a
tree of places, when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cip_lint.manifests.list_items import json_extents
from cip_lint.manifests.parts import Alignment, aligned
from cip_lint.manifests.tree import (
    Mapping,
    Node,
    Sequence,
    content_end,
    content_start,
    followed,
    json_tree,
    scalars,
)
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Label, Path, SourceFile, Span

MARKER = "cip-lint:"
"""What a comment must hold to be looked at."""

_YAML_TEXTS = frozenset({"patch", "patchesStrategicMerge", "values"})
"""Keys of texts that are YAML themselves: kustomize, Flux and Argo CD read them."""

Numbers = tuple[int, int, int, int | None, bool, bool]
"""Start, end, index and item of an object's places; is it JSON, is it of lines?"""


class DocumentPlaces:
    """The places of one object: of a document, or of an item in its list.

    ``start`` and ``end`` are the offsets of the document in its file, ``index`` its
    number there, ``item`` the number of the item, or None where the document
    itself is the object. Of a YAML list they may be those of the item alone, which
    is a sequence of one then. ``of_lines``: the object is all of a document whose
    lines are read by themselves.
    """

    __slots__ = (
        "_end",
        "_index",
        "_is_json",
        "_item",
        "_start",
        "of_lines",
        "source",
    )

    def __init__(
        self,
        source: SourceFile,
        start: int,
        end: int,
        *,
        index: int = 0,
        item: int | None = None,
        is_json: bool = False,
        of_lines: bool = False,
    ) -> None:
        self.source = source
        self._start = start
        self._end = end
        self._index = index
        self._item = item
        self._is_json = is_json
        self.of_lines = of_lines

    @classmethod
    def of_numbers(cls, source: SourceFile, numbers: Numbers) -> DocumentPlaces:
        """Return the places that ``numbers`` of another one describe."""
        start, end, index, item, is_json, of_lines = numbers
        return cls(
            source,
            start,
            end,
            index=index,
            item=item,
            is_json=is_json,
            of_lines=of_lines,
        )

    @property
    def numbers(self) -> Numbers:
        """All that is kept, beside the file."""
        return (
            self._start,
            self._end,
            self._index,
            self._item,
            self._is_json,
            self.of_lines,
        )

    @property
    def text_of_lines(self) -> str | None:
        """The text of the object, where it is all of a document of whole lines."""
        if not self.of_lines:
            return None
        return self.source.text[self._start : self._end]

    @property
    def path(self) -> str:
        """The path of the file, relative, with ``/``."""
        return self.source.path

    @property
    def order(self) -> tuple[int, int]:
        """Index of the document in its file, and of the item in its list."""
        return (self._index, self._item or 0)

    @property
    def in_list(self) -> bool:
        """Whether the object is an item of a list."""
        return self._item is not None

    def value(self, path: Path) -> Span:
        """Return the span of the value at ``path``; see ``model.Places``.

        An alias is meant itself where the path ends at it. A value without any
        text (``name:``) is shown by its key.
        """
        return self._find(path, wants_key=False)

    def key(self, path: Path) -> Span:
        """Return the span of the key at the end of ``path``; see ``model.Places``."""
        return self._find(path, wants_key=True)

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``; see ``model.Places``."""
        whole = self.value(path)
        offset = _alignment(whole.source, whole.start, whole.end, value).text_offset(
            start, end
        )
        if offset is None:
            return whole
        first = whole.start + offset
        return Span(whole.source, first, first + end - start)

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments of the document that name cip-lint, without the ``#``.

        What looks like a comment inside a scalar is none.
        """
        if self._is_json:
            return
        yield from comments(self.source, self._start, self._end)

    def because(self, _span: Span) -> tuple[Label, ...]:
        """Return nothing: a file as it is written has nothing filled in."""
        return ()

    def _own_tree(self) -> tuple[int, str, Node | None]:
        """Return what ``_tree`` does, with the node of the object as its root."""
        start, end, item = self._start, self._end, self._item
        if item is not None and self._is_json:
            extents = json_extents(self.source, start)
            if item < len(extents):
                return _tree(self.source, *extents[item], True)
        base, text, root = _tree(self.source, start, end, self._is_json)
        if root is not None and item is not None:
            root = _item_of(root, item) or root
        return base, text, root

    def _find(self, path: Path, *, wants_key: bool) -> Span:
        base, text, root = self._own_tree()
        if root is None:
            return Span(self.source, self._start, self._end)
        node = root
        nearest = _first_key(node, text)
        for number, step in enumerate(path, 1):
            parent = followed(node)
            key: Node | None = None
            if isinstance(parent, Mapping) and isinstance(step, str):
                found = parent.find(step)
                if found is None:
                    break
                key, node = found
                nearest = _own_span(key, text)
            elif (
                isinstance(parent, Sequence)
                and isinstance(step, int)
                and 0 <= step < len(parent.items)
            ):
                node = parent.items[step]
                nearest = _own_span(node, text) or _dash(node, text)
            else:
                break
            if number == len(path) and not (wants_key and key is not None):
                nearest = _own_span(node, text) or nearest
        else:
            if not path:
                nearest = _own_span(node, text) or nearest
        first, last = nearest or (node.start, node.end)
        return Span(self.source, base + first, base + last)


_Range = tuple[int, int]


def _own_span(node: Node, text: str) -> _Range | None:
    """Return the span of a node; None for a scalar without any text."""
    start, end = content_start(node, text), content_end(node, text)
    return (start, end) if start < end else None


def _first_key(node: Node, text: str) -> _Range | None:
    target = followed(node)
    if isinstance(target, Mapping) and target.pairs:
        return _own_span(target.pairs[0][0], text)
    return _own_span(node, text)


def _dash(item: Node, text: str) -> _Range | None:
    """Return the ``-`` of an item without any text."""
    at = text.rfind("-", 0, item.start)
    return (at, at + 1) if at >= 0 else None


def _item_of(root: Node, item: int) -> Node | None:
    if isinstance(root, Sequence):
        return root.items[0] if root.items else None
    found = root.find("items") if isinstance(root, Mapping) else None
    items = followed(found[1]) if found else None
    if isinstance(items, Sequence) and item < len(items.items):
        return items.items[item]
    return None


_Tree = tuple[int, str, Node | None]
"""The tree of a document, the text it refers to, and that text's offset."""

_SMALL = 1 << 13
"""The length of a document up to which it is small: trees of such are kept longer."""


def _tree(source: SourceFile, start: int, end: int, is_json: bool) -> _Tree:
    remembered = _small_tree if end - start <= _SMALL else _large_tree
    return remembered(source, start, end, is_json)


def _new_tree(source: SourceFile, start: int, end: int, is_json: bool) -> _Tree:
    if is_json:
        return 0, source.text, json_tree(source.text, start, end)
    # Without findings nobody asks for it.
    from cip_lint.manifests.line_tree import line_tree  # noqa: PLC0415

    text = source.text[start:end]
    root = line_tree(text)
    if root is not None:
        return start, text, root
    # It imports the parser, which is not called otherwise.
    from cip_lint.manifests.yaml_tree import yaml_tree  # noqa: PLC0415

    try:
        return start, text, yaml_tree(text)
    except YamlError:
        return start, text, None


# Several rules ask for the places of one document, each in its turn.
_small_tree = lru_cache(maxsize=256)(_new_tree)
_large_tree = lru_cache(maxsize=64)(_new_tree)


@lru_cache(maxsize=16)
def _alignment(source: SourceFile, start: int, end: int, value: str) -> Alignment:
    """Return how the value of a scalar lies in its text."""
    return aligned(source.text[start:end], value)


def comments(source: SourceFile, start: int, end: int) -> Iterator[tuple[Span, str]]:
    """Yield the comments of a piece of a YAML file that name cip-lint.

    Those of a patch or of values that are written out in it count as well.
    """
    at = source.text.find(MARKER, start, end)
    if at < 0:
        return
    base, text, root = _tree(source, start, end, False)
    inside = [(one.start, content_end(one, text)) for one in scalars(root, _YAML_TEXTS)]
    while at >= 0:
        line_start = max(source.text.rfind("\n", start, at) + 1, start)
        line_end = source.text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        begin = _comment_start(text, line_start - base, at - base, inside)
        if begin is not None:
            whole = source.text[base + begin : line_end].rstrip()
            span = Span(source, base + begin, base + begin + len(whole))
            yield span, whole.lstrip("#").strip()
        at = source.text.find(MARKER, line_end, end)


def _comment_start(
    text: str, line_start: int, at: int, inside: list[_Range]
) -> int | None:
    """Return where a comment begins that covers an offset of its line."""
    begin = text.find("#", line_start, at)
    while begin >= 0:
        is_apart = begin == line_start or text[begin - 1] in " \t\ufeff"
        if is_apart and not any(start <= begin < end for start, end in inside):
            return begin
        begin = text.find("#", begin + 1, at)
    return None
