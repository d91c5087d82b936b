"""Builds what is built before it is sent, and puts what it becomes in its place.

A kustomization is judged as built, never by its pieces. Those that only list files
are sent as they are written, and need no build. Where one cannot be built, its files
stay pieces, and a landmark says why.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from cip_lint.bodies import mapping
from cip_lint.errors import ProgramError
from cip_lint.manifests import Landmark, Reading
from cip_lint.manifests.file_reading import FileReading, read_text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import kustomize
from cip_lint.render.built_places import BuiltPlaces
from cip_lint.render.charts import rendered
from cip_lint.render.closure import obstacle
from cip_lint.render.homes import Homes
from cip_lint.render.kustomizations import (
    NO_PROGRAM,
    UNBUILT,
    Build,
    Kustomizations,
    survey,
)

_MOST_BUILDS = 1000
"""How many are built in one run, so that it ends."""


class _Built(NamedTuple):
    """One kustomization: what it was built to, or why it was not."""

    build: Build
    output: bytes = b""
    folder: Path = Path()
    """The folder that the notes of kustomize start from."""
    why: str = ""


def built(
    reading: Reading, root: Path, progress: Callable[[int], None] | None = None
) -> Reading:
    """Return a reading in which kustomizations and charts are what they become.

    Paths of the reading are relative to ``root``. ``progress`` is told how many
    builds are done.
    """
    within = _repository(root)
    return rendered(_built(reading, root, within, progress), root, within)


def _built(
    reading: Reading,
    root: Path,
    within: Path,
    progress: Callable[[int], None] | None,
) -> Reading:
    """Build the kustomizations; objects of files that only a build sends are left out."""
    found = _survey(reading)
    roots = [one for one in found.unbuilt_roots if _is_a_root(one, found)]
    if not roots:
        return reading
    outcomes = _outcomes(roots, found, root, within, progress)
    made = [one for one in outcomes if not one.why]
    left = [
        Landmark(UNBUILT, one.build.path, {"why": one.why})
        for one in outcomes
        if one.why
    ]
    homes = Homes(_by_path(reading.resources), root)
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
    roots: Sequence[Build],
    found: Kustomizations,
    root: Path,
    within: Path,
    progress: Callable[[int], None] | None,
) -> list[_Built]:
    """Return what becomes of each, in their order; several are built at once."""
    if kustomize.command() is None:
        return [_Built(one, why=NO_PROGRAM) for one in roots]

    def outcome(build: Build) -> _Built:
        return _outcome(build, found.body(build.directory) or {}, root, within)

    done: list[_Built] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for number, one in enumerate(pool.map(outcome, roots[:_MOST_BUILDS]), 1):
            done.append(one)
            if progress is not None:
                progress(number)
    why = f"more than {_MOST_BUILDS} in one run"
    return done + [_Built(one, why=why) for one in roots[_MOST_BUILDS:]]


def _outcome(build: Build, body: Mapping[str, Any], root: Path, within: Path) -> _Built:
    directory = (root / build.directory).resolve()
    if not directory.is_relative_to(within):
        return _Built(build, why="it lies outside the repository")
    why = obstacle(directory, within)
    if why:
        return _Built(build, why=why)
    try:
        output, folder = kustomize.build(directory, mapping(body.get("sortOptions")))
    except ProgramError as error:
        return _Built(build, why=str(error))
    return _Built(build, output, folder)


def _repository(root: Path) -> Path:
    """Return the folder of the repository that a folder lies in; itself, if none."""
    top = root.resolve()
    return next((one for one in (top, *top.parents) if (one / ".git").exists()), top)


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
        body: Any = resource.body
        home = homes.of(body, one.folder, one.build.path)
        assert isinstance(resource.places, DocumentPlaces)
        places = BuiltPlaces(body, resource.places, home, index)
        written = home.written
        repeated = written.repeated_keys if written is not None else ()
        found.append(Resource(body, places, repeated, built_by=one.build.path))
    return found


def _consumed(made: Sequence[_Built], found: Kustomizations) -> frozenset[str]:
    """Return the files that are judged by what was built of them alone."""
    consumed: set[str] = set()
    for one in made:
        reach = found.reach(one.build.directory)
        consumed |= reach.files | reach.others
    return frozenset(consumed)
