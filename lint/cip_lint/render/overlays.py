"""Builds the kustomizations of a reading, and puts what they make in their place.

A kustomization is judged as built, never by its pieces. Those that only list files
are sent as they are written, and need no build. Where one cannot be built, its files
stay pieces, and a landmark says why.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cip_lint.bodies import Body, mapping
from cip_lint.errors import ProgramError
from cip_lint.manifests import Landmark, Reading
from cip_lint.manifests.file_reading import FileReading, read_text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import kustomize
from cip_lint.render.built_places import BuiltPlaces
from cip_lint.render.closure import closure
from cip_lint.render.homes import Homes, without_notes
from cip_lint.render.kustomizations import (
    NO_PROGRAM,
    UNBUILT,
    Build,
    Kustomizations,
    survey,
)
from cip_lint.render.place import Place, at_once

_MOST_BUILDS = 1000
"""How many are built in one run, so that it ends."""


class _Built(NamedTuple):
    """One kustomization: what it was built to, or why it was not."""

    build: Build
    output: bytes = b""
    folder: Path = Path()
    """The folder that the notes of kustomize start from."""
    why: str = ""


def overlaid(reading: Reading, place: Place) -> Reading:
    """Return a reading in which kustomizations are what they are built to.

    Objects of files that only a build sends are left out.
    """
    found = _survey(reading)
    roots = [one for one in found.unbuilt_roots if _is_a_root(one, found)]
    if not roots:
        return reading
    outcomes = _outcomes(roots, found, place)
    made = [one for one in outcomes if not one.why]
    left = [
        Landmark(UNBUILT, one.build.path, {"why": one.why})
        for one in outcomes
        if one.why
    ]
    homes = Homes(_by_path(reading.resources), place)
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in made:
        file = _read(one)
        sources[file.source.path] = file.source
        objects += _objects(file, one, homes)
    consumed = _consumed(made, found)
    kept = [one for one in reading.resources if one.places.path not in consumed]
    return reading._replace(
        resources=[*kept, *objects],
        landmarks=[*reading.landmarks, *left],
        sources={**reading.sources, **sources},
    )


def _survey(reading: Reading) -> Kustomizations:
    files = [
        (one.path, one.body) for one in reading.landmarks if one.kind == "kustomization"
    ]
    return survey(files, frozenset(one.path for one in reading.files) if files else ())


def _is_a_root(build: Build, found: Kustomizations) -> bool:
    body = found.body(build.directory) or {}
    return bool(body) and body.get("kind", "Kustomization") == "Kustomization"


def _outcomes(
    roots: Sequence[Build], found: Kustomizations, place: Place
) -> list[_Built]:
    """Return what becomes of each, in their order."""
    if kustomize.command() is None:
        return [_Built(one, why=NO_PROGRAM) for one in roots]

    def outcome(build: Build) -> _Built:
        return _outcome(build, found.body(build.directory) or {}, place)

    def too_many(build: Build) -> _Built:
        return _Built(build, why=f"more than {_MOST_BUILDS} in one run")

    return at_once(outcome, roots, _MOST_BUILDS, too_many)


def _outcome(build: Build, body: Body, place: Place) -> _Built:
    directory = place.file(build.directory).resolve()
    if not directory.is_relative_to(place.within):
        return _Built(build, why="it lies outside the repository")
    reads = closure(directory, place.within)
    if reads.obstacle:
        return _Built(build, why=reads.obstacle)
    options = dict(mapping(body.get("sortOptions")))
    words = (kustomize.identity(), str(directory), json.dumps(options, sort_keys=True))

    def make() -> bytes:
        output, folder = kustomize.build(directory, options)
        return f"{folder}\n".encode() + output

    try:
        made = place.kept(words, reads.files, make) if reads.is_whole else make()
    except ProgramError as error:
        return _Built(build, why=str(error))
    folder, _, output = made.partition(b"\n")
    return _Built(build, output, Path(folder.decode()))


def _by_path(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in resources:
        found.setdefault(one.places.path, []).append(one)
    return found


def _read(one: _Built) -> FileReading:
    text = decode(one.output).text
    return read_text(SourceFile(f"{one.build.path} (built)", text), None)


def _objects(file: FileReading, one: _Built, homes: Homes) -> list[Resource]:
    found = []
    for index, resource in enumerate(file.resources):
        home = homes.of(resource.body, one.folder, one.build.path)
        body = without_notes(resource.body)
        assert isinstance(resource.places, DocumentPlaces)
        places = BuiltPlaces(body, resource.places, home, index)
        written = home.written
        repeated = written.repeated_keys if written is not None else ()
        found.append(Resource(body, places, repeated, one.build.path, written))
    return found


def _consumed(made: Sequence[_Built], found: Kustomizations) -> frozenset[str]:
    """Return the files that are judged by what was built of them alone."""
    consumed: set[str] = set()
    for one in made:
        reach = found.reach(one.build.directory)
        consumed |= reach.files | reach.others
    return frozenset(consumed)
