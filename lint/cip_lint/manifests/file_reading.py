"""One file: its text -> the objects in it, and what is no object or is lost.

``read_text`` is a pure function. It reads on behind a broken document, where kubectl
would lose the rest of the file: every object that somebody wrote is worth checking.
What kubectl itself would make of the file is said by the losses, and by
``kubectl.read_stream``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.manifests import losses, recognition
from cip_lint.manifests.json_text import (
    JsonError,
    read_value,
    skip_blank,
    without_halves,
)
from cip_lint.manifests.kubectl import MOST_JSON_VALUES, continues_as_yaml, expand
from cip_lint.manifests.places import MARKER, DocumentPlaces, comments
from cip_lint.manifests.recognition import (
    EMPTY,
    KUSTOMIZATION,
    KUSTOMIZATION_NAMES,
    NOT_KUBERNETES,
    NOT_NEEDED,
    TEMPLATE,
    UNREADABLE,
)
from cip_lint.manifests.split import Piece, cut, looks_like_json, normalised
from cip_lint.manifests.tree import json_tree, repeated_keys
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Loss, Resource, Severity, SourceFile, Span
from cip_lint.records import NamedTuple


class Landmark(NamedTuple):
    """A file that says how others are sent together.

    ``kind`` is ``kustomization``, ``chart``, ``fleet`` or the name of a program;
    ``body`` what it holds, where that says more.
    """

    kind: str
    path: str
    body: Mapping[str, Any]


class FileReading:
    """What one file holds."""

    __slots__ = (
        "documents",
        "is_commented",
        "landmarks",
        "losses",
        "resources",
        "source",
    )

    def __init__(self, source: SourceFile, *, is_commented: bool = False) -> None:
        self.source = source
        self.resources: list[Resource] = []
        self.losses: list[Loss] = []
        self.landmarks: list[Landmark] = []
        self.documents: defaultdict[str, int] = defaultdict(int)
        """Documents by their fate; counted by no ``Counter``, which is Python."""
        self.is_commented = is_commented
        """Whether a comment in it may name cip-lint."""

    def has_loss(self, severity: Severity) -> bool:
        """Whether a loss of a severity was noted: one of each is told for a file."""
        return any(loss.severity is severity for loss in self.losses)

    def comments(self) -> Iterator[Span]:
        """Yield the comments of its YAML documents that name cip-lint."""
        if not looks_like_json(self.source.text):
            for piece in cut(self.source.text).pieces:
                for span, _ in comments(self.source, *piece):
                    yield span


def read_text(source: SourceFile, replaced: int | None) -> FileReading:
    """Read one file: its objects, and what cannot be read or is lost.

    ``replaced`` is the offset of the first bytes that are no UTF-8.
    """
    file = FileReading(source, is_commented=MARKER in source.text)
    if looks_like_json(source.text) and _read_json(file):
        pass
    else:
        _read_yaml(file)
    if replaced is not None and (file.resources or not file.losses):
        file.losses.insert(0, losses.not_utf8(source, replaced))
    return file


def _read_json(file: FileReading) -> bool:
    """Read a stream of JSON values; False where the text is YAML after all."""
    text = without_halves(file.source.text)
    at, index = skip_blank(text, 0), 0
    while at < len(text):
        try:
            value, end, repeats = read_value(text, at)
        except JsonError as error:
            if index == 0:
                return False
            goes_on = index < MOST_JSON_VALUES and continues_as_yaml(text, at)
            if not goes_on:
                _lose(file, error.offset, error.message)
            elif file.resources and not text.startswith("---", at):
                _note_text_behind(file, at)
            if goes_on or text.startswith("---", at):
                _read_yaml(file, at, index)
            return True
        piece = Piece(at, end)
        repeated = repeated_keys(json_tree(text, at, end)) if repeats else ()
        _take(file, value, piece, index, is_json=True, repeated=tuple(repeated))
        index += 1
        at = skip_blank(text, end)
    return True


def _note_text_behind(file: FileReading, start: int) -> None:
    """Note text that begins no document of its own and is no object either.

    kubectl reads it as YAML, and ends with an error; up to 1.32 it does not even look
    at what follows. Raises no ``YamlError``: it was read already.
    """
    source = file.source
    first = cut(source.text, start).pieces[0]
    value = document_value(normalised(source.text[slice(*first)])).value
    if value is not None and (
        recognition.reason_by_content(value) == recognition.NOT_KUBERNETES
    ):
        lost = losses.behind_json(source, first)
        file.losses += [] if lost is None else [lost]


def _read_yaml(file: FileReading, start: int = 0, index: int = 0) -> None:
    source = file.source
    pieces, faults = cut(source.text, start)
    for fault in faults[:1]:
        text = source.text[slice(*fault)]
        if not recognition.has_template_marks(text):
            file.documents[UNREADABLE] += 1
            file.losses.append(losses.odd_separator(source, fault))
    is_broken_separator = bool(file.losses)
    for number, piece in enumerate(pieces, index):
        _read_document(file, piece, number, is_broken_separator)


def _read_document(
    file: FileReading, piece: Piece, index: int, broken_separator: bool
) -> None:
    text = file.source.text[piece.start : piece.end]
    if recognition.is_unneeded(text):
        file.documents[NOT_NEEDED] += 1
        return
    handed_on = normalised(text)
    try:
        read_document = document_value(handed_on)
    except YamlError as error:
        if recognition.has_template_marks(text) or recognition.awaits_values(
            handed_on, error.offset
        ):
            file.documents[TEMPLATE] += 1
            return
        if broken_separator and text.startswith("---"):
            file.documents[UNREADABLE] += 1
            return
        offset = written_offset(text, error.offset or 0)
        at = min(piece.start + offset, max(piece.end - 1, piece.start))
        _lose(file, at, error.message)
        return
    if read_document.value is None:
        file.documents[EMPTY] += 1
        return
    if read_document.end < len(handed_on) - 1:
        end = written_offset(text, read_document.end)
        lost = losses.behind_the_end(file.source, piece, piece.start + end)
        if lost is not None and not file.has_loss(Severity.WARNING):
            file.losses.append(lost)
    _take(
        file,
        read_document.value,
        piece,
        index,
        is_json=False,
        repeated=read_document.repeated,
        of_lines=read_document.of_lines,
    )


def _lose(file: FileReading, offset: int, message: str) -> None:
    """Note the first fault of a file; the file's other documents are read on."""
    before = sum(file.documents.values())
    file.documents[UNREADABLE] += 1
    if not file.has_loss(Severity.ERROR):
        last = file.resources[-1] if file.resources else None
        file.losses.append(losses.broken(file.source, offset, message, before, last))


def written_offset(text: str, offset: int) -> int:
    """Return where an offset of the text that is handed on stands in the file.

    Each line end of two characters is handed on as one.
    """
    at = text.find("\r\n")
    while 0 <= at < offset:
        offset += 1
        at = text.find("\r\n", at + 2)
    return offset


def _take(
    file: FileReading,
    value: Any,
    piece: Piece,
    index: int,
    *,
    is_json: bool,
    repeated: tuple[tuple[str | int, ...], ...] = (),
    of_lines: bool = False,
) -> None:
    """Add the objects of one document."""
    if value is None:
        file.documents[EMPTY] += 1
        return
    if isinstance(value, dict) and "items" in value and _is_list(value):
        if recognition.is_local_list(value):
            file.documents[recognition.LOCAL] += 1
            return
        _take_items(file, value, piece, index, is_json=is_json, repeated=repeated)
        return
    reason = recognition.reason_by_content(value)
    if reason == KUSTOMIZATION and file.source.path.rpartition("/")[2] not in (
        KUSTOMIZATION_NAMES
    ):
        reason = recognition.LOCAL
    if not reason and not is_json:
        text = file.source.text
        if recognition.holds_tokens(value, text, piece.start, piece.end):
            reason = TEMPLATE
    if reason:
        file.documents[reason] += 1
        return
    places = DocumentPlaces(
        file.source,
        piece.start,
        piece.end,
        index=index,
        is_json=is_json,
        of_lines=of_lines,
    )
    file.documents["read"] += 1
    file.resources.append(Resource(value, places, repeated))


def _refuse_list(
    file: FileReading,
    value: Mapping[str, Any],
    piece: Piece,
    index: int,
    message: str,
    *,
    is_json: bool,
) -> None:
    """Note a list that kubectl refuses as a whole, if objects are lost with it."""
    if not any(map(_names_an_object, value["items"])):
        file.documents[NOT_KUBERNETES] += 1
        return
    file.documents[UNREADABLE] += 1
    if not file.has_loss(Severity.ERROR):
        places = DocumentPlaces(
            file.source, piece.start, piece.end, index=index, is_json=is_json
        )
        file.losses.append(losses.refused_list(Resource(value, places), message))


def _names_an_object(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("apiVersion"), str)
        and isinstance(item.get("kind"), str)
    )


def _is_list(value: Mapping[str, Any]) -> bool:
    """Whether a document with ``items`` is a list of objects."""
    items = value["items"]
    return (
        isinstance(items, list)
        and isinstance(value.get("kind"), str)
        and (
            all(isinstance(item, dict) or item is None for item in items)
            or any(map(_names_an_object, items))
        )
    )


def _take_items(
    file: FileReading,
    value: Any,
    piece: Piece,
    index: int,
    *,
    is_json: bool,
    repeated: tuple[tuple[str | int, ...], ...],
) -> None:
    """Add the items of a list; one that is no object is counted like a document."""
    try:
        bodies = list(expand(value))
    except ValueError as error:
        # kubectl refuses the whole list: one in a list, or metadata of a wrong type.
        _refuse_list(file, value, piece, index, str(error), is_json=is_json)
        return
    file.documents["read"] += 1
    for item, body in enumerate(bodies):
        reason = (
            NOT_KUBERNETES
            if isinstance(body, str)
            else recognition.reason_by_content(body)
        )
        if isinstance(body, str) or reason:
            file.documents[reason] += 1
            continue
        places = DocumentPlaces(
            file.source, piece.start, piece.end, index=index, item=item, is_json=is_json
        )
        below = tuple(path[2:] for path in repeated if path[:2] == ("items", item))
        file.resources.append(Resource(body, places, below))
