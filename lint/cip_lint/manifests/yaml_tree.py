"""A YAML text -> its tree of places, from libyaml's nodes or, with care, its events."""

from __future__ import annotations

from functools import partial
from typing import Any

from cip_lint.manifests.care import is_merge_key, resolve
from cip_lint.manifests.node_values import easy_nodes
from cip_lint.manifests.nodes import (
    AliasEvent,
    MappingNode,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    events,
)
from cip_lint.manifests.scalars import ScalarError, key_text
from cip_lint.manifests.tree import (
    MERGE,
    Alias,
    Mapping,
    MergeKey,
    Node,
    Sequence,
    attach,
)
from cip_lint.manifests.yaml_errors import YamlError


def yaml_tree(text: str) -> Node | None:
    """Return the root of the first document of a YAML text. Raises YamlError."""
    root = easy_nodes(text)
    return _tree_of_events(text) if root is None else _of_node(root)


def _of_node(node: Any, *, is_key: bool = False) -> Node:
    """Return the place of a node that libyaml composed, without anchor and tag."""
    content = node.value
    if type(content) is str:
        # The text is only asked whether a tag stands there, and there is none.
        return _scalar(node, "", wants_key=is_key)
    start, end = node.start_mark.index, node.end_mark.index
    is_flow = bool(node.flow_style)
    if type(node) is MappingNode:
        return Mapping(start, end, is_flow=is_flow, later=partial(_pairs, content))
    return Sequence(start, end, is_flow=is_flow, later=partial(_items, content))


def _pairs(content: list[tuple[Any, Any]]) -> list[tuple[Node, Node]]:
    return [(_of_node(key, is_key=True), _of_node(value)) for key, value in content]


def _items(content: list[Any]) -> list[Node]:
    return list(map(_of_node, content))


def _tree_of_events(text: str) -> Node | None:
    anchors: dict[str, Node] = {}
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    root: Node | None = None
    for event in events(text):
        start, end = event.start_mark.index, event.end_mark.index
        kind = type(event)
        if kind is ScalarEvent:
            is_key = keys and keys[-1] is None and isinstance(open_nodes[-1], Mapping)
            node = _scalar(event, text, wants_key=bool(is_key or event.anchor))
        elif kind is MappingStartEvent:
            node = Mapping(start, end, is_flow=bool(event.flow_style))
        elif kind is SequenceStartEvent:
            node = Sequence(start, end, is_flow=bool(event.flow_style))
        elif kind is AliasEvent:
            target = anchors.get(event.anchor)
            if target is None or target in open_nodes:
                raise YamlError(f"unknown anchor '{event.anchor}' referenced", start)
            node = Alias(start, end, target)
        else:
            open_nodes.pop().end = end
            keys.pop()
            continue
        if kind is not AliasEvent and event.anchor is not None:
            anchors[event.anchor] = node
        if open_nodes:
            attach(open_nodes[-1], node, keys)
        else:
            root = node
        if isinstance(node, Mapping | Sequence):
            open_nodes.append(node)
            keys.append(None)
    return root


def _scalar(event: Any, text: str, *, wants_key: bool) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if not wants_key:
        return Node(start, end, event.style or "")
    if is_merge_key(event):
        return MergeKey(start, end, key=MERGE)
    try:
        key = key_text(resolve(event, text))
    except ScalarError:
        key = None
    return Node(start, end, event.style or "", key)
