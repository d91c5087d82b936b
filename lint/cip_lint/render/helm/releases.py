"""Which charts of a repository are installed by whom, with which values.

An Argo CD Application and a Flux HelmRelease may name a folder of the repository as
their chart, and values of their own. Nobody installs such a chart with its defaults
alone, so it is rendered once for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import Any

from cip_lint.bodies import mapping, mappings, text, texts
from cip_lint.model import Path, Resource
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_cd import destination_cluster, sources_of
from cip_lint.render.gitops.sending_kinds import APPLICATION, HELM_RELEASE
from cip_lint.render.helm.flux_values import flux_values
from cip_lint.render.surroundings.outcomes import release_name
from cip_lint.render.surroundings.targets import StatedRelease, Target, told_apart
from cip_lint.render.variables.variables import Sources
from cip_lint.render.written.values import (
    ObjectValues,
    Parameter,
    Values,
    WrittenValues,
)

_BARE_COMMA = pattern(r"(?<!\\),")
_REPOSITORIES = frozenset({"GitRepository", "Bucket"})


class Release(NamedTuple):
    """One installation of a chart."""

    name: str
    namespace: str
    """Where it is installed; empty: nobody says."""
    resource: Resource | None = None
    """Who installs it; None: nobody in these files."""
    engine: str = "helm"
    cluster: str = ""
    files: tuple[str, ...] = ()
    """Files of values, as paths from the top of the repository; the last one wins."""
    values: tuple[WrittenValues, ...] = ()
    """Values that win over those of files."""
    sets: tuple[tuple[str, str, bool], ...] = ()
    """Single values that win over all, and whether they are strings whatever they say."""
    parameters: tuple[Values, ...] = ()
    """Where these stand."""
    why: str = ""
    """Why its values cannot be known; empty: they are."""
    may_lack: bool = False
    """Whether a file of values that is not there is passed over."""
    version: str = ""
    """The version of Kubernetes that the chart is told; empty: that of helm."""
    api_versions: tuple[str, ...] = ()
    """What the chart is told to be there besides."""
    bound: str = ""
    """The cluster of the settings that alone gets it; empty: wherever its files go."""
    firm: bool = False
    """Whether its engine is stated for it alone."""
    said: str = ""
    """Who says that it is installed, where no object does."""
    file: str = ""
    """The path of the file that says so."""
    together: str = ""
    """What those have in common that are installed in one cluster, if it is known."""
    skips_crds: bool = False
    """Whether what lies in ``crds/`` of the chart is not installed with it."""

    @property
    def words(self) -> str:
        """Who installs it: ``Application argocd/web of apps/web.yaml``.

        Empty: nobody says that somebody does.
        """
        own = "" if self.resource is None else release_name(self.resource)
        return ", ".join(filter(None, (own, self.said)))


def releases(
    resources: Iterable[Resource], secrets: Callable[[str], Iterable[Resource]]
) -> dict[str, list[Release]]:
    """Return the installations of charts by their folders.

    ``secrets`` reads the Secrets of a name.
    """
    resources = list(resources)
    sources = Sources(resources, secrets)
    found: dict[str, list[Release]] = {}
    for resource in resources:
        key = (resource.group, resource.kind)
        if key == APPLICATION:
            told = _of_application(resource)
        elif key == HELM_RELEASE:
            told = _of_helm_release(resource, sources)
        else:
            continue
        for folder, release in told:
            found.setdefault(folder, []).append(release)
    return found


def stated(one: StatedRelease, target: Target, name: str) -> Release:
    """Return a release that the settings state; ``name`` is the one by default."""
    name = one.name or name
    where = f"{one.chart}/Chart.yaml".lstrip("/")
    namespace = one.namespace or target.namespace(where)
    return Release(
        name,
        namespace,
        engine=one.engine or "helm",
        cluster=target.name,
        files=one.files,
        values=one.values,
        version=target.version,
        api_versions=target.api_versions,
        bound=target.name,
        firm=bool(one.engine),
        said=f"release {namespace or '-'}/{name} of {one.origin}",
    )


def in_clusters(
    release: Release, path: str, targets: Sequence[Target]
) -> list[Release]:
    """Return a release as it is in each cluster that gets it, or its chart at a path.

    One for all, where these are alike for a chart.
    """
    sender = release.resource
    if sender is not None:
        path = sender.built_by or sender.path
    path = release.file or path
    found = told_apart(targets, path, release.cluster)
    made = []
    for target in found:
        namespace = release.namespace
        if release.resource is None:
            namespace = namespace or target.namespace(path)
        one = release._replace(
            namespace=namespace,
            version=target.version,
            api_versions=target.api_versions,
        )
        if len(found) > 1:
            said = ", ".join(filter(None, (one.said, f"cluster {target.name}")))
            one = one._replace(bound=target.name, said=said)
        made.append(one)
    return made or [release]


def _of_application(resource: Resource) -> Iterator[tuple[str, Release]]:
    named = refs_of(resource)
    for path, source in sources_of(resource):
        folder = folder_of(source.get("path"))
        if folder is None or source.get("chart") or source.get("plugin"):
            continue
        url = source.get("repoURL")
        tops = frozenset(ref for ref, other in named.items() if other == url)
        yield folder, argo_release(resource, path, folder, tops)


def refs_of(application: Resource) -> dict[str, object]:
    """Return the names that an Application gives to sources, and their addresses."""
    return {
        f"${ref}": source.get("repoURL")
        for _, source in sources_of(application)
        if (ref := text(source.get("ref")))
    }


def argo_release(
    resource: Resource, path: Path, folder: str, tops: Collection[str]
) -> Release:
    """Return what the source at a path of an Application installs from a folder.

    ``tops`` are the names of sources that are this very repository.
    """
    helm = mapping(resource.get(*path, "helm"))
    return Release(
        name=text(helm.get("releaseName")) or resource.name,
        namespace=text(resource.get("spec", "destination", "namespace")),
        resource=resource,
        engine="argocd",
        cluster=destination_cluster(resource),
        files=tuple(_value_files(helm, folder, tops)),
        values=tuple(_argo_values(resource, (*path, "helm"), helm)),
        sets=tuple(map(_set, mappings(helm.get("parameters")))),
        parameters=tuple(_parameters(resource, path)),
        why=_unknown_to_argo(helm, tops),
        may_lack=helm.get("ignoreMissingValueFiles") is True,
        skips_crds=helm.get("skipCrds") is True,
    )


def _set(parameter: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return a single value as Argo CD hands it on (``util/helm/cmd.go``).

    Helm reads a comma as the end of a value, but for a list in braces.
    """
    value = text(parameter.get("value"))
    if not (value.startswith("{") and value.endswith("}")):
        value = _BARE_COMMA.sub(r"\\,", value)
    return text(parameter.get("name")), value, bool(parameter.get("forceString"))


def _parameters(resource: Resource, path: Path) -> Iterator[Parameter]:
    where: Path = (*path, "helm", "parameters")
    for index, _ in resource.each(*where):
        yield Parameter(resource, (*where, index))


def _value_files(
    helm: Mapping[str, Any], folder: str, tops: Collection[str]
) -> Iterator[str]:
    """Yield the files of values, from the top of the repository.

    ``tops`` are the names that other sources give to this very repository: such a
    name in front of a path is its top (``GetResolvedValueFiles`` of Argo CD).
    """
    for name in texts(helm.get("valueFiles")):
        ref, _, rest = name.partition("/")
        if ref in tops:
            yield normpath(rest.lstrip("/"))
        else:
            is_whole = name.startswith("/")
            yield normpath(name.lstrip("/") if is_whole else join(folder, name))


def _argo_values(
    resource: Resource, path: Path, helm: Mapping[str, Any]
) -> Iterator[ObjectValues]:
    if text(helm.get("values")):
        yield ObjectValues(resource, (*path, "values"), is_text=True)
    if mapping(helm.get("valuesObject")):
        yield ObjectValues(resource, (*path, "valuesObject"), is_text=False)


def _unknown_to_argo(helm: Mapping[str, Any], tops: Collection[str]) -> str:
    if helm.get("fileParameters"):
        return "its values are the contents of files"
    files = texts(helm.get("valueFiles"))
    paths = (one for one in files if one.partition("/")[0] not in tops)
    names = (*paths, text(helm.get("values")))
    if any("$" in name or "{{" in name for name in names):
        return "its values are those of another source"
    return ""


def _of_helm_release(
    resource: Resource, sources: Sources
) -> Iterator[tuple[str, Release]]:
    chart = mapping(resource.get("spec", "chart", "spec"))
    folder = folder_of(chart.get("chart"))
    if (
        folder is None
        or mapping(chart.get("sourceRef")).get("kind") not in _REPOSITORIES
    ):
        return
    files = tuple(map(normpath, texts(chart.get("valuesFiles"))))
    yield folder, flux_release(resource, files, sources)


def flux_release(
    resource: Resource, files: tuple[str, ...], sources: Sources
) -> Release:
    """Return what a HelmRelease installs with some files of values."""
    namespace = text(resource.get("spec", "targetNamespace"))
    name = text(resource.get("spec", "releaseName"))
    prefix = f"{namespace}-" if namespace else ""
    given = flux_values(resource, sources)
    return Release(
        name=name or f"{prefix}{resource.name}",
        namespace=namespace or resource.namespace,
        resource=resource,
        files=files,
        values=given.values,
        sets=given.sets,
        parameters=given.targets,
        why=given.why or _post_rendered(resource),
        skips_crds=_skips_crds(mapping(resource.get("spec", "install"))),
    )


def _post_rendered(resource: Resource) -> str:
    """Return what changes the objects of a HelmRelease once its chart is rendered.

    Other images change nothing that is judged
    (``internal/postrender/kustomize.go`` of helm-controller).
    """
    for index, renderer in enumerate(mappings(resource.get("spec", "postRenderers"))):
        own = mapping(renderer.get("kustomize"))
        for field in sorted(own.keys() - {"images"}):
            if own[field]:
                return (
                    f"spec.postRenderers[{index}].kustomize.{field} of "
                    f"{resource.kind} {resource.name} changes what is rendered"
                )
    return ""


def _skips_crds(install: Mapping[str, Any]) -> bool:
    """Whether a HelmRelease leaves out what lies in ``crds/``.

    An upgrade says that for itself, but it brings nothing that an installation has
    brought (``internal/action/install.go`` of helm-controller).
    """
    policy = text(install.get("crds"))
    return policy == "Skip" if policy else install.get("skipCRDs") is True


def folder_of(path: object) -> str | None:
    """Return the folder that a path is; None for anything else.

    It may lie outside of the working folder, see ``repository_paths``.
    """
    if not isinstance(path, str) or not path or "{{" in path or "\0" in path:
        return None
    folder = normpath(path.strip("/"))
    return "" if folder == "." else folder
