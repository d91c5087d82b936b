"""Renders the charts of a reading, and puts what they become in their place.

A chart is rendered with its own values. Where it cannot be, its templates are counted
as not rendered, and a landmark says why.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
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
from cip_lint.render.kustomizations import NO_HELM, UNBUILT
from cip_lint.render.place import Place, at_once
from cip_lint.render.template_places import TemplatePlaces, ValuesFile

_MOST_CHARTS = 500
_MOST_FILES = 20_000
_SOURCE = re.compile(r"^# Source: (?P<path>[^\n\r]+)", re.MULTILINE)
_RELEASE = re.compile(r"[^a-z0-9-]+")


class _Chart(NamedTuple):
    """One chart, and what it was rendered to, or why it was not."""

    path: str
    """The path of its ``Chart.yaml``."""
    body: Body
    output: bytes = b""
    why: str = ""

    @property
    def folder(self) -> str:
        """Its folder, as printed."""
        return dirname(self.path)


def rendered(reading: Reading, place: Place) -> Reading:
    """Return a reading in which charts are what they are rendered to."""
    charts = list(_charts(reading.landmarks))
    if not charts:
        return reading
    outcomes = _outcomes(charts, place)
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in outcomes:
        if not one.why:
            source = SourceFile(f"{one.path} (rendered)", decode(one.output).text)
            sources[source.path] = source
            objects += _objects(source, one, place)
    left = [
        Landmark(UNBUILT, one.path, {"why": one.why}) for one in outcomes if one.why
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


def _charts(landmarks: Sequence[Landmark]) -> list[_Chart]:
    """Return the charts that are no part of another one, and can be installed."""
    found = {
        dirname(one.path): _Chart(one.path, one.body)
        for one in landmarks
        if one.kind == "chart"
    }
    return [
        chart
        for folder, chart in sorted(found.items())
        if not _is_part(folder, found) and chart.body.get("type") != "library"
    ]


def _is_part(folder: str, charts: Mapping[str, object]) -> bool:
    above, slash, _ = folder.rpartition("/charts/")
    while slash:
        if above in charts:
            return True
        above, slash, _ = above.rpartition("/charts/")
    return folder.startswith("charts/") and "" in charts


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
    release = _release(chart)

    def make() -> bytes:
        return helm.template(folder, release, "default")

    try:
        words = (helm.identity(), str(folder), release)
        return chart._replace(output=place.kept(words, files, make))
    except ProgramError as error:
        return chart._replace(why=str(error))


def _release(chart: _Chart) -> str:
    """Return a name for the release: that of the chart, as a person would take."""
    name = _RELEASE.sub("-", text(chart.body.get("name")).lower()).strip("-")
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
            places = TemplatePlaces(one.body, template, values, index)
        found.append(Resource(one.body, places, one.repeated_keys, built_by=chart.path))
    return found


def _values(chart: _Chart, place: Place) -> ValuesFile | None:
    shown = f"{chart.folder}/values.yaml".lstrip("/")
    source = source_file(place.file(shown), shown)
    if source is None:
        return None
    return ValuesFile(source, first_document(source))


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
