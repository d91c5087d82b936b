"""Hostile text made harmless: every invisible character is written out.

Names, values and paths come from files that nobody vouches for. A raw escape
sequence would move the reader's cursor, a bidirectional control would reorder the
line, a newline would forge a line of output. What has no printable form is shown
as Python would escape it; what is too long is cut in the middle.
"""

from __future__ import annotations

from typing import Final

TEXT_LIMIT: Final = 1_000
"""Code points of one message, label or note that a person is shown."""

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""Return the text with each unprintable character as ``\n`` or ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else escaped(char) for char in text)


def escaped(char: str) -> str:
    r"""Return one character as an escape: ``\t``, ``\x1b``, ``\u202e``."""
    short = _SHORT.get(char)
    if short is not None:
        return short
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def shown(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the text visible, and cut in the middle where it exceeds the limit."""
    if len(text) > limit:
        half = (limit - 5) // 2
        text = f"{text[:half]} ... {text[-half:]}"
    return visible(text)
