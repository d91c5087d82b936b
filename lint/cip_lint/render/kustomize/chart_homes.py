"""Where objects come from that a kustomization renders from a chart.

kustomize notes which kustomization it was, and helm which template: what helm has
printed is kept beside the build, and an object is looked for in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cip_lint.bodies import Body
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.text import decode
from cip_lint.model import Path as ModelPath
from cip_lint.model import Resource, SourceFile, Span
from cip_lint.records import NamedTuple
from cip_lint.render.helm.chart_objects import placed, values_files
from cip_lint.render.helm.chart_templates import OwnTemplates
from cip_lint.render.kustomize.closure import RenderedChart
from cip_lint.render.surroundings.files import named, resolved
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.sources import Source, Sources
from cip_lint.render.written.paths import at
from cip_lint.render.written.values import Values

_Key = tuple[object, object, str]


class Printed(NamedTuple):
    """What helm has printed of a chart."""

    folder: Path
    """Where the chart lies, or would lie if it were not fetched."""
    output: bytes


class ChartObjects:
    """The objects that the charts of one build were rendered to.

    ``charts`` are those of the repository.
    """

    def __init__(
        self,
        printed: Sequence[Printed],
        charts: Sequence[RenderedChart],
        sources: Sources,
        place: Place,
    ) -> None:
        self._place = place
        self._sources = sources
        self._found: dict[_Key, Resource] = {}
        self._fetched: dict[_Key, str] = {}
        for one in printed:
            folder = resolved(one.folder)
            own = [chart for chart in charts if chart.folder == folder]
            if folder is not None and own:
                for resource in self._placed(folder, one.output, own):
                    self._found.setdefault(_key(resource.body, resource.name), resource)
            else:
                source = SourceFile(str(one.folder), decode(one.output).text)
                for resource in read_text(source, None).resources:
                    key = _key(resource.body, resource.name)
                    self._fetched.setdefault(key, one.folder.name)

    def written(self, body: Body, names: Iterable[str]) -> Resource | None:
        """Return an object as its template made it; None where nobody knows that.

        ``names`` are those that it has had, the last one first.
        """
        found = (self._found.get(_key(body, name)) for name in reversed([*names]))
        return next((one for one in found if one is not None), None)

    def fetched(self, body: Body, names: Iterable[str]) -> str:
        """Return the name of the chart of an object that was fetched; empty: unknown."""
        found = (self._fetched.get(_key(body, name)) for name in reversed([*names]))
        return next((one for one in found if one is not None), "")

    def _placed(
        self, folder: Path, output: bytes, own: Sequence[RenderedChart]
    ) -> Iterator[Resource]:
        shown = self._place.shown(folder)
        # With which values each of several was rendered is not known.
        values = list(self._values(own[0])) if len(own) == 1 else []
        values += values_files(
            (f"{shown}/values.yaml".removeprefix("./"),), self._place
        )
        source = SourceFile(shown, decode(output).text)
        below = "" if shown == "." else shown
        return placed(source, OwnTemplates(below, self._place), values, self._place)

    def _values(self, one: RenderedChart) -> Iterator[Values]:
        """Yield what gives a chart values beside its own, what wins first.

        Of several files, the last one is the strongest; values in the kustomization
        are merged into the first.
        """
        names = [
            self._place.shown(named(one.kustomization, name))
            for name in one.chart.values
        ]
        given: list[Values] = list(values_files(reversed(names), self._place))
        kustomization = self._sources.in_folder(one.kustomization)
        if kustomization is not None:
            where = (*one.chart.at, "valuesInline")
            given.insert(max(0, len(given) - 1), ListedValues(kustomization, where))
        yield from given


class ListedValues:
    """Values that a kustomization lists with a chart."""

    def __init__(self, source: Source, where: ModelPath) -> None:
        self._source = source
        self._where = where

    def place(self, path: ModelPath, value: Any) -> Span | None:
        """Return the place of a value, where the kustomization says just this."""
        where = (*self._where, *path)
        if at(self._source.body, where) != value:
            return None
        return self._source.places.value(where)


def _key(body: Body, name: str) -> _Key:
    return body.get("apiVersion"), body.get("kind"), name
