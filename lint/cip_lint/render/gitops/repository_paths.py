"""Paths that Argo CD and Flux objects name, as paths of what was read.

They start from the top of the repository. What was read is named from the working
folder, which may lie deeper, or in another repository. Paths of a repository that was
not read get its address in front, so that they name no file of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

from cip_lint.bodies import Body, mapping
from cip_lint.model import Resource
from cip_lint.render.gitops.other_repositories import Addresses
from cip_lint.render.gitops.remotes import remotes_at
from cip_lint.render.gitops.sending_kinds import (
    APPLICATION,
    APPLICATION_SET,
    HELM_RELEASE,
    KUSTOMIZATION,
    with_sources,
)
from cip_lint.render.gitops.source_ignores import SOURCE
from cip_lint.render.surroundings.place import Place

_Moved = Callable[[str], str]
"""Turns a path from the top of a repository into one of what was read."""


def named_as_read(resources: Sequence[Resource], place: Place) -> Sequence[Resource]:
    """Return objects that name folders and files as what was read is named.

    To be done once with each of them.
    """
    senders = [(n, one) for n, one in enumerate(resources) if one.kind in _KINDS]
    if not senders:
        return resources
    made = list(resources)
    addresses = Addresses(resources)

    @cache
    def remotes(top: Path) -> Sequence[str]:
        return remotes_at(place, top)

    for number, one in senders:
        made[number] = _moved(one, place, addresses, remotes)
    return made


def _moved(
    resource: Resource,
    place: Place,
    addresses: Addresses,
    remotes: Callable[[Path], Sequence[str]],
) -> Resource:
    top = place.top_of(dirname(resource.path))
    if top is None:
        return resource
    own = remotes(top)
    body = addresses.marked(resource, own) if own else resource.body
    change = _CHANGES.get((resource.group, resource.kind))
    if change is not None and place.shown(top / "x") != "x":
        body = change(body, lambda path: _below(top, path, place))
    if body is resource.body or body == resource.body:
        return resource
    keys, release = resource.repeated_keys, resource.release
    return Resource(
        body, resource.places, keys, resource.built_by, resource.written, release
    )


def _below(top: Path, path: str, place: Place) -> str:
    """Return how what was read names a path of a repository; no template is one."""
    folder = normpath(path.lstrip("/"))
    is_none = not path or "{{" in path or "\0" in path or "://" in path
    if is_none or folder.startswith(".."):
        return path
    return place.shown(top / folder)


def _of_application(body: Body, moved: _Moved) -> Body:
    spec = mapping(body.get("spec"))
    return {**body, "spec": with_sources(spec, lambda one: _source(one, moved))}


def _source(source: Body, moved: _Moved) -> Body:
    made = _at(source, "path", moved)
    helm = mapping(source.get("helm"))
    if isinstance(helm.get("valueFiles"), list):
        # Others start from the folder of the source.
        files = [
            f"/{moved(one)}" if isinstance(one, str) and one.startswith("/") else one
            for one in helm["valueFiles"]
        ]
        made = {**made, "helm": {**helm, "valueFiles": files}}
    return made


def _of_kustomization(body: Body, moved: _Moved) -> Body:
    return {**body, "spec": _at(mapping(body.get("spec")), "path", moved)}


def _of_release(body: Body, moved: _Moved) -> Body:
    spec = mapping(body.get("spec"))
    chart = mapping(spec.get("chart"))
    inner = mapping(chart.get("spec"))
    if not inner:
        return body
    made = _at(inner, "chart", moved)
    if isinstance(inner.get("valuesFiles"), list):
        files = [
            moved(one) if isinstance(one, str) else one for one in inner["valuesFiles"]
        ]
        made = {**made, "valuesFiles": files}
    return {**body, "spec": {**spec, "chart": {**chart, "spec": made}}}


def _at(body: Body, key: str, moved: _Moved) -> dict[str, Any]:
    value = body.get(key)
    return {**body, key: moved(value)} if isinstance(value, str) else dict(body)


def _of_source(body: Body, _: _Moved) -> Body:
    """Return a source without its patterns: they start from the top."""
    return {**body, "spec": {**mapping(body.get("spec")), "ignore": None}}


_CHANGES: dict[tuple[str, str], Callable[[Body, _Moved], Body]] = {
    APPLICATION: _of_application,
    KUSTOMIZATION: _of_kustomization,
    HELM_RELEASE: _of_release,
    SOURCE: _of_source,
}
_KINDS = frozenset({*(kind for _, kind in _CHANGES), APPLICATION_SET[1]})
