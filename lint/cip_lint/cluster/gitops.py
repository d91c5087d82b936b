"""What Argo CD and Flux objects say about the folders that they send.

An Application or a Flux Kustomization names a folder of the repository, and the
namespace and cluster it goes to. One that names anything else (a chart, another
repository), and a HelmRelease, makes pods and Services that no file shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import normpath

from cip_lint.bodies import ABSENT, Body, items, mapping, mappings, text
from cip_lint.cluster.units import PLAIN, Sending
from cip_lint.model import Resource, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.sending_kinds import (
    APPLICATION,
    APPLICATION_SET,
    HELM_RELEASE,
    IN_CLUSTER,
    KUSTOMIZATION,
    named_cluster,
    remote_cluster,
)
from cip_lint.render.kustomize.kustomizations import CHANGING_FIELDS
from cip_lint.render.surroundings.outcomes import release_name

OWN_CLUSTER = frozenset({"", IN_CLUSTER})
"""How Argo CD and Flux call the cluster that they run in."""


class Delivery(NamedTuple):
    """A folder that a controller sends, and where to."""

    resource: Resource
    """The Application or Kustomization that says so."""
    engine: str
    """``argocd`` or ``flux``."""
    directory: str
    recurse: bool
    namespace: str | None
    namespace_path: tuple[str, ...]
    overrides_namespace: bool
    """Whether that namespace replaces the one an object names itself."""
    cluster: str | None
    changes: bool
    """Whether it changes what it sends (patches, prefixes, labels)."""
    knows_cluster: bool = True
    """Whether it says where to, or leaves it; what fills a template in is unknown."""
    sending: Sending = PLAIN
    """What it waits for, and what others wait for of it."""
    exclude: str = ""
    """A glob of the files that it leaves out, from its folder on."""
    include: str = ""
    """A glob of the files that it sends alone; empty: all."""

    @property
    def words(self) -> str:
        """``Application argocd/shop of apps/shop.yaml``."""
        return release_name(self.resource)


class Hidden(NamedTuple):
    """An object that stands for others which are in no file of the run."""

    resource: Resource
    namespace: str | None
    """Where the others go; None: anywhere."""
    reason: str


class Gitops(NamedTuple):
    """All that Argo CD and Flux objects of a run say."""

    deliveries: tuple[Delivery, ...] = ()
    hidden: tuple[Hidden, ...] = ()


class _Tree(NamedTuple):
    """What was met of the repository."""

    directories: Collection[str]
    sources: Mapping[str, SourceFile]

    def plain(self, directory: str, application: str, source: Body) -> Body | None:
        """Return how an Application takes plain files; None where a plugin does."""
        from cip_lint.render.gitops.argo_overrides import (  # noqa: PLC0415 - rare
            override_names,
            plain_directory,
        )

        paths = (
            f"{directory}/{one}".lstrip("/") for one in override_names(application)
        )
        there = [self.sources[path] for path in paths if path in self.sources]
        return plain_directory(source, there)


def survey(
    resources: Iterable[Resource],
    directories: Collection[str],
    released: Collection[str] = (),
    sources: Mapping[str, SourceFile] = ABSENT,
) -> Gitops:
    """Return what the objects of a run say.

    ``directories`` are those with files; ``released`` the names of the
    releases that were rendered, so that they hide nothing; ``sources`` the files that
    were read, by path. An ApplicationSet whose Applications are there says nothing itself.
    """
    resources = list(resources)
    tree = _Tree(directories, sources)
    told = {id(one.written) for one in resources if one.kind == "Application"}
    deliveries: list[Delivery] = []
    hidden: list[Hidden] = []
    for resource in resources:
        if resource.kind not in _KINDS_READ:
            continue
        read = _READERS.get((resource.group, resource.kind))
        if read is None or id(resource) in told:
            continue
        for found in read(resource, tree):
            if isinstance(found, Delivery):
                deliveries.append(found)
            elif release_name(resource) not in released:
                hidden.append(found._replace(resource=_in_a_file(resource)))
    return Gitops(tuple(deliveries), tuple(hidden))


def _in_a_file(resource: Resource) -> Resource:
    """Return an object, or the ApplicationSet that makes it."""
    own = resource.written
    return own if own is not None and own.kind == "ApplicationSet" else resource


def _application(resource: Resource, tree: _Tree) -> Iterator[Delivery | Hidden]:
    destination = mapping(resource.get("spec", "destination"))
    for source in _sources(mapping(resource.get("spec"))):
        yield from _of_source(resource, source, destination, tree)


def _sources(spec: Body) -> list[Body]:
    return [
        *mappings(spec.get("sources")),
        *filter(None, [mapping(spec.get("source"))]),
    ]


def _of_source(
    resource: Resource, source: Body, destination: Body, tree: _Tree
) -> Iterator[Delivery | Hidden]:
    """Yield what one source of an Application sends: files of the run, or others."""
    namespace = _text(destination.get("namespace"))
    cluster = _text(named_cluster(destination))
    directory = _local(source.get("path"), tree.directories)
    if _text(source.get("ref")) and "path" not in source:
        return
    plain: Body | None = None
    if directory is not None and not source.get("plugin"):
        name = resource.name if resource.kind == "Application" else ""
        plain = tree.plain(directory, name, source)
    if directory is None or source.get("chart") or plain is None:
        reason = f"{resource.kind} {resource.name} sends what is not in these files"
        yield Hidden(resource, namespace, reason)
        return
    kustomize = mapping(source.get("kustomize"))
    override = _text(kustomize.get("namespace"))
    yield Delivery(
        resource=resource,
        engine="argocd",
        directory=directory,
        recurse=plain.get("recurse") is True,
        namespace=override or namespace,
        namespace_path=("spec", "destination", "namespace"),
        overrides_namespace=override is not None,
        cluster=cluster,
        changes=any(kustomize.get(key) for key in CHANGING_FIELDS),
        exclude=_text(plain.get("exclude")) or "",
        include=_text(plain.get("include")) or "",
    )


def _application_set(resource: Resource, tree: _Tree) -> Iterator[Delivery | Hidden]:
    """Yield the folders that all Applications of a set send, and that there are others.

    The places that a set takes from its generators are unknown here.
    """
    spec = mapping(resource.get("spec"))
    template = mapping(spec.get("template"))
    destination = mapping(mapping(template.get("spec")).get("destination"))
    knows_cluster = not any(
        "{{" in text(destination.get(key)) for key in ("name", "server")
    )
    all_known = not _is_overridden(spec)
    number = 0
    for source in _sources(mapping(template.get("spec"))) if all_known else ():
        number += 1
        if not _is_literal(source):
            all_known = False
            continue
        for found in _of_source(resource, source, destination, tree):
            if isinstance(found, Delivery):
                yield found._replace(
                    namespace_path=("spec", "template", *found.namespace_path),
                    knows_cluster=knows_cluster,
                )
            else:
                all_known = False
    if not all_known or not number:
        reason = f"{resource.kind} {resource.name} is not expanded"
        yield Hidden(resource, None, reason)


def _is_overridden(spec: Body) -> bool:
    """Whether some Applications of a set may differ from its template in any field."""
    if spec.get("templatePatch"):
        return True
    waiting = [*mappings(spec.get("generators"))]
    met: set[int] = set()
    for one in waiting:
        if id(one) in met:  # the same by an alias
            continue
        met.add(id(one))
        for body in map(mapping, one.values()):
            if mapping(body.get("template")):
                return True
            waiting += mappings(body.get("generators"))
    return False


def _is_literal(source: Body) -> bool:
    """Whether a source is one folder of one repository, whatever fills a template in.

    A chart may get other values for each Application.
    """
    said = (text(source.get("path")), text(source.get("repoURL")))
    return not source.get("helm") and not any("{{" in one for one in said)


def _flux_kustomization(resource: Resource, tree: _Tree) -> Iterator[Delivery | Hidden]:
    spec = mapping(resource.get("spec"))
    directory = _local(spec.get("path"), tree.directories)
    namespace = _text(spec.get("targetNamespace"))
    if directory is None:
        reason = f"{resource.kind} {resource.name} sends what is not in these files"
        yield Hidden(resource, namespace, reason)
        return
    yield Delivery(
        resource=resource,
        engine="flux",
        directory=directory,
        recurse=True,
        namespace=namespace,
        namespace_path=("spec", "targetNamespace"),
        overrides_namespace=True,
        cluster=_text(remote_cluster(spec)),
        changes=any(spec.get(key) for key in CHANGING_FIELDS),
        sending=_flux_sending(resource, spec),
    )


def _flux_sending(resource: Resource, spec: Body) -> Sending:
    """Return the name of a Flux Kustomization and what it says of others.

    Those that depend on it wait until it is applied, and until its objects are ready
    only where it looks at their health itself.
    """
    own = resource.namespace
    return Sending(
        name=f"flux {own}/{resource.name}",
        depends_on=tuple(
            f"flux {text(one.get('namespace')) or own}/{text(one.get('name'))}"
            for one in mappings(spec.get("dependsOn"))
        ),
        waits=spec.get("wait") is True or bool(items(spec.get("healthChecks"))),
    )


def _helm_release(resource: Resource, _: _Tree) -> Iterator[Delivery | Hidden]:
    namespace = _text(resource.get("spec", "targetNamespace")) or resource.namespace
    reason = f"the chart of {resource.kind} {resource.name} is not rendered"
    yield Hidden(resource, namespace or None, reason)


_READERS = {
    APPLICATION: _application,
    APPLICATION_SET: _application_set,
    KUSTOMIZATION: _flux_kustomization,
    HELM_RELEASE: _helm_release,
    ("helm.cattle.io", "HelmChart"): _helm_release,
}
KINDS = frozenset(_READERS)
"""Group and kind of the objects that are read here."""
_KINDS_READ = frozenset(kind for _, kind in KINDS)


def _local(path: object, directories: Collection[str]) -> str | None:
    if not isinstance(path, str) or "{{" in path or "\0" in path:
        return None
    normal = normpath(path.strip("/") or ".")
    directory = "" if normal == "." else normal
    return directory if directory in directories else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value and "{{" not in value else None
