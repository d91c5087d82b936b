"""A run's files -> objects, and an account of everything that is no object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from cip_lint.bodies import ABSENT
from cip_lint.manifests import recognition
from cip_lint.manifests.builds import Sent, Unbuilt
from cip_lint.manifests.discovery import STDIN, Found, discover
from cip_lint.manifests.file_reading import FileReading, Landmark
from cip_lint.manifests.landmarks import (
    landmark_of_sign,
    landmarks_of,
)
from cip_lint.manifests.meanings import forget
from cip_lint.manifests.options import ReadOptions
from cip_lint.manifests.readers import Reader, data_of, kept_of
from cip_lint.manifests.recognition import (
    EMPTY,
    TEMPLATE,
    UNREADABLE,
)
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.workers import nothing
from cip_lint.model import Loss, Resource, SourceFile, Span
from cip_lint.records import NamedTuple


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
    unbuilt: Sequence[Unbuilt] = ()
    """Kustomizations and charts that were not built, and why."""
    sent: Sequence[Sent] = ()
    """Those that were built for somebody who sends them."""
    inflated: Sequence[str] = ()
    """Paths of the ``Chart.yaml`` of charts that a kustomization renders."""

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
    met = [*_named_stdin(paths, options, stdin), *_found(paths, options)]
    signs = [one for one in met if one.reason == recognition.SIGN]
    if signs:
        met = [one for one in met if one.reason != recognition.SIGN]
    reader = Reader(options, stdin, kept_of(paths, options, met))
    outcomes = reader.outcomes(met, meanwhile)
    landmarks: list[Landmark] = [landmark_of_sign(one, options.files) for one in signs]
    for number, (one, (file, *_)) in enumerate(zip(met, outcomes, strict=True), 1):
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
        data = found.reason or data_of(found, options)
        if isinstance(data, str):
            continue
        text = decode(data).text
        if recognition.reason_by_name(found.path, in_chart=found.in_chart):
            continue
        for piece in cut(text).pieces:
            document = text[piece.start : piece.end]
            if not recognition.is_unneeded(document):
                yield found.file, normalised(document).encode("utf-8", "replace")


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
            for reason, number in account.documents.items():
                if reason not in ("read", EMPTY):
                    counts[reason] += number
        elif account.reason:
            counts[account.reason] += 1
    return dict(sorted(counts.items()))
