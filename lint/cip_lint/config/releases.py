"""The charts that the settings of a cluster install: ``releases:``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cip_lint.config.files import shown_path
from cip_lint.config.layers import Layers, Stated
from cip_lint.config.nearest import nearest
from cip_lint.model import Label
from cip_lint.model import Path as ModelPath
from cip_lint.patterns import pattern
from cip_lint.render.surroundings.repositories import repository
from cip_lint.render.surroundings.targets import StatedRelease
from cip_lint.render.written.values import StatedValues

_CHART = "Chart.yaml"
_DOT = pattern(r"(?<!\\)\.")


def releases(
    layers: Layers, stated: Stated | None, root: Path, folder: Path
) -> tuple[StatedRelease, ...]:
    """Return the releases that one cluster is said to get; what is wrong is said.

    ``root`` is the folder of the settings file, ``folder`` the working folder.
    """
    if stated is None:
        return ()
    reader = _Reader(layers, root, folder)
    found: dict[tuple[str, str], StatedRelease] = {}
    for index in range(len(stated.value)):
        item = layers.deeper(stated, index)
        one = reader.release(item)
        if one is None:
            continue
        key = (one.name or one.chart, one.namespace)
        if key in found:
            layers.wrong(
                item, f"{key[0]} is listed twice, first in {found[key].origin}"
            )
        found[key] = one
    return tuple(found.values())


class _Reader:
    """Reads one release after the other."""

    def __init__(self, layers: Layers, root: Path, folder: Path) -> None:
        self._layers = layers
        self._root = root
        self._folder = folder
        self._within = repository(root)

    def release(self, item: Stated) -> StatedRelease | None:
        """Return a release; None where its chart cannot be one."""
        value = item.value
        chart = self._chart(self._layers.deeper(item, "chart"))
        if chart is None:
            return None
        files: list[str] = []
        written: list[StatedValues] = []
        for one in self._listed(item, "values"):
            if isinstance(one.value, dict):
                written.append(_written(one))
            elif written:
                # Helm reads all files before anything else.
                self._layers.wrong(one, f"{one.value} stands behind a map", _ORDER)
            else:
                files += self._file(one)
        if "set" in value:
            written += self._single(self._layers.deeper(item, "set"))
        return StatedRelease(
            chart=chart,
            name=value.get("name", ""),
            namespace=value.get("namespace", ""),
            files=tuple(files),
            values=tuple(written),
            engine=value.get("engine", ""),
            origin=str(item.origin),
        )

    def _listed(self, item: Stated, key: str) -> Iterator[Stated]:
        if key in item.value:
            listed = self._layers.deeper(item, key)
            for index in range(len(listed.value)):
                yield self._layers.deeper(listed, index)

    def _chart(self, stated: Stated) -> str | None:
        place = self._place(stated)
        if place is None:
            return None
        if not (place / _CHART).is_file():
            charts = (one.parent.name for one in place.parent.glob(f"*/{_CHART}"))
            near = nearest(place.name, list(charts))
            parent = stated.value.rstrip("/").rpartition("/")[0]
            help_text = f"write {parent}/{near}".replace(" /", " ") if near else ""
            self._layers.wrong(stated, f"{stated.value} has no {_CHART}", help_text)
            return None
        shown = shown_path(place, self._folder)
        return "" if shown == "." else shown

    def _file(self, stated: Stated) -> Iterator[str]:
        place = self._place(stated)
        if place is None:
            return
        if place.is_file():
            yield shown_path(place, self._folder)
        else:
            self._layers.wrong(stated, f"{stated.value} is no file")

    def _place(self, stated: Stated) -> Path | None:
        """Return what a path leads to, if that lies in the repository."""
        try:
            place = Path(os.path.normpath(self._root / stated.value))
            inside = place.resolve().is_relative_to(self._within)
        except (OSError, ValueError, RuntimeError):
            self._layers.wrong(stated, f"{stated.value!r} is no path")
            return None
        if not inside:
            self._layers.wrong(stated, f"{stated.value} lies outside the repository")
            return None
        return place

    def _single(self, stated: Stated) -> Iterator[StatedValues]:
        """Yield single values as the map that helm makes of their names."""
        body: dict[str, Any] = {}
        names: dict[ModelPath, str] = {}
        for name, value in stated.value.items():
            path = tuple(one.replace("\\.", ".") for one in _DOT.split(name))
            own = self._layers.deeper(stated, name)
            if "[" in name or not all(path):
                self._layers.wrong(own, f"{name} is no name with dots", _LISTS)
            elif _put(body, path, value):
                names[path] = name
            else:
                self._layers.wrong(own, f"{name} is set, and something above it too")
        if body:
            yield StatedValues(body, _labels(stated, names))


_ORDER = "files come first; put the map last"
_LISTS = "write lists as a map under values"


def _put(body: dict[str, Any], path: ModelPath, value: Any) -> bool:
    """Put a value at a path of a map; False where something else stands in the way."""
    for step in path[:-1]:
        inner = body.setdefault(str(step), {})
        if not isinstance(inner, dict):
            return False
        body = inner
    if path[-1] in body:
        return False
    body[str(path[-1])] = value
    return True


def _written(stated: Stated) -> StatedValues:
    """Return values that are written out, with the keys that take a default away."""
    document = stated.document
    assert document is not None
    body: Any = document.value if document.written is None else document.written
    for step in stated.path:
        body = body[step]
    return StatedValues(body, lambda path: stated.label(*path))


def _labels(stated: Stated, names: Mapping[ModelPath, str]) -> Any:
    def label(path: ModelPath) -> Label | None:
        name = names.get(path)
        return None if name is None else stated.label(name)

    return label
