"""The resources that Tilt makes of plain manifests.

A Tiltfile is a program, which is not run: without more of it Tilt makes a resource
of each workload, with the Services that select its pods, and one of the rest
(``internal/tiltfile/k8s.go``). Resources are applied at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cip_lint.cluster import ServiceMember, WorkloadMember

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member


def tilt_resources(
    cluster: Cluster, members: Sequence[Member]
) -> Iterator[tuple[Member, int]]:
    """Yield each member of a unit with the number of its resource; 0 is the rest."""
    numbers: dict[int, int] = {}
    for member in members:
        if isinstance(member, WorkloadMember) and not member.partial:
            numbers[id(member)] = len(numbers) + 1
    for member in members:
        number = numbers.get(id(member), 0)
        if isinstance(member, ServiceMember):
            picked = cluster.pods_for(member.service.selector or {}, member)
            number = next((numbers[id(p)] for p in picked if id(p) in numbers), 0)
        yield member, number
