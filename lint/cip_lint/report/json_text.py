"""JSON as text: one line for each item of the outer lists, ASCII alone.

Lines keep a report readable and comparable, and the compiled encoder does the rest.
As everything beyond ASCII is escaped, no terminal and no decoder can stumble.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def json_pieces(value: Any, levels: int) -> Iterator[str]:
    """Yield the text of a value in pieces, the same as that of ``json_text``.

    Where it holds an iterator, its items are made one by one, written as those of a
    list, and forgotten: what there is of all of them is never in memory.
    """
    yield from _pieces(value, levels, "\n")
    yield "\n"


def _pieces(value: Any, levels: int, newline: str) -> Iterator[str]:
    inner = f"{newline} "
    if isinstance(value, Iterator):
        first = next(value, None)
        if first is None:
            yield "[]"
            return
        yield f"[{inner}"
        yield from _pieces(first, levels - 1, inner)
        for item in value:
            yield f",{inner}"
            yield from _pieces(item, levels - 1, inner)
        yield "]"
    elif levels and isinstance(value, Mapping) and _holds_iterator(value):
        for number, (key, item) in enumerate(value.items()):
            yield f",{inner}" if number else "{"
            yield f"{json.dumps(key)}: "
            yield from _pieces(item, levels - 1, inner)
        yield "}"
    else:
        yield _text(value, levels, newline)


def _holds_iterator(value: Mapping[str, Any]) -> bool:
    return any(isinstance(item, Iterator) for item in value.values())


def json_text(value: Any, levels: int) -> str:
    """Return the text of a value; its outer ``levels`` have a line for each item."""
    return _text(value, levels, "\n") + "\n"


def _text(value: Any, levels: int, newline: str) -> str:
    if not (levels and _nested(value)):
        return json.dumps(value, ensure_ascii=True)
    inner = f"{newline} "
    if isinstance(value, Mapping):
        items: Iterable[str] = (
            f"{json.dumps(key)}: {_text(item, levels - 1, inner)}"
            for key, item in value.items()
        )
        return "{" + f",{inner}".join(items).lstrip() + "}"
    items = (_text(item, levels - 1, inner) for item in value)
    return f"[{inner}" + f",{inner}".join(items) + "]"


def _nested(value: Any) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value
    return isinstance(value, Mapping | list) and any(
        isinstance(item, Mapping | list) for item in inner
    )
