"""The Applications that ApplicationSets make, where the repository tells them all.

A set is followed as a whole or not at all: one Application more or less would be a
wrong answer. What is made has its places in the template of the set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from cip_lint.bodies import mapping, text
from cip_lint.manifests import Reading
from cip_lint.model import Label, Path, Resource, Span
from cip_lint.render.gitops.argo_cd import is_application_set
from cip_lint.render.gitops.parameters import filled, is_open
from cip_lint.render.gitops.repository_files import RepositoryFiles, UnknownError
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.gitops.set_generators import Generators
from cip_lint.render.surroundings.place import Place

_TEMPLATE: Path = ("spec", "template")
_MOST_TEXT = 16 << 20
"""So many characters all templates of a set may have, filled in."""
_MOST_MADE = 20_000
"""So many Applications of all sets are followed; what sets beyond make is unknown."""


def expanded(reading: Reading, place: Place) -> Reading:
    """Return a reading with the Applications that its sets make."""
    made: list[Resource] = []
    files: dict[tuple[object, object], RepositoryFiles] = {}
    for resource in filter(is_application_set, reading.resources):
        seen = _seen_from_top(resource, place)
        key = seen.root, seen.within
        if key not in files:
            files[key] = RepositoryFiles(seen)
        try:
            of_set = _applications(resource, files[key])
        except (UnknownError, RecursionError):
            continue
        if len(made) + len(of_set) <= _MOST_MADE:
            made += of_set
    if not made:
        return reading
    return reading._replace(applications=named_as_read(made, place))


def _applications(resource: Resource, files: RepositoryFiles) -> list[Resource]:
    """Return what a set makes. Raises ``UnknownError``."""
    spec = mapping(resource.get("spec"))
    go = spec.get("goTemplate") is True
    if spec.get("templatePatch"):
        raise UnknownError
    generators = Generators(files, go)
    template = mapping(spec.get("template"))
    found = generators.all(spec.get("generators"))
    if len(found) * len(json.dumps(template, default=str)) > _MOST_TEXT:
        raise UnknownError
    made = [
        Resource(
            _application(resource, mapping(filled(template, one, go=go))),
            _TemplateOfSet(resource),
            written=resource,
        )
        for one in found
    ]
    if len({one.name for one in made}) != len(made):
        raise UnknownError
    return made


def _seen_from_top(resource: Resource, place: Place) -> Place:
    """Return a place in which paths are those of the repository of a set."""
    folder = dirname(resource.path)
    top = place.top_of(folder)
    if top is None:
        return place
    return place.around(folder)._replace(root=top, mounts={})


def _application(resource: Resource, template: Any) -> dict[str, Any]:
    metadata = mapping(template.get("metadata"))
    name = metadata.get("name")
    if not text(name) or is_open(name) or is_open(template.get("spec")):
        raise UnknownError
    return {
        "apiVersion": resource.api_version,
        "kind": "Application",
        "metadata": {**metadata, "namespace": resource.namespace},
        "spec": template.get("spec"),
    }


class _TemplateOfSet:
    """The places of an Application: those of the template that it was made by."""

    def __init__(self, resource: Resource) -> None:
        self._set = resource

    @property
    def path(self) -> str:
        return self._set.path

    @property
    def order(self) -> tuple[int, int]:
        return self._set.places.order

    @property
    def in_list(self) -> bool:
        return self._set.places.in_list

    def value(self, path: Path) -> Span:
        return self._set.places.value((*_TEMPLATE, *path))

    def key(self, path: Path) -> Span:
        return self._set.places.key((*_TEMPLATE, *path))

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        own = (*_TEMPLATE, *path)
        if self._set.get(*own) == value:
            return self._set.places.part(own, value, start, end)
        return self.value(path)

    def comments(self) -> Iterator[tuple[Span, str]]:
        yield from self._set.places.comments()

    def because(self, span: Span) -> tuple[Label, ...]:
        return self._set.places.because(span)
