"""Where the objects of a build come from: the files that a person would edit.

kustomize notes on each object the file it was read from, or the generator that made
it, and the kustomizations that changed it. The notes are taken off the object.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.landmarks import first_document, first_piece
from cip_lint.manifests.nodes import YamlError
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.values import document_value
from cip_lint.model import Path as ModelPath
from cip_lint.model import Resource, SourceFile, Span
from cip_lint.render.files import content
from cip_lint.render.place import Place
from cip_lint.render.senders import Sender

_ORIGIN = "config.kubernetes.io/origin"
_CHANGES = "alpha.config.kubernetes.io/transformations"
_NOTES = frozenset({_ORIGIN, _CHANGES})
_AFFIXES = {"PrefixTransformer": "namePrefix", "SuffixTransformer": "nameSuffix"}
"""What renames objects, and the field that says how."""

_MOST_BYTES = 16 << 20


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
        return source_file(self.folder / path, self.within, os.path.normpath(shown))


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


def _source_of(sender: Sender) -> Source:
    return Source(Path(), Path(), sender.fields, _PlacesOfSender(sender))


class Home(NamedTuple):
    """What an object was made of."""

    path: str
    """The path of the file that it was read from, or that generates it."""
    written: Resource | None
    """The object as its file has it; None for one that is generated."""
    changed_by: tuple[Source, ...]
    """The kustomizations that changed or made it, the last one first."""
    names: tuple[str, ...] = ()
    """The names that it has had, the last one first."""


class Homes:
    """Finds the files that builds name, and reads each of them once.

    ``read`` are the objects that were read already, by path.
    """

    def __init__(self, read: Mapping[str, Sequence[Resource]], place: Place) -> None:
        self._objects = dict(read)
        self._place = place
        self._sources: dict[Path, Source | None] = {}

    def of(
        self, body: Body, folder: Path, default: str, sender: Sender | None = None
    ) -> Home:
        """Return what an object was made of, by the notes on it.

        ``folder`` is the one that the notes start from, ``default`` the path of the
        kustomization that was built, for an object without them. ``sender`` is who
        changes it last.
        """
        annotations = mapping(mapping(body.get("metadata")).get("annotations"))
        origin = mapping(_read(annotations.get(_ORIGIN)))
        changes = _read(annotations.get(_CHANGES))
        makers = [text(one.get("configuredIn")) for one in mappings(changes)]
        makers.insert(0, text(origin.get("configuredIn")))
        files = [self._file(folder, one) for one in makers if one]
        files = [one for one in files if one.is_relative_to(self._place.within)]
        found = [self._source(file) for file in dict.fromkeys(reversed(files))]
        changed_by = tuple(one for one in found if one is not None)
        if sender is not None:
            changed_by = (_source_of(sender), *changed_by)
        path = text(origin.get("path"))
        file = self._file(folder, path)
        if not path or not file.is_relative_to(self._place.within):
            made_in = self._place.shown(files[0]) if files else default
            return Home(made_in, None, changed_by)
        shown = self._place.shown(file)
        names = [text(mapping(body.get("metadata")).get("name"))]
        if sender is not None:
            names.append(_without(names[0], sender.fields))
        names += self._earlier_names(names[-1], mappings(changes), folder)
        written = self._written(file, shown, body, names[-1])
        if written is not None:
            names.append(written.name)
        return Home(shown, written, changed_by, tuple(dict.fromkeys(names)))

    def _earlier_names(
        self, name: str, changes: Sequence[Body], folder: Path
    ) -> Iterator[str]:
        """Yield the names that an object had before it was renamed, step by step."""
        for one in reversed(changes):
            field = _AFFIXES.get(text(mapping(one.get("configuredBy")).get("kind")))
            source = self._source(self._file(folder, text(one.get("configuredIn"))))
            if field is not None and source is not None:
                name = _without(name, {field: source.body.get(field)})
                yield name

    def _file(self, folder: Path, path: str) -> Path:
        return Path(os.path.normpath(folder / path))

    def _source(self, file: Path) -> Source | None:
        if file not in self._sources:
            self._sources[file] = self._read_source(file)
        return self._sources[file]

    def _read_source(self, file: Path) -> Source | None:
        source = source_file(file, self._place.within, self._place.shown(file))
        if source is None:
            return None
        piece = first_piece(source.text)
        body = first_document(source)
        if piece is None or not body:
            return None
        places = DocumentPlaces(source, *piece)
        return Source(file.parent, self._place.within, body, places)

    def _written(
        self, file: Path, shown: str, body: Mapping[str, Any], name: str
    ) -> Resource | None:
        """Return the object of a file that one of a build was made of.

        ``name`` is the one that it had. Where something else has renamed it, it is
        the only one of its kind whose name is a part of what it has now.
        """
        objects = self._objects.get(shown)
        if objects is None:
            source = source_file(file, self._place.within, shown)
            objects = read_text(source, None).resources if source is not None else ()
            self._objects[shown] = objects
        kind = (body.get("apiVersion"), body.get("kind"))
        alike = [
            one for one in objects if (one.get("apiVersion"), one.get("kind")) == kind
        ]
        named = [one for one in alike if one.name == name]
        if not named:
            parts = [one for one in alike if one.name and one.name in name]
            alike = parts or alike
            return alike[0] if len(alike) == 1 else None
        namespace = mapping(body.get("metadata")).get("namespace")
        here = [one for one in named if one.get("metadata", "namespace") == namespace]
        return (here or named)[0]


def _without(name: str, affixes: Body) -> str:
    """Return a name without what a kustomization puts before and behind it."""
    bare = name.removeprefix(text(affixes.get("namePrefix")))
    return bare.removesuffix(text(affixes.get("nameSuffix")))


def without_notes(body: Body) -> Body:
    """Return an object as it would be built without any notes on it."""
    metadata = mapping(body.get("metadata"))
    annotations = mapping(metadata.get("annotations"))
    if annotations.keys().isdisjoint(_NOTES):
        return body
    kept = {key: value for key, value in annotations.items() if key not in _NOTES}
    bare = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**body, "metadata": {**bare, "annotations": kept} if kept else bare}


def source_file(file: Path, within: Path, shown: str) -> SourceFile | None:
    """Return a file of a repository as it is read.

    None where it cannot be, is too large, or lies outside of ``within``: what is said
    of a build may name any file.
    """
    data = content(file, within, _MOST_BYTES)
    return None if data is None else SourceFile(shown, decode(data).text)


def _read(note: object) -> Any:
    """Return what kustomize wrote into an annotation, as YAML."""
    if not isinstance(note, str):
        return None
    try:
        return document_value(normalised(note)).value
    except YamlError:
        return None
