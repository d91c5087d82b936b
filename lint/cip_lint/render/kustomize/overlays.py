"""Builds the kustomizations of a reading, and puts what they make in their place.

A kustomization is judged as built, never by its pieces. Those that only list files
are sent as they are written, and need no build but for the ConfigMaps that they
generate. Where one cannot be built, its files stay what they are, and the reading says
why.

A build may make or change what sends others: Kustomizations of Flux in a folder that
another one sends, with patches of its own. So there are rounds (see ``rounds``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cip_lint.manifests import Reading
from cip_lint.model import Resource, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_overrides import override_names
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.gitops.secrets import Secrets
from cip_lint.render.kustomize.built import Built, outcomes_of
from cip_lint.render.kustomize.built_objects import HomesOfBuilds, objects_of, source_of
from cip_lint.render.kustomize.flux_folders import Generated, generated, noted_in
from cip_lint.render.kustomize.kustomization_survey import survey
from cip_lint.render.kustomize.kustomizations import Build, Kustomizations
from cip_lint.render.kustomize.rounds import ready
from cip_lint.render.kustomize.senders import Sender, senders
from cip_lint.render.surroundings.files import resolved
from cip_lint.render.surroundings.outcomes import sent_by
from cip_lint.render.surroundings.place import Place
from cip_lint.render.variables.variables import Sources

_MOST_BUILDS = 1000
"""How many are built in one run, so that it ends."""


class _Round(NamedTuple):
    """What is known when some builds are asked for."""

    found: Kustomizations
    sent: Mapping[str, Sequence[Sender]]
    """Who sends the folders of the repository, by folder."""
    generated: Mapping[str, Generated]
    """The kustomizations that Flux makes, by their folder."""


def overlaid(reading: Reading, place: Place) -> Reading:
    """Return a reading in which kustomizations are what they are built to.

    Objects of files that only a build sends are left out.
    """
    homes = HomesOfBuilds(reading.resources, place)
    asked: set[tuple[str, str]] = set()
    failed: set[str] = set()
    secrets = Secrets(reading)
    while True:
        now = _round(reading, failed)
        wanted = [one for one in _wanted(now) if not _is_known(one, asked)]
        wanted = _with_variables(wanted, reading, secrets, place)
        wanted = ready(wanted, now.found, now.sent)
        if not wanted:
            return reading
        outcomes = outcomes_of(wanted, now.found, place, _MOST_BUILDS - len(asked))
        asked.update(one.key for one in wanted)
        failed |= {one.build.directory for one in outcomes if one.generated and one.why}
        reading = _with(reading, outcomes, now.found, homes, place)


def _is_known(one: Built, asked: Collection[tuple[str, str]]) -> bool:
    """Whether a build was asked for before.

    So was that of an object which the build itself makes, and of one that sends what
    was built as it is before anybody knew.
    """
    folder = one.build.directory
    if one.key in asked or (folder, "") in asked:
        return True
    makes_sender = one.sender and one.sender.resource.built_by == one.build.path
    return bool(makes_sender) and any(other == folder for other, _ in asked)


def _with(
    reading: Reading,
    outcomes: Sequence[Built],
    found: Kustomizations,
    homes: HomesOfBuilds,
    place: Place,
) -> Reading:
    """Return a reading with what some builds make, and why others make nothing."""
    done = [one for one in outcomes if not one.why]
    unbuilt = [one.unbuilt for one in outcomes if one.why]
    sent = [sent_by(one.build.path, one.sender) for one in done if one.sender]
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in done:
        source = source_of(one)
        sources[source.path] = source
        objects += named_as_read([*objects_of(one, source, homes.of(one))], place)
    consumed = _consumed(done, found) | _sources_of(objects)
    kept = [
        one
        for one in reading.resources
        if one.built_by or one.places.path not in consumed
    ]
    for one in done:
        if one.generated is not None:
            reading = one.generated.noted(reading)
    return reading._replace(
        resources=[*kept, *objects],
        unbuilt=[*reading.unbuilt, *unbuilt],
        sent=[*reading.sent, *sent],
        inflated=[*reading.inflated, *_inflated(done, place)],
        sources={**reading.sources, **sources},
    )


def pieces(reading: Reading, paths: Collection[str]) -> frozenset[str]:
    """Return the files that only builds send, of the kustomizations at some paths."""
    if not paths:
        return frozenset()
    now = _round(reading)
    roots = [one for one in _wanted(now) if one.build.path in paths]
    return _consumed(roots, now.found)


def left_unbuilt(reading: Reading, why: str) -> Reading:
    """Return a reading in which no kustomization is built, for one reason."""
    wanted = _wanted(_round(reading))
    left = [one._replace(why=why).unbuilt for one in wanted]
    return reading._replace(unbuilt=[*reading.unbuilt, *left])


def _round(reading: Reading, failed: Collection[str] = ()) -> _Round:
    """Return what is known now; what Flux makes in ``failed`` folders is no good."""
    sent = senders((*reading.resources, *reading.applications))
    new = [one for one in generated(reading, sent.items()) if one.folder not in failed]
    files = [
        (one.path, one.body) for one in reading.landmarks if one.kind == "kustomization"
    ]
    files += [(one.path, one.body) for one in new]
    present = frozenset(one.path for one in reading.files) if files else ()
    made = {one.folder: one for one in (*noted_in(reading), *new)}
    marked = {
        folder: [_with_overrides(one, folder, present) for one in all_of_it]
        for folder, all_of_it in sent.items()
    }
    return _Round(survey(files, present), marked, made)


def _with_overrides(one: Sender, folder: str, present: Collection[str]) -> Sender:
    """Return who sends a folder with whether a file there may say otherwise."""
    if one.engine != "argocd":
        return one
    names = override_names(one.resource.name)
    found = any(f"{folder}/{name}".lstrip("/") in present for name in names)
    return one._replace(is_overridden=True) if found else one


def _wanted(now: _Round) -> Iterator[Built]:
    """Yield what must be built: once for each that changes it, else as it is."""
    found = now.found
    changed: set[str] = set()
    for folder, all_of_it in now.sent.items():
        if found.body(folder) is None or not any(one.changes for one in all_of_it):
            continue
        build = found.build(folder)
        changed.add(folder)
        for sender in all_of_it:
            yield Built(build, sender, now.generated.get(folder))
    for build in found.roots_to_build:
        if build.directory not in changed and _is_a_root(build, found):
            yield Built(build)


def _with_variables(
    wanted: Iterable[Built], reading: Reading, secrets: Secrets, place: Place
) -> list[Built]:
    """Return what must be built with what is filled in for whoever sends it."""
    read = _read_folders(reading, place)
    sources = Sources(reading.resources, secrets.named)
    found: list[Built] = []
    for one in wanted:
        variables = None
        if one.sender is not None:
            variables = sources.variables(one.sender.resource)
        if variables is not None and not _all_is_read(one, place, read):
            variables = variables.in_part()
        found.append(one._replace(variables=variables))
    return found


def _read_folders(reading: Reading, place: Place) -> Sequence[Path]:
    """Return what was read: the paths of the command line."""
    arguments = dict.fromkeys(one.argument for one in reading.files)
    found = (resolved(place.file(one)) for one in arguments)
    return [one for one in found if one is not None]


def _all_is_read(one: Built, place: Place, read: Sequence[Path]) -> bool:
    """Whether all of its repository was read, and so whoever may add variables."""
    within = place.around(one.build.directory).within
    return any(within.is_relative_to(folder) for folder in read)


def _is_a_root(build: Build, found: Kustomizations) -> bool:
    body = found.body(build.directory) or {}
    return bool(body.get("kind", "Kustomization") == "Kustomization")


def _inflated(made: Sequence[Built], place: Place) -> list[str]:
    """Return the paths of the ``Chart.yaml`` of charts that were rendered."""
    found = {chart.folder / "Chart.yaml" for one in made for chart in one.reads.charts}
    return sorted(map(place.shown, found))


def _sources_of(objects: Iterable[Resource]) -> set[str]:
    """Return the files of built objects, whatever kustomizations of them were read."""
    written = (one.written for one in objects)
    return {one.path for one in written if one is not None}


def _consumed(made: Sequence[Built], found: Kustomizations) -> frozenset[str]:
    """Return the files that are judged by what was built of them alone."""
    consumed: set[str] = set()
    for one in made:
        reach = found.reach(one.build.directory)
        consumed |= reach.files | reach.others
    return frozenset(consumed)
