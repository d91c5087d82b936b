"""Which workloads read which ConfigMaps: as variables, or as files that they mount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.cluster.matching import same_namespace
from cip_lint.kube.config_maps import ConfigRead, config_maps_of

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster
    from cip_lint.cluster.members import Member, WorkloadMember

_Reader = tuple["WorkloadMember", ConfigRead]


class Readers:
    """The workloads of a cluster by the ConfigMaps that they read."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def of(self, config: Member, key: str) -> Sequence[WorkloadMember]:
        """Return the workloads that read a key of a ConfigMap, in their order."""
        found = {
            id(member): member
            for member, read in self._by_name.get(config.name, ())
            if read.key in ("", key)
            and same_namespace(config, member)
            and self._cluster.can_meet(config, member)
        }
        return list(found.values())

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[_Reader]]:
        found: dict[str, list[_Reader]] = {}
        for member in self._cluster.judged_workloads:
            for read in dict.fromkeys(config_maps_of(member.workload)):
                found.setdefault(read.name, []).append((member, read))
        return found
