"""The service ranges of a cluster: those of its settings and those of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import items
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.bands import Range, service_range

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster


def ranges_of(cluster: Cluster) -> tuple[Range, ...]:
    """Return the ranges, the API server's own first, each CIDR once.

    Where nobody states the server's own ranges and ServiceCIDR objects name some,
    the assumed ones are left out for their families. Of living objects only those
    count that the allocators use.
    """
    settings = cluster.settings
    version = settings.kubernetes_version.value
    stated = settings.service_cidrs
    added = [
        made
        for cidr, origin in (*_of_objects(cluster), *_of_snapshot(cluster))
        if (made := service_range(cidr, version, origin, from_flag=False)) is not None
    ]
    known = {one.family for one in added}
    own = [
        made
        for cidr in stated.value
        if (made := service_range(cidr, version, stated.origin)) is not None
        and (stated.stated or made.family not in known)
    ]
    found: dict[str, Range] = {}
    for one in (*own, *added):
        found.setdefault(one.cidr, one)
    return tuple(found.values())


def _of_objects(cluster: Cluster) -> Iterator[tuple[str, Origin]]:
    """Yield the CIDRs of the set's objects, but of those that are on their way out."""
    snapshot = cluster.snapshot
    going = {
        one.member.name
        for one in (snapshot.ranges if snapshot is not None else ())
        if not one.ready
    }
    for member in cluster.of_kind("ServiceCIDR"):
        if member.partial or member.piece or member.name in going:
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
