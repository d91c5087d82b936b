"""What rules about hand-made endpoints share."""

from __future__ import annotations

from collections.abc import Mapping

from cip_lint.bodies import text_values
from cip_lint.cluster import Member

SERVICE_NAME = "kubernetes.io/service-name"
_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_HEADLESS = "service.kubernetes.io/headless"
_LEADER = "control-plane.alpha.kubernetes.io/leader"
_CONTROLLERS = (
    "endpointslice-controller.k8s.io",
    "endpointslicemirroring-controller.k8s.io",
)


def controller_of(member: Member) -> str:
    """Return the controller that wrote a slice or Endpoints, empty for none.

    Such objects were exported from a cluster, or are another program's business.
    """
    labels = _texts(member, "labels")
    if _LEADER in _texts(member, "annotations"):
        return "leader election"
    if _HEADLESS in labels:
        return "a controller"
    manager = labels.get(_MANAGED_BY, "")
    if manager in _CONTROLLERS or manager.endswith("-controller"):
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
