"""What sends an object, where namespaces and names do not tell rows apart.

Overlays of one base, and releases of one chart, may have the same names in one
namespace: each goes to a cluster of its own, or replaces the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cip_lint.model import Build

if TYPE_CHECKING:
    from cip_lint.cluster import Member

TITLE = "UNIT"
"""The heading of the column."""


def unit_name(member: Member) -> str:
    """Return ``overlays/eu``, or who sends it in a way of its own."""
    resource = member.resource
    if resource.built_by or resource.release:
        return Build(resource.built_by, resource.release).name
    return member.unit.root or "."


def unit_fields(member: Member) -> dict[str, Any]:
    """Return the same for programs: the unit, and the build where there is one."""
    resource = member.resource
    build = {"path": resource.built_by, "release": resource.release or None}
    return {
        "unit": member.unit.root or ".",
        "build": build if resource.built_by else None,
    }


def are_told(members: Iterable[Member]) -> bool:
    """Whether units must be told: where several have objects in one namespace.

    What lives already is sent by nobody.
    """
    first: dict[str, str] = {}
    for member in members:
        if not member.living:
            name = unit_name(member)
            if first.setdefault(member.ref.namespace, name) != name:
                return True
    return False
