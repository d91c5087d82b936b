"""What a file holds, as plain values and back: to leave a process, or to be kept.

Plain are the types that ``marshal`` knows. It takes half of the time that objects take
to travel, and whoever writes and reads is the same program. What takes less time to be
read again than to travel stays behind: the values of documents of whole lines.
"""

from __future__ import annotations

import marshal
from typing import Any

from cip_lint.manifests.file_reading import FileReading, Landmark
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import normalised
from cip_lint.manifests.values import document_value
from cip_lint.model import Label, Loss, Resource, Severity, SourceFile, Span
from cip_lint.records import NamedTuple

Plain = tuple[Any, ...]


def contents(file: FileReading) -> Plain:
    """Return what was read of a file as plain values, without its path and text."""
    objects = [
        (
            None if one.places.of_lines else one.body,
            one.repeated_keys,
            one.places.numbers,
        )
        for one in file.resources
        if isinstance(one.places, DocumentPlaces)
    ]
    rare = None
    if (
        file.losses
        or file.landmarks
        or file.is_commented
        or file.documents != {"read": len(objects)}
    ):
        rare = (
            list(map(_values_of, file.losses)),
            list(map(tuple, file.landmarks)),
            dict(file.documents),
            file.is_commented,
        )
    return objects, rare


def restored(source: SourceFile, plain: Plain) -> FileReading:
    """Return a file reading from the plain values of its contents."""
    objects, rare = plain
    file = FileReading(source)
    for body, repeated, numbers in objects:
        places = DocumentPlaces.of_numbers(source, numbers)
        text = places.text_of_lines
        value = body if text is None else document_value(normalised(text)).value
        file.resources.append(Resource(value, places, repeated))
    if rare is None:
        file.documents["read"] = len(objects)
        return file
    losses, landmarks, counts, file.is_commented = rare
    file.losses = [_loss_of(source, *loss) for loss in losses]
    file.landmarks = [Landmark(*landmark) for landmark in landmarks]
    file.documents.update(counts)
    return file


class Outcome(NamedTuple):
    """What became of one file: what was read of it, or the reason why nothing was."""

    made: FileReading | str
    digest: bytes = b""
    """What it is known by in another run; empty where it is to be read again."""
    values: bytes | memoryview = b""
    """With a digest: the reason or the contents, as ``marshal`` writes them."""


def packed(outcome: Outcome) -> Plain:
    """Return what became of a file as plain values."""
    made, digest, values = outcome
    if isinstance(made, str):
        return made, digest, values
    source = made.source
    return source.path, *source.kept, digest, values or marshal.dumps(contents(made))


def unpacked(plain: Plain) -> Outcome:
    """Return what became of a file from the plain values of ``packed``."""
    if len(plain) == len(Outcome._fields):
        return Outcome(*plain)
    path, text, folded, digest, values = plain
    made = restored(SourceFile(path, text, folded), marshal.loads(values))  # noqa: S302
    return Outcome(made, digest, values if digest else b"")


def _values_of(loss: Loss) -> Plain:
    labels = [
        (label.span.start, label.span.end, label.text, label.field)
        for label in (loss.label, *loss.related)
    ]
    return loss.message, loss.severity.value, loss.help, labels


def _loss_of(
    source: SourceFile, message: str, severity: str, advice: str, labels: list[Any]
) -> Loss:
    primary, *related = (
        Label(Span(source, start, end), text, path) for start, end, text, path in labels
    )
    return Loss(message, primary, Severity(severity), advice, tuple(related))
