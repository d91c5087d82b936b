"""Signs in a text of what libyaml's nodes and events do not show, or show otherwise."""

from __future__ import annotations

import re

from cip_lint.patterns import pattern

# It begins with the rare character, so that scripts are searched at full speed.
_DIRECTIVE = pattern(r"%(?:(?<=^%)|(?<=\ufeff%))", re.MULTILINE)
_BEFORE_PROPERTY = frozenset("[]{},:-?")
"""What an anchor or a tag may stand behind, beside white space."""
_DEEP_COMPACT = pattern(r"(?:[-?:][ \t]+){100}")
_DEEP_INDENT = " " * 500
_MANY_BRACKETS = 4_000
_COULD_BE_DEEP = 10_000
"""The length of a text from which nesting could be too deep for the C stack."""


def has_pitfalls(text: str) -> bool:
    """Tell whether a text may hold what libyaml does not even hint at."""
    return bool(
        ("%" in text and _DIRECTIVE.search(text))
        or ("\\" in text and ("\\/" in text or "\\'" in text))
        or "\ufeff" in text
    )


def may_be_deep(text: str) -> bool:
    """Tell whether nodes may nest deeper than the C stack allows."""
    return len(text) > _COULD_BE_DEEP and (
        text.count("{") + text.count("[") > _MANY_BRACKETS
        or _DEEP_INDENT in text
        or _DEEP_COMPACT.search(text) is not None
    )


def may_hold_flow_keys(text: str) -> bool:
    """Tell whether ``?`` may stand in a flow collection: there grammars differ."""
    return "?" in text and ("[" in text or "{" in text)


def property_marks(text: str) -> set[int]:
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
