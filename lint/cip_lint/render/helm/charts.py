"""Renders the charts of a reading, and puts what they become in their place.

A chart that something in the repository, or the settings, installs is rendered as it is
installed, once for each installation; any other with its own values. No file is taken
for values of an environment by its name (``values-prod.yaml``): helm, Argo CD and Flux
want each to be named, and nobody says which go together, or where to. Where that fails,
its templates are counted as not rendered, and a landmark says why.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from posixpath import dirname
from typing import Self

from cip_lint.bodies import Body, text
from cip_lint.errors import ProgramError
from cip_lint.manifests import FileAccount, Reading, Unbuilt
from cip_lint.manifests.recognition import RENDERED, TEMPLATE
from cip_lint.manifests.text import decode
from cip_lint.model import Resource, SourceFile
from cip_lint.patterns import pattern
from cip_lint.programs import helm
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_overrides import overridden
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.gitops.secrets import Secrets
from cip_lint.render.helm.chart_dependencies import Dependencies, dependencies, vendored
from cip_lint.render.helm.chart_files import chart_files
from cip_lint.render.helm.chart_objects import given, placed, values_files
from cip_lint.render.helm.chart_templates import OwnTemplates
from cip_lint.render.helm.definitions import definitions_of
from cip_lint.render.helm.helm_runs import outcomes, template_of
from cip_lint.render.helm.helmfiles import helmfile_releases
from cip_lint.render.helm.releases import Release, in_clusters, releases, stated
from cip_lint.render.helm.subcharts import whole_chart
from cip_lint.render.surroundings.files import resolved
from cip_lint.render.surroundings.outcomes import sent_by
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.targets import StatedRelease, Target
from cip_lint.render.written.values import Values

_RELEASE = pattern(r"[^a-z0-9-]+")


class _Chart(NamedTuple):
    """One chart, and what it was rendered to, or why it was not."""

    path: str
    """The path of its ``Chart.yaml``."""
    body: Body
    release: Release
    output: bytes = b""
    needs: Dependencies = Dependencies()
    """What is put beside it before it is rendered."""
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

    def unmade(self, why: str) -> Self:
        """Return it with the reason why it is not rendered."""
        return self._replace(output=b"", why=why)


def rendered(reading: Reading, place: Place) -> Reading:
    """Return a reading in which charts are what they are rendered to."""
    inflated = set(map(dirname, reading.inflated))
    charts = list(_charts(reading, inflated, place))
    if not charts and not inflated:
        return reading
    done = outcomes(charts, _outcome, place)
    objects: list[Resource] = []
    sources: dict[str, SourceFile] = {}
    for one in done:
        if not one.why:
            source = SourceFile(one.called, decode(one.output).text, file=one.path)
            sources[source.path] = source
            found = _objects(source, one, place.around(one.folder))
            objects += named_as_read([*found], place)
    sent = [one for one in done if not one.why and one.release.words]
    kept, installed = definitions_of(
        reading.resources,
        {one.path for one in sent},
        [(one.path, one.release.words) for one in sent if not one.release.skips_crds],
    )
    folders = inflated.union(one.folder for one in done if not one.why)
    files = [_accounted(one, folders) for one in reading.files]
    number = sum(one.reason == RENDERED for one in files)
    skipped = dict(reading.skipped)
    if number:
        skipped[TEMPLATE] = max(0, skipped.get(TEMPLATE, 0) - number)
        skipped = {reason: many for reason, many in skipped.items() if many}
    return reading._replace(
        resources=[*kept, *installed, *objects],
        files=files,
        unbuilt=[
            *reading.unbuilt,
            *(Unbuilt(one.path, one.why) for one in done if one.why),
        ],
        sent=[
            *reading.sent,
            *(
                sent_by(
                    one.path, one.release, one.release.bound, firm=one.release.firm
                )._replace(together=one.release.together)
                for one in sent
            ),
        ],
        skipped=skipped,
        sources={**reading.sources, **sources},
    )


def _charts(
    reading: Reading, inflated: Container[str], place: Place
) -> Iterator[_Chart]:
    """Yield the charts that are no part of another one, for each installation.

    What the settings install is installed in no other way, and what a kustomization
    renders, nobody installs with its own values.
    """
    found = {dirname(one.path): one for one in reading.landmarks if one.kind == "chart"}
    objects = (*reading.resources, *reading.applications)
    installed = releases(objects, Secrets(reading).named) if found else {}
    for folder, release in helmfile_releases(reading, place) if found else ():
        if folder in found:
            installed.setdefault(folder, []).append(release)
    listed: dict[str, list[tuple[StatedRelease, Target]]] = {}
    targets = place.targets
    for target in targets:
        for one in target.releases:
            listed.setdefault(one.chart, []).append((one, target))
    for folder, landmark in sorted(found.items()):
        name = _name(landmark.body)
        for one, target in listed.get(folder, ()):
            yield _Chart(landmark.path, landmark.body, stated(one, target, name))
        if (
            folder in listed
            or whole_chart(folder, found) != folder
            or landmark.body.get("type") == "library"
        ):
            continue
        default = () if folder in inflated else (Release(name, ""),)
        for release in installed.get(folder, default):
            for each in in_clusters(release, landmark.path, targets):
                yield _Chart(landmark.path, landmark.body, each)


def _outcome(chart: _Chart, place: Place) -> _Chart:
    place = place.around(chart.folder)
    folder = resolved(place.file(chart.folder))
    if folder is None or not folder.is_relative_to(place.within):
        return chart._replace(why="it lies outside the repository")
    needs = dependencies(folder, chart_files(folder, place.within), place)
    release = chart.release
    why = needs.reads.obstacle or release.why
    if release.engine == "argocd" and release.resource is not None:
        why = why or overridden(folder, place.within, release.resource, "helm")
    if why:
        return chart._replace(why=why)
    values, why = given(release, place)
    if why:
        return chart._replace(why=why)

    def make() -> bytes:
        with vendored(folder, needs, place) as whole:
            return template_of(whole, release, values, place)

    try:
        can = (release.version, release.api_versions)
        said = repr((release.name, release.namespace, values, release.sets, can))
        programs = [helm.version_command(apart=True)]
        output = place.kept((str(folder), said), programs, needs.reads, make)
    except ProgramError as error:
        return chart._replace(why=f"{error}{needs.hint}")
    return chart._replace(output=output, needs=needs)


def _name(body: Body) -> str:
    """Return a name for a release: that of the chart, as a person would take."""
    name = _RELEASE.sub("-", text(body.get("name")).lower()).strip("-")
    return name[:_LONGEST_RELEASE].strip("-") or "release"


_LONGEST_RELEASE = 53


def _objects(source: SourceFile, chart: _Chart, place: Place) -> Iterator[Resource]:
    release = chart.release.words
    templates = OwnTemplates(chart.folder, place, chart.needs)
    for one in placed(source, templates, _values(chart, place), place):
        keys = one.repeated_keys
        yield Resource(one.body, one.places, keys, chart.path, release=release)


def _values(chart: _Chart, place: Place) -> list[Values]:
    """Return everything that gives a chart values, what wins first."""
    release = chart.release
    found: list[Values] = [*reversed(release.parameters), *reversed(release.values)]
    own = f"{chart.folder}/values.yaml".lstrip("/")
    found += values_files((*reversed(release.files), own), place)
    return found


def _accounted(account: FileAccount, folders: Container[str]) -> FileAccount:
    """Return the account of a file; a template that was rendered is no template."""
    if account.reason != TEMPLATE:
        return account
    folder = dirname(account.path)
    while folder not in folders:
        if not folder:
            return account
        folder = dirname(folder)
    return account._replace(reason=RENDERED)
