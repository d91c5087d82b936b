"""The JSON Schemas of what cip-lint reads and writes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def text(name: str) -> str:
    """Return the text of a schema: ``config`` for ``config.schema.json``."""
    return (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def load(name: str) -> dict[str, Any]:
    """Return a schema as a value; it is shared and must not be changed."""
    schema: dict[str, Any] = json.loads(text(name))
    return schema
