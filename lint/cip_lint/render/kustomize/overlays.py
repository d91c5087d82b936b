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
from types import MappingProxyType

from cip_lint.bodies import Body, mapping
from cip_lint.errors import ProgramError
from cip_lint.manifests import Reading, Unbuilt
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Path as FieldPath
from cip_lint.model import Resource, SourceFile
from cip_lint.programs import helm, kustomize
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_overrides import overridden, override_names
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.gitops.secrets import Secrets
from cip_lint.render.kustomize.built_places import BuiltPlaces
from cip_lint.render.kustomize.chart_homes import Printed
from cip_lint.render.kustomize.closure import Closure, closure
from cip_lint.render.kustomize.flux_folders import Generated, generated, noted_in
from cip_lint.render.kustomize.homes import Homes, Made, without_notes
from cip_lint.render.kustomize.kustomization_survey import survey
from cip_lint.render.kustomize.kustomizations import Build, Kustomizations
from cip_lint.render.kustomize.kustomize_builds import Way, made_of
from cip_lint.render.kustomize.rounds import ready
from cip_lint.render.kustomize.senders import Sender, senders
from cip_lint.render.kustomize.substituted_places import SubstitutedPlaces
from cip_lint.render.surroundings.files import resolved
from cip_lint.render.surroundings.outcomes import NO_HELM, NO_PROGRAM, sent_by
from cip_lint.render.surroundings.place import Place, at_once
from cip_lint.render.variables.substitution import filled
from cip_lint.render.variables.variables import Sources, Variables

_MOST_BUILDS = 1000
"""How many are built in one run, so that it ends."""


class _Built(NamedTuple):
    """One kustomization: what it was built to, or why it was not."""

    build: Build
    sender: Sender | None = None
    """Who changes it on the way; None: it is sent as it is."""
    generated: Generated | None = None
    """What Flux makes in the place of the file; None: there is one."""
    variables: Variables | None = None
    """What is filled in after the build; None: nothing."""
    output: bytes = b""
    folder: Path = Path()
    """The folder that the notes of kustomize start from."""
    before: Mapping[int, Body] = MappingProxyType({})
    """Objects as they were before their variables were filled in; see ``Filled``."""
    printed: tuple[Printed, ...] = ()
    """What helm has printed of its charts."""
    reads: Closure = Closure()
    why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others."""
        return self.build.directory, self.release

    @property
    def unbuilt(self) -> Unbuilt:
        """What is left of one that was not built."""
        overridden = self.sender is not None and self.sender.is_overridden
        return Unbuilt(self.build.path, self.why, overridden)

    @property
    def release(self) -> str:
        """Who sends it, see ``release_name``; empty: it is sent as it is."""
        return "" if self.sender is None else self.sender.words


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
    homes = _HomesOfBuilds(_by_path(reading.resources), place)
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
        outcomes = _outcomes(wanted, now.found, place, _MOST_BUILDS - len(asked))
        asked.update(one.key for one in wanted)
        failed |= {one.build.directory for one in outcomes if one.generated and one.why}
        reading = _with(reading, outcomes, now.found, homes, place)


class _HomesOfBuilds:
    """The homes of objects, by the repository that a build lies in."""

    def __init__(self, read: Mapping[str, Sequence[Resource]], place: Place) -> None:
        self._read = read
        self._place = place
        self._found: dict[Path, Homes] = {}

    def of(self, one: _Built) -> Homes:
        """Return the homes of the objects of a build."""
        around = self._place.around(one.build.directory)
        if around.within not in self._found:
            self._found[around.within] = Homes(self._read, around)
        return self._found[around.within]


def _is_known(one: _Built, asked: Collection[tuple[str, str]]) -> bool:
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
    outcomes: Sequence[_Built],
    found: Kustomizations,
    homes: _HomesOfBuilds,
    place: Place,
) -> Reading:
    """Return a reading with what some builds make, and why others make nothing."""
    done = [one for one in outcomes if not one.why]
    unbuilt = [one.unbuilt for one in outcomes if one.why]
    sent = [sent_by(one.build.path, one.sender) for one in done if one.sender]
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in done:
        source = _source(one)
        sources[source.path] = source
        objects += named_as_read([*_objects(source, one, homes.of(one))], place)
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


def _wanted(now: _Round) -> Iterator[_Built]:
    """Yield what must be built: once for each that changes it, else as it is."""
    found = now.found
    changed: set[str] = set()
    for folder, all_of_it in now.sent.items():
        if found.body(folder) is None or not any(one.changes for one in all_of_it):
            continue
        build = found.build(folder)
        changed.add(folder)
        for sender in all_of_it:
            yield _Built(build, sender, now.generated.get(folder))
    for build in found.roots_to_build:
        if build.directory not in changed and _is_a_root(build, found):
            yield _Built(build)


def _with_variables(
    wanted: Iterable[_Built], reading: Reading, secrets: Secrets, place: Place
) -> list[_Built]:
    """Return what must be built with what is filled in for whoever sends it."""
    read = _read_folders(reading, place)
    sources = Sources(reading.resources, secrets.named)
    found: list[_Built] = []
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


def _all_is_read(one: _Built, place: Place, read: Sequence[Path]) -> bool:
    """Whether all of its repository was read, and so whoever may add variables."""
    within = place.around(one.build.directory).within
    return any(within.is_relative_to(folder) for folder in read)


def _is_a_root(build: Build, found: Kustomizations) -> bool:
    body = found.body(build.directory) or {}
    return bool(body.get("kind", "Kustomization") == "Kustomization")


def _outcomes(
    wanted: Sequence[_Built], found: Kustomizations, place: Place, most: int
) -> list[_Built]:
    """Return what becomes of each, in their order; of ``most`` something does."""
    if kustomize.command() is None:
        return [one._replace(why=NO_PROGRAM) for one in wanted]

    def outcome(one: _Built) -> _Built:
        return _outcome(one, found.body(one.build.directory) or {}, place)

    def failed(one: _Built, why: str) -> _Built:
        return one._replace(output=b"", why=why)

    return list(at_once(wanted, outcome, failed, max(0, most), place))


def _outcome(one: _Built, body: Body, place: Place) -> _Built:
    place = place.around(one.build.directory)
    directory = resolved(place.file(one.build.directory))
    if directory is None or not directory.is_relative_to(place.within):
        return one._replace(why="it lies outside the repository")
    fields = dict(one.sender.fields) if one.sender is not None else {}
    own = None if one.generated is None else one.generated.body
    reads = closure(directory, place.within, fields, own=own, network=place.network)
    why = reads.obstacle
    if reads.renders and helm.command() is None:
        why = why or NO_HELM
    if one.sender is not None and one.sender.engine == "argocd":
        name = one.sender.resource.name
        otherwise = overridden(directory, place.within, name, "kustomize")
        one = one._replace(sender=one.sender._replace(is_overridden=bool(otherwise)))
        why = why or otherwise
    if why:
        return one._replace(why=why)
    if mapping(body.get("sortOptions")):
        fields["sortOptions"] = dict(mapping(body.get("sortOptions")))
    try:
        made = made_of(directory, fields, reads, place, _way(one, reads))
    except ProgramError as error:
        return one._replace(why=str(error))
    output, folder, printed = made
    return _substituted(
        one._replace(output=output, folder=folder, printed=printed, reads=reads), place
    )


def _way(one: _Built, reads: Closure) -> Way:
    """Return how something is built by whoever sends it.

    Flux lets kustomizations name any file of the repository. Here those alone that
    somebody has looked at may be named.
    """
    by_flux = one.sender is not None and one.sender.engine == "flux"
    anywhere = by_flux and reads.is_whole and not reads.remotes
    return Way(one.generated.entries if one.generated else (), anywhere)


def _substituted(one: _Built, place: Place) -> _Built:
    """Return what was built with its variables filled in."""
    if one.variables is None:
        return one
    try:
        text, before = filled(decode(one.output).text, one.variables, place.budget)
    except ProgramError as error:
        return one._replace(output=b"", why=str(error))
    output = text.encode("utf-8", "surrogatepass")
    return one._replace(output=output, before=before) if before else one


def _inflated(made: Sequence[_Built], place: Place) -> list[str]:
    """Return the paths of the ``Chart.yaml`` of charts that were rendered."""
    found = {chart.folder / "Chart.yaml" for one in made for chart in one.reads.charts}
    return sorted(map(place.shown, found))


def _by_path(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in resources:
        found.setdefault(one.places.path, []).append(one)
    return found


def _source(one: _Built) -> SourceFile:
    """Return the text that was built."""
    text = decode(one.output).text
    who = f" for {one.release}" if one.release else ""
    file = one.build.path
    if one.generated is not None and one.sender is not None:
        file = one.sender.resource.path
    return SourceFile(f"{one.build.path} (built{who})", text, file=file)


def _objects(source: SourceFile, one: _Built, homes: Homes) -> Iterator[Resource]:
    charts = homes.charts(one.printed, one.reads) if one.printed else None
    made = Made(one.build.path, one.folder, one.sender, one.reads.remotes, charts)
    for index, resource in enumerate(read_text(source, None).resources):
        assert isinstance(resource.places, DocumentPlaces)
        number, _ = resource.places.order
        before = one.before.get(number, resource.body)
        home = homes.of(before, made)
        bare = without_notes(before)
        places: BuiltPlaces | SubstitutedPlaces
        places = BuiltPlaces(bare, resource.places, home, index)
        body = without_notes(resource.body)
        if before is not resource.body and one.variables is not None:
            places = SubstitutedPlaces(places, bare, body, one.variables)
        written = home.written
        path = one.build.path
        yield Resource(body, places, _repeated(written), path, written, one.release)


def _repeated(written: Resource | None) -> tuple[FieldPath, ...]:
    """Return the keys that an object has twice: kustomize lets no ``<<`` override one."""
    return written.keys_written_twice if written is not None else ()


def _sources_of(objects: Iterable[Resource]) -> set[str]:
    """Return the files of built objects, whatever kustomizations of them were read."""
    written = (one.written for one in objects)
    return {one.path for one in written if one is not None}


def _consumed(made: Sequence[_Built], found: Kustomizations) -> frozenset[str]:
    """Return the files that are judged by what was built of them alone."""
    consumed: set[str] = set()
    for one in made:
        reach = found.reach(one.build.directory)
        consumed |= reach.files | reach.others
    return frozenset(consumed)
