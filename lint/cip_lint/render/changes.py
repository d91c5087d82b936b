"""Which line of a kustomization, or of a patch that it names, set a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cip_lint.bodies import items, mapping, mappings, text
from cip_lint.manifests.nodes import YamlError
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.model import Path, SourceFile, Span
from cip_lint.render.homes import Source
from cip_lint.render.paths import MISSING, at, counterpart

_MOST_PATCHES = 256


def change(source: Source, path: Path, value: Any, built: Any) -> Span | None:
    """Return the place in a kustomization that set a value of an object it changed.

    ``built`` is the whole object; None where nothing in it says this value. Patches
    come first: what they set is more than a default for many objects.
    """
    for patch in _patches(source):
        span = patch.place(path, value, built)
        if span is not None:
            return span
    own = next(_entries(source.body, path, value), None)
    return None if own is None else source.places.value(own)


def _entries(body: Mapping[str, Any], path: Path, value: Any) -> Iterator[Path]:
    """Yield the entries of a kustomization that give objects such a value."""
    last = path[-1] if path else ""
    if path == ("metadata", "namespace") and body.get("namespace") == value:
        yield ("namespace",)
    if isinstance(last, str):
        yield from _labels(body, last, value)
    if last == "image" and isinstance(value, str):
        yield from _images(body, value)
    if last == "replicas":
        for index, one in enumerate(mappings(body.get("replicas"))):
            if one.get("count") == value:
                yield ("replicas", index, "count")


def _labels(body: Mapping[str, Any], key: str, value: Any) -> Iterator[Path]:
    for field in ("commonLabels", "commonAnnotations"):
        if mapping(body.get(field)).get(key, MISSING) == value:
            yield (field, key)
    for index, one in enumerate(mappings(body.get("labels"))):
        if mapping(one.get("pairs")).get(key, MISSING) == value:
            yield ("labels", index, "pairs", key)


def _images(body: Mapping[str, Any], value: str) -> Iterator[Path]:
    for index, one in enumerate(mappings(body.get("images"))):
        name = text(one.get("newName")) or text(one.get("name"))
        if name and value.startswith(name):
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

    def place(self, path: Path, value: Any, built: Any) -> Span | None:
        """Return the place at which the patch sets a value."""
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
    found: list[tuple[Path, str, str]] = []
    for index, entry in enumerate(items(source.body.get("patchesStrategicMerge"))):
        if isinstance(entry, str):
            inline, path = (entry, "") if "\n" in entry else ("", entry)
            found.append((("patchesStrategicMerge", index), inline, path))
    for field in ("patches", "patchesJson6902"):
        for index, entry in enumerate(items(source.body.get(field))):
            inline = text(mapping(entry).get("patch"))
            found.append(
                ((field, index, "patch"), inline, text(mapping(entry).get("path")))
            )
    for where, inline, path in reversed(found[:_MOST_PATCHES]):
        yield from _read(source, where, inline, path)


def _read(source: Source, where: Path, inline: str, path: str) -> Iterator[_Patch]:
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
        yield _Patch(source, place, content, *piece, body)
