"""The patches of a kustomization: where they stand, what they say, and for which object."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from cip_lint.bodies import items, mapping, text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Path, SourceFile, Span
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.sources import Source

_MOST_PATCHES = 256
_PLAIN = pattern(r"[A-Za-z0-9-]+")
"""A name that can only be itself, where a pattern might stand."""
_PLAIN_FIELDS = frozenset({"kind", "name"})
"""The fields of a target of which it is known whether they fit an object."""


class Patch(NamedTuple):
    """One patch: where it stands, and what it says."""

    source: Source
    at: Path | None
    """Where it is written out in the kustomization; None for a file of its own."""
    content: SourceFile
    start: int
    end: int
    body: Any
    target: Mapping[str, Any]
    """Which objects it is for; empty: the one that it names."""

    def span(self, path: Path) -> Span:
        """Return the place of a value of the patch."""
        places = DocumentPlaces(self.content, self.start, self.end)
        span = places.value(path)
        if self.at is None:
            return span
        whole = self.content.text
        return self.source.places.part(self.at, whole, span.start, span.end)

    def may_be_for(self, built: Any, names: Collection[str]) -> bool:
        """Whether it may be for an object; a pattern for names may mean any."""
        kind = text(self.target.get("kind"))
        name = self._name()
        if _PLAIN.fullmatch(kind) and kind != mapping(built).get("kind"):
            return False
        return name in names or not _PLAIN.fullmatch(name)

    @property
    def is_plain(self) -> bool:
        """Whether it is for every object that it may be for."""
        stated = {key: text(one) for key, one in self.target.items() if one}
        return stated.keys() <= _PLAIN_FIELDS and all(
            _PLAIN.fullmatch(one) for one in stated.values()
        )

    def _name(self) -> str:
        if self.target or not isinstance(self.body, dict):
            return text(self.target.get("name"))
        return text(mapping(self.body.get("metadata")).get("name"))


def patches(source: Source) -> Iterator[Patch]:
    """Yield the patches of a kustomization, the last one first."""
    found: list[tuple[Path, str, str, Mapping[str, Any]]] = []
    for index, entry in enumerate(items(source.body.get("patchesStrategicMerge"))):
        if isinstance(entry, str):
            inline, path = (entry, "") if _is_written_out(entry) else ("", entry)
            found.append((("patchesStrategicMerge", index), inline, path, {}))
    for field in ("patches", "patchesJson6902"):
        for index, entry in enumerate(items(source.body.get(field))):
            one = mapping(entry)
            inline, path = text(one.get("patch")), text(one.get("path"))
            target = mapping(one.get("target"))
            found.append(((field, index, "patch"), inline, path, target))
    for where, inline, path, target in reversed(found[:_MOST_PATCHES]):
        yield from _read(source, where, inline, path, target)


def _is_written_out(entry: str) -> bool:
    """Whether an entry is a patch itself, where it may be the name of a file as well.

    kustomize tries that first, and wants each object to have a kind and a name
    (``loadFromPaths`` of ``PatchStrategicMergeTransformer``).
    """
    bodies = [mapping(body) for _, _, body in _documents(entry)]
    return bool(bodies) and all(
        text(one.get("kind")) and text(mapping(one.get("metadata")).get("name"))
        for one in bodies
    )


def _read(
    source: Source, where: Path, inline: str, path: str, target: Mapping[str, Any]
) -> Iterator[Patch]:
    content: SourceFile | None
    if inline:
        content, place = SourceFile(source.places.path, inline), where
    else:
        content = source.file(path)
        place = None
    if content is None:
        return
    for start, end, body in reversed(_documents(content.text)):
        yield Patch(source, place, content, start, end, body, target)


@lru_cache(maxsize=256)
def _documents(content: str) -> tuple[tuple[int, int, Any], ...]:
    """Return the documents of a text that can be read; one text is asked often."""
    found = []
    for start, end in cut(content).pieces:
        try:
            body = document_value(normalised(content[start:end])).value
        except YamlError:
            continue
        found.append((start, end, body))
    return tuple(found)
