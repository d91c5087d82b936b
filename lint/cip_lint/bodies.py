"""Parts of an object's body, whatever stands there: hostile values read as absent.

They are read at every step, so the installation compiles ``plain_bodies`` where it can.
"""

from __future__ import annotations

try:
    from cip_lint.compiled_bodies import (
        ABSENT,
        Body,
        integer,
        items,
        mapping,
        mappings,
        natural,
        strings,
        text,
        text_values,
        texts,
    )
except ImportError:
    from cip_lint.plain_bodies import (
        ABSENT,
        Body,
        integer,
        items,
        mapping,
        mappings,
        natural,
        strings,
        text,
        text_values,
        texts,
    )

__all__ = [
    "ABSENT",
    "Body",
    "integer",
    "items",
    "mapping",
    "mappings",
    "natural",
    "strings",
    "text",
    "text_values",
    "texts",
]
