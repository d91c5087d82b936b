"""The wall to PyYAML: text -> nodes or events of its first document.

``compose`` is the fast way: libyaml's nodes, without resolving tags. ``events``
serves what nodes cannot tell: aliases, anchors defined twice, nesting of any depth.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from cip_lint.manifests.dialect import Dialect
from cip_lint.manifests.yaml_errors import (
    NestingError,
    UnexpectedColonError,
    YamlError,
)
from cip_lint.patterns import pattern, put_off

with put_off():
    from yaml._yaml import CParser, get_version
    from yaml.error import MarkedYAMLError, YAMLError
    from yaml.events import (
        AliasEvent,
        DocumentEndEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
        StreamStartEvent,
    )
    from yaml.nodes import MappingNode, Node, ScalarNode
    from yaml.parser import Parser
    from yaml.reader import Reader, ReaderError
    from yaml.scanner import Scanner, ScannerError

__all__ = [
    "HAS_NO_DEPTH_LIMIT",
    "AliasEvent",
    "MappingNode",
    "MappingStartEvent",
    "ScalarEvent",
    "ScalarNode",
    "SequenceStartEvent",
    "compose",
    "events",
]


HAS_NO_DEPTH_LIMIT = get_version() < (0, 2, 6)
"""Whether libyaml would follow nesting until the C stack is full."""
_DEEP = "exceeded maximum nesting depth"
_COLON = "found unexpected ':'"


class _PurePython(Reader, Scanner, Parser):
    """PyYAML's own parser: slow, but it nests as deep as the text does."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def stale_possible_simple_keys(self) -> None:
        """Drop keys that are too far back: the oldest stand first.

        The inherited method looks at all of them for each token, which deep
        nesting makes quadratic.
        """
        keys = self.possible_simple_keys
        while keys:
            level = next(iter(keys))
            key = keys[level]
            if key.line == self.line and self.index - key.index <= 1024:
                return
            if key.required:
                raise ScannerError(
                    "while scanning a simple key",
                    key.mark,
                    "could not find expected ':'",
                    self.get_mark(),
                )
            del keys[level]

    def next_possible_simple_key(self) -> int | None:
        """Return the number of the first token that may become a key."""
        for key in self.possible_simple_keys.values():
            return int(key.token_number)
        return None


class _Composer(CParser):
    """libyaml's composer without a resolver: a tag is there only when written."""

    def resolve(self, kind: type, value: str, implicit: object) -> None:
        """Return no tag: what a scalar means is for ``scalars`` to say."""

    # No tag depends on the place. These do nothing, and being C they do it in half
    # the time of a method; both are called once for each node.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(int)


def compose(text: str) -> Node | None:
    """Return the root node of the first document; None where there is none.

    Raises YamlError. The text must not nest deeper than the C stack allows, and
    anchors may not be defined twice: see ``events``.
    """
    parser = _Composer(text)
    try:
        return parser.get_node() if parser.check_node() else None
    except YAMLError as error:
        raise _yaml_error(error, text) from None
    finally:
        parser.dispose()


def events(text: str, *, deep: bool = False) -> list[Any]:
    """Return the events of the root node of the first document.

    They are those of the Go library where libyaml has another grammar; see
    ``dialect``. ``deep``: nesting beyond libyaml's limit is followed, which takes
    time. Raises YamlError.
    """
    dialect = Dialect(text)
    while True:
        try:
            found = list(_events(_Composer(dialect.text), text))
        except NestingError:
            if not deep:
                raise
            found = list(_events(_PurePython(dialect.text), text))
        except UnexpectedColonError as error:
            if not dialect.accept_colon(error.offset):
                raise
            continue
        if dialect.differs:
            _translate(found, dialect)
        return found


def _events(parser: Any, text: str) -> Iterator[Any]:
    try:
        while True:
            event = parser.get_event()
            kind = type(event)
            if kind is StreamStartEvent:
                continue
            if kind is DocumentStartEvent:
                if event.version not in (None, (1, 1)):
                    raise YamlError(
                        "found incompatible YAML document", event.start_mark.index
                    )
                continue
            if kind is DocumentEndEvent or kind is StreamEndEvent:
                return
            yield event
    except YAMLError as error:
        raise _yaml_error(error, text) from None
    finally:
        parser.dispose()


def _translate(found: list[Any], dialect: Dialect) -> None:
    """Give scalars their own text back; refuse what only libyaml accepts."""
    is_flow: list[bool] = []
    for event in found:
        kind = type(event)
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            is_flow.append(bool(event.flow_style))
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            is_flow.pop()
        elif kind is ScalarEvent:
            fault = dialect.fault(
                event.style or "",
                event.start_mark.index,
                event.end_mark.index,
                in_flow=bool(is_flow and is_flow[-1]),
            )
            if fault is not None:
                raise YamlError(fault.message, fault.offset)
            event.value = dialect.restored(event.value, event.style or "")


_REFUSED = pattern(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def _yaml_error(error: YAMLError, text: str) -> YamlError:
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark is not None else None
        if error.problem == _DEEP:
            return NestingError(_DEEP, offset)
        if error.problem == _COLON:
            return UnexpectedColonError(_COLON, offset)
        return YamlError(str(error.problem), offset)
    if isinstance(error, ReaderError):
        character = _REFUSED.search(text)
        return YamlError(str(error.reason), character.start() if character else None)
    return YamlError(str(error))
