"""A run's files -> objects, and an account of everything that is no object.

``read_text`` is a pure function of one file. It reads on behind a broken document,
where kubectl would lose the rest of the file: every object that somebody wrote is
worth checking. What kubectl itself would make of the file is said by the losses, and
by ``kubectl.read_stream``.
"""

from __future__ import annotations

import gc
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cip_lint.errors import InputError
from cip_lint.manifests import recognition
from cip_lint.manifests.discovery import STDIN, Found, discover
from cip_lint.manifests.json_text import (
    JsonError,
    read_value,
    skip_blank,
    without_halves,
)
from cip_lint.manifests.kubectl import expand
from cip_lint.manifests.nodes import YamlError
from cip_lint.manifests.places import MARKER, DocumentPlaces, comments
from cip_lint.manifests.recognition import (
    EMPTY,
    KUSTOMIZATION,
    KUSTOMIZATION_NAMES,
    NOT_KUBERNETES,
    NOT_NEEDED,
    TEMPLATE,
    TOO_LARGE,
    UNREADABLE,
)
from cip_lint.manifests.split import Piece, cut, looks_like_json, normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.tree import json_tree, repeated_keys
from cip_lint.manifests.values import document_value
from cip_lint.manifests.workers import mapped, worker_count
from cip_lint.model import Label, Loss, Resource, Severity, SourceFile, Span

MAX_FILE_BYTES = 64 << 20
SourceReader = Callable[[str, bytes], str | None]

_CONTENT = re.compile(r"^(?!---(?:[ \t]|$))[ \t]*[^\s#]", re.MULTILINE)
"""A line of a document that is neither blank nor a comment."""
_BEHIND = re.compile(r"[ \t]*(?:#[^\n]*)?\r?\n?")
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


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a run reads."""

    exclude: tuple[str, ...] = ()
    """Patterns of a gitignore file, for paths as they are printed."""
    gitignore: bool = True
    root: Path = field(default_factory=Path.cwd)
    """Paths are printed relative to it."""
    stdin_filename: str | None = None
    max_file_bytes: int = MAX_FILE_BYTES
    sources: Mapping[str, SourceReader] = field(default_factory=dict)
    """Readers of plugins, by name ending."""
    jobs: int | None = None
    """How many processes read; None: as many as are worth it."""


class Landmark(NamedTuple):
    """A file that says how others are sent together.

    ``kind`` is ``kustomization``, ``chart`` or ``fleet``; ``body`` what it holds.
    """

    kind: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of one file that was met."""

    path: str
    argument: str
    """The command-line path it was found by."""
    reason: str
    """Why nothing of it was read; empty where something was."""
    documents: Mapping[str, int] = field(default_factory=dict)
    """Documents by their fate: ``read``, or the reason why not."""
    objects: int = 0


@dataclass(slots=True)
class FileReading:
    """What one file holds."""

    source: SourceFile
    resources: list[Resource] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    landmarks: list[Landmark] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)

    def comments(self) -> Iterator[Span]:
        """Yield the comments of its YAML documents that name cip-lint."""
        if not looks_like_json(self.source.text):
            for piece in cut(self.source.text).pieces:
                for span, _ in comments(self.source, *piece):
                    yield span

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel from a worker as plain values: a third of the time of objects."""
        objects = [
            (one.body, one.repeated_keys, one.places.numbers)
            for one in self.resources
            if isinstance(one.places, DocumentPlaces)
        ]
        rare = None
        if self.losses or self.landmarks or self.documents != {"read": len(objects)}:
            losses = [_values_of(loss) for loss in self.losses]
            rare = (losses, self.landmarks, dict(self.documents))
        return _restored, (self.source.path, self.source.text, objects, rare)


def _restored(
    path: str, text: str, objects: list[Any], rare: tuple[Any, ...] | None
) -> FileReading:
    """Return a file reading from the plain values it travelled as."""
    source = SourceFile(path, text)
    resources = [
        Resource(body, DocumentPlaces.of_numbers(source, numbers), repeated)
        for body, repeated, numbers in objects
    ]
    if rare is None:
        documents = Counter(read=len(objects))
        return FileReading(source, resources, documents=documents)
    values, landmarks, counts = rare
    losses = [_loss_of(source, *loss) for loss in values]
    return FileReading(source, resources, losses, landmarks, Counter(counts))


def _values_of(loss: Loss) -> tuple[Any, ...]:
    labels = [
        (label.span.start, label.span.end, label.text, label.field)
        for label in (loss.label, *loss.related)
    ]
    return loss.message, str(loss.severity), loss.help, labels


def _loss_of(
    source: SourceFile, message: str, severity: str, advice: str, labels: list[Any]
) -> Loss:
    primary, *related = (
        Label(Span(source, start, end), text, path) for start, end, text, path in labels
    )
    return Loss(message, primary, Severity(severity), advice, tuple(related))


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a run has read, in the order in which kubectl would send it."""

    resources: Sequence[Resource]
    files: Sequence[FileAccount]
    losses: Sequence[Loss]
    landmarks: Sequence[Landmark]
    skipped: Mapping[str, int]
    """Documents and whole files that were not checked, by reason."""
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    """The files that were read, by path."""
    _commented: Sequence[FileReading] = ()

    @property
    def documents(self) -> int:
        """How many documents were met in the files that were read."""
        return sum(sum(account.documents.values()) for account in self.files)

    def comments(self) -> Iterator[Span]:
        """Yield the comments that name cip-lint, without those in scalars."""
        for file in self._commented:
            yield from file.comments()

    def header_comments(self) -> Iterator[Span]:
        """Yield those of them that stand before the first document of their file."""
        for file in self._commented:
            first = _CONTENT.search(file.source.text)
            limit = first.start() if first else len(file.source.text)
            for span in file.comments():
                if span.start < limit:
                    yield span


def read(
    paths: Sequence[str],
    options: ReadOptions,
    stdin: bytes | None = None,
    progress: Callable[[int], None] | None = None,
) -> Reading:
    """Read every manifest below the paths; ``-`` stands for ``stdin``.

    ``progress`` is told how many files are done. Raises ``InputError`` for a path
    that is not there, and for a named file that cannot be opened.
    """
    files: list[FileReading] = []
    accounts: list[FileAccount] = []

    def outcome(one: Found) -> FileReading | str:
        return _outcome(one, options, stdin if one.argument == STDIN else None)

    with _without_collector():
        met = [*_named_stdin(paths, options, stdin), *_found(paths, options)]
        outcomes = mapped(met, outcome, worker_count(len(met), options.jobs))
        for number, (one, file) in enumerate(zip(met, outcomes, strict=True), 1):
            if isinstance(file, str):
                accounts.append(FileAccount(one.path, one.argument, file))
            else:
                files.append(file)
                accounts.append(_account(one, file))
            if progress is not None:
                progress(number)
    return Reading(
        [resource for file in files for resource in file.resources],
        accounts,
        [loss for file in files for loss in file.losses],
        [landmark for file in files for landmark in file.landmarks],
        _skipped(accounts),
        {file.source.path: file.source for file in files},
        [file for file in files if MARKER in file.source.text],
    )


def relevant_documents(
    paths: Sequence[str], options: ReadOptions
) -> Iterator[tuple[str, bytes]]:
    """Yield path and text of each document that ``read`` composes.

    For measurements: it makes the same choice and does nothing with the text.
    """
    for found in _found(paths, options):
        data = found.reason or _bytes(found, options.max_file_bytes)
        if isinstance(data, str):
            continue
        text = decode(data).text
        if recognition.reason_by_name(found.path, in_chart=found.in_chart):
            continue
        for piece in cut(text).pieces:
            document = text[piece.start : piece.end]
            if not recognition.is_unneeded(document):
                yield found.file, normalised(document).encode("utf-8", "replace")


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cycle collector away: values have no cycles, and there are many."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # Else the next collection would walk all that was read, to find nothing.
            gc.freeze()
            gc.enable()


def _named_stdin(
    paths: Sequence[str], options: ReadOptions, stdin: bytes | None
) -> Iterator[Found]:
    if STDIN in paths and stdin is not None:
        name = options.stdin_filename or STDIN
        yield Found(name, name, STDIN, True, "", None)


def _found(paths: Sequence[str], options: ReadOptions) -> Iterator[Found]:
    return discover(
        paths,
        options.root,
        exclude=options.exclude,
        gitignore=options.gitignore,
        endings=tuple(options.sources),
    )


def _outcome(
    found: Found, options: ReadOptions, stdin: bytes | None
) -> FileReading | str:
    """Return what one file holds, or why it is not read."""
    if found.reason:
        return found.reason
    if stdin is None:
        data = _bytes(found, options.max_file_bytes)
    else:
        data = stdin if len(stdin) <= options.max_file_bytes else TOO_LARGE
    return data if isinstance(data, str) else _read_file(found, data, options)


def _bytes(found: Found, limit: int) -> bytes | str:
    try:
        # Unbuffered, and no more room than the file says it needs: a third of the
        # time of a buffered read for files of a kilobyte.
        with open(found.file, "rb", buffering=0) as file:  # noqa: PTH123
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                data = _all_of(file, limit)
            elif status.st_size > limit:
                return TOO_LARGE
            else:
                data = file.read(status.st_size + 1) or b""
    except OSError as error:
        if found.named:
            why = (error.strerror or str(error)).lower()
            raise InputError(f"{found.argument}: {why}") from None
        return UNREADABLE
    return data if len(data) <= limit else TOO_LARGE


def _all_of(pipe: io.FileIO, limit: int) -> bytes:
    """Return what comes out of a pipe, and a little more than the limit at most."""
    parts: list[bytes] = []
    while limit >= 0 and (part := pipe.read(1 << 16)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _read_file(found: Found, data: bytes, options: ReadOptions) -> FileReading | str:
    for ending, reader in options.sources.items():
        if found.path.endswith(ending):
            made = reader(found.path, data)
            if made is None:
                return NOT_KUBERNETES
            return read_text(SourceFile(found.path, made), None)
    text, replaced = decode(data)
    name = found.path.rpartition("/")[2]
    reason = recognition.reason_by_name(found.path, in_chart=found.in_chart)
    source = SourceFile(found.path, text)
    if reason == KUSTOMIZATION:
        return _landmark(source, "kustomization")
    if name in ("Chart.yaml", "fleet.yaml", "fleet.yml"):
        return _landmark(source, "chart" if name == "Chart.yaml" else "fleet")
    if reason == TEMPLATE or (
        reason and not found.named and not recognition.names_a_kind(text)
    ):
        return reason
    return read_text(source, replaced)


def _landmark(source: SourceFile, kind: str) -> FileReading:
    """Read a file that is settings of a program; a fault in it is not ours to say."""
    file = FileReading(source)
    body: Any = None
    pieces = cut(source.text).pieces
    if pieces:
        try:
            body = document_value(normalised(source.text[slice(*pieces[0])])).value
        except YamlError:
            body = None
    file.landmarks.append(
        Landmark(kind, source.path, body if isinstance(body, dict) else {})
    )
    is_kustomization = kind == "kustomization"
    file.documents[KUSTOMIZATION if is_kustomization else recognition.CHART] += 1
    return file


def read_text(source: SourceFile, replaced: int | None) -> FileReading:
    """Read one file: its objects, and what cannot be read or is lost.

    ``replaced`` is the offset of the first bytes that are no UTF-8.
    """
    file = FileReading(source)
    if looks_like_json(source.text) and _read_json(file):
        pass
    else:
        _read_yaml(file)
    if replaced is not None and (file.resources or not file.losses):
        span = Span(source, replaced, replaced + 1)
        file.losses.insert(
            0,
            Loss(
                "bytes that are no UTF-8 are replaced by U+FFFD",
                Label(span, "not UTF-8"),
                Severity.WARNING,
                "save the file as UTF-8",
            ),
        )
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
            if text.startswith("---", at):
                _read_yaml(file, at, index)
            else:
                _lose(file, error.offset, error.message, 0)
            return True
        piece = Piece(at, end)
        repeated = repeated_keys(json_tree(text, at, end)) if repeats else ()
        _take(file, value, piece, index, is_json=True, repeated=tuple(repeated))
        index += 1
        at = skip_blank(text, end)
    return True


def _read_yaml(file: FileReading, start: int = 0, index: int = 0) -> None:
    source = file.source
    pieces, faults = cut(source.text, start)
    for fault in faults[:1]:
        text = source.text[slice(*fault)]
        if not recognition.has_template_marks(text):
            _lose(
                file,
                fault.start,
                "a line `---` with other text ends the file for kubectl",
                len(pieces) - 1,
                "put the text on a line of its own",
            )
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
        if recognition.has_template_marks(text):
            file.documents[TEMPLATE] += 1
            return
        if broken_separator and text.startswith("---"):
            file.documents[UNREADABLE] += 1
            return
        offset = _written_offset(text, error.offset or 0)
        _lose(file, piece.start + offset, error.message, index)
        return
    if read_document.value is None:
        file.documents[EMPTY] += 1
        return
    if read_document.end < len(handed_on) - 1:
        end = _written_offset(text, read_document.end)
        _note_lost_text(file, text, piece, end)
    _take(
        file,
        read_document.value,
        piece,
        index,
        is_json=False,
        repeated=read_document.repeated,
    )


def _written_offset(text: str, offset: int) -> int:
    """Return where an offset of the text that is handed on stands in the file.

    Each line end of two characters is handed on as one.
    """
    at = text.find("\r\n")
    while 0 <= at < offset:
        offset += 1
        at = text.find("\r\n", at + 2)
    return offset


def _note_lost_text(file: FileReading, text: str, piece: Piece, end: int) -> None:
    """Note what stands behind the root node of a document: kubectl drops it."""
    lost = _lost(text, end)
    if lost is None or any(loss.severity is Severity.WARNING for loss in file.losses):
        return
    start = piece.start + lost
    line_end = file.source.text.find("\n", start, piece.end)
    stop = piece.end if line_end < 0 else line_end
    behind = file.source.text[start:stop].rstrip()
    span = Span(file.source, start, start + max(len(behind), 1))
    message = "what stands behind the end of the document is lost"
    file.losses.append(
        Loss(
            message,
            Label(span, "never read"),
            Severity.WARNING,
            "part documents by a line `---`, and correct the indentation",
        )
    )


def _lost(text: str, end: int) -> int | None:
    """Return where lost text begins, behind blank lines, comments and ``...``."""
    at = end
    while at < len(text):
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        line = text[at:line_end].strip()
        if line and not line.startswith("#") and line != "...":
            return at + text[at:line_end].index(line[0])
        at = line_end + 1
    return None


def _lose(
    file: FileReading, offset: int, message: str, index: int, advice: str = ""
) -> None:
    """Note the first fault of a file; the file's other documents are read on."""
    file.documents[UNREADABLE] += 1
    if any(loss.severity is Severity.ERROR for loss in file.losses):
        return
    source = file.source
    at = min(offset, max(len(source.text) - 1, 0))
    while at > 0 and source.text[at : at + 1] in ("\n", "\r", ""):
        at -= 1
    span = Span(source, at, min(at + 1, len(source.text)))
    line = source.position(at).line
    before = sum(file.documents.values()) - 1
    if not advice:
        advice = (
            f"fix the syntax; kubectl stops at line {line} and does not see what "
            "stands behind it"
        )
        if before:
            what = "document" if before == 1 else f"{before} documents"
            advice += (
                f", the {what} before it are read"
                if before > 1
                else (", the document before it is read")
            )
    related = file.resources[-1:]
    file.losses.append(
        Loss(
            f"cannot be read: {_plain_words(message, source.text, at)}",
            Label(span, "the fault is found here"),
            Severity.ERROR,
            advice,
            tuple(
                resource.label("kind", text="the last object that kubectl reads")
                for resource in related
            ),
        )
    )


def _plain_words(message: str, text: str, at: int) -> str:
    if message.startswith("found character") and text[at : at + 1] == "\t":
        return "found a tab where indentation was expected"
    return _WORDS.get(message, message)


def _take(
    file: FileReading,
    value: Any,
    piece: Piece,
    index: int,
    *,
    is_json: bool,
    repeated: tuple[tuple[str | int, ...], ...] = (),
) -> None:
    """Add the objects of one document."""
    if value is None:
        file.documents[EMPTY] += 1
        return
    if isinstance(value, dict) and "items" in value and _is_list(value):
        _take_items(file, value, piece, index, is_json=is_json, repeated=repeated)
        return
    reason = recognition.reason_by_content(value)
    if reason == KUSTOMIZATION and file.source.path.rpartition("/")[2] not in (
        KUSTOMIZATION_NAMES
    ):
        reason = recognition.LOCAL
    if reason:
        file.documents[reason] += 1
        return
    places = DocumentPlaces(
        file.source, piece.start, piece.end, index=index, is_json=is_json
    )
    file.documents["read"] += 1
    file.resources.append(Resource(value, places, repeated))


def _is_list(value: Mapping[str, Any]) -> bool:
    """Whether a document with ``items`` is a list of objects."""
    items = value["items"]
    return (
        isinstance(items, list)
        and (not items or all(isinstance(item, dict) or item is None for item in items))
        and isinstance(value.get("kind"), str)
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
    except ValueError:
        # kubectl refuses the whole list: one in a list, or metadata of a wrong type.
        file.documents[NOT_KUBERNETES] += 1
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


def _account(found: Found, file: FileReading) -> FileAccount:
    documents = dict(file.documents)
    reason = ""
    if not documents:
        documents, reason = {}, EMPTY
    elif "read" not in documents:
        # The worst fate speaks for a file of which nothing was read.
        reason = next(
            (one for one in (UNREADABLE, TEMPLATE) if one in documents),
            max(documents, key=lambda one: documents[one]),
        )
    elif TEMPLATE in documents:
        reason = TEMPLATE
    return FileAccount(
        found.path, found.argument, reason, documents, len(file.resources)
    )


def _skipped(accounts: Sequence[FileAccount]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for account in accounts:
        if account.documents:
            counts.update(
                {k: n for k, n in account.documents.items() if k not in ("read", EMPTY)}
            )
        elif account.reason:
            counts[account.reason] += 1
    return dict(sorted(counts.items()))
