"""Builds the kustomizations of a reading, and puts what they make in their place.

A kustomization is judged as built, never by its pieces. Those that only list files
are sent as they are written, and need no build. Where one cannot be built, its files
stay pieces, and a landmark says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cip_lint.bodies import Body, mapping
from cip_lint.errors import ProgramError
from cip_lint.manifests import Landmark, Reading
from cip_lint.manifests.file_reading import FileReading, read_text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import helm, kustomize
from cip_lint.render.built_places import BuiltPlaces
from cip_lint.render.chart_homes import Printed
from cip_lint.render.closure import Closure, closure
from cip_lint.render.files import resolved
from cip_lint.render.homes import Homes, Made, without_notes
from cip_lint.render.kustomizations import Build, Kustomizations, survey
from cip_lint.render.kustomize_builds import made_of
from cip_lint.render.outcomes import (
    INFLATED,
    NO_HELM,
    NO_PROGRAM,
    release_landmark,
    unbuilt_landmark,
)
from cip_lint.render.place import Place, at_once
from cip_lint.render.senders import Sender, senders

_MOST_BUILDS = 1000
"""How many are built in one run, so that it ends."""


class _Built(NamedTuple):
    """One kustomization: what it was built to, or why it was not."""

    build: Build
    sender: Sender | None = None
    """Who changes it on the way; None: it is sent as it is."""
    output: bytes = b""
    folder: Path = Path()
    """The folder that the notes of kustomize start from."""
    printed: tuple[Printed, ...] = ()
    """What helm has printed of its charts."""
    reads: Closure = Closure()
    why: str = ""


def overlaid(reading: Reading, place: Place) -> Reading:
    """Return a reading in which kustomizations are what they are built to.

    Objects of files that only a build sends are left out.
    """
    found = _survey(reading)
    wanted = list(_wanted(found, reading))
    if not wanted:
        return reading
    outcomes = _outcomes(wanted, found, place)
    made = [one for one in outcomes if not one.why]
    left = [unbuilt_landmark(one.build.path, one.why) for one in outcomes if one.why]
    left += [release_landmark(one.build.path, one.sender) for one in made if one.sender]
    left += [Landmark(INFLATED, path, {}) for path in _inflated(made, place)]
    read = _by_path(reading.resources)
    homes: dict[Path, Homes] = {}
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in made:
        file = _read(one)
        sources[file.source.path] = file.source
        around = place.around(one.build.directory)
        if around.within not in homes:
            homes[around.within] = Homes(read, around)
        objects += _objects(file, one, homes[around.within])
    consumed = _consumed(made, found)
    kept = [one for one in reading.resources if one.places.path not in consumed]
    return reading._replace(
        resources=[*kept, *objects],
        landmarks=[*reading.landmarks, *left],
        sources={**reading.sources, **sources},
    )


def pieces(reading: Reading, paths: Collection[str]) -> frozenset[str]:
    """Return the files that only builds send, of the kustomizations at some paths."""
    if not paths:
        return frozenset()
    found = _survey(reading)
    roots = [one for one in _wanted(found, reading) if one.build.path in paths]
    return _consumed(roots, found)


def left_unbuilt(reading: Reading, why: str) -> Reading:
    """Return a reading in which no kustomization is built, for one reason."""
    wanted = _wanted(_survey(reading), reading)
    left = [unbuilt_landmark(one.build.path, why) for one in wanted]
    return reading._replace(landmarks=[*reading.landmarks, *left])


def _survey(reading: Reading) -> Kustomizations:
    files = [
        (one.path, one.body) for one in reading.landmarks if one.kind == "kustomization"
    ]
    return survey(files, frozenset(one.path for one in reading.files) if files else ())


def _wanted(found: Kustomizations, reading: Reading) -> Iterator[_Built]:
    """Yield what must be built: once for each that changes it, else as it is."""
    sent = senders((*reading.resources, *reading.applications)) if found.builds else {}
    changed: set[str] = set()
    for folder, all_of_it in sent.items():
        body = found.body(folder)
        if body is None or not any(one.changes for one in all_of_it):
            continue
        build = found.build(folder)
        changed.add(folder)
        for sender in all_of_it:
            yield _Built(build, sender)
    for build in found.unbuilt_roots:
        if build.directory not in changed and _is_a_root(build, found):
            yield _Built(build)


def _is_a_root(build: Build, found: Kustomizations) -> bool:
    body = found.body(build.directory) or {}
    return bool(body) and body.get("kind", "Kustomization") == "Kustomization"


def _outcomes(
    wanted: Sequence[_Built], found: Kustomizations, place: Place
) -> list[_Built]:
    """Return what becomes of each, in their order."""
    if kustomize.command() is None:
        return [one._replace(why=NO_PROGRAM) for one in wanted]

    def outcome(one: _Built) -> _Built:
        return _outcome(one, found.body(one.build.directory) or {}, place)

    def failed(one: _Built, why: str) -> _Built:
        return one._replace(output=b"", why=why)

    return list(at_once(wanted, outcome, failed, _MOST_BUILDS, place))


def _outcome(one: _Built, body: Body, place: Place) -> _Built:
    place = place.around(one.build.directory)
    directory = resolved(place.file(one.build.directory))
    if directory is None or not directory.is_relative_to(place.within):
        return one._replace(why="it lies outside the repository")
    fields = dict(one.sender.fields) if one.sender is not None else {}
    reads = closure(directory, place.within, fields, network=place.network)
    why = reads.obstacle
    if reads.renders and helm.command() is None:
        why = why or NO_HELM
    if why:
        return one._replace(why=why)
    if mapping(body.get("sortOptions")):
        fields["sortOptions"] = dict(mapping(body.get("sortOptions")))
    try:
        made = made_of(directory, fields, reads, place)
    except ProgramError as error:
        return one._replace(why=str(error))
    output, folder, printed = made
    return one._replace(output=output, folder=folder, printed=printed, reads=reads)


def _inflated(made: Sequence[_Built], place: Place) -> list[str]:
    """Return the paths of the ``Chart.yaml`` of charts that were rendered."""
    found = {chart.folder / "Chart.yaml" for one in made for chart in one.reads.charts}
    return sorted(map(place.shown, found))


def _by_path(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in resources:
        found.setdefault(one.places.path, []).append(one)
    return found


def _read(one: _Built) -> FileReading:
    text = decode(one.output).text
    who = f" for {one.sender.words}" if one.sender is not None else ""
    return read_text(
        SourceFile(f"{one.build.path} (built{who})", text, file=one.build.path), None
    )


def _objects(file: FileReading, one: _Built, homes: Homes) -> list[Resource]:
    found = []
    charts = homes.charts(one.printed, one.reads) if one.printed else None
    made = Made(one.build.path, one.folder, one.sender, one.reads.remotes, charts)
    for index, resource in enumerate(file.resources):
        home = homes.of(resource.body, made)
        body = without_notes(resource.body)
        assert isinstance(resource.places, DocumentPlaces)
        places = BuiltPlaces(body, resource.places, home, index)
        written = home.written
        repeated = written.repeated_keys if written is not None else ()
        release = one.sender.words if one.sender is not None else ""
        found.append(Resource(body, places, repeated, one.build.path, written, release))
    return found


def _consumed(made: Sequence[_Built], found: Kustomizations) -> frozenset[str]:
    """Return the files that are judged by what was built of them alone."""
    consumed: set[str] = set()
    for one in made:
        reach = found.reach(one.build.directory)
        consumed |= reach.files | reach.others
    return frozenset(consumed)
