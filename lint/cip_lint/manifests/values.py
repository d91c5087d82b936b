"""A YAML text -> plain values, as Kubernetes converts it to JSON.

``document_value`` takes the fast way through libyaml's nodes for what manifests
consist of, and the careful one (see ``care``) for everything else.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from cip_lint.manifests.care import careful_value
from cip_lint.manifests.nodes import MappingNode, ScalarNode, YamlError, compose
from cip_lint.manifests.scalars import ScalarError, json_number, key_text, plain
from cip_lint.manifests.text import decode_strictly
from cip_lint.model import Path

_NEEDS_CARE = re.compile(
    r"(?:^|[\s\[\]{},:\-?])(?:&[\w\-]|![\s,\]}]|!\Z)|^\ufeff?%", re.MULTILINE
)
"""An anchor, the tag ``!`` or a directive: nothing that nodes tell all about."""
_COLON_ENDS_FLOW = re.compile(r"[^\s\"'\[\]{}]:[,\[\]{}]")
_MANY_BRACKETS = 500
_DEEP_BLOCK = re.compile(r"(?:[-?:][ \t]+){100}|[ ]{500}")
_SMALL = 2_000
_SHORT = 64
_REMEMBERED = 60_000
_ABSENT = object()


class DocumentValue(NamedTuple):
    """The value of one document; ``end`` is the offset behind its root node."""

    value: Any
    end: int
    repeated: tuple[Path, ...] = ()


class _CareNeededError(Exception):
    """The nodes do not tell enough."""


class _Memory(dict[str, Any]):
    """Remembers what short texts mean, so that equal texts are one object."""

    __slots__ = ()

    def learn(self, text: str, value: Any) -> Any:
        if len(text) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = value
        return value


_plain = _Memory()
_quoted = _Memory()
_keys = _Memory()


def document_value(text: str) -> DocumentValue:
    """Return the value of the first document of a text; None where it is empty.

    ``text`` is a document as the reader hands it on (``split.normalised``).
    Raises YamlError where kubectl reports that it cannot be read.
    """
    if not _has_pitfalls(text):
        try:
            root = compose(text)
            if root is None:
                return DocumentValue(None, len(text))
            return DocumentValue(_value(root), root.end_mark.index)
        except (_CareNeededError, RecursionError):
            pass
    value, end, repeated, _ = careful_value(text)
    return DocumentValue(value, end, repeated)


def _has_pitfalls(text: str) -> bool:
    if ("&" in text or "!" in text or "%" in text) and _NEEDS_CARE.search(text):
        return True
    if "\\/" in text or "\\'" in text or "\ufeff" in text:
        return True
    if "{" in text or "[" in text:
        if "?" in text or _COLON_ENDS_FLOW.search(text):
            return True
        brackets = text.count("[") + text.count("{")
        if brackets > _MANY_BRACKETS:
            return True
    return len(text) > _SMALL and _DEEP_BLOCK.search(text) is not None


def _value(node: Any) -> Any:  # noqa: C901 - one call per node is the cost here
    kind = node.__class__
    if kind is MappingNode:
        pairs = node.value
        mapping: dict[str, Any] = {}
        for key, child in pairs:
            if key.__class__ is not ScalarNode or key.tag is not None:
                raise _CareNeededError
            text = key.value
            if not key.style:
                known = _keys.get(text)
                text = known if known is not None else _key(text)
            if child.__class__ is ScalarNode:
                if child.tag is not None:
                    raise _CareNeededError
                content = child.value
                if child.style:
                    known = _quoted.get(content)
                    if known is None:
                        known = _quoted.learn(content, content)
                else:
                    known = _plain.get(content, _ABSENT)
                    if known is _ABSENT:
                        known = _scalar(content, child)
                mapping[text] = known
            else:
                mapping[text] = _value(child)
        if len(mapping) != len(pairs):
            raise _CareNeededError
        return mapping
    if kind is ScalarNode:
        if node.tag is not None:
            raise _CareNeededError
        if node.style:
            return node.value
        known = _plain.get(node.value, _ABSENT)
        return known if known is not _ABSENT else _scalar(node.value, node)
    return [_value(child) for child in node.value]


def _scalar(text: str, node: Any) -> Any:
    value = plain(text)
    if value.__class__ is float:
        try:
            value = json_number(value)
        except ScalarError as error:
            raise YamlError(str(error), node.start_mark.index) from None
    return _plain.learn(text, value)


def _key(text: str) -> str:
    if text == "<<":
        raise _CareNeededError
    try:
        key = key_text(plain(text))
    except ScalarError:
        raise _CareNeededError from None
    return str(_keys.learn(text, key))


def yaml_to_value(text: str | bytes) -> Any:
    """Return the JSON value of the first document of a YAML text.

    It is what ``YAMLToJSON`` of sigs.k8s.io/yaml gives: of a key that stands twice
    the last one counts. Raises YamlError.
    """
    return document_value(_text(text)).value


def yaml_to_value_strict(text: str | bytes) -> Any:
    """Return the same, but refuse keys that stand twice in one mapping.

    Raises YamlError, whose message lists each such key as ``YAMLToJSONStrict`` does.
    """
    read = careful_value(_text(text))
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
