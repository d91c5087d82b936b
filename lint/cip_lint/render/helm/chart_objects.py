"""The objects that a chart was rendered to, with their places, and what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import Places, Resource, SourceFile
from cip_lint.patterns import pattern
from cip_lint.render.helm.chart_parts import HandedDown, called
from cip_lint.render.helm.chart_templates import FetchedPlaces, Templates
from cip_lint.render.helm.releases import Release
from cip_lint.render.helm.template_places import TemplatePlaces, parts_of
from cip_lint.render.surroundings.files import content, is_there, resolved, source_file
from cip_lint.render.surroundings.place import Place
from cip_lint.render.written.values import Values, ValuesFile

_MOST_BYTES = 16 << 20
"""How much one file of values may hold."""
_SOURCE = pattern(r"^# Source: (?P<path>[^\n\r]+)", re.MULTILINE)


def placed(
    source: SourceFile, templates: Templates, values: Sequence[Values], place: Place
) -> Iterator[Resource]:
    """Yield the objects that a chart was rendered to, each placed in its template.

    ``values`` is all that gives the chart values, what wins first. Where there is no
    template, places are those of the rendered text.
    """
    found: dict[str, SourceFile | None] = {}
    given: dict[str, Sequence[Values]] = {}
    objects = list(_with_templates(source))
    parts = _parts(objects, templates, found)
    for index, (one, named) in enumerate(objects):
        assert isinstance(one.places, DocumentPlaces)
        template, listed = found[named], templates.listed(named)
        places: Places = one.places
        if template is not None:
            if named not in given:
                given[named] = _handed_down(named, templates, values, place)
            places = TemplatePlaces(
                one.body,
                template,
                given[named],
                index,
                in_list=one.places.in_list,
                part=parts[index],
            )
        if listed is not None:
            places = FetchedPlaces(places, listed)
        yield Resource(one.body, places, one.repeated_keys)


def _handed_down(
    named: str, templates: Templates, values: Sequence[Values], place: Place
) -> Sequence[Values]:
    """Return what gives values to the chart that a template is a part of."""
    names = called(named)
    if not names:
        return values
    defaults = templates.defaults(named)
    own = values_files((defaults,), place) if defaults else ()
    return [*(HandedDown(one, names) for one in values), *own]


def values_files(names: Iterable[str], place: Place) -> Iterator[ValuesFile]:
    """Yield those of some files of values that can be read."""
    for shown in names:
        source = source_file(place.file(shown), place.within, shown)
        if source is not None:
            yield ValuesFile(source, first_document(source))


def given(release: Release, place: Place) -> tuple[list[bytes], str]:
    """Return the values that a release gives its chart, and why that is not known.

    What wins comes later.
    """
    values: list[bytes] = []
    for shown in release.files:
        data = content(place.file(shown), place.within, _MOST_BYTES)
        if data is None and release.may_lack and not is_there(place.file(shown)):
            continue
        if data is None:
            return [], _lacking(shown, place)
        values.append(data)
    values += [one.content.encode("utf-8", "replace") for one in release.values]
    return values, ""


def _lacking(shown: str, place: Place) -> str:
    """Return why a file of values cannot be given."""
    file = resolved(place.file(shown))
    if file is not None and not file.is_relative_to(place.within):
        return f"{file.name} lies outside the repository"
    if file is None or not is_there(file):
        return f"{shown} is not there"
    return f"{shown} is no file that can be read"


def templates_of(text: str) -> set[str]:
    """Return the paths of the templates in the chart that made what helm has printed."""
    return {one["path"].partition("/")[2] for one in _SOURCE.finditer(text)}


def _with_templates(source: SourceFile) -> Iterator[tuple[Resource, str]]:
    """Yield what was rendered with its template, as the chart names that."""
    named = ""
    for one in read_text(source, None).resources:
        assert isinstance(one.places, DocumentPlaces)
        start, end, *_ = one.places.numbers
        mark = _SOURCE.search(source.text, start, end)
        named = mark["path"].partition("/")[2] if mark is not None else named
        yield one, named


def _parts(
    objects: Sequence[tuple[Resource, str]],
    templates: Templates,
    read: dict[str, SourceFile | None],
) -> dict[int, tuple[int, int]]:
    """Read the templates, and return where in them each object stands."""
    made: dict[str, list[int]] = {}
    for index, (_, named) in enumerate(objects):
        made.setdefault(named, []).append(index)
    found: dict[int, tuple[int, int]] = {}
    for named, indexes in made.items():
        template = templates.template(named)
        read[named] = template
        if template is not None:
            kinds = [objects[index][0].kind for index in indexes]
            found.update(zip(indexes, parts_of(template.text, kinds), strict=True))
    return found
