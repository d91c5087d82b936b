"""Who is together: clusters, units, namespaces, worlds, and what is unknown."""

from __future__ import annotations

from cip_lint.cluster.external import Declared, External
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.settings import (
    ASSUMED,
    DEFAULT,
    NO_NAMESPACE,
    ClusterSettings,
    Completeness,
    PathSettings,
    Setting,
    default_settings,
)
from cip_lint.cluster.units import Unit

__all__ = [
    "ASSUMED",
    "DEFAULT",
    "NO_NAMESPACE",
    "ClusterSettings",
    "Completeness",
    "Declared",
    "External",
    "Member",
    "PathSettings",
    "ServiceMember",
    "Setting",
    "Unit",
    "WorkloadMember",
    "default_settings",
]
