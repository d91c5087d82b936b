"""The service ranges of a cluster: those of its settings and those of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import items
from cip_lint.cluster.settings import Setting
from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.well_known import API_SERVER_RANGES
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.bands import Range, service_range

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster


def ranges_of(cluster: Cluster) -> tuple[Range, ...]:
    """Return the ranges, the API server's own first, each CIDR once.

    A preset and an assumption yield to the ServiceCIDR ``kubernetes``, which
    repeats the server's own ranges, for the families that it names. Every other
    ServiceCIDR only adds to them. Of living objects only those count that the
    allocators use.
    """
    settings = cluster.settings
    version = settings.kubernetes_version.value
    stated = settings.service_cidrs
    repeated = repeated_families(cluster)
    own = [
        made
        for cidr in stated.value
        if (made := service_range(cidr, version, stated.origin)) is not None
        and made.family not in repeated
    ]
    added = [
        made
        for cidr, origin in (*_of_objects(cluster), *_of_snapshot(cluster))
        if (made := service_range(cidr, version, origin, from_flag=False)) is not None
    ]
    found: dict[str, Range] = {}
    for one in (*own, *added):
        found.setdefault(one.cidr, one)
    return tuple(found.values())


def repeated_families(cluster: Cluster) -> frozenset[str]:
    """Return the families whose own ranges only the ServiceCIDR ``kubernetes`` names.

    Empty where the settings state them, which win. The API server makes that
    object from its flags (``pkg/controlplane/controller/defaultservicecidr``).
    """
    if not cluster.settings.service_cidrs.yields_to_objects:
        return frozenset()
    snapshot = cluster.snapshot
    living = [one.cidr for one in snapshot.own_ranges] if snapshot is not None else []
    written = (cidr for cidr, _ in _own_of_objects(cluster))
    networks = map(parse_cidr, (*living, *written))
    return frozenset(one.family for one in networks if one is not None)


def known_families(cluster: Cluster) -> frozenset[str] | None:
    """Return the families whose ranges are all known; None: everything is stated.

    A ServiceCIDR of another name adds to ranges that may be anything.
    """
    if cluster.settings.service_cidrs.stated:
        return None
    return repeated_families(cluster)


def own_cidrs(cluster: Cluster) -> Setting[tuple[str, ...]]:
    """Return the API server's own ranges, primary first, with who states them.

    They are those of the settings; in place of a preset or an assumption those of
    the ServiceCIDR ``kubernetes`` of the set.
    """
    stated = cluster.settings.service_cidrs
    if not stated.yields_to_objects:
        return stated
    found = [
        (cidr, origin)
        for cidr, origin in _own_of_objects(cluster)
        if parse_cidr(cidr) is not None
    ]
    if not found:
        return stated
    return Setting(tuple(cidr for cidr, _ in found), found[0][1])


def _own_of_objects(cluster: Cluster) -> Iterator[tuple[str, Origin]]:
    """Yield what the ServiceCIDR of the set says that repeats the flags."""
    return _of_objects(cluster, API_SERVER_RANGES)


def _of_objects(cluster: Cluster, name: str = "") -> Iterator[tuple[str, Origin]]:
    """Yield the CIDRs of the set's objects, but of those that are on their way out.

    With a name, those of the objects of that name only.
    """
    snapshot = cluster.snapshot
    going = {
        one.member.name
        for one in (snapshot.ranges if snapshot is not None else ())
        if not one.ready
    }
    members = cluster.of_kind("ServiceCIDR")
    for member in sorted(members, key=lambda one: one.name != API_SERVER_RANGES):
        if member.partial or member.piece or member.name in going:
            continue
        if name and member.name != name:
            continue
        for index, cidr in enumerate(items(member.resource.get("spec", "cidrs"))):
            if isinstance(cidr, str):
                label = member.resource.label("spec", "cidrs", index)
                yield (
                    cidr,
                    Origin(OriginKind.OBJECT, f"ServiceCIDR {member.name}", label),
                )


def _of_snapshot(cluster: Cluster) -> Iterator[tuple[str, Origin]]:
    if cluster.snapshot is not None:
        for one in cluster.snapshot.ranges:
            if one.ready:
                yield one.cidr, one.origin
