"""JSON as text: one line for each item of the outer lists, ASCII alone.

Lines keep a report readable and comparable, and the compiled encoder does the rest.
As everything beyond ASCII is escaped, no terminal and no decoder can stumble.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


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
