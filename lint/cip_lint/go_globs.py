"""Shell patterns as Go matches them, for ``.helmignore`` and for values of variables.

Follows ``Match`` of ``path/filepath`` of Go: a star ends where what follows it is first
found, and nothing is tried again, so that no pattern takes long.
"""

from __future__ import annotations

import re

from cip_lint.patterns import pattern

_CLASS = pattern(
    r"(?s)(?P<not>\^?+)(?P<ranges>(?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+)\]"
)
_RANGE = pattern(r"(?s)(\\.|[^\\])(?:-(\\.|[^\\]))?")


def compiled(
    glob: str, *, separator: str = "", longest: bool = True
) -> re.Pattern[str] | None:
    """Return what matches as a pattern does; None: Go takes it for a bad one.

    ``separator`` is the character that stars and question marks do not stand for;
    those of classes do. With ``fullmatch`` it is held against a whole text. With
    ``match`` it is the longest or shortest beginning of a text, but never an empty
    one where the pattern is a star alone: the last star decides how much that is.
    """
    any_one = f"[^{re.escape(separator)}]" if separator else "."
    chunks = _chunks(glob, any_one)
    if chunks is None:
        return None
    first, *others = chunks
    # A single star, in no company, would be content with nothing.
    fewest = f"{any_one}*?" if any(chunks) else f"{any_one}+?"
    star = f"{any_one}*" if longest else fewest
    last = f"{star}{others.pop()}" if others else ""
    between = "".join(f"(?>{any_one}*?{one})" for one in others)
    return re.compile(f"(?s){first}{between}{last}")


def _chunks(glob: str, any_one: str) -> list[str] | None:
    """Return the expressions between the stars of a pattern; None: a bad one."""
    chunks, at = [""], 0
    while at < len(glob):
        character = glob[at]
        at += 1
        if character == "*":
            chunks += [""] if chunks[-1] or len(chunks) == 1 else []
        elif character == "?":
            chunks[-1] += any_one
        elif character == "[":
            end = _CLASS.match(glob, at)
            if end is None:
                return None
            chunks[-1] += _class(end["ranges"], is_negated=bool(end["not"]))
            at = end.end()
        elif character == "\\" and at == len(glob):
            return None
        elif character == "\\":
            chunks[-1] += re.escape(glob[at])
            at += 1
        else:
            chunks[-1] += re.escape(character)
    return chunks


def _class(ranges: str, *, is_negated: bool) -> str:
    parts = ""
    for first, last in _RANGE.findall(ranges):
        start, end = first[-1], (last or first)[-1]
        if start <= end:  # Nothing lies in a range that goes backwards.
            parts += f"{re.escape(start)}-{re.escape(end)}"
    if not parts:
        return "." if is_negated else "(?!)"
    return f"[{'^' if is_negated else ''}{parts}]"
