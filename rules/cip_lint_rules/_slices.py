"""What rules about hand-made endpoints share."""

from __future__ import annotations

from collections.abc import Mapping

from cip_lint.bodies import text_values
from cip_lint.cluster import Member
from cip_lint.kube.well_known import (
    HEADLESS,
    LEADER,
    MANAGED_BY,
    SERVICE_NAME,
    SLICE_CONTROLLERS,
)


def controller_of(member: Member) -> str:
    """Return the controller that wrote a slice or Endpoints, empty for none.

    Such objects were exported from a cluster, or are another program's business.
    """
    labels = _texts(member, "labels")
    if LEADER in _texts(member, "annotations"):
        return "leader election"
    if HEADLESS in labels:
        return "a controller"
    manager = labels.get(MANAGED_BY, "")
    if manager in SLICE_CONTROLLERS or manager.endswith("-controller"):
        return manager
    owners = member.resource.get("metadata", "ownerReferences")
    return "its owner" if isinstance(owners, list) and owners else ""


def service_name(member: Member) -> str:
    """Return the Service that a slice or Endpoints belongs to, empty for none."""
    if member.kind == "Endpoints":
        return member.name
    return _texts(member, "labels").get(SERVICE_NAME, "")


def _texts(member: Member, field: str) -> Mapping[str, str]:
    return text_values(member.resource.get("metadata", field))
