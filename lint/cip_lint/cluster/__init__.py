"""Who is together: clusters, units, namespaces, worlds, and what is unknown."""

from __future__ import annotations

from cip_lint.cluster.base import Base, pairs
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.external import Declared, External
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.nearest import NearMiss
from cip_lint.cluster.outside import Outside
from cip_lint.cluster.partition import partition
from cip_lint.cluster.reservations import Reservation, Reservations
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
from cip_lint.cluster.snapshot import Holding, LiveRange, Snapshot
from cip_lint.cluster.units import Unit
from cip_lint.cluster.worlds import Unknown, World

__all__ = [
    "ASSUMED",
    "DEFAULT",
    "NO_NAMESPACE",
    "Base",
    "Cluster",
    "ClusterSettings",
    "Completeness",
    "Declared",
    "External",
    "Holding",
    "LiveRange",
    "Member",
    "NearMiss",
    "Outside",
    "PathSettings",
    "Reservation",
    "Reservations",
    "ServiceMember",
    "Setting",
    "Snapshot",
    "Unit",
    "Unknown",
    "WorkloadMember",
    "World",
    "default_settings",
    "pairs",
    "partition",
]
