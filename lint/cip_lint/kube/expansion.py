"""``$(NAME)`` in values of variables, commands and arguments.

The grammar is the kubelet's (``third_party/forked/golang/expansion/expand.go``): it
is read from left to right, once; ``$$`` stands for ``$``, ``$(NAME)`` up to the first
``)`` for the value of NAME, and everything else for itself. What a value holds is
not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cip_lint.records import NamedTuple


class Piece(NamedTuple):
    """A part of a text that may refer to variables."""

    text: str
    """What stands for itself, with ``$$`` as ``$``; a whole ``$(NAME)``."""
    name: str | None
    """The variable that is referred to; None for a part that stands for itself."""
    start: int
    """Where it begins in the text that was read, in code points."""


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text in order, in time that is linear."""
    last = text.rfind(")")
    plain, begun, cursor = 0, 0, 0
    kept: list[str] = []
    while (cursor := text.find("$", cursor)) >= 0:
        if text.startswith("$", cursor + 1):
            kept.append(text[plain : cursor + 1])
            plain = cursor = cursor + 2
        elif text.startswith("(", cursor + 1) and cursor < last:
            closer = text.index(")", cursor)
            kept.append(text[plain:cursor])
            if any(kept):
                yield Piece("".join(kept), None, begun)
            kept = []
            yield Piece(text[cursor : closer + 1], text[cursor + 2 : closer], cursor)
            plain = begun = cursor = closer + 1
        else:
            cursor += 1
    kept.append(text[plain:])
    if any(kept):
        yield Piece("".join(kept), None, begun)


def references(text: str) -> Iterator[Piece]:
    """Yield what a text refers to, in order."""
    if "$(" in text:
        for piece in pieces(text):
            if piece.name is not None:
                yield piece


def expand(text: str, lookup: Callable[[str], str | None]) -> str:
    """Return a text with values in the place of references.

    A reference to what ``lookup`` does not know stays as it is.
    """
    if "$" not in text:
        return text
    return "".join(_resolved(piece, lookup) for piece in pieces(text))


def _resolved(piece: Piece, lookup: Callable[[str], str | None]) -> str:
    value = None if piece.name is None else lookup(piece.name)
    return piece.text if value is None else value
