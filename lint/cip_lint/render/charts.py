"""Renders the charts of a reading, and puts what they become in their place.

A chart that something in the repository installs is rendered as it is installed, once
for each installation; any other with its own values. Where that fails, its templates
are counted as not rendered, and a landmark says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from posixpath import dirname
from typing import Any, NamedTuple

from cip_lint.bodies import Body, text
from cip_lint.errors import ProgramError
from cip_lint.manifests import FileAccount, Reading
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.recognition import RENDERED, TEMPLATE
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import helm
from cip_lint.render.files import content, is_folder, is_regular, is_there, resolved
from cip_lint.render.homes import source_file
from cip_lint.render.outcomes import NO_HELM, release_landmark, unbuilt_landmark
from cip_lint.render.place import Place, at_once
from cip_lint.render.releases import Release, releases
from cip_lint.render.subcharts import whole_chart
from cip_lint.render.template_places import (
    InlineValues,
    TemplatePlaces,
    ValuesFile,
    parts_of,
)

_MOST_CHARTS = 500
_MOST_FILES = 20_000
_MOST_BYTES = 16 << 20
"""How much one file of values may hold."""
_SOURCE = re.compile(r"^# Source: (?P<path>[^\n\r]+)", re.MULTILINE)
_RELEASE = re.compile(r"[^a-z0-9-]+")


class _Chart(NamedTuple):
    """One chart, and what it was rendered to, or why it was not."""

    path: str
    """The path of its ``Chart.yaml``."""
    body: Body
    release: Release
    output: bytes = b""
    why: str = ""

    @property
    def called(self) -> str:
        """How what it was rendered to is called."""
        who = f" for {self.release.words}" if self.release.words else ""
        return f"{self.path} (rendered{who})"

    @property
    def folder(self) -> str:
        """Its folder, as printed."""
        return dirname(self.path)


def rendered(reading: Reading, place: Place) -> Reading:
    """Return a reading in which charts are what they are rendered to."""
    charts = list(_charts(reading))
    if not charts:
        return reading
    outcomes = _outcomes(charts, place)
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in outcomes:
        if not one.why:
            source = SourceFile(one.called, decode(one.output).text)
            sources[source.path] = source
            objects += _objects(source, one, place)
    left = [unbuilt_landmark(one.path, one.why) for one in outcomes if one.why]
    left += [
        release_landmark(one.path, one.release)
        for one in outcomes
        if not one.why and one.release.words
    ]
    folders = frozenset(one.folder for one in outcomes if not one.why)
    files = [_accounted(one, folders) for one in reading.files]
    done = sum(one.reason == RENDERED for one in files)
    skipped = dict(reading.skipped)
    if done:
        skipped[TEMPLATE] = max(0, skipped.get(TEMPLATE, 0) - done)
        skipped = {reason: number for reason, number in skipped.items() if number}
    return reading._replace(
        resources=[*reading.resources, *objects],
        files=files,
        landmarks=[*reading.landmarks, *left],
        skipped=skipped,
        sources={**reading.sources, **sources},
    )


def _charts(reading: Reading) -> Iterator[_Chart]:
    """Yield the charts that are no part of another one, for each installation."""
    found = {dirname(one.path): one for one in reading.landmarks if one.kind == "chart"}
    objects = (*reading.resources, *reading.applications)
    installed = releases(objects) if found else {}
    for folder, landmark in sorted(found.items()):
        if (
            whole_chart(folder, found) != folder
            or landmark.body.get("type") == "library"
        ):
            continue
        own = Release(_name(landmark.body), "")
        for release in installed.get(folder, (own,)):
            yield _Chart(landmark.path, landmark.body, release)


def _outcomes(charts: Sequence[_Chart], place: Place) -> list[_Chart]:
    if helm.command() is None:
        return [one._replace(why=NO_HELM) for one in charts]

    def outcome(chart: _Chart) -> _Chart:
        return _outcome(chart, place)

    def too_many(chart: _Chart) -> _Chart:
        return chart._replace(why=f"more than {_MOST_CHARTS} in one run")

    return at_once(outcome, charts, _MOST_CHARTS, too_many)


def _outcome(chart: _Chart, place: Place) -> _Chart:
    folder = resolved(place.file(chart.folder))
    if folder is None or not folder.is_relative_to(place.within):
        return chart._replace(why="it lies outside the repository")
    files: dict[Path, None] = {}
    release = chart.release
    why = _obstacle(folder, place.within, files) or release.why
    if why:
        return chart._replace(why=why)
    values: list[bytes] = []
    for shown in release.files:
        data = content(place.file(shown), place.within, _MOST_BYTES)
        if data is None and release.may_lack and not is_there(place.file(shown)):
            continue
        if data is None:
            return chart._replace(why=_lacking(shown, place))
        values.append(data)
    values += [one.content.encode("utf-8", "replace") for one in release.values]

    def make() -> bytes:
        return helm.template(
            folder,
            release.name,
            release.namespace or "default",
            version=place.version,
            values=values,
            sets=release.sets,
        )

    try:
        said = repr((release.name, release.namespace, values, release.sets))
        words = (helm.identity(), str(folder), said, place.version)
        return chart._replace(output=place.kept(words, files, make))
    except ProgramError as error:
        return chart._replace(why=str(error))


def _lacking(shown: str, place: Place) -> str:
    """Return why a file of values cannot be given."""
    file = resolved(place.file(shown))
    if file is not None and not file.is_relative_to(place.within):
        return f"{file.name} lies outside the repository"
    if file is None or not is_there(file):
        return f"{shown} is not there"
    return f"{shown} is no file that can be read"


def _name(body: Body) -> str:
    """Return a name for a release: that of the chart, as a person would take."""
    name = _RELEASE.sub("-", text(body.get("name")).lower()).strip("-")
    return name[:_LONGEST_RELEASE].strip("-") or "release"


_LONGEST_RELEASE = 53


def _obstacle(folder: Path, within: Path, files: dict[Path, None]) -> str:
    """Return why a chart is not rendered, and note all its files in order.

    helm follows links, also those below a folder that a link leads to.
    """
    waiting = [folder]
    met = {folder}
    while waiting:
        for file in _listed(waiting.pop()):
            target = resolved(file) if file.is_symlink() else file
            if target is None or not target.is_relative_to(within):
                return f"{file.name} leads out of the repository"
            if not is_folder(target):
                files[file] = None
                if is_there(target) and not is_regular(target):
                    return f"{file.name} is no file that can be read"
            elif target not in met:
                met.add(target)
                waiting.append(target)
        if len(files) + len(met) > _MOST_FILES:
            return f"it has more than {_MOST_FILES} files"
    return ""


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _objects(source: SourceFile, chart: _Chart, place: Place) -> list[Resource]:
    found: list[Resource] = []
    templates: dict[str, SourceFile | None] = {}
    values = _values(chart, place)
    objects = list(_with_templates(source))
    parts = _parts(objects, chart, place, templates)
    for index, (one, named) in enumerate(objects):
        assert isinstance(one.places, DocumentPlaces)
        template = templates[named]
        places: Any = one.places
        if template is not None:
            places = TemplatePlaces(
                one.body,
                template,
                values,
                index,
                in_list=one.places.in_list,
                part=parts[index],
            )
        found.append(
            Resource(
                one.body,
                places,
                one.repeated_keys,
                chart.path,
                release=chart.release.words,
            )
        )
    return found


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
    chart: _Chart,
    place: Place,
    templates: dict[str, SourceFile | None],
) -> dict[int, tuple[int, int]]:
    """Read the templates, and return where in them each object stands."""
    made: dict[str, list[int]] = {}
    for index, (_, named) in enumerate(objects):
        made.setdefault(named, []).append(index)
    found: dict[int, tuple[int, int]] = {}
    for named, indexes in made.items():
        shown = f"{chart.folder}/{named}".lstrip("/")
        template = source_file(place.file(shown), place.within, shown)
        templates[named] = template
        if template is not None:
            kinds = [objects[index][0].kind for index in indexes]
            found.update(zip(indexes, parts_of(template.text, kinds), strict=True))
    return found


def _values(chart: _Chart, place: Place) -> list[ValuesFile | InlineValues]:
    """Return everything that gives a chart values, what wins first."""
    found: list[ValuesFile | InlineValues] = [
        InlineValues(one.resource, one.path, is_text=one.is_text)
        for one in reversed(chart.release.values)
    ]
    own = f"{chart.folder}/values.yaml".lstrip("/")
    for shown in (*reversed(chart.release.files), own):
        source = source_file(place.file(shown), place.within, shown)
        if source is not None:
            found.append(ValuesFile(source, first_document(source)))
    return found


def _accounted(account: FileAccount, folders: frozenset[str]) -> FileAccount:
    """Return the account of a file; a template that was rendered is no template."""
    if account.reason != TEMPLATE:
        return account
    folder = dirname(account.path)
    while folder not in folders:
        if not folder:
            return account
        folder = dirname(folder)
    return account._replace(reason=RENDERED)
