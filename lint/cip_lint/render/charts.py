"""Renders the charts of a reading, and puts what they become in their place.

A chart that something in the repository installs is rendered as it is installed, once
for each installation; any other with its own values. Where that fails, its templates
are counted as not rendered, and a landmark says why.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from posixpath import dirname
from typing import Any, NamedTuple

from cip_lint.bodies import Body, text
from cip_lint.errors import ProgramError
from cip_lint.manifests import FileAccount, Landmark, Reading
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.recognition import RENDERED, TEMPLATE
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import helm
from cip_lint.render.homes import source_file
from cip_lint.render.kustomizations import NO_HELM, RELEASE, UNBUILT
from cip_lint.render.place import Place, at_once
from cip_lint.render.releases import Release, releases
from cip_lint.render.subcharts import whole_chart
from cip_lint.render.template_places import InlineValues, TemplatePlaces, ValuesFile

_MOST_CHARTS = 500
_MOST_FILES = 20_000
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
    left = [
        Landmark(UNBUILT, one.path, {"why": one.why}) for one in outcomes if one.why
    ]
    left += [_landmark(one) for one in outcomes if not one.why and one.release.words]
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


def _landmark(chart: _Chart) -> Landmark:
    """Return what says who installs a chart, and where to."""
    release = chart.release
    assert release.resource is not None
    body = {
        "release": release.words,
        "namespace": release.namespace,
        "cluster": release.cluster,
        "engine": release.engine,
    }
    return Landmark(RELEASE, chart.path, body)


def _charts(reading: Reading) -> Iterator[_Chart]:
    """Yield the charts that are no part of another one, for each installation."""
    found = {dirname(one.path): one for one in reading.landmarks if one.kind == "chart"}
    installed = releases(reading.resources) if found else {}
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
    folder = place.file(chart.folder).resolve()
    if not folder.is_relative_to(place.within):
        return chart._replace(why="it lies outside the repository")
    files: list[Path] = []
    why = _obstacle(folder, place.within, files)
    if why:
        return chart._replace(why=why)
    release = chart.release
    given = [place.file(one).resolve() for one in release.files]
    why = release.why or next(filter(None, map(_lacking(place), given)), "")
    if why:
        return chart._replace(why=why)
    inline = [one.content for one in release.values]

    def make() -> bytes:
        return helm.template(
            folder,
            release.name,
            release.namespace or "default",
            version=place.version,
            files=given,
            values=inline,
            sets=release.sets,
        )

    try:
        said = repr((release.name, release.namespace, inline, release.sets))
        words = (helm.identity(), str(folder), said, place.version)
        return chart._replace(output=place.kept(words, (*files, *given), make))
    except ProgramError as error:
        return chart._replace(why=str(error))


def _lacking(place: Place) -> Callable[[Path], str]:
    """Return the function that says why a file of values cannot be given."""

    def why(file: Path) -> str:
        if not file.is_relative_to(place.within):
            return f"{file.name} lies outside the repository"
        return "" if file.is_file() else f"{place.shown(file)} is not there"

    return why


def _name(body: Body) -> str:
    """Return a name for a release: that of the chart, as a person would take."""
    name = _RELEASE.sub("-", text(body.get("name")).lower()).strip("-")
    return name[:_LONGEST_RELEASE].strip("-") or "release"


_LONGEST_RELEASE = 53


def _obstacle(folder: Path, within: Path, files: list[Path]) -> str:
    """Return why a chart is not rendered, and note all its files in order.

    helm follows links out of a chart.
    """
    for below, folders, names in os.walk(folder):
        folders.sort()
        for name in (*folders, *sorted(names)):
            file = Path(below, name)
            if file.is_symlink() and not _resolved(file).is_relative_to(within):
                return f"{name} leads out of the repository"
            if name not in folders:
                files.append(file)
        if len(files) > _MOST_FILES:
            return f"it has more than {_MOST_FILES} files"
    return ""


def _resolved(file: Path) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError):
        return Path("/")


def _objects(source: SourceFile, chart: _Chart, place: Place) -> list[Resource]:
    found: list[Resource] = []
    templates: dict[str, SourceFile | None] = {}
    values = _values(chart, place)
    named = ""
    for index, one in enumerate(read_text(source, None).resources):
        assert isinstance(one.places, DocumentPlaces)
        start, end, *_ = one.places.numbers
        mark = _SOURCE.search(source.text, start, end)
        named = mark["path"].partition("/")[2] if mark is not None else named
        shown = f"{chart.folder}/{named}".lstrip("/")
        if shown not in templates:
            templates[shown] = source_file(place.file(shown), shown)
        template = templates[shown]
        places: Any = one.places
        if template is not None:
            in_list = one.places.in_list
            places = TemplatePlaces(one.body, template, values, index, in_list=in_list)
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


def _values(chart: _Chart, place: Place) -> list[ValuesFile | InlineValues]:
    """Return everything that gives a chart values, what wins first."""
    found: list[ValuesFile | InlineValues] = [
        InlineValues(one.resource, one.path, is_text=one.is_text)
        for one in reversed(chart.release.values)
    ]
    own = f"{chart.folder}/values.yaml".lstrip("/")
    for shown in (*reversed(chart.release.files), own):
        source = source_file(place.file(shown), shown)
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
