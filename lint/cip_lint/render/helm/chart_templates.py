"""Where the templates of a chart are: in its folder, in another, or fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from cip_lint.model import Label, Path, Places, SourceFile, Span
from cip_lint.render.helm.chart_dependencies import Dependencies
from cip_lint.render.helm.chart_parts import Parts, own_path
from cip_lint.render.surroundings.files import source_file
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.sources import Sources


class Templates(Protocol):
    """Finds the templates of a chart."""

    def template(self, named: str) -> SourceFile | None:
        """Return a template by its path in the chart; None where nobody can."""
        ...

    def listed(self, named: str) -> Span | None:
        """Return what names where a template was fetched from.

        None for one that somebody can edit.
        """
        ...

    def defaults(self, named: str) -> str:
        """Return the path of the values of the chart that a template is a part of.

        Empty where nobody can edit them.
        """
        ...


class OwnTemplates:
    """The templates of a chart of the repository, and of those that it needs.

    ``folder`` is its folder, as the reading has it.
    """

    def __init__(
        self, folder: str, place: Place, needs: Dependencies | None = None
    ) -> None:
        self._folder = folder
        self._place = place
        self._needs = needs if needs is not None else Dependencies()
        self._sources = Sources(place)
        self._parts = Parts(folder, place)

    def template(self, named: str) -> SourceFile | None:
        """Return a template by its path in the chart; None for one that is not here."""
        shown = self._path(named)
        if not shown:
            return None
        return source_file(self._place.file(shown), self._place.within, shown)

    def defaults(self, named: str) -> str:
        """Return the path of the values of the chart that a template is a part of."""
        path, rest = self._path(named), own_path(named)
        return f"{path.removesuffix(rest)}values.yaml" if path else ""

    def _path(self, named: str) -> str:
        home = self._needs.home(named)
        if home is None:
            return self._parts.path(named)
        needed, rest = home
        return "" if needed.folder is None else self._place.shown(needed.folder / rest)

    def listed(self, named: str) -> Span | None:
        """Return where the chart names the one that a template was fetched with."""
        home = self._needs.home(named)
        if home is None or home[0].folder is not None:
            return None
        needed = home[0]
        source = self._sources.of(needed.file)
        return None if source is None else source.places.value((*needed.at, "name"))


class FetchedPlaces:
    """The places of an object of which the repository has no more than an address.

    What the repository says itself is shown there, by the values that it gives; all
    else where it names what was fetched.
    """

    __slots__ = ("_inner", "_listed")

    def __init__(self, inner: Places, listed: Span) -> None:
        self._inner = inner
        self._listed = listed

    @property
    def path(self) -> str:
        """The path of the file that names what was fetched."""
        return self._listed.source.path

    @property
    def order(self) -> tuple[int, int]:
        """The position in what was rendered."""
        return self._inner.order

    @property
    def in_list(self) -> bool:
        """Whether it is an item of a list."""
        return self._inner.in_list

    def value(self, path: Path) -> Span:
        """Return the span of what gives the value at ``path``."""
        return self._here(self._inner.value(path))

    def key(self, path: Path) -> Span:
        """Return the span of what gives the key at ``path``."""
        return self._here(self._inner.key(path))

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``."""
        return self._here(self._inner.part(path, value, start, end))

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments of the repository that are about the object."""
        for span, text in self._inner.comments():
            if span.source.path != self._inner.path:
                yield span, text

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what set the variables in a place of the repository."""
        return self._inner.because(span)

    def _here(self, span: Span) -> Span:
        return self._listed if span.source.path == self._inner.path else span


class PulledTemplates:
    """The templates of a chart that was fetched, as helm has read them.

    ``texts`` are those that made objects, by their paths in the chart; ``listed`` is
    what names the chart.
    """

    def __init__(self, chart: str, texts: Mapping[str, str], listed: Span) -> None:
        self._chart = chart
        self._texts = texts
        self._listed = listed

    def template(self, named: str) -> SourceFile | None:
        """Return a template by its path in the chart; None where it was not kept."""
        text = self._texts.get(named)
        return None if text is None else SourceFile(f"{self._chart}/{named}", text)

    def defaults(self, _named: str) -> str:
        """Return nothing: its own values were fetched, too."""
        return ""

    def listed(self, named: str) -> Span | None:
        """Return what names the chart."""
        return self._listed
