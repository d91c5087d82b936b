"""Colour: a few ANSI styles, put on at the last moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Paint = Callable[[str, str], str]
"""Takes a text and the name of its style; an empty name is no style."""

FRAME: Final = "frame"
"""Arrows, bars, line numbers and the marks of related places."""

# Three styles carry the names of the severities. Those of a plan's states are the
# colours of Okabe and Ito, as near as a palette of 256 has them.
_STYLES: Final = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "info": "\x1b[1;36m",
    FRAME: "\x1b[1;34m",
    "pinned": "\x1b[38;5;32m",
    "simulated": "\x1b[38;5;74m",
    "held": "\x1b[38;5;36m",
    "reserved": "\x1b[38;5;172m",
    "api-server": "\x1b[38;5;175m",
    "dns": "\x1b[38;5;175m",
    "collision": "\x1b[1;38;5;166m",
    "unplaced": "\x1b[1;38;5;166m",
}


def plain(text: str, style: str) -> str:
    """Return the text as it is."""
    return text


def ansi(text: str, style: str) -> str:
    """Return the text between the escapes of a style."""
    if not text or not style:
        return text
    return f"{_STYLES[style]}{text}\x1b[0m"


def painter(*, color: bool) -> Paint:
    """Return the function that colours, or the one that does not."""
    return ansi if color else plain
