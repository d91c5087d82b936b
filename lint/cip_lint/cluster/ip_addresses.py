"""IPAddress objects: for whom a cluster address is kept."""

from __future__ import annotations

from cip_lint.bodies import mapping, text
from cip_lint.model import Resource


def parent_service(resource: Resource) -> tuple[str, str] | None:
    """Return namespace and name of the Service that an IPAddress names as its parent.

    None where its parent is something else: anything may keep an address.
    """
    reference = mapping(resource.get("spec", "parentRef"))
    if text(reference.get("resource")) != "services" or text(reference.get("group")):
        return None
    return text(reference.get("namespace")), text(reference.get("name"))
