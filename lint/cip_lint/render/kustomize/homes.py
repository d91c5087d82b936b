"""Where the objects of a build come from: the files that a person would edit.

kustomize notes on each object the file it was read from, or the generator that made
it, and the kustomizations that changed it. The notes are taken off the object.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.split import normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Path as ModelPath
from cip_lint.model import Resource
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.chart_homes import ChartObjects, Printed
from cip_lint.render.kustomize.closure import Closure, Remote
from cip_lint.render.kustomize.helm_charts import CHART_PLUGIN
from cip_lint.render.kustomize.sender_sources import source_of
from cip_lint.render.kustomize.senders import Sender
from cip_lint.render.surroundings.files import source_file
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.sources import Source, Sources
from cip_lint.render.written.paths import MISSING, at

_ORIGIN = "config.kubernetes.io/origin"
_CHANGES = "alpha.config.kubernetes.io/transformations"
_NOTES = frozenset({_ORIGIN, _CHANGES})
_AFFIXES = {"PrefixTransformer": "namePrefix", "SuffixTransformer": "nameSuffix"}
"""What renames objects, and the field that says how."""


_ADDRESS = pattern(r"https?:/.*")
_SLASHES = pattern(r"/+")

Listed = tuple[Source, ModelPath]
"""A kustomization, and where it names something."""


class Made(NamedTuple):
    """A build, as far as the homes of its objects depend on it."""

    path: str
    """The path of its kustomization."""
    folder: Path
    """The folder that the notes on its objects start from."""
    sender: Sender | None = None
    """Who changes it last."""
    remotes: tuple[Remote, ...] = ()
    """What it has fetched."""
    charts: ChartObjects | None = None
    """The objects of the charts that it renders."""


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
    listed: Listed | None = None
    """What names the address that it was fetched from."""


class Homes:
    """Finds the files that builds name, and reads each of them once.

    ``read`` are the objects that were read already, by path.
    """

    def __init__(self, read: Mapping[str, Sequence[Resource]], place: Place) -> None:
        self._objects = dict(read)
        self._place = place
        self._sources = Sources(place)

    def charts(self, printed: Sequence[Printed], reads: Closure) -> ChartObjects:
        """Return the objects of the charts of a build, by what helm has printed."""
        return ChartObjects(printed, reads.charts, self._sources, self._place)

    def of(self, body: Body, made: Made) -> Home:
        """Return what an object of a build was made of, by the notes on it."""
        annotations = mapping(mapping(body.get("metadata")).get("annotations"))
        origin = mapping(_read(annotations.get(_ORIGIN)))
        # What was fetched is not where its notes say, seen from here.
        changes = [
            one
            for one in mappings(_read(annotations.get(_CHANGES)))
            if not one.get("repo")
        ]
        names = [text(mapping(body.get("metadata")).get("name"))]
        if made.sender is not None:
            names.append(_without(names[0], made.sender.fields))
        names += self._earlier_names(names[-1], changes, made.folder)
        all_names = tuple(dict.fromkeys(names))
        makers = [text(one.get("configuredIn")) for one in changes]
        if not origin.get("repo"):
            makers.insert(0, text(origin.get("configuredIn")))
        files = [self._file(made.folder, one) for one in makers if one]
        files = [one for one in files if one.is_relative_to(self._place.within)]
        found = [self._sources.of(file) for file in dict.fromkeys(reversed(files))]
        changed_by = tuple(one for one in found if one is not None)
        if made.sender is not None:
            changed_by = (source_of(made.sender), *changed_by)
        if mapping(origin.get("configuredBy")).get("kind") == CHART_PLUGIN:
            written = made.charts.written(body, names) if made.charts else None
            if written is not None:
                return Home(written.path, written, changed_by, all_names)
        listed = self._listed(body, origin, names, made)
        if listed is not None:
            return Home(listed[0].places.path, None, changed_by, all_names, listed)
        path = text(origin.get("path"))
        file = self._file(made.folder, path)
        if not path or not file.is_relative_to(self._place.within):
            made_in = self._place.shown(files[0]) if files else made.path
            return Home(made_in, None, changed_by)
        shown = self._place.shown(file)
        written = self._written(file, shown, body, names[-1])
        if written is not None:
            all_names = tuple(dict.fromkeys((*names, written.name)))
        return Home(shown, written, changed_by, all_names)

    def _listed(
        self, body: Body, origin: Body, names: Sequence[str], made: Made
    ) -> Listed | None:
        """Return what names an object that was fetched; None for any other."""
        if not made.remotes:
            return None
        if mapping(origin.get("configuredBy")).get("kind") == CHART_PLUGIN:
            name = made.charts.fetched(body, names) if made.charts else ""
            likely = [one for one in made.remotes if one.address.endswith(f"/{name}")]
        elif text(origin.get("repo")):
            name = text(origin.get("repo")).rpartition("://")[2].removesuffix(".git")
            likely = [one for one in made.remotes if name in one.address]
        else:
            told = _ADDRESS.search(text(origin.get("path")))
            if told is None:
                return None
            likely = [one for one in made.remotes if _is_same(one.address, told[0])]
        found = (self._listing(one, made) for one in (*likely, *made.remotes))
        return next((one for one in found if one is not None), None)

    def _listing(self, one: Remote, made: Made) -> Listed | None:
        """Return who names an address: a kustomization, or who sends it."""
        sources = [self._sources.in_folder(one.folder)]
        if made.sender is not None:
            sources.append(source_of(made.sender))
        for source in sources:
            if source is not None and at(source.body, one.at) is not MISSING:
                return source, one.at
        return None

    def _earlier_names(
        self, name: str, changes: Sequence[Body], folder: Path
    ) -> Iterator[str]:
        """Yield the names that an object had before it was renamed, step by step."""
        for one in reversed(changes):
            field = _AFFIXES.get(text(mapping(one.get("configuredBy")).get("kind")))
            source = self._sources.of(self._file(folder, text(one.get("configuredIn"))))
            if field is not None and source is not None:
                name = _without(name, {field: source.body.get(field)})
                yield name

    def _file(self, folder: Path, path: str) -> Path:
        return Path(os.path.normpath(folder / path))

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


def _is_same(address: str, told: str) -> bool:
    """Whether a note speaks of an address: its slashes count once."""
    return _SLASHES.sub("/", address) == _SLASHES.sub("/", told)


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


def _read(note: object) -> Any:
    """Return what kustomize wrote into an annotation, as YAML."""
    if not isinstance(note, str):
        return None
    try:
        return document_value(normalised(note)).value
    except YamlError:
        return None
