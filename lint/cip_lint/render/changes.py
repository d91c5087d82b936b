"""Which line of a kustomization, or of a patch that it names, set a value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from cip_lint.bodies import items, mapping, mappings, text
from cip_lint.manifests.nodes import YamlError
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.model import Path, SourceFile, Span
from cip_lint.render.paths import MISSING, at, counterpart
from cip_lint.render.sources import Source

_MOST_PATCHES = 256
_LABELS = frozenset({"annotations", "labels", "matchLabels", "selector"})
_PLAIN_NAME = re.compile(r"[A-Za-z0-9-]+")
"""A name that can only be itself, where a pattern might stand."""


def change(
    source: Source, path: Path, value: Any, built: Any, names: Collection[str]
) -> Span | None:
    """Return the place in a kustomization that set a value of an object it changed.

    ``built`` is the whole object, ``names`` are those that it has had; None where
    nothing in it says this value. Patches come first: what they set is more than a
    default for many objects.
    """
    for patch in _patches(source):
        span = patch.place(path, value, built, names)
        if span is not None:
            return span
    own = next(_entries(source.body, path, value, names), None)
    return None if own is None else source.places.value(own)


def _entries(
    body: Mapping[str, Any], path: Path, value: Any, names: Collection[str]
) -> Iterator[Path]:
    """Yield the entries of a kustomization that give objects such a value."""
    last = path[-1] if path else ""
    if path == ("metadata", "namespace") and body.get("namespace") == value:
        yield ("namespace",)
    if isinstance(last, str) and path[-2:-1] and path[-2] in _LABELS:
        yield from _labels(body, last, value)
    if last == "image" and isinstance(value, str):
        yield from _images(body, value)
    if last == "replicas":
        for index, one in enumerate(mappings(body.get("replicas"))):
            if one.get("count") == value and one.get("name") in names:
                yield ("replicas", index, "count")


def _labels(body: Mapping[str, Any], key: str, value: Any) -> Iterator[Path]:
    for field in ("commonLabels", "commonAnnotations"):
        if mapping(body.get(field)).get(key, MISSING) == value:
            yield (field, key)
    for index, one in enumerate(mappings(body.get("labels"))):
        if mapping(one.get("pairs")).get(key, MISSING) == value:
            yield ("labels", index, "pairs", key)


def _images(body: Mapping[str, Any], value: str) -> Iterator[Path]:
    image = value.partition("@")[0]
    name, _, tag = image.rpartition(":")
    image = name if name and "/" not in tag else image
    for index, one in enumerate(mappings(body.get("images"))):
        if image == (text(one.get("newName")) or text(one.get("name"))):
            yield ("images", index)


class _Patch(NamedTuple):
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

    def place(
        self, path: Path, value: Any, built: Any, names: Collection[str]
    ) -> Span | None:
        """Return the place at which the patch sets a value."""
        if not self._is_for(built, names):
            return None
        found = (
            _of_operations(self.body, path, value)
            if isinstance(self.body, list)
            else _of_merge(self.body, path, value, built)
        )
        if found is None:
            return None
        places = DocumentPlaces(self.content, self.start, self.end)
        span = places.value(found)
        if self.at is None:
            return span
        whole = self.content.text
        return self.source.places.part(self.at, whole, span.start, span.end)

    def _is_for(self, built: Any, names: Collection[str]) -> bool:
        """Whether it may be for an object; a pattern for names may mean any."""
        kind = text(self.target.get("kind"))
        name = text(self.target.get("name"))
        if not self.target and isinstance(self.body, dict):
            name = text(mapping(self.body.get("metadata")).get("name"))
        if _PLAIN_NAME.fullmatch(kind) and kind != mapping(built).get("kind"):
            return False
        return name in names or not _PLAIN_NAME.fullmatch(name)


def _of_merge(body: Any, path: Path, value: Any, built: Any) -> Path | None:
    """Return where a strategic merge patch says a value; see ``counterpart``."""
    if mapping(body).get("kind") != mapping(built).get("kind"):
        return None
    found = counterpart(path, built, body)
    if found is None or isinstance(value, dict | list):
        return None
    said = at(body, found)
    return found if said is not MISSING and said == value else None


def _of_operations(body: list[Any], path: Path, value: Any) -> Path | None:
    """Return the operation of a JSON patch that sets a value, or what holds it."""
    for index in range(len(body) - 1, -1, -1):
        operation = mapping(body[index])
        pointer = text(operation.get("path"))
        steps = [
            one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]
        ]
        if operation.get("op") not in {"add", "replace"} or len(steps) > len(path):
            continue
        if all(_fits(one, step) for one, step in zip(steps, path, strict=False)):
            rest = path[len(steps) :]
            if at(operation.get("value"), rest) == value:
                return (index, "value", *rest)
    return None


def _fits(written: str, step: str | int) -> bool:
    return written == str(step) or (written == "-" and isinstance(step, int))


def _patches(source: Source) -> Iterator[_Patch]:
    """Yield the patches of a kustomization, the last one first."""
    found: list[tuple[Path, str, str, Mapping[str, Any]]] = []
    for index, entry in enumerate(items(source.body.get("patchesStrategicMerge"))):
        if isinstance(entry, str):
            inline, path = (entry, "") if "\n" in entry else ("", entry)
            found.append((("patchesStrategicMerge", index), inline, path, {}))
    for field in ("patches", "patchesJson6902"):
        for index, entry in enumerate(items(source.body.get(field))):
            one = mapping(entry)
            inline, path = text(one.get("patch")), text(one.get("path"))
            target = mapping(one.get("target"))
            found.append(((field, index, "patch"), inline, path, target))
    for where, inline, path, target in reversed(found[:_MOST_PATCHES]):
        yield from _read(source, where, inline, path, target)


def _read(
    source: Source, where: Path, inline: str, path: str, target: Mapping[str, Any]
) -> Iterator[_Patch]:
    content: SourceFile | None
    if inline:
        content, place = SourceFile(source.places.path, inline), where
    else:
        content = source.file(path)
        place = None
    if content is None:
        return
    for piece in cut(content.text).pieces:
        try:
            body = document_value(normalised(content.text[slice(*piece)])).value
        except YamlError:
            continue
        yield _Patch(source, place, content, *piece, body, target)
