"""What becomes of the files that a run meets: read here or in other processes, or kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from cip_lint.errors import InputError
from cip_lint.manifests import recognition
from cip_lint.manifests.discovery import STDIN, Found
from cip_lint.manifests.easy_values import reads_compiled
from cip_lint.manifests.file_reading import (
    FileReading,
    Landmark,
    read_text,
    written_offset,
)
from cip_lint.manifests.files import DISK
from cip_lint.manifests.landmarks import (
    first_document,
    first_piece,
    first_value,
    landmarks_of,
)
from cip_lint.manifests.losses import broken_settings
from cip_lint.manifests.options import ReadOptions
from cip_lint.manifests.places import MARKER
from cip_lint.manifests.plain_readings import Outcome, packed, unpacked
from cip_lint.manifests.recognition import (
    KUSTOMIZATION,
    NOT_KUBERNETES,
    NOT_OPENED,
    SNAPSHOT,
    TEMPLATE,
    TOO_LARGE,
    UNREADABLE,
)
from cip_lint.manifests.split import normalised
from cip_lint.manifests.text import decode, identity_of
from cip_lint.manifests.workers import Form, mapped, worker_count
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Loss, SourceFile

if TYPE_CHECKING:
    from cip_lint.manifests.kept_readings import KeptReadings

_OF_FLEET = frozenset({"fleet.yaml", "fleet.yml"})
"""Settings of Fleet; a manifest of Agones, or of anybody, is often called so, too."""
_UNFOLDED = 32 << 20
"""Characters of text up to which texts stay as they are: folding them takes time.

Where there are more, those that came first are folded in the end.
"""
_FORM = Form(packed, unpacked)


_FEWEST_KEPT = 5_000 if reads_compiled() else 200
_FEWEST_BYTES = 1 << (22 if reads_compiled() else 18)
"""Of fewer files with fewer bytes, looking for what is kept takes what it saves."""
_MOST_ADDED_UP = 200
"""Of more files, asking each for its size takes too long."""


class Reader:
    """Reads files, or recalls what an earlier run read of the same bytes."""

    def __init__(
        self, options: ReadOptions, stdin: bytes | None, kept: KeptReadings | None
    ) -> None:
        self._options = options
        self._stdin = stdin
        self._kept = kept
        self._room = _UNFOLDED

    def outcomes(
        self, met: Sequence[Found], meanwhile: Callable[[], object]
    ) -> Iterator[Outcome]:
        """Yield what became of each file, in order."""
        recalled = self._recalled(met)
        rest = [one for one in met if one.path not in recalled]
        workers = worker_count(len(rest), self._options.jobs) if rest else 1
        self._room //= workers
        read_now = mapped(rest, self._outcome, workers, meanwhile, _FORM)
        sources: list[SourceFile] = []
        for one in met:
            outcome = recalled.pop(one.path, None)
            if outcome is None:
                outcome = next(read_now)
                if self._kept is not None:
                    self._kept.note(one, outcome)
            if isinstance(outcome.made, FileReading):
                sources.append(outcome.made.source)
            yield outcome
        if any(source.kept[1] for source in sources):
            for source in sources:
                source.fold()
        next(read_now, None)  # it ends its processes
        if self._kept is not None:
            self._kept.write()

    def _recalled(self, met: Sequence[Found]) -> dict[str, Outcome]:
        """Return what is known of files by their paths, as far as they are the same."""
        found: dict[str, Outcome] = {}
        kept = self._kept
        if kept is None:
            return found
        for one in filter(kept.knows, met):
            data = self._data(one)
            outcome = kept.recalled(one, data) if isinstance(data, bytes) else None
            if outcome is not None:
                found[one.path] = self._folded(outcome)
        return found

    def _outcome(self, one: Found) -> Outcome:
        data = self._data(one)
        if isinstance(data, str):
            return Outcome(data)
        made = _read_file(one, data, self._options)
        if isinstance(made, FileReading):
            made.landmarks = list(landmarks_of(one, made))
        if self._kept is None or one.argument == STDIN:
            return self._folded(Outcome(made))
        return self._folded(self._kept.outcome(one, data, made))

    def _data(self, one: Found) -> bytes | str:
        """Return the bytes of a file, or why it is not read."""
        options = self._options
        if one.reason:
            return one.reason
        if options.snapshots and identity_of(one.file) in options.snapshots:
            return SNAPSHOT
        if one.argument == STDIN and self._stdin is not None:
            is_large = len(self._stdin) > options.max_file_bytes
            return TOO_LARGE if is_large else self._stdin
        return data_of(one, options)

    def _folded(self, outcome: Outcome) -> Outcome:
        """Keep texts in little memory, where there are many: the first as they are."""
        if isinstance(outcome.made, FileReading):
            source = outcome.made.source
            self._room -= len(source.text)
            if self._room < 0:
                source.fold()
        return outcome


def kept_of(
    paths: Sequence[str], options: ReadOptions, met: Sequence[Found]
) -> KeptReadings | None:
    """Return what is kept of many plain files of the disk; None of anything else."""
    if (
        options.kept is None
        or options.sources
        or options.mounts
        or options.files is not DISK
        or _are_few(met)
    ):
        return None
    from cip_lint.manifests.kept_readings import of_run  # noqa: PLC0415 - many files

    return of_run(options.kept, paths, options.root.absolute())


def _are_few(met: Sequence[Found]) -> bool:
    """Whether reading some files takes no longer than looking for what is kept."""
    return len(met) < _FEWEST_KEPT and (
        len(met) > _MOST_ADDED_UP or _bytes_of(met) < _FEWEST_BYTES
    )


def _bytes_of(met: Sequence[Found]) -> int:
    """Return how large some files are together, as far as that is known."""
    total = 0
    for one in met:
        with suppress(OSError, ValueError):
            total += os.stat(one.file).st_size  # noqa: PTH116 - as fast as it gets
    return total


def data_of(found: Found, options: ReadOptions) -> bytes | str:
    """Return the bytes of a file, or why it is not read.

    Raises ``InputError`` where somebody named the file and it cannot be opened.
    """
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
    if name == "Chart.yaml":
        return _landmark(source, "chart")
    if name in _OF_FLEET and not (reason or recognition.names_a_kind(text)):
        return _landmark(source, "fleet")
    if reason == TEMPLATE or (
        reason and not found.named and not recognition.names_a_kind(text)
    ):
        return reason
    return read_text(source, replaced)


def _landmark(source: SourceFile, kind: str) -> FileReading:
    """Read a file that is settings of a program.

    A fault in them is told: what they are for is not sent.
    """
    file = FileReading(source, is_commented=MARKER in source.text)
    file.landmarks.append(Landmark(kind, source.path, first_document(source)))
    fault = None
    if not file.landmarks[0].body and not recognition.has_template_marks(source.text):
        fault = _fault(source, kind)
    if fault is not None:
        file.documents[UNREADABLE] += 1
        file.losses.append(fault)
    elif kind == "kustomization":
        file.documents[KUSTOMIZATION] += 1
    else:
        file.documents[recognition.CHART] += 1
    return file


def _fault(source: SourceFile, kind: str) -> Loss | None:
    """Return what keeps the first document of a text from being read, if anything."""
    try:
        first_value(source)
    except YamlError as error:
        start, end = first_piece(source.text) or (0, 0)
        text = source.text[start:end]
        if recognition.awaits_values(normalised(text), error.offset):
            return None
        offset = written_offset(text, error.offset or 0)
        return broken_settings(source, kind, start + offset, error.message)
    return None
