"""Values of easy documents from libyaml's nodes: the way that always is there.

``whole_lines`` and ``event_values`` make the same of most texts, compiled, and know no
errors.
"""

from __future__ import annotations

from typing import Any

from cip_lint.manifests.meanings import (
    FEW,
    KEYS,
    PLAIN,
    QUOTED,
    REPEATED,
    NotEasyError,
    key_of,
    one_of_all,
    plain_of,
    quoted_of,
)
from cip_lint.manifests.nodes import (
    HAS_NO_DEPTH_LIMIT,
    MappingNode,
    ScalarNode,
    compose,
)
from cip_lint.manifests.pitfalls import (
    has_pitfalls,
    may_be_deep,
    may_hold_flow_keys,
    property_marks,
)
from cip_lint.manifests.scalars import ScalarError
from cip_lint.manifests.yaml_errors import UnexpectedColonError, YamlError


def value_of_nodes(
    text: str, marks: set[int], *, is_sharing: bool
) -> tuple[Any, int] | None:
    """Return the value of the first document, and the offset behind its root node.

    None where there is no document. ``marks`` are the offsets at which an anchor or a
    tag may begin; ``is_sharing``: whether equal collections are one. Raises YamlError,
    and NotEasyError where nodes do not tell enough.
    """
    if HAS_NO_DEPTH_LIMIT and may_be_deep(text):
        raise NotEasyError
    try:
        root = compose(text)
        if root is None:
            return None
        is_easy = not marks and not may_hold_flow_keys(text)
        if not is_easy and _needs_care(root, marks):
            raise NotEasyError
        return _value(root, is_sharing), root.end_mark.index
    except (RecursionError, UnexpectedColonError):
        raise NotEasyError from None


def easy_nodes(text: str) -> Any:
    """Return libyaml's root node of a document, where nodes certainly tell enough.

    None where they may not, as in a text with an anchor, and where there is none.
    """
    if (
        has_pitfalls(text)
        or property_marks(text)
        or may_hold_flow_keys(text)
        or (HAS_NO_DEPTH_LIMIT and may_be_deep(text))
    ):
        return None
    try:
        return compose(text)
    except (YamlError, RecursionError):
        return None


def _needs_care(root: Any, marks: set[int]) -> bool:
    """Tell whether a node has an anchor or a tag, or libyaml's own flow grammar."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.start_mark.index in marks:
            return True
        children = node.value
        if children.__class__ is str:
            continue
        if node.__class__ is MappingNode:
            children = [child for pair in children for child in pair]
        if node.flow_style and any(
            "?" in child.value and not child.style
            for child in children
            if child.value.__class__ is str
        ):
            return True
        pending += children
    return False


def _value(node: Any, is_sharing: bool) -> Any:
    """Return the value of a node without tags and aliases anywhere in it.

    Nodes are told apart by their type, which is asked for in half the time of an
    attribute.
    """
    kind = type(node)
    if kind is ScalarNode:
        return _scalar(node)
    if kind is MappingNode:
        return _mapping(node.value, is_sharing)
    return _sequence(node.value, is_sharing)


def _mapping(content: list[tuple[Any, Any]], is_sharing: bool) -> Any:
    mapping: dict[str, Any] = {}
    may_repeat = is_sharing and len(content) <= FEW
    for key, child in content:
        try:
            text = KEYS[key.value]
        except (KeyError, TypeError):
            text = _key(key)
        kind = type(child)
        if kind is ScalarNode:
            try:
                mapping[text] = (QUOTED if child.style else PLAIN)[child.value]
            except KeyError:
                mapping[text] = _scalar(child)
            continue
        if kind is MappingNode:
            mapping[text] = value = _mapping(child.value, is_sharing)
        else:
            mapping[text] = value = _sequence(child.value, is_sharing)
        if may_repeat:
            may_repeat = id(value) in REPEATED
    if len(mapping) != len(content):
        raise NotEasyError
    return one_of_all(mapping) if may_repeat else mapping


def _sequence(content: list[Any], is_sharing: bool) -> Any:
    items: list[Any] = []
    may_repeat = is_sharing and len(content) <= FEW
    for child in content:
        kind = type(child)
        if kind is ScalarNode:
            items.append(_scalar(child))
            continue
        value = _value(child, is_sharing)
        items.append(value)
        if may_repeat:
            may_repeat = id(value) in REPEATED
    return one_of_all(items) if may_repeat else items


def _scalar(node: Any) -> Any:
    if node.style:
        return quoted_of(node.value)
    try:
        return plain_of(node.value)
    except ScalarError as error:
        raise YamlError(str(error), node.start_mark.index) from None


def _key(node: Any) -> str:
    if node.value.__class__ is not str:
        raise NotEasyError
    return key_of(node.value, not node.style)
