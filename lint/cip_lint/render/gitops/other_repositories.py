"""Which folders and charts that objects name lie in other repositories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cip_lint.bodies import Body, mapping, text
from cip_lint.model import Resource
from cip_lint.render.gitops.remotes import is_anothers
from cip_lint.render.gitops.sending_kinds import (
    APPLICATION,
    APPLICATION_SET,
    HELM_RELEASE,
    KUSTOMIZATION,
    with_sources,
)

_SOURCES = frozenset({"GitRepository", "OCIRepository"})


class Addresses:
    """The addresses of the repositories that objects name, or that Flux reads."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._found: dict[tuple[str, str, str], list[str]] = {}
        for one in resources:
            if one.kind in _SOURCES and one.group == "source.toolkit.fluxcd.io":
                key = (one.kind, one.namespace, one.name)
                address = text(mapping(one.get("spec")).get("url"))
                self._found.setdefault(key, []).append(address)

    def marked(self, resource: Resource, own: Sequence[str]) -> Mapping[str, Any]:
        """Return the body of an object; paths of another repository with its address.

        ``own`` are the remotes of the repository that the object lies in.
        """
        key = (resource.group, resource.kind)
        spec = mapping(resource.get("spec"))
        made: Body = spec
        if key == APPLICATION:
            made = _of_application(spec, own)
        elif key == APPLICATION_SET:
            template = mapping(spec.get("template"))
            inner = mapping(template.get("spec"))
            other = _of_application(inner, own)
            if other is not inner:
                made = {**spec, "template": {**template, "spec": other}}
        elif key == KUSTOMIZATION:
            made = self._of_flux(resource, spec, "path", own)
        elif key == HELM_RELEASE:
            chart = mapping(spec.get("chart"))
            inner = mapping(chart.get("spec"))
            other = self._of_flux(resource, inner, "chart", own)
            if other is not inner:
                made = {**spec, "chart": {**chart, "spec": other}}
        return resource.body if made is spec else {**resource.body, "spec": made}

    def _of_flux(
        self, resource: Resource, body: Body, field: str, own: Sequence[str]
    ) -> Body:
        ref = mapping(body.get("sourceRef"))
        namespace = text(ref.get("namespace")) or resource.namespace
        key = (text(ref.get("kind")), namespace, text(ref.get("name")))
        found = self._found.get(key, ())
        if not found or not all(is_anothers(one, own) for one in found):
            return body
        return {**body, field: _path(found[0], body.get(field))}


def _of_application(spec: Body, own: Sequence[str]) -> Body:
    made = with_sources(spec, lambda source: _source(source, own))
    return spec if made == spec else made


def _source(source: Body, own: Sequence[str]) -> Body:
    address, path = text(source.get("repoURL")), source.get("path")
    if not text(path) or not is_anothers(address, own):
        return source
    return {**source, "path": _path(address, path)}


def _path(address: str, path: object) -> str:
    """Return a path of a repository with its address in front of it."""
    said = text(path)
    return said if "://" in said else f"{address}//{said.lstrip('./')}"
