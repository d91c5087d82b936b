"""A file of what a cluster holds: what ``kubectl get -o yaml`` or ``json`` prints.

It is a ``List``, a ``ServiceList`` and its kin, or some documents, with whatever a
living object carries. Unlike a manifest it was written by a program, so that
anything in it that is no object is a mistake of whoever named the file.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from cip_lint.errors import InputError
from cip_lint.manifests.kubectl import StreamDocument, expand, read_stream
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.records import NamedTuple

MAX_SNAPSHOT_BYTES = 1 << 30
"""A cluster of 100,000 objects fits; a file that never ends does not."""

KINDS = frozenset(
    {"Service", "IPAddress", "ServiceCIDR", "EndpointSlice", "Endpoints", "Pod"}
)
"""The kinds of which a snapshot must hold at least one."""


class SnapshotFile(NamedTuple):
    """The objects of one snapshot file, in its order, and its text."""

    source: SourceFile
    resources: tuple[Resource, ...]


def read_snapshot_file(
    file: Path, shown: str, *, may_be_pipe: bool = True
) -> SnapshotFile:
    """Read a snapshot file, which is printed as ``shown``.

    Whoever runs the command may name a pipe; in one that lies in a repository nobody
    may ever write, and a device may never end. Raises ``InputError`` where it cannot be opened, or does not hold what kubectl
    prints; see ``snapshot_of``.
    """
    try:
        found = file.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{shown}: the snapshot is a folder, not a file")
        if not may_be_pipe and not stat.S_ISREG(found.st_mode):
            raise InputError(f"{shown}: the snapshot is not a file of bytes")
        size, data = found.st_size, b""
        if size <= MAX_SNAPSHOT_BYTES:
            with file.open("rb") as opened:
                data = opened.read(MAX_SNAPSHOT_BYTES + 1)
            size = len(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise InputError(f"{shown}: the snapshot: {why.lower()}") from None
    if size > MAX_SNAPSHOT_BYTES:
        most = f"{MAX_SNAPSHOT_BYTES >> 20} MiB"
        raise InputError(f"{shown}: the snapshot is larger than {most}")
    return snapshot_of(shown, data)


def snapshot_of(shown: str, data: bytes) -> SnapshotFile:
    """Return the objects in the bytes of a snapshot.

    Raises ``InputError`` with the line for a text that is no YAML or JSON, for a
    document or item that is no object, and where there is no object, or none that
    says anything about Services.
    """
    source = SourceFile(shown, decode(data).text)
    stream = read_stream(source.text, by_items=True)
    if stream.error is not None:
        raise _error(source, stream.offset or 0, f"cannot be read: {stream.error}")
    resources: list[Resource] = []
    for index, document in enumerate(stream.documents):
        resources += _objects(source, document, index)
    if not resources:
        raise _error(source, 0, "holds no object")
    if not any(one.kind in KINDS for one in resources):
        raise _error(source, 0, f"holds none of {', '.join(sorted(KINDS))}")
    return SnapshotFile(source, tuple(resources))


def _objects(
    source: SourceFile, document: StreamDocument, index: int
) -> Iterator[Resource]:
    """Yield the object of a document, or those of its list."""
    value, start, end, is_json, extents = document

    def places(item: int | None) -> DocumentPlaces:
        if item is None or not extents:
            first, last = start, end
        else:
            first, last = (start + offset for offset in extents[item])
        return DocumentPlaces(
            source, first, last, index=index, item=item, is_json=is_json
        )

    is_list = isinstance(value, dict) and "items" in value
    try:
        for number, body in enumerate(expand(value)):
            where = places(number if is_list else None)
            if isinstance(body, str):
                raise _error(
                    source, where.value(()).start, f"holds no object here: {body}"
                )
            yield Resource(body, where)
    except ValueError as error:
        raise _error(
            source, places(None).value(()).start, f"holds no object here: {error}"
        ) from None


def _error(source: SourceFile, offset: int, why: str) -> InputError:
    line = source.position(min(offset, len(source.text))).line
    return InputError(f"{source.path}:{line}: the snapshot {why}")
