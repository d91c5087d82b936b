"""What Argo CD and Flux objects say about the folders that they send.

An Application or a Flux Kustomization names a folder of the repository, and the
namespace and cluster it goes to. One that names anything else (a chart, another
repository), and a HelmRelease, makes pods and Services that no file shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from cip_lint.bodies import Body, items, mapping, mappings, text
from cip_lint.cluster.units import PLAIN, Sending
from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.render.argo_cd import sources_of
from cip_lint.render.kustomizations import CHANGING_FIELDS
from cip_lint.render.outcomes import release_name

_ARGO_CD = "argoproj.io"
_FLUX_KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
_FLUX_HELM = "helm.toolkit.fluxcd.io"
OWN_CLUSTER = frozenset({"", "in-cluster", "https://kubernetes.default.svc"})
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
    sending: Sending = PLAIN
    """What it waits for, and what others wait for of it."""

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


def survey(
    resources: Iterable[Resource],
    directories: Collection[str],
    released: Collection[str] = (),
) -> Gitops:
    """Return what the objects of a run say.

    ``directories`` are those with files; ``released`` the names of the
    releases that were rendered, so that they hide nothing. An ApplicationSet whose
    Applications are there says nothing itself.
    """
    resources = list(resources)
    told = {id(one.written) for one in resources if one.kind == "Application"}
    deliveries: list[Delivery] = []
    hidden: list[Hidden] = []
    for resource in resources:
        if resource.kind not in _KINDS_READ:
            continue
        read = _READERS.get((resource.group, resource.kind))
        if read is None or id(resource) in told:
            continue
        for found in read(resource, directories):
            if isinstance(found, Delivery):
                deliveries.append(found)
            elif release_name(resource) not in released:
                hidden.append(found._replace(resource=_in_a_file(resource)))
    return Gitops(tuple(deliveries), tuple(hidden))


def _in_a_file(resource: Resource) -> Resource:
    """Return an object, or the ApplicationSet that makes it."""
    own = resource.written
    return own if own is not None and own.kind == "ApplicationSet" else resource


def _application(
    resource: Resource, directories: Collection[str]
) -> Iterator[Delivery | Hidden]:
    destination = mapping(resource.get("spec", "destination"))
    namespace = _text(destination.get("namespace"))
    cluster = _text(destination.get("name")) or _text(destination.get("server"))
    for _, source in sources_of(resource):
        directory = _local(source.get("path"), directories)
        if not source or (_text(source.get("ref")) and "path" not in source):
            continue
        if directory is None or source.get("chart") or source.get("plugin"):
            reason = f"{resource.kind} {resource.name} sends what is not in these files"
            yield Hidden(resource, namespace, reason)
            continue
        kustomize = mapping(source.get("kustomize"))
        override = _text(kustomize.get("namespace"))
        yield Delivery(
            resource=resource,
            engine="argocd",
            directory=directory,
            recurse=mapping(source.get("directory")).get("recurse") is True,
            namespace=override or namespace,
            namespace_path=("spec", "destination", "namespace"),
            overrides_namespace=override is not None,
            cluster=cluster,
            changes=any(kustomize.get(key) for key in CHANGING_FIELDS),
        )


def _application_set(
    resource: Resource, _: Collection[str]
) -> Iterator[Delivery | Hidden]:
    reason = f"{resource.kind} {resource.name} is not expanded"
    yield Hidden(resource, None, reason)


def _flux_kustomization(
    resource: Resource, directories: Collection[str]
) -> Iterator[Delivery | Hidden]:
    spec = mapping(resource.get("spec"))
    directory = _local(spec.get("path"), directories)
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
        cluster=_remote_cluster(spec),
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


def _helm_release(
    resource: Resource, _: Collection[str]
) -> Iterator[Delivery | Hidden]:
    namespace = _text(resource.get("spec", "targetNamespace")) or resource.namespace
    reason = f"the chart of {resource.kind} {resource.name} is not rendered"
    yield Hidden(resource, namespace or None, reason)


_READERS = {
    (_ARGO_CD, "Application"): _application,
    (_ARGO_CD, "ApplicationSet"): _application_set,
    (_FLUX_KUSTOMIZE, "Kustomization"): _flux_kustomization,
    (_FLUX_HELM, "HelmRelease"): _helm_release,
    ("helm.cattle.io", "HelmChart"): _helm_release,
}
KINDS = frozenset(_READERS)
"""Group and kind of the objects that are read here."""
_KINDS_READ = frozenset(kind for _, kind in KINDS)


def _remote_cluster(spec: Mapping[str, Any]) -> str | None:
    """Return the cluster a Flux object sends to, where that is not its own."""
    secret = mapping(mapping(spec.get("kubeConfig")).get("secretRef"))
    return _text(secret.get("name"))


def _local(path: object, directories: Collection[str]) -> str | None:
    if not isinstance(path, str) or "{{" in path or "\0" in path:
        return None
    normal = normpath(path.strip("/") or ".")
    directory = "" if normal == "." else normal
    return directory if directory in directories else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value and "{{" not in value else None
