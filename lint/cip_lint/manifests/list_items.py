"""The items of a large list, each by itself: in bounded memory, and found again fast.

kubectl prints a list of 100,000 objects as one document. Composing it as a whole
takes thousands of megabytes, and so does looking for the place of one value in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cip_lint.manifests.json_text import skip_blank
from cip_lint.manifests.split import normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import SourceFile
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_KEY = pattern(r"^items:[ \t]*\n", re.MULTILINE)
_FIRST = pattern(r"( *)-[ \t]")

Extent = tuple[int, int]
"""Start and end of an item, as offsets."""


class ListValue(NamedTuple):
    """The value of a list, and where the text of each item stands."""

    value: dict[str, Any]
    extents: Sequence[Extent]


def list_value(text: str) -> ListValue | None:
    """Read a YAML document that is a list, item by item.

    The text of an item begins with the line of its ``-``, so that it is a sequence
    of one. A line that only looks like the beginning of an item stands within
    quotes or brackets, which are then open where the text before it ends: that is
    no YAML. None for whatever is not a list in block style of more than one item,
    or is not read as its parts are: read it as a whole.
    """
    if "\r" in text or normalised(text) != text:
        return None
    keys = list(_KEY.finditer(text))
    first = _FIRST.match(text, keys[0].end()) if len(keys) == 1 else None
    if first is None:
        return None
    extents = _extents(text, keys[0].end(), len(first[1]))
    if len(extents) < 2:
        return None
    try:
        value = document_value(text[: extents[0][0]] + text[extents[-1][1] :]).value
        if not isinstance(value, dict) or value.get("items", 0) is not None:
            return None
        value = dict(value)
        value["items"] = [_item(text[start:end]) for start, end in extents]
    except YamlError:
        return None
    return ListValue(value, extents)


def _item(text: str) -> Any:
    """Return the only item of a sequence; raises ``YamlError`` for anything else."""
    read = document_value(text)
    if not isinstance(read.value, list) or len(read.value) != 1:
        raise YamlError("not a sequence of one")
    if not all(_is_blank(line) for line in text[read.end :].splitlines()):
        raise YamlError("more than a sequence")
    return read.value[0]


def _is_blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _extents(text: str, start: int, column: int) -> list[Extent]:
    """Return the extents of what look like the items of a sequence at a column."""
    end_of_list = re.compile(rf"^ {{0,{column}}}[^ \n#-]|\Z", re.MULTILINE)
    ending = end_of_list.search(text, start)
    end = ending.start() if ending else len(text)
    mark = re.compile(rf"^ {{{column}}}-[ \t\n]", re.MULTILINE)
    starts = [match.start() for match in mark.finditer(text, start, end)]
    return list(zip(starts, [*starts[1:], end], strict=True))


@lru_cache(maxsize=8)
def json_extents(source: SourceFile, start: int) -> Sequence[Extent]:
    """Return the extents of the items of the JSON list that stands at an offset.

    Empty where there is no such list. Of a key that stands twice the last counts.
    """
    from json import JSONDecodeError, JSONDecoder  # noqa: PLC0415 - of JSON alone

    text = source.text
    found: Sequence[Extent] = ()
    decode = JSONDecoder().raw_decode
    try:
        at = skip_blank(text, start)
        if text[at : at + 1] != "{":
            return ()
        at = skip_blank(text, at + 1)
        while text[at : at + 1] == '"':
            key, at = decode(text, at)
            at = skip_blank(text, skip_blank(text, at) + 1)
            if key == "items" and text[at : at + 1] == "[":
                found, at = _json_items(text, at, decode)
            else:
                _, at = decode(text, at)
            at = skip_blank(text, at)
            if text[at : at + 1] == ",":
                at = skip_blank(text, at + 1)
    except (JSONDecodeError, RecursionError):
        return ()
    return found


def _json_items(text: str, at: int, decode: Any) -> tuple[list[Extent], int]:
    """Return the extents of the items of an array, and the offset behind it."""
    extents: list[Extent] = []
    at = skip_blank(text, at + 1)
    while text[at : at + 1] not in {"]", ""}:
        _, end = decode(text, at)
        extents.append((at, end))
        at = skip_blank(text, end)
        if text[at : at + 1] == ",":
            at = skip_blank(text, at + 1)
    return extents, at + 1
