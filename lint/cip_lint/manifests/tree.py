"""A document as a tree of places: built on demand, for findings only.

``yaml_tree`` makes that of a YAML text, and this module that of JSON.
Offsets are those of the text that was given. A node's own span leaves out its
anchor and tag: it is what an edit of the value would replace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cip_lint.model import Path
from cip_lint.patterns import pattern

_PROPERTIES = pattern(
    r"(?:(?:!<[^>]*>|[&!][^\s,\[\]{}]*)(?:[ \t\r\n]+(?:#[^\r\n]*)?)*)+"
)
_BLOCK_HEADER = pattern(r"[|>][-+0-9]*")
_JSON_TOKEN = pattern(
    r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}\[\],:"]+))'
)

MERGE = "<<"
"""The key of an entry that is merged into its mapping."""


class Node:
    """A scalar, or what the other classes add to it; ``text[start:end]`` holds it.

    ``key`` is the JSON key that a scalar is, where it is one or an alias may be.
    """

    __slots__ = ("end", "is_flow", "key", "start", "style")

    def __init__(
        self, start: int, end: int, style: str = "", key: str | None = None
    ) -> None:
        self.start = start
        self.end = end
        self.style = style
        self.key = key
        self.is_flow = False


class Mapping(Node):
    """A mapping: its keys and values in the order of the text.

    ``later`` makes them when somebody asks.
    """

    __slots__ = ("_later", "_pairs")

    def __init__(
        self,
        start: int,
        end: int,
        *,
        is_flow: bool,
        later: Callable[[], list[tuple[Node, Node]]] | None = None,
    ) -> None:
        super().__init__(start, end)
        self._pairs: list[tuple[Node, Node]] = []
        self._later = later
        self.is_flow = is_flow

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        """The entries."""
        if self._later is not None:
            self._pairs = self._later()
            self._later = None
        return self._pairs

    def find(self, key: str) -> tuple[Node, Node] | None:
        """Return key and value of the entry that counts: the last one set.

        That of a merged mapping is found where it stands.
        """
        for key_node, value in reversed(self.pairs):
            if key_node.key == key and not isinstance(key_node, MergeKey):
                return key_node, value
            if isinstance(key_node, MergeKey):
                for merged in _merged(value):
                    found = merged.find(key)
                    if found is not None:
                        return found
        return None


class Sequence(Node):
    """A sequence and its items; ``later`` as that of a mapping."""

    __slots__ = ("_items", "_later")

    def __init__(
        self,
        start: int,
        end: int,
        *,
        is_flow: bool,
        later: Callable[[], list[Node]] | None = None,
    ) -> None:
        super().__init__(start, end)
        self._items: list[Node] = []
        self._later = later
        self.is_flow = is_flow

    @property
    def items(self) -> list[Node]:
        """The items."""
        if self._later is not None:
            self._items = self._later()
            self._later = None
        return self._items


class Alias(Node):
    """A ``*name``, and the node it stands for."""

    __slots__ = ("target",)

    def __init__(self, start: int, end: int, target: Node) -> None:
        super().__init__(start, end, key=target.key)
        self.target = target


class MergeKey(Node):
    """The key ``<<``."""

    __slots__ = ()


def _merged(value: Node) -> Iterator[Mapping]:
    value = followed(value)
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            target = followed(item)
            if isinstance(target, Mapping):
                yield target


def followed(node: Node) -> Node:
    """Return what an alias stands for; any other node itself."""
    while isinstance(node, Alias):
        node = node.target
    return node


def attach(parent: Node, node: Node, keys: list[Node | None]) -> None:
    """Add a node to the collection it stands in; ``keys`` ends with an open key of it."""
    if isinstance(parent, Sequence):
        parent.items.append(node)
    elif isinstance(parent, Mapping):
        key = keys[-1]
        if key is None:
            keys[-1] = node
        else:
            parent.pairs.append((key, node))
            keys[-1] = None


def json_tree(text: str, start: int, end: int) -> Node | None:
    """Return the root of the JSON value that stands at ``text[start:end]``."""
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    root: Node | None = None
    for token in _JSON_TOKEN.finditer(text, start, end):
        mark = token[1]
        at, behind = token.span(token.lastindex or 0)
        if mark in {",", ":"}:
            continue
        if mark in {"}", "]"}:
            if open_nodes:
                open_nodes.pop().end = behind
                keys.pop()
            continue
        if mark == "{":
            node: Node = Mapping(at, behind, is_flow=True)
        elif mark == "[":
            node = Sequence(at, behind, is_flow=True)
        else:
            node = Node(at, behind, '"' if token[2] else "", _json_key(token[2]))
        if open_nodes:
            attach(open_nodes[-1], node, keys)
        else:
            root = root or node
        if mark:
            open_nodes.append(node)
            keys.append(None)
    return root


def _json_key(literal: str | None) -> str | None:
    if literal is None:
        return None
    if "\\" not in literal:
        return literal[1:-1]
    import json  # noqa: PLC0415 - of JSON alone

    key: str = json.loads(literal, strict=False)
    return key


def content_start(node: Node, text: str) -> int:
    """Return where a node begins, behind its anchor and tag."""
    if isinstance(node, Mapping) and not node.is_flow and node.pairs:
        first = node.pairs[0][0].start
        before = text[node.start : first]
        mark = before.rfind("?")
        return node.start + mark if mark >= 0 else first
    if text[node.start : node.start + 1] not in ("&", "!") or isinstance(node, Alias):
        return node.start
    match = _PROPERTIES.match(text, node.start)
    return match.end() if match else node.start


def content_end(node: Node, text: str) -> int:
    """Return where a node ends: a block, with the last character of its content."""
    while not node.is_flow:
        if isinstance(node, Mapping) and node.pairs:
            key, node = node.pairs[-1]
            if node.end <= key.end:
                node = key
        elif isinstance(node, Sequence) and node.items:
            node = node.items[-1]
        else:
            break
    if node.style not in {"|", ">"}:
        return node.end
    start = content_start(node, text)
    header = _BLOCK_HEADER.match(text, start)
    header_end = header.end() if header else start
    line_end = text.find("\n", header_end, node.end)
    if line_end < 0 or not text[line_end : node.end].strip():
        return header_end
    return node.start + len(text[node.start : node.end].rstrip())


def repeated_keys(root: Node | None) -> Iterator[Path]:
    """Yield the path of each key that stands in its mapping before, too."""
    pending: list[tuple[Path, Node]] = [((), root)] if root is not None else []
    while pending:
        path, node = pending.pop()
        if isinstance(node, Mapping):
            seen: set[str | None] = set()
            for key, value in node.pairs:
                if key.key in seen:
                    yield (*path, key.key or "")
                seen.add(key.key)
                pending.append(((*path, key.key or ""), value))
        elif isinstance(node, Sequence):
            pending.extend(((*path, at), item) for at, item in enumerate(node.items))


def scalars(root: Node | None, without: frozenset[str]) -> Iterator[Node]:
    """Yield every scalar of a tree, keys too, in the order of the text.

    Block scalars behind a key of ``without`` are left out, and those of its list.
    """
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            for key, value in reversed(node.pairs):
                if key.key in without:
                    pending += _without_blocks(value)
                    pending.append(key)
                else:
                    pending += (value, key)
        elif isinstance(node, Sequence):
            pending.extend(reversed(node.items))
        elif not isinstance(node, Alias):
            yield node


def _without_blocks(node: Node) -> list[Node]:
    """Return a value, or the items of a list, where that is no block scalar."""
    parts = reversed(node.items) if isinstance(node, Sequence) else (node,)
    return [one for one in parts if one.style not in {"|", ">"}]
