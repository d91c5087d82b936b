"""What every reader of Argo CD objects needs of them."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, mapping
from cip_lint.model import Path, Resource
from cip_lint.render.gitops.sending_kinds import APPLICATION_SET, named_cluster


def is_application_set(resource: Resource) -> bool:
    """Whether an object makes Applications."""
    return (resource.group, resource.kind) == APPLICATION_SET


def sources_of(application: Resource) -> Iterator[tuple[Path, Body]]:
    """Yield path and content of each source, those of ``sources`` first."""
    for index, one in application.each("spec", "sources"):
        yield ("spec", "sources", index), mapping(one)
    yield ("spec", "source"), mapping(application.get("spec", "source"))


def destination_cluster(application: Resource) -> str:
    """Return the name or the address of the cluster that it sends to, if it says so."""
    return named_cluster(mapping(application.get("spec", "destination")))
