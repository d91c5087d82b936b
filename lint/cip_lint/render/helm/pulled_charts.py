"""Renders charts that lie behind an address, for whoever in the repository installs them.

An Argo CD Application or a Flux HelmRelease may name a chart of a chart repository or of
a registry. Where builds may fetch, it is pulled to a folder of ours and rendered as it
is installed. What the installation says of a value is shown there, and all else where
it names the chart: nobody can edit that here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

from cip_lint.bodies import ABSENT, Body, mapping, text, texts
from cip_lint.errors import ProgramError
from cip_lint.manifests import Reading, Unbuilt
from cip_lint.manifests.text import decode
from cip_lint.model import Path as ModelPath
from cip_lint.model import Resource, SourceFile
from cip_lint.programs.network import may_fetch
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_cd import sources_of
from cip_lint.render.gitops.secrets import Secrets
from cip_lint.render.gitops.sending_kinds import APPLICATION, HELM_RELEASE
from cip_lint.render.helm.chart_files import ChartFiles
from cip_lint.render.helm.chart_objects import given, placed, templates_of, values_files
from cip_lint.render.helm.chart_templates import PulledTemplates
from cip_lint.render.helm.fetched_charts import ChartName, FetchedCharts
from cip_lint.render.helm.helm_runs import outcomes, template_of
from cip_lint.render.helm.releases import (
    Release,
    argo_release,
    flux_release,
    in_clusters,
    refs_of,
)
from cip_lint.render.surroundings.files import content
from cip_lint.render.surroundings.outcomes import sent_by
from cip_lint.render.surroundings.place import Place
from cip_lint.render.variables.variables import Sources
from cip_lint.render.written.values import Values

_MOST_BYTES = 1 << 20
"""How much one template may hold."""
_OCI = "oci://"
_FLUX_SOURCES = "source.toolkit.fluxcd.io"
_ANEW = ChartFiles(is_whole=False)
"""What is read of what may be another thing tomorrow."""


class _Pulled(NamedTuple):
    """One installation of a chart that is fetched, and what it was rendered to."""

    chart: str
    address: str
    """That of the repository of charts, or of the registry."""
    version: str
    at: ModelPath
    """Where the object that installs it names it."""
    resource: Resource
    release: Release
    output: bytes = b""
    templates: Mapping[str, str] = ABSENT
    """The texts of the templates that made objects."""
    why: str = ""

    @property
    def path(self) -> str:
        """The path of the file, or of the build, that installs it."""
        return self.resource.built_by or self.resource.path

    @property
    def called(self) -> str:
        """How what it was rendered to is called."""
        return f"{self.path} (chart {self.chart} rendered for {self.release.words})"

    def unmade(self, why: str) -> Self:
        """Return it with the reason why it is not rendered."""
        return self._replace(output=b"", why=why)


def pulled(reading: Reading, place: Place) -> Reading:
    """Return a reading with what charts that are fetched are rendered to."""
    if not place.network:
        return reading
    objects = [*reading.resources, *reading.applications]
    sources = Sources(objects, Secrets(reading).named)
    wanted = list(_wanted(objects, sources, place))
    if not wanted:
        return reading
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as made_in:
        fetched = FetchedCharts(Path(made_in).resolve())
        ended = outcomes(wanted, partial(_outcome, fetched), place)
    done = [one for one in ended if not one.why]
    unbuilt = [Unbuilt(one.resource.path, _because(one)) for one in ended if one.why]
    sent = [
        sent_by(one.path, one.release, one.release.bound, chart=one.chart)
        for one in done
    ]
    made_of = {
        one.called: SourceFile(one.called, decode(one.output).text) for one in done
    }
    made = [
        Resource(
            each.body,
            each.places,
            each.repeated_keys,
            one.path,
            release=one.release.words,
        )
        for one in done
        for each in _objects(made_of[one.called], one, place)
    ]
    return reading._replace(
        resources=[*reading.resources, *made],
        unbuilt=[*reading.unbuilt, *unbuilt],
        sent=[*reading.sent, *sent],
        sources={**reading.sources, **made_of},
    )


def _because(one: _Pulled) -> str:
    return f"chart {one.chart} for {one.release.words}: {one.why}"


def _wanted(
    objects: Sequence[Resource], sources: Sources, place: Place
) -> Iterator[_Pulled]:
    """Yield the charts that are not here, once for each installation and cluster."""
    repositories = _repositories(objects)
    for resource in objects:
        found: Iterable[_Pulled] = ()
        if (resource.group, resource.kind) == APPLICATION:
            found = _of_application(resource)
        elif (resource.group, resource.kind) == HELM_RELEASE:
            found = _of_helm_release(resource, repositories, sources)
        for one in found:
            for release in in_clusters(one.release, one.path, place.targets):
                yield one._replace(release=release)


def _of_application(resource: Resource) -> Iterator[_Pulled]:
    # Of a file that is here at the same path, it is the file of this repository.
    refs = refs_of(resource).keys()
    for path, source in sources_of(resource):
        chart = text(source.get("chart"))
        if not chart or source.get("plugin"):
            continue
        address = text(source.get("repoURL"))
        if address and "://" not in address:
            address = f"{_OCI}{address}"
        files = texts(mapping(source.get("helm")).get("valueFiles"))
        inside = any(one.partition("/")[0] not in refs for one in files)
        release = argo_release(resource, path, "", refs)
        yield _Pulled(
            chart,
            address,
            text(source.get("targetRevision")),
            (*path, "chart"),
            resource,
            release,
            why=_IN_CHART if inside else release.why,
        )


_IN_CHART = "a file of its values lies in the chart"
_Repositories = Mapping[tuple[str, str, str], Resource]


def _repositories(objects: Iterable[Resource]) -> _Repositories:
    """Return the objects of Flux that say where charts are, by kind and name."""
    return {
        (one.kind, one.namespace, one.name): one
        for one in objects
        if one.group == _FLUX_SOURCES and one.kind in _KINDS
    }


_KINDS = frozenset({"HelmRepository", "OCIRepository"})


def _of_helm_release(
    resource: Resource, repositories: _Repositories, sources: Sources
) -> Iterator[_Pulled]:
    said = mapping(resource.get("spec", "chart", "spec"))
    at: ModelPath = ("spec", "chart", "spec", "chart")
    reference, kind = mapping(said.get("sourceRef")), "HelmRepository"
    if not said:
        reference, kind = mapping(resource.get("spec", "chartRef")), "OCIRepository"
        at = ("spec", "chartRef", "name")
    if reference.get("kind") != kind:
        return
    namespace = text(reference.get("namespace")) or resource.namespace
    found = repositories.get((kind, namespace, text(reference.get("name"))))
    if found is None:
        return  # what is elsewhere stays unknown, as without the network
    spec = mapping(found.get("spec"))
    chart, address, why = text(said.get("chart")), text(spec.get("url")), ""
    if kind == "OCIRepository":
        address, _, chart = address.rstrip("/").rpartition("/")
        version, why = _version(mapping(spec.get("ref")))
    else:
        version = text(said.get("version"))
    release = flux_release(resource, (), sources)
    if mapping(spec.get("secretRef")):
        why = "its repository asks who wants it"
    if texts(said.get("valuesFiles")):
        why = _IN_CHART
    yield _Pulled(
        chart,
        address,
        version,
        at,
        resource,
        release,
        why=why or release.why,
    )


def _version(ref: Body) -> tuple[str, str]:
    """Return the version that an OCIRepository asks for, or why it is not known."""
    if ref.get("digest"):
        return "", "it is named by its digest"
    return text(ref.get("semver")) or text(ref.get("tag")), ""


def _outcome(fetched: FetchedCharts, one: _Pulled, place: Place) -> _Pulled:
    values, why = given(one.release, place)
    if not one.address:
        why = "it names no repository"
    elif not may_fetch(one.address, charts=True):
        why = f"{one.address} is fetched neither by http nor by https"
    why = one.why or why
    if why:
        return one._replace(why=why)
    try:
        kept = place.kept((), (), _ANEW, lambda: _rendered(one, values, fetched, place))
    except ProgramError as error:
        return one._replace(why=str(error))
    head, _, output = kept.partition(b"\n")
    return one._replace(output=output, templates=json.loads(head))


def _rendered(
    one: _Pulled, values: Sequence[bytes], fetched: FetchedCharts, place: Place
) -> bytes:
    """Return what a chart is rendered to, below a line with its templates."""
    name = ChartName(one.chart, one.address, one.version)
    folder = fetched.folder(name, place)
    output = template_of(folder, one.release, values, place)
    texts_of = {}
    for named in sorted(templates_of(decode(output).text)):
        data = content(folder / named, folder.parent, _MOST_BYTES)
        if data is not None:
            texts_of[named] = decode(data).text
    return json.dumps(texts_of).encode() + b"\n" + output


def _objects(source: SourceFile, one: _Pulled, place: Place) -> Iterator[Resource]:
    release = one.release
    values: list[Values] = [*reversed(release.parameters), *reversed(release.values)]
    values += values_files(reversed(release.files), place)
    listed = one.resource.span(*one.at)
    templates = PulledTemplates(one.called, one.templates, listed)
    return placed(source, templates, values, place)
