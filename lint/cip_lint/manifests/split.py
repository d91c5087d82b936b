"""Text of a file -> its documents, as kubectl's YAML reader cuts them.

The reader of ``k8s.io/apimachinery/pkg/util/yaml`` knows nothing of YAML: it
cuts at each line that begins with ``---``, and refuses the file where such a
line carries anything but a comment.
"""

from __future__ import annotations

from cip_lint.records import NamedTuple

_SEPARATOR = "---"
_PEEK = 4096
"""How much of a stream kubectl looks at to tell JSON from YAML, in bytes."""


class Piece(NamedTuple):
    """One document of a file: ``text[start:end]``."""

    start: int
    end: int


class Cut(NamedTuple):
    """The documents of a text, and the separator lines with other text in them.

    Each fault is the offset of what stands behind ``---``. kubectl reads nothing
    from the document before the first fault on; here that line begins a document
    of its own, so that the neighbours can still be checked.
    """

    pieces: list[Piece]
    faults: list[Piece]


def cut(text: str, start: int = 0) -> Cut:
    """Cut a text at its separator lines.

    A separator with nothing before it stays in the document that follows, as in
    kubectl: it is legal YAML there.
    """
    pieces: list[Piece] = []
    faults: list[Piece] = []
    if text.startswith(_SEPARATOR, start):
        at = start
    else:
        at = text.find("\n---", start) + 1
        if not at:
            return Cut([Piece(start, len(text))] if start < len(text) else [], faults)
    while True:
        line_end = text.find("\n", at)
        if line_end < 0:
            line_end = len(text)
        behind = text[at + 3 : line_end].strip()
        if behind and behind[0] != "#":
            begin = text.index(behind[0], at + 3)
            faults.append(Piece(begin, begin + len(behind)))
            if at > start:
                pieces.append(Piece(start, at))
            start = at
        elif at > start:
            pieces.append(Piece(start, at))
            start = min(line_end + 1, len(text))
        at = text.find("\n---", line_end) + 1
        if not at:
            break
    if start < len(text):
        pieces.append(Piece(start, len(text)))
    return Cut(pieces, faults)


def looks_like_json(text: str) -> bool:
    """Tell whether kubectl tries JSON first: the first character is ``{``."""
    return text[:_PEEK].lstrip().startswith("{")


def normalised(text: str) -> str:
    r"""Return a document as the reader hands it on: ``\n`` ends every line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") else text + "\n"
