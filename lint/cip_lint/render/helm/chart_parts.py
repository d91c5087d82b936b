"""The charts that are parts of a chart: where they lie, and which values they get.

Helm calls a part by its alias where the chart above gives it one, and hands it what
the values say below that name, and ``global`` (``pkg/chart/common/util/coalesce.go``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.manifests.landmarks import first_document
from cip_lint.model import Path, Span
from cip_lint.render.surroundings.files import is_folder, is_there, source_file
from cip_lint.render.surroundings.place import Place
from cip_lint.render.written.values import Values

_MOST_PARTS = 1000


class Parts:
    """Finds the folders of the parts of one chart."""

    def __init__(self, folder: str, place: Place) -> None:
        self._folder = folder
        self._place = place
        self._folders: dict[tuple[str, str], str] = {}

    def path(self, named: str) -> str:
        """Return the path of a file that is named by its path in the chart."""
        folder = self._folder
        for alias in called(named):
            folder = self._part(folder, alias)
        return f"{folder}/{own_path(named)}".lstrip("/")

    def _part(self, folder: str, alias: str) -> str:
        """Return the folder of a part of the chart in a folder."""
        key = (folder, alias)
        if key not in self._folders:
            self._folders[key] = self._found(folder, alias)
        return self._folders[key]

    def _found(self, folder: str, alias: str) -> str:
        plain = f"{folder}/charts/{alias}".lstrip("/")
        if is_there(self._place.file(plain)):
            return plain
        name = alias
        for one in mappings(self._chart(folder).get("dependencies")):
            if text(one.get("alias")) == alias:
                name = text(one.get("name"))
        for child in self._children(folder):
            if text(self._chart(child).get("name")) == name:
                return child
        return plain

    def _children(self, folder: str) -> Iterator[str]:
        charts = f"{folder}/charts".lstrip("/")
        try:
            found = sorted(self._place.file(charts).iterdir())
        except OSError:
            return
        for one in found[:_MOST_PARTS]:
            if is_folder(one):
                yield f"{charts}/{one.name}"

    def _chart(self, folder: str) -> Body:
        shown = f"{folder}/Chart.yaml".lstrip("/")
        source = source_file(self._place.file(shown), self._place.within, shown)
        return mapping(first_document(source)) if source is not None else {}


def called(named: str) -> tuple[str, ...]:
    """Return the names of the parts that a template is in, the outermost first."""
    names = []
    while named.startswith("charts/"):
        name, _, named = named.removeprefix("charts/").partition("/")
        names.append(name)
    return tuple(names)


def own_path(named: str) -> str:
    """Return the path of a file in the innermost part that it is in."""
    for alias in called(named):
        named = named.removeprefix(f"charts/{alias}/")
    return named


class HandedDown:
    """What values give a part of a chart: what they say below its name."""

    def __init__(self, values: Values, names: tuple[str, ...]) -> None:
        self._values = values
        self._names = names

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        if path[:1] == ("global",):
            return self._values.place(path, value)
        return self._values.place((*self._names, *path), value)
