"""Files that say what is built: each read once in a run, with the places of its parts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cip_lint.manifests.landmarks import first_document, first_piece
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.model import Path as ModelPath
from cip_lint.model import SourceFile, Span
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.files import is_there, named, source_file
from cip_lint.render.surroundings.place import Place


class SourcePlaces(Protocol):
    """Where the parts of a kustomization stand."""

    @property
    def path(self) -> str:
        """The path of its file."""
        ...

    def value(self, path: ModelPath) -> Span:
        """Return the span of the value at ``path``."""
        ...

    def part(self, path: ModelPath, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the string at ``path``."""
        ...


class Source(NamedTuple):
    """A file that had a part in an object: a kustomization, or a chart."""

    folder: Path
    within: Path
    """The folder of its repository."""
    body: Mapping[str, Any]
    places: SourcePlaces

    def file(self, path: str) -> SourceFile | None:
        """Return a file that it names; None where it names none that can be read."""
        if not path:
            return None
        folder = self.places.path.rpartition("/")[0]
        shown = f"{folder}/{path}" if folder else path
        file = named(self.folder, path)
        return source_file(file, self.within, os.path.normpath(shown))


class Sources:
    """Reads the kustomizations of a run, each of them once."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._found: dict[Path, Source | None] = {}

    def of(self, file: Path) -> Source | None:
        """Return a kustomization; None where it cannot be read."""
        if file not in self._found:
            self._found[file] = self._read(file)
        return self._found[file]

    def in_folder(self, folder: Path) -> Source | None:
        """Return the kustomization of a folder; None where none can be read."""
        names = (folder / name for name in sorted(KUSTOMIZATION_NAMES))
        file = next((one for one in names if is_there(one)), None)
        return None if file is None else self.of(file)

    def _read(self, file: Path) -> Source | None:
        source = source_file(file, self._place.within, self._place.shown(file))
        if source is None:
            return None
        piece = first_piece(source.text)
        body = first_document(source)
        if piece is None or not body:
            return None
        places = DocumentPlaces(source, *piece)
        return Source(file.parent, self._place.within, body, places)
