"""Which line of a kustomization, or of a patch that it names, set a value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from cip_lint.bodies import mapping, mappings, text
from cip_lint.model import Path, Resource, Span
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.patches import patches
from cip_lint.render.kustomize.replacements import replacing
from cip_lint.render.surroundings.sources import Source
from cip_lint.render.written.paths import IDENTITIES, MISSING, at, counterpart
from cip_lint.render.written.trails import Trail

_LABELS = frozenset({"annotations", "labels", "matchLabels", "selector"})
_IDENTITY: frozenset[Path] = frozenset(
    {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}
)


class Change(NamedTuple):
    """What set a value, as far as it is known."""

    span: Span | None
    """The place that says it; None where no kustomization does."""
    is_sure: bool
    """Whether it is a patch that is known to be for the object, and sets the value."""
    origin: Path | None
    """Where the value stood in the file of the object; None: nobody knows."""


def change(
    sources: Sequence[Source],
    path: Path,
    built: Any,
    names: Collection[str],
    written: Resource | None,
) -> Change:
    """Return what set a value of an object in kustomizations, the last one first.

    ``built`` is the whole object, ``names`` are those that it has had. Patches come
    first: what they set is more than a default for many objects.
    """
    value = at(built, path)
    trail = Trail(path, built)
    for source in sources:
        for patch in patches(source):
            if not patch.may_be_for(built, names):
                continue
            if isinstance(patch.body, list):
                found = trail.behind(patch.body, value, sure=patch.is_plain)
            else:
                found = _of_merge(patch.body, path, value, built)
                said = mapping(patch.body)
                trail.behind_merge(said, written.body if written else {})
            if found is not None:
                sure = patch.is_plain and not _names_what_is_there(patch.body, path)
                return Change(patch.span(found), sure, None)
        entries = _entries(source.body, path, value, names)
        replaced = replacing(source, path, built, names)
        own = next(chain(entries, replaced), None)
        if own is not None:
            return Change(source.places.value(own), False, None)
    return Change(None, False, trail.path if trail.is_moved else None)


def _names_what_is_there(patch: Any, path: Path) -> bool:
    """Whether a merge patch says a value only to find what it is merged into."""
    if isinstance(patch, list):
        return False
    in_list = len(path) > 1 and isinstance(path[-2], int)
    return path in _IDENTITY or (in_list and path[-1] in IDENTITIES)


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


def _of_merge(body: Any, path: Path, value: Any, built: Any) -> Path | None:
    """Return where a strategic merge patch says a value; see ``counterpart``."""
    if mapping(body).get("kind") != mapping(built).get("kind"):
        return None
    found = counterpart(path, built, body)
    if found is None or isinstance(value, dict | list):
        return None
    said = at(body, found)
    return found if said is not MISSING and said == value else None
