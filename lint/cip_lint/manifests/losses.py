"""What cannot be read, or what kubectl drops without a word, as losses with places."""

from __future__ import annotations

from cip_lint.manifests.split import Piece
from cip_lint.model import Label, Loss, Resource, Severity, SourceFile, Span

_WORDS = {
    "found character that cannot start any token": (
        "found a character that cannot start a value"
    ),
    "control characters are not allowed": "found a control character",
    "did not find expected key": "found something else where a key was expected",
    "did not find expected '-' indicator": "found something else where `-` was expected",
    "mapping values are not allowed in this context": (
        "found a second `:` in one line, or a wrong indentation"
    ),
    "could not find expected ':'": "found no `:` behind a key",
    "block sequence entries are not allowed in this context": (
        "found a `-` where a value was expected"
    ),
    "found unexpected end of stream": "found the end of the file inside a quoted text",
}
"""What the scanner says -> what a person is told."""

_REFUSED_LISTS = {
    "an item is not an object": "kubectl refuses a list with an item that is no object",
    "no Items field in this object": "kubectl refuses a list inside a list",
}
"""Why a whole list is refused -> what a person is told."""

_USERS = {
    "kustomization": "kustomize builds nothing of it",
    "chart": "helm cannot load the chart",
    "fleet": "Fleet makes no bundle of the folder",
}
"""What settings are for -> what their program makes of broken ones."""


def broken(
    source: SourceFile, offset: int, message: str, before: int, last: Resource | None
) -> Loss:
    """Return the loss of a document that is neither YAML nor JSON.

    ``before`` is how many documents stand before it in the file, ``last`` the last
    object among them: kubectl reads no farther than that.
    """
    at = min(offset, max(len(source.text) - 1, 0))
    while at > 0 and source.text[at : at + 1] in ("\n", "\r", ""):
        at -= 1
    line = source.position(at).line
    advice = (
        f"fix the syntax; kubectl stops at line {line} and does not see what stands "
        "behind it"
    )
    if before:
        documents = (
            "document before it is"
            if before == 1
            else (f"{before} documents before it are")
        )
        advice += f", the {documents} read"
    return Loss(
        f"cannot be read: {_plain_words(message, source.text, at)}",
        Label(
            Span(source, at, min(at + 1, len(source.text))), "the fault is found here"
        ),
        Severity.ERROR,
        advice,
        ()
        if last is None
        else (last.label("kind", text="the last object that kubectl reads"),),
    )


def broken_settings(source: SourceFile, kind: str, offset: int, message: str) -> Loss:
    """Return the loss of settings of a program that are no YAML.

    ``kind`` is what they are: ``kustomization``, ``chart`` or ``fleet``.
    """
    at = min(offset, max(len(source.text) - 1, 0))
    while at > 0 and source.text[at : at + 1] in ("\n", "\r", ""):
        at -= 1
    return Loss(
        f"cannot be read: {_plain_words(message, source.text, at)}",
        Label(
            Span(source, at, min(at + 1, len(source.text))), "the fault is found here"
        ),
        Severity.ERROR,
        f"fix the syntax; {_USERS[kind]}",
    )


def odd_separator(source: SourceFile, fault: Piece) -> Loss:
    """Return the loss of a line ``---`` with other text: kubectl reads no farther."""
    return Loss(
        "cannot be read: a line `---` with other text ends the file for kubectl",
        Label(Span(source, *fault), "the fault is found here"),
        Severity.ERROR,
        "put the text on a line of its own",
    )


def refused_list(resource: Resource, message: str) -> Loss:
    """Return the loss of a list of objects that kubectl refuses as a whole."""
    return Loss(
        f"cannot be read: {_REFUSED_LISTS.get(message, message)}",
        resource.key_label("items", text="none of these objects is read"),
        Severity.ERROR,
        "write the objects as documents of their own",
    )


def not_utf8(source: SourceFile, offset: int) -> Loss:
    """Return the loss of bytes that are no UTF-8; the first stands at ``offset``."""
    return Loss(
        "bytes that are no UTF-8 are replaced by U+FFFD",
        Label(Span(source, offset, offset + 1), "not UTF-8"),
        Severity.WARNING,
        "save the file as UTF-8",
    )


def behind_the_end(source: SourceFile, piece: Piece, end: int) -> Loss | None:
    """Return the loss of what stands behind the root node of a document.

    ``end`` is the offset behind that node. None where only blank lines, comments
    and ``...`` follow.
    """
    words = _first_words(source, end, piece.end)
    if words is None:
        return None
    return Loss(
        "what stands behind the end of the document is lost",
        Label(words, "never read"),
        Severity.WARNING,
        "part documents by a line `---`, and correct the indentation",
    )


def behind_json(source: SourceFile, piece: Piece) -> Loss | None:
    """Return the loss of text behind a JSON value that is no object itself.

    None where only blank lines, comments and ``...`` stand there.
    """
    words = _first_words(source, *piece)
    if words is None:
        return None
    return Loss(
        "what stands behind the JSON value is no object: kubectl refuses it",
        Label(words, "no Kubernetes object"),
        Severity.WARNING,
        "remove it; older versions of kubectl read nothing from there on",
    )


def _first_words(source: SourceFile, start: int, end: int) -> Span | None:
    """Return the first line of what is neither blank nor a comment."""
    at = _first_word(source.text, start, end)
    if at is None:
        return None
    line_end = source.text.find("\n", at, end)
    stop = end if line_end < 0 else line_end
    return Span(source, at, at + max(len(source.text[at:stop].rstrip()), 1))


def _first_word(text: str, start: int, end: int) -> int | None:
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        line = text[at:line_end].strip()
        if line and not line.startswith("#") and line != "...":
            return at + text[at:line_end].index(line[0])
        at = line_end + 1
    return None


def _plain_words(message: str, text: str, at: int) -> str:
    if message.startswith("found character") and text[at : at + 1] == "\t":
        return "found a tab where indentation was expected"
    return _WORDS.get(message, message)
