"""A YAML text -> plain values, as Kubernetes converts it to JSON.

``document_value`` takes the fast way through libyaml's nodes for what manifests
consist of, and the careful one (see ``care``) for everything else.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from cip_lint.manifests.care import careful_value
from cip_lint.manifests.nodes import (
    HAS_NO_DEPTH_LIMIT,
    MappingNode,
    NestingError,
    ScalarNode,
    UnexpectedColonError,
    YamlError,
    compose,
)
from cip_lint.manifests.scalars import ScalarError, json_number, key_text, plain
from cip_lint.manifests.text import decode_strictly
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

# It begins with the rare character, so that scripts are searched at full speed.
_DIRECTIVE = pattern(r"%(?:(?<=^%)|(?<=\ufeff%))", re.MULTILINE)
_BEFORE_PROPERTY = frozenset("[]{},:-?")
"""What an anchor or a tag may stand behind, beside white space."""
_DEEP_COMPACT = pattern(r"(?:[-?:][ \t]+){100}")
_DEEP_INDENT = " " * 500
_MANY_BRACKETS = 4_000
_COULD_BE_DEEP = 10_000
"""The length of a text from which nesting could be too deep for the C stack."""
_SHORT = 64
_REMEMBERED = 60_000
_REMEMBERED_COLLECTIONS = 20_000
_FEW = 8
_FEW_DOCUMENTS = 4_000
"""Up to so many documents, sharing takes more time than the memory is worth."""


class DocumentValue(NamedTuple):
    """The value of one document; ``end`` is the offset behind its root node."""

    value: Any
    end: int
    repeated: tuple[Path, ...] = ()


class _CareNeededError(Exception):
    """The nodes do not tell enough."""


# What short texts mean, so that equal texts are one object. They are exact dicts:
# those are looked into twice as fast as their subclasses.
_plain: dict[str, Any] = {}
_quoted: dict[str, str] = {}
_keys: dict[str, str] = {}
"""Keys that mean themselves, plain or quoted."""
_collections: dict[tuple[object, ...], Any] = {}
_met = [0]
"""How many documents were read since the last time that all was forgotten."""
_repeated: set[int] = set()
"""The ids of those of them that were met again: what holds them may repeat too."""


def document_value(text: str) -> DocumentValue:
    """Return the value of the first document of a text; None where it is empty.

    ``text`` is a document as the reader hands it on (``split.normalised``).
    Raises YamlError where kubectl reports that it cannot be read.
    """
    if not _has_pitfalls(text):
        marks = _property_marks(text)
        _met[0] += 1
        try:
            root = compose(text)
            if root is None:
                return DocumentValue(None, len(text))
            is_easy = not marks and not _may_hold_flow_keys(text)
            if is_easy or not _needs_care(root, marks):
                return DocumentValue(_value(root), root.end_mark.index)
        except (_CareNeededError, RecursionError, UnexpectedColonError):
            pass
        except YamlError:
            if not marks:
                raise
    value, end, repeated, _ = careful_value(text)
    return DocumentValue(value, end, repeated)


def easy_nodes(text: str) -> Any:
    """Return libyaml's root node of a document, where nodes certainly tell enough.

    None where they may not, as in a text with an anchor, and where there is none.
    """
    if _has_pitfalls(text) or _property_marks(text) or _may_hold_flow_keys(text):
        return None
    try:
        return compose(text)
    except (YamlError, RecursionError):
        return None


def forget() -> None:
    """Drop what is remembered of values that were read: it is of use to a run's files.

    Keys stay; there are few of them.
    """
    for memory in (_plain, _quoted, _collections):
        memory.clear()
    _repeated.clear()
    _met[0] = 0


def _has_pitfalls(text: str) -> bool:
    """Tell whether a text may hold what libyaml's nodes do not even hint at."""
    if (
        ("%" in text and _DIRECTIVE.search(text))
        or ("\\" in text and ("\\/" in text or "\\'" in text))
        or "\ufeff" in text
    ):
        return True
    return (
        HAS_NO_DEPTH_LIMIT
        and len(text) > _COULD_BE_DEEP
        and (
            text.count("{") + text.count("[") > _MANY_BRACKETS
            or _DEEP_INDENT in text
            or _DEEP_COMPACT.search(text) is not None
        )
    )


def _may_hold_flow_keys(text: str) -> bool:
    """Tell whether ``?`` may stand in a flow collection: there grammars differ."""
    return "?" in text and ("[" in text or "{" in text)


def _property_marks(text: str) -> set[int]:
    """Return the offsets at which an anchor or a tag may begin.

    Looking for single characters takes a tenth of the time of an expression.
    """
    marks: set[int] = set()
    for mark in "&!":
        at = text.find(mark) if mark in text else -1
        while at >= 0:
            before = text[at - 1] if at else " "
            if before.isspace() or before in _BEFORE_PROPERTY:
                marks.add(at)
            at = text.find(mark, at + 1)
    return marks


def _needs_care(root: Any, marks: set[int]) -> bool:
    """Tell whether a node has an anchor or a tag, or libyaml's own flow grammar.

    ``marks`` are the offsets at which an anchor or tag may begin.
    """
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


def _value(node: Any) -> Any:
    """Return the value of a node without tags and aliases anywhere in it.

    Nodes are told apart by their type, which is asked for in half the time of an
    attribute.
    """
    kind = type(node)
    if kind is ScalarNode:
        return _scalar(node)
    return _mapping(node.value) if kind is MappingNode else _sequence(node.value)


def _mapping(content: list[tuple[Any, Any]]) -> Any:
    mapping: dict[str, Any] = {}
    may_repeat = False
    if _met[0] > _FEW_DOCUMENTS:
        may_repeat = len(content) <= _FEW
    for key, child in content:
        try:
            text = _keys[key.value]
        except (KeyError, TypeError):
            text = _key(key)
        kind = type(child)
        if kind is ScalarNode:
            try:
                mapping[text] = (_quoted if child.style else _plain)[child.value]
            except KeyError:
                mapping[text] = _scalar(child)
            continue
        if kind is MappingNode:
            mapping[text] = value = _mapping(child.value)
        else:
            mapping[text] = value = _sequence(child.value)
        if may_repeat:
            may_repeat = id(value) in _repeated
    if len(mapping) != len(content):
        raise _CareNeededError
    if may_repeat:
        return _one_of_all(mapping, (*mapping, *map(id, mapping.values())))
    return mapping


def _sequence(content: list[Any]) -> Any:
    items: list[Any] = []
    may_repeat = False
    if _met[0] > _FEW_DOCUMENTS:
        may_repeat = len(content) <= _FEW
    for child in content:
        kind = type(child)
        if kind is ScalarNode:
            items.append(_scalar(child))
            continue
        inner = child.value
        value = _mapping(inner) if kind is MappingNode else _sequence(inner)
        items.append(value)
        if may_repeat:
            may_repeat = id(value) in _repeated
    return _one_of_all(items, (None, *map(id, items))) if may_repeat else items


def _one_of_all(collection: Any, identity: tuple[object, ...]) -> Any:
    """Return the collection that stands for all equal ones.

    Labels, probes and resources repeat from object to object, and a small dict takes
    more memory than its text. Parts are told apart by identity: equal ones may be of
    different types, and those that repeat are one object.
    """
    known = _collections.get(identity)
    if known is not None:
        _repeated.add(id(known))
        return known
    if len(_collections) >= _REMEMBERED_COLLECTIONS:
        _collections.clear()
        _repeated.clear()
    _collections[identity] = collection
    return collection


def _scalar(node: Any) -> Any:
    text = node.value
    if node.style:
        return _learned(_quoted, text, text)
    if text in _plain:
        return _plain[text]
    value = plain(text)
    if value.__class__ is float:
        try:
            value = json_number(value)
        except ScalarError as error:
            raise YamlError(str(error), node.start_mark.index) from None
    return _learned(_plain, text, value)


def _key(node: Any) -> str:
    """Return the JSON key of a key; remember those that are read as they stand."""
    text = node.value
    if text.__class__ is not str:
        raise _CareNeededError
    if node.style:
        return str(text)
    if text == "<<":
        raise _CareNeededError
    try:
        key = key_text(plain(text))
    except ScalarError:
        raise _CareNeededError from None
    return str(_learned(_keys, text, key)) if key == text else key


def _learned(memory: dict[str, Any], text: str, value: Any) -> Any:
    """Return a value, and remember it where its text is short.

    Of a text that is known its first value is returned. Short texts are interned: they
    are one object also where they come from other processes and runs.
    """
    if len(text) > _SHORT:
        return value
    if len(memory) >= _REMEMBERED:
        memory.clear()
    return memory.setdefault(text, intern(value) if value.__class__ is str else value)


def yaml_to_value(text: str | bytes) -> Any:
    """Return the JSON value of the first document of a YAML text.

    It is what ``YAMLToJSON`` of sigs.k8s.io/yaml gives: of a key that stands twice
    the last one counts. Raises YamlError.
    """
    decoded = _text(text)
    try:
        return document_value(decoded).value
    except NestingError:
        return careful_value(decoded, deep=True).value


def yaml_to_value_strict(text: str | bytes) -> Any:
    """Return the same, but refuse keys that stand twice in one mapping.

    Raises YamlError, whose message lists each such key as ``YAMLToJSONStrict`` does.
    """
    read = careful_value(_text(text), deep=True)
    if read.repeated_faults:
        faults = "".join(f"\n  {fault}" for fault in read.repeated_faults)
        raise YamlError(f"yaml: unmarshal errors:{faults}")
    return read.value


def _text(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return decode_strictly(text)
    except UnicodeDecodeError as error:
        raise YamlError("invalid UTF-8", error.start) from None
