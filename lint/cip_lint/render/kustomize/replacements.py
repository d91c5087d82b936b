"""Which entry of ``replacements:`` of a kustomization sets a value of an object.

Follows ``api/filters/replacement/replacement.go`` and ``kyaml/utils/pathsplitter.go``
of kustomize: a target selects objects, and its field paths lead into them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cip_lint.bodies import items, mapping, mappings, text
from cip_lint.manifests.landmarks import first_document
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.render.surroundings.sources import Source
from cip_lint.render.written.paths import at

_STEP = pattern(r"\[[^\]]*\]|(?:\\.|[^.\[\\])+")
_PLAIN_NAME = pattern(r"[A-Za-z0-9-]+")
"""A name that can only be itself, where a pattern might stand."""


def replacing(
    source: Source, path: Path, built: Any, names: Collection[str]
) -> Iterator[Path]:
    """Yield the field paths of a kustomization that lead to a path of an object.

    ``names`` are those that the object has had. What stands in a file of its own is
    shown where the kustomization names that file.
    """
    for index, entry in enumerate(items(source.body.get("replacements"))):
        here: Path = ("replacements", index)
        one = mapping(entry)
        for where in _targets(one, path, built, names):
            yield (*here, *where)
        file = source.file(text(one.get("path"))) if "path" in one else None
        if file is not None:
            said = first_document(file)
            inner = mappings(said.get("replacements")) or (said,)
            if any(any(_targets(each, path, built, names)) for each in inner):
                yield (*here, "path")


def _targets(
    entry: Mapping[str, Any], path: Path, built: Any, names: Collection[str]
) -> Iterator[Path]:
    for index, one in enumerate(map(mapping, items(entry.get("targets")))):
        if not _selects(mapping(one.get("select")), built, names):
            continue
        for number, field in enumerate(items(one.get("fieldPaths"))):
            if _leads_to(text(field), path, built):
                yield ("targets", index, "fieldPaths", number)


def _selects(select: Mapping[str, Any], built: Any, names: Collection[str]) -> bool:
    kind, name = text(select.get("kind")), text(select.get("name"))
    if _PLAIN_NAME.fullmatch(kind) and kind != mapping(built).get("kind"):
        return False
    return name in names or not _PLAIN_NAME.fullmatch(name)


def _leads_to(field: str, path: Path, built: Any) -> bool:
    """Whether a field path is a path: ``spec.ports.[name=http].port``, ``spec.*``."""
    steps = _STEP.findall(field)
    if len(steps) != len(path):
        return False
    return all(
        _fits(step, own, at(built, path[: depth + 1]))
        for depth, (step, own) in enumerate(zip(steps, path, strict=True))
    )


def _fits(step: str, own: str | int, value: Any) -> bool:
    if step == "*":
        return True
    if step.startswith("["):
        key, equals, wanted = step[1:-1].partition("=")
        if not equals:
            return key == own
        return isinstance(own, int) and str(mapping(value).get(key)) == wanted
    return step.replace("\\", "") == str(own)
