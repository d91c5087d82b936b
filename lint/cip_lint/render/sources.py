"""Who has a part in the objects of a build: kustomizations, and those who send them."""

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
from cip_lint.render.files import is_there, named, source_file
from cip_lint.render.place import Place
from cip_lint.render.senders import Sender


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
    """A kustomization that had a part in an object."""

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


class _PlacesOfSender:
    """Where an Application or a Flux Kustomization says what it adds."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @property
    def path(self) -> str:
        return self._sender.resource.path

    def value(self, path: ModelPath) -> Span:
        return self._sender.resource.span(*self._own(path))

    def part(self, path: ModelPath, value: str, start: int, end: int) -> Span:
        places = self._sender.resource.places
        return places.part(self._own(path), value, start, end)

    def _own(self, path: ModelPath) -> ModelPath:
        """Return a path of the kustomization as one of the object."""
        if not path or not isinstance(path[0], str):
            return ()
        own = self._sender.paths.get(path[0], ())
        # Labels stand in a list of the kustomization, and in none of the object.
        rest = path[3:] if path[0] == "labels" else path[1:]
        return (*own, *rest)


def source_of(sender: Sender) -> Source:
    """Return who sends a kustomization as one that is built around it."""
    return Source(Path(), Path(), sender.fields, _PlacesOfSender(sender))


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
