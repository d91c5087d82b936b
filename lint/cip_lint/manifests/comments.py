"""Comments in texts that no YAML reader understands: templates, files of generators.

Only the lines are looked at: what begins as a comment of YAML, of Go templates or of
the usual languages of settings is one, wherever it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cip_lint.manifests.places import MARKER
from cip_lint.model import SourceFile, Span
from cip_lint.patterns import pattern

_COMMENT = pattern(
    rf"(?:(?<!\S)(?:#|//|;)|/\*)[^\n]*?(?<!\S){re.escape(MARKER)}[^\n]*?"
    r"(?=[ \t]*(?:\*/|\r?$))",
    re.MULTILINE,
)
_CONTENT = pattern(
    r"^(?!---(?:[ \t]|\r?$))(?![ \t]*(?:#|//|\{\{))[ \t]*\S", re.MULTILINE
)
"""A line that is neither blank nor a comment, nor an action of a template."""

_ALONE = pattern(r"[ \t]*(?:#|//|;|/\*|\{\{-?[ \t]*/\*)")


@lru_cache(maxsize=64)
def loose_comments(source: SourceFile) -> tuple[Span, ...]:
    """Return what looks like a comment that names cip-lint, in any text."""
    text = source.text
    if MARKER not in text:
        return ()
    return tuple(Span(source, *one.span()) for one in _COMMENT.finditer(text))


def stands_first(comment: Span) -> bool:
    """Whether a comment stands before all that its file says."""
    return _CONTENT.search(comment.source.text, 0, comment.start) is None


def is_comment_line(line: str) -> bool:
    """Whether a line holds nothing but a comment."""
    return _ALONE.match(line) is not None
