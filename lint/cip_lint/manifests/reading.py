"""A run's files -> objects, and an account of everything that is no object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cip_lint.bodies import ABSENT
from cip_lint.errors import InputError
from cip_lint.manifests import recognition
from cip_lint.manifests.discovery import STDIN, Found, discover
from cip_lint.manifests.file_reading import FileReading, Landmark, read_text
from cip_lint.manifests.files import DISK, Files
from cip_lint.manifests.landmarks import (
    first_document,
    landmark_of_sign,
    landmarks_of,
)
from cip_lint.manifests.places import MARKER
from cip_lint.manifests.plain_readings import packed, unpacked
from cip_lint.manifests.recognition import (
    EMPTY,
    KUSTOMIZATION,
    NOT_KUBERNETES,
    NOT_OPENED,
    SNAPSHOT,
    TEMPLATE,
    TOO_LARGE,
    UNREADABLE,
)
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.text import FileIdentity, decode, identity_of
from cip_lint.manifests.values import forget
from cip_lint.manifests.workers import Form, mapped, nothing, worker_count
from cip_lint.model import Loss, Resource, SourceFile, Span

MAX_FILE_BYTES = 64 << 20
SourceReader = Callable[[str, bytes], str | None]
_UNFOLDED = 16 << 20
"""Characters of text that a process keeps as they are: folding them takes time."""
_FORM = Form(packed, unpacked)


class ReadOptions(NamedTuple):
    """How a run reads."""

    exclude: tuple[str, ...] = ()
    """Patterns of a gitignore file, for paths as they are printed."""
    gitignore: bool = True
    root: Path = Path()
    """Paths are printed relative to it; itself is seen from the working folder."""
    stdin_filename: str | None = None
    max_file_bytes: int = MAX_FILE_BYTES
    sources: Mapping[str, SourceReader] = ABSENT
    """Readers of plugins, by name ending."""
    jobs: int | None = None
    """How many processes read; None: as many as are worth it."""
    mounts: Mapping[str, str] = ABSENT
    """Where a command-line path lies, where that is elsewhere than it says."""
    snapshots: frozenset[FileIdentity] = frozenset()
    """Files of what clusters hold: no part of the set, wherever they lie."""
    files: Files = DISK
    """What the files are read from."""


class FileAccount(NamedTuple):
    """What became of one file that was met."""

    path: str
    argument: str
    """The command-line path it was found by."""
    reason: str
    """Why nothing of it was read; empty where something was."""
    documents: Mapping[str, int] = ABSENT
    """Documents by their fate: ``read``, or the reason why not."""
    objects: int = 0


class Reading(NamedTuple):
    """Everything a run has read, in the order in which kubectl would send it."""

    resources: Sequence[Resource]
    files: Sequence[FileAccount]
    losses: Sequence[Loss]
    landmarks: Sequence[Landmark]
    skipped: Mapping[str, int]
    """Documents and whole files that were not checked, by reason."""
    sources: Mapping[str, SourceFile] = ABSENT
    """The files that were read, by path."""
    commented: Sequence[FileReading] = ()
    """The files in which a comment may name cip-lint."""
    applications: Sequence[Resource] = ()
    """What ApplicationSets make: objects that say who sends what, in no file."""

    @property
    def documents(self) -> int:
        """How many documents were met in the files that were read."""
        return sum(sum(account.documents.values()) for account in self.files)

    def comments(self) -> Iterator[Span]:
        """Yield the comments that name cip-lint, without those in scalars."""
        for file in self.commented:
            yield from file.comments()


def read(
    paths: Sequence[str],
    options: ReadOptions,
    stdin: bytes | None = None,
    progress: Callable[[int], None] | None = None,
    meanwhile: Callable[[], object] = nothing,
) -> Reading:
    """Read every manifest below the paths; ``-`` stands for ``stdin``.

    ``progress`` is told how many files are done; ``meanwhile`` is other work, done
    here while other processes read, where there are any. Raises ``InputError`` for a path
    that is not there, and for a named file that cannot be opened.
    """
    files: list[FileReading] = []
    accounts: list[FileAccount] = []
    texts = _Texts()

    def outcome(one: Found) -> FileReading | str:
        made = _outcome(one, options, stdin if one.argument == STDIN else None)
        if isinstance(made, FileReading):
            made.landmarks = list(landmarks_of(one, made))
            texts.fold(made.source)
        return made

    met = [*_named_stdin(paths, options, stdin), *_found(paths, options)]
    signs = [one for one in met if one.reason == recognition.SIGN]
    if signs:
        met = [one for one in met if one.reason != recognition.SIGN]
    workers = worker_count(len(met), options.jobs)
    outcomes = mapped(met, outcome, workers, meanwhile, _FORM)
    landmarks: list[Landmark] = list(map(landmark_of_sign, signs))
    for number, (one, file) in enumerate(zip(met, outcomes, strict=True), 1):
        if isinstance(file, str):
            landmarks += landmarks_of(one, file)
            accounts.append(FileAccount(one.path, one.argument, file))
        else:
            landmarks += file.landmarks
            files.append(file)
            accounts.append(_account(one, file))
        if progress is not None:
            progress(number)
    forget()
    return Reading(
        [resource for file in files for resource in file.resources],
        accounts,
        [loss for file in files for loss in file.losses],
        landmarks,
        _skipped(accounts),
        {file.source.path: file.source for file in files},
        [file for file in files if file.is_commented],
    )


def relevant_documents(
    paths: Sequence[str], options: ReadOptions
) -> Iterator[tuple[str, bytes]]:
    """Yield path and text of each document that ``read`` composes.

    For measurements: it makes the same choice and does nothing with the text.
    """
    for found in _found(paths, options):
        data = found.reason or _bytes(found, options)
        if isinstance(data, str):
            continue
        text = decode(data).text
        if recognition.reason_by_name(found.path, in_chart=found.in_chart):
            continue
        for piece in cut(text).pieces:
            document = text[piece.start : piece.end]
            if not recognition.is_unneeded(document):
                yield found.file, normalised(document).encode("utf-8", "replace")


class _Texts:
    """Keeps the texts of many files in little memory: the first few as they are."""

    def __init__(self) -> None:
        self._met = 0

    def fold(self, source: SourceFile) -> None:
        """Fold the text of a file that has been read to its end, if there are many."""
        self._met += len(source.text)
        if self._met > _UNFOLDED:
            source.fold()


def _named_stdin(
    paths: Sequence[str], options: ReadOptions, stdin: bytes | None
) -> Iterator[Found]:
    if STDIN in paths and stdin is not None:
        name = options.stdin_filename or STDIN
        yield Found(name, name, STDIN, True, "", None)


def _found(paths: Sequence[str], options: ReadOptions) -> Iterator[Found]:
    return discover(
        paths,
        options.root.absolute(),
        exclude=options.exclude,
        gitignore=options.gitignore,
        endings=tuple(options.sources),
        mounts=options.mounts,
        files=options.files,
    )


def _outcome(
    found: Found, options: ReadOptions, stdin: bytes | None
) -> FileReading | str:
    """Return what one file holds, or why it is not read."""
    if found.reason:
        return found.reason
    if options.snapshots and identity_of(found.file) in options.snapshots:
        return SNAPSHOT
    if stdin is None:
        data = _bytes(found, options)
    else:
        data = stdin if len(stdin) <= options.max_file_bytes else TOO_LARGE
    return data if isinstance(data, str) else _read_file(found, data, options)


def _bytes(found: Found, options: ReadOptions) -> bytes | str:
    try:
        data = options.files.data(found.file, options.max_file_bytes)
    except OSError as error:
        if found.named:
            why = (error.strerror or str(error)).lower()
            raise InputError(f"{found.argument}: {why}") from None
        return NOT_OPENED
    return TOO_LARGE if data is None else data


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
    file = FileReading(source, is_commented=MARKER in source.text)
    file.landmarks.append(Landmark(kind, source.path, first_document(source)))
    is_kustomization = kind == "kustomization"
    file.documents[KUSTOMIZATION if is_kustomization else recognition.CHART] += 1
    return file


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
