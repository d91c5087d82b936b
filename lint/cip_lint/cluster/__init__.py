"""Who is together: clusters, units, namespaces, worlds, and what is unknown.

To find one's way:

From files to clusters
    ``partitioning`` is the way in. ``shares`` says which files go to which cluster
    (``following`` of what controllers send), ``landmarks`` what in them says who
    sends what: ``gitops`` for Argo CD and Flux, ``senders`` for programs, with
    ``skaffold``. ``placement`` gives each file its unit (``units``, ``engines``),
    with ``deliveries``, ``left_out`` and ``homes``; ``alternatives`` and
    ``environment`` keep files apart. ``destinations``, ``notices`` and
    ``unread_releases`` tell what came of it, ``unseen`` what nobody sees.

One cluster
    ``cluster`` holds its ``members`` and is what rules ask: ``encounters`` and
    ``meeting`` (who can meet whom), ``names`` and ``renames`` (Services by name),
    ``labelled_workloads`` with ``matching``, ``labels`` and ``nearest`` (what selectors
    pick), ``near`` (words that are near). ``settings`` says what is known of it, with
    ``external`` and ``reservations``.

What is not there
    ``worlds``, ``outside`` and ``absence`` (can it exist all the same?),
    ``made_services``; for pods ``unknown_pods``, ``labelled_later`` and
    ``run_time_labels``. What lives already: ``snapshot``, ``holdings``,
    ``ip_addresses``; ``base`` is what a cluster is compared with.

What objects say of others
    ``references``, ``monitors``, ``calls``, ``address_fields``; in texts ``literals``
    and ``spelled_out``, in variables ``variable_reads`` and ``readers``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cip_lint.cluster.base import Base, pairs
    from cip_lint.cluster.cluster import Cluster
    from cip_lint.cluster.external import Declared, External
    from cip_lint.cluster.holdings import Holding, LiveRange
    from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
    from cip_lint.cluster.nearest import NearMiss
    from cip_lint.cluster.outside import Outside
    from cip_lint.cluster.partitioning import partition
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
    from cip_lint.cluster.snapshot import Snapshot
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

_NAMES = {
    "base": (
        "Base",
        "pairs",
    ),
    "cluster": ("Cluster",),
    "external": (
        "Declared",
        "External",
    ),
    "holdings": (
        "Holding",
        "LiveRange",
    ),
    "members": (
        "Member",
        "ServiceMember",
        "WorkloadMember",
    ),
    "nearest": ("NearMiss",),
    "outside": ("Outside",),
    "partitioning": ("partition",),
    "reservations": (
        "Reservation",
        "Reservations",
    ),
    "settings": (
        "ASSUMED",
        "DEFAULT",
        "NO_NAMESPACE",
        "ClusterSettings",
        "Completeness",
        "PathSettings",
        "Setting",
        "default_settings",
    ),
    "snapshot": ("Snapshot",),
    "units": ("Unit",),
    "worlds": (
        "Unknown",
        "World",
    ),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for: settings need no more than a few values of this room.

    They are read before the files are, and all else while other processes read those.
    """
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
