"""Values of documents that need care: anchors, merge keys, tags, repeated keys.

A stack machine over the events of one document. It follows the decoder of
``sigs.k8s.io/yaml/goyaml.v2`` step by step: it counts decoding steps to refuse
what that library calls excessive aliasing, merges in the order of the text, and
tells the key ``true`` from the key ``"true"``. An alias shares the value of its anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cip_lint.manifests.nodes import (
    AliasEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    events,
)
from cip_lint.manifests.scalars import (
    Scalar,
    ScalarError,
    json_number,
    key_text,
    plain,
    tagged,
)
from cip_lint.manifests.tree import MERGE
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

MAX_DEPTH = 10_000
"""How deep the Go library nests; also the limit of its JSON decoder."""
_MERGE_TAG = "tag:yaml.org,2002:merge"
_LOW, _HIGH = 400_000, 4_000_000
_BEHIND_LONE_TAG = pattern(r"(?:&\S+\s+)?!\s")


class CarefulValue(NamedTuple):
    """The value of a document and what only a careful reading tells."""

    value: Any
    end: int
    """The offset behind the root node."""
    repeated: tuple[Path, ...]
    """The keys that stand twice in one mapping, in the order of the text.

    Not those that override what a merge key ``<<`` before them brings; those that one
    behind them overrides end with that key.
    """
    repeated_faults: tuple[str, ...]
    """What the strict mode of the Go library says of them."""


class _Entry(NamedTuple):
    """One key of a mapping with its value, and the line of the value."""

    key: Scalar
    value: Any
    line: int


_Typed = dict[tuple[type, Scalar], _Entry]
"""A mapping as the Go library holds it: keys keep their type."""


class _Anchored(NamedTuple):
    value: Any
    typed: _Typed | None
    steps: int
    """Decoding steps for the node and all below it, aliases followed."""


class _Map:
    __slots__ = (
        *("anchor", "has_key", "key", "merged", "merging", "start", "steps", "typed"),
    )

    def __init__(self, event: MappingStartEvent, steps: int) -> None:
        self.anchor: str | None = event.anchor
        self.start: Any = event.start_mark
        self.steps = steps
        self.typed: _Typed = {}
        self.merged: set[tuple[type, Scalar]] = set()
        """Keys that only a merge gave so far: to write them is to override them."""
        self.key: Scalar = None
        self.has_key = False
        self.merging = False


class _List:
    __slots__ = ("anchor", "items", "merged", "start", "steps")

    def __init__(
        self, event: SequenceStartEvent, steps: int, *, is_merge: bool
    ) -> None:
        self.anchor: str | None = event.anchor
        self.start: Any = event.start_mark
        self.steps = steps
        self.items: list[Any] = []
        self.merged: list[_Typed] | None = [] if is_merge else None


_OPEN = _Anchored(None, None, -1)


class _Decoder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[_Map | _List] = []
        self._anchors: dict[str, _Anchored] = {}
        self._steps = 1
        self._alias_steps = 0
        self.root: Any = None
        self.end = len(text)
        self.repeated: list[Path] = []
        self.faults: list[str] = []

    def decode(self, *, deep: bool) -> None:
        for event in events(self._text, deep=deep):
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._open_map(event)
            elif kind is SequenceStartEvent:
                self._open_list(event)
            elif kind is AliasEvent:
                self._alias(event)
            else:
                self._close(event)
            self.end = event.end_mark.index

    def _open(self, event: Any) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = _OPEN
        if len(self._stack) >= MAX_DEPTH:
            raise YamlError(
                f"exceeded max depth of {MAX_DEPTH}", event.start_mark.index
            )

    def _open_map(self, event: Any) -> None:
        self._open(event)
        self._stack.append(_Map(event, self._steps))
        self._count(1)

    def _open_list(self, event: Any) -> None:
        self._open(event)
        is_merge = self._parent_merges()
        self._stack.append(_List(event, self._steps, is_merge=is_merge))
        self._count(0 if is_merge else 1)

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        typed: _Typed | None = None
        if isinstance(frame, _Map):
            typed = frame.typed
            value: Any = self._json_map(typed, frame.start.index)
        elif frame.merged is not None:
            parent = self._stack[-1]
            assert isinstance(parent, _Map)
            parent.merging = False
            for merged in reversed(frame.merged):
                self._merge(parent, merged)
            return
        else:
            value = frame.items
        if frame.anchor is not None:
            steps = self._steps - frame.steps
            self._anchors[frame.anchor] = _Anchored(value, typed, steps)
        self._put(value, typed, frame.start, is_scalar=False)

    def _scalar(self, event: Any) -> None:
        start = event.start_mark
        try:
            scalar = resolve(event, self._text)
        except ScalarError as error:
            raise YamlError(str(error), start.index) from None
        parent = self._stack[-1] if self._stack else None
        if isinstance(parent, _Map) and not parent.has_key and not parent.merging:
            if is_merge_key(event):
                parent.merging = True
                return
            self._count(1)
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchored(scalar, None, 1)
            if scalar is None:
                raise YamlError("found a key that is null", start.index)
            parent.key, parent.has_key = scalar, True
            return
        self._count(1)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(scalar, None, 1)
        self._put(scalar, None, start, is_scalar=True)

    def _alias(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        start = event.start_mark
        if anchored is None:
            raise YamlError(f"unknown anchor '{event.anchor}' referenced", start.index)
        if anchored is _OPEN:
            raise YamlError(
                f"anchor '{event.anchor}' value contains itself", start.index
            )
        self._count(1)
        self._alias_steps += anchored.steps
        self._count(anchored.steps)
        value = anchored.value
        is_scalar = not isinstance(value, dict | list)
        parent = self._stack[-1] if self._stack else None
        if (
            is_scalar
            and isinstance(parent, _Map)
            and not parent.has_key
            and not parent.merging
        ):
            parent.key, parent.has_key = value, True
            return
        self._put(value, anchored.typed, start, is_scalar=is_scalar)

    def _put(
        self, value: Any, typed: _Typed | None, start: Any, *, is_scalar: bool
    ) -> None:
        """Hand a complete value to what it stands in."""
        if is_scalar and isinstance(value, float):
            try:
                value = json_number(value)
            except ScalarError as error:
                raise YamlError(str(error), start.index) from None
        if not self._stack:
            self.root = value
            return
        parent = self._stack[-1]
        if isinstance(parent, _List):
            if parent.merged is None:
                parent.items.append(value)
            elif typed is None:
                raise _not_mergeable(start)
            else:
                parent.merged.append(typed)
        elif parent.merging:
            if typed is None:
                raise _not_mergeable(start)
            parent.merging = False
            self._merge(parent, typed)
        elif not parent.has_key:
            raise YamlError("invalid map key", start.index)
        else:
            parent.has_key = False
            self._set(parent, _Entry(parent.key, value, start.line))

    def _set(self, frame: _Map, entry: _Entry) -> None:
        typed_key = (type(entry.key), entry.key)
        if typed_key in frame.typed:
            self.faults.append(
                f"line {entry.line + 1}: key {_go_syntax(entry.key)} already set in map"
            )
            if typed_key not in frame.merged:
                self._note_repeated(entry)
            frame.merged.discard(typed_key)
        frame.typed[typed_key] = entry

    def _note_repeated(self, entry: _Entry, *more: str) -> None:
        try:
            self.repeated.append((*self._path(), key_text(entry.key), *more))
        except ScalarError as error:
            raise YamlError(str(error)) from None

    def _merge(self, frame: _Map, typed: _Typed) -> None:
        for typed_key, entry in typed.items():
            if typed_key in frame.typed:
                self.faults.append(
                    f"line {entry.line + 1}: key {_go_syntax(entry.key)}"
                    " already set in map"
                )
                own = typed_key not in frame.merged
                if own and _may_differ(frame.typed[typed_key].value, entry.value):
                    self._note_repeated(entry, MERGE)
            else:
                frame.merged.add(typed_key)
            frame.typed[typed_key] = entry

    def _json_map(self, typed: _Typed, offset: int) -> dict[str, Any]:
        try:
            return {key_text(entry.key): entry.value for entry in typed.values()}
        except ScalarError as error:
            raise YamlError(str(error), offset) from None

    def _parent_merges(self) -> bool:
        parent = self._stack[-1] if self._stack else None
        return isinstance(parent, _Map) and parent.merging

    def _path(self) -> Iterator[str | int]:
        for frame in self._stack[:-1]:
            if isinstance(frame, _List):
                yield len(frame.items)
            elif frame.has_key:
                yield key_text(frame.key)

    def _count(self, steps: int) -> None:
        self._steps += steps
        if (
            self._alias_steps > 100
            and self._steps > 1000
            and self._alias_steps / self._steps > _allowed_alias_ratio(self._steps)
        ):
            raise YamlError("document contains excessive aliasing")


def resolve(event: Any, text: str) -> Scalar:
    """Return what a scalar event of a text means, floats unrounded.

    Raises ScalarError.
    """
    tag, content = event.tag, event.value
    if tag is not None and tag != "!":
        return tagged(tag, content)
    if event.style or tag == "!":
        return str(content)
    # libyaml drops the tag ``!`` of a plain scalar, which makes it a text.
    if text[event.start_mark.index : event.start_mark.index + 1] in ("!", "&") and (
        _BEHIND_LONE_TAG.match(text, event.start_mark.index)
    ):
        return str(content)
    return plain(content)


def is_merge_key(event: Any) -> bool:
    """Tell whether a key is ``<<``, plain and without a tag of its own."""
    if event.value != "<<":
        return False
    return event.tag == _MERGE_TAG or (event.tag is None and not event.style)


def _allowed_alias_ratio(steps: int) -> float:
    if steps <= _LOW:
        return 0.99
    if steps >= _HIGH:
        return 0.10
    return 0.99 - 0.89 * ((steps - _LOW) / (_HIGH - _LOW))


def _may_differ(one: Any, other: Any) -> bool:
    """Whether two values are not surely the same; those below them are not looked at."""
    if isinstance(one, dict | list):
        return one is not other
    return type(one) is not type(other) or bool(one != other)


def _not_mergeable(start: Any) -> YamlError:
    return YamlError(
        "map merge requires map or sequence of maps as the value", start.index
    )


def _go_syntax(key: Scalar) -> str:
    if isinstance(key, str):
        return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(key, bool):
        return "true" if key else "false"
    return "<nil>" if key is None else format(key, "g" if type(key) is float else "d")


def careful_value(text: str, *, deep: bool = False) -> CarefulValue:
    """Return the value of the first document of a text, and its repeated keys.

    ``deep``: nesting is followed as deep as the Go library does. Raises YamlError where the Go library gives an error.
    """
    decoder = _Decoder(text)
    decoder.decode(deep=deep)
    return CarefulValue(
        decoder.root, decoder.end, tuple(decoder.repeated), tuple(decoder.faults)
    )
