"""The calls in all texts that a workload reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster.matching import same_namespace
from cip_lint.kube.config_maps import config_maps_of

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.replay.calls import Call
    from cip_lint.replay.table import ServiceTable


def calls_read_by(table: ServiceTable, member: WorkloadMember) -> Iterator[Call]:
    """Yield the calls in the texts that a workload reads: its own, then ConfigMaps."""
    yield from table.calls.of(member)
    cluster = table.cluster
    for read in dict.fromkeys(config_maps_of(member.workload)):
        for config in cluster.named("ConfigMap", read.name):
            if not same_namespace(config, member):
                continue
            if not cluster.can_meet(config, member):
                continue
            for call in table.calls.of(config):
                if read.key in ("", call.mention.literal.path[-1]):
                    yield call
