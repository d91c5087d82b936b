"""What Argo CD and Flux change in a kustomization when they send it.

An Application and a Flux Kustomization may add patches, prefixes, labels, components
and a namespace of their own. They are added here as the controllers do it: in one
more kustomization around the one of the repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text, texts
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_cd import destination_cluster, sources_of
from cip_lint.render.gitops.sending_kinds import (
    APPLICATION,
    KUSTOMIZATION,
    remote_cluster,
)
from cip_lint.render.helm.releases import folder_of
from cip_lint.render.kustomize.kustomizations import CHANGING_FIELDS
from cip_lint.render.surroundings.outcomes import release_name


class Sender(NamedTuple):
    """One object that sends a kustomization, and what it adds to it."""

    resource: Resource
    engine: str
    namespace: str
    cluster: str
    fields: Body
    """The fields of the kustomization that is put around it."""
    paths: Mapping[str, Path]
    """Where the object says each of them."""
    substitutes: bool = False
    """Whether it fills variables in; see ``variables``."""
    is_overridden: bool = False
    """Whether a file beside what it sends may say otherwise; see ``argo_overrides``."""

    @property
    def words(self) -> str:
        """Who sends it: ``Kustomization flux-system/apps of clusters/apps.yaml``."""
        return release_name(self.resource)

    @property
    def changes(self) -> bool:
        """Whether it is sent otherwise than the repository says."""
        return (
            self.substitutes
            or self.is_overridden
            or not CHANGING_FIELDS.isdisjoint(self.fields)
        )


def senders(resources: Iterable[Resource]) -> dict[str, list[Sender]]:
    """Return who sends the folders of a repository, by folder."""
    found: dict[str, list[Sender]] = {}
    for resource in resources:
        key = (resource.group, resource.kind)
        if key == KUSTOMIZATION:
            told: Iterator[tuple[str, Sender]] = _of_flux(resource)
        elif key == APPLICATION:
            told = _of_application(resource)
        else:
            continue
        for folder, sender in told:
            found.setdefault(folder, []).append(sender)
    return found


def _of_flux(resource: Resource) -> Iterator[tuple[str, Sender]]:
    spec = mapping(resource.get("spec"))
    folder = folder_of(spec.get("path"))
    if folder is None:
        return
    common = mapping(spec.get("commonMetadata"))
    fields: dict[str, Any] = {}
    paths: dict[str, Path] = {}
    for field in ("namePrefix", "nameSuffix", "patches", "components"):
        _add(fields, paths, field, spec.get(field), ("spec", field))
    _add(
        fields,
        paths,
        "namespace",
        spec.get("targetNamespace"),
        ("spec", "targetNamespace"),
    )
    where: Path = ("spec", "commonMetadata")
    _add(
        fields,
        paths,
        "commonAnnotations",
        common.get("annotations"),
        (*where, "annotations"),
    )
    if mapping(common.get("labels")):
        fields["labels"] = [{"pairs": dict(mapping(common.get("labels")))}]
        paths["labels"] = (*where, "labels")
    namespace, cluster = text(spec.get("targetNamespace")), remote_cluster(spec)
    after = mapping(spec.get("postBuild"))
    fills = bool(after.get("substitute") or after.get("substituteFrom"))
    yield folder, Sender(resource, "flux", namespace, cluster, fields, paths, fills)


def _of_application(resource: Resource) -> Iterator[tuple[str, Sender]]:
    cluster = destination_cluster(resource)
    default = text(resource.get("spec", "destination", "namespace"))
    for where, source in sources_of(resource):
        folder = folder_of(source.get("path"))
        if folder is None:
            continue
        own = mapping(source.get("kustomize"))
        fields: dict[str, Any] = {}
        paths: dict[str, Path] = {}
        for field in sorted((*CHANGING_FIELDS - {"labels"}, "namespace")):
            _add(fields, paths, field, own.get(field), (*where, "kustomize", field))
        if "commonLabels" in fields and own.get("labelWithoutSelector") is True:
            fields["labels"] = [{"pairs": fields.pop("commonLabels")}]
            paths["labels"] = paths.pop("commonLabels")
        namespace = text(own.get("namespace")) or default
        yield folder, Sender(resource, "argocd", namespace, cluster, fields, paths)


def _add(
    fields: dict[str, Any], paths: dict[str, Path], field: str, value: Any, path: Path
) -> None:
    """Add a field that somebody says, in the shape that kustomize takes."""
    if isinstance(value, list):
        value = (
            texts(value)
            if field == "components"
            else [dict(one) for one in mappings(value)]
        )
    elif isinstance(value, dict):
        value = dict(value)
    elif not isinstance(value, str):
        return
    if value:
        fields[field] = value
        paths[field] = path
