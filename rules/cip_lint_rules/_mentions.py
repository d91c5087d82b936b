"""Where a workload mentions a number: arguments, variables, probes, files.

A container port need not be declared. A program that is told a port number in any
of these places can be taken to listen there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cip_lint.bodies import text_values
from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.cluster.literals import of_workload
from cip_lint.cluster.matching import same_namespace
from cip_lint.kube.config_maps import config_maps_of

_MOST = 1 << 20
"""How many characters of mounted files are looked at for one workload."""


def mentions_number(member: WorkloadMember, number: int, cluster: Cluster) -> bool:
    """Whether a number stands as a whole word where a program would read it."""
    word = _word(number)
    return any(map(word.search, _texts(member, cluster)))


@lru_cache(maxsize=256)
def _word(number: int) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){number}(?![\w]|\.\d)")


def _texts(member: WorkloadMember, cluster: Cluster) -> Iterator[str]:
    for literal in of_workload(member):
        yield literal.text
    for container in member.workload.containers:
        for _, port in container.handler_ports():
            yield str(port)
    yield from _mounted(member, cluster)


def _mounted(member: WorkloadMember, cluster: Cluster) -> Iterator[str]:
    """Yield the data of ConfigMaps that the pods mount or take variables from."""
    found = [
        config
        for name in {one.name for one in config_maps_of(member.workload)}
        for config in cluster.named("ConfigMap", name)
        if same_namespace(config, member) and cluster.can_meet(config, member)
    ]
    left = _MOST
    for config in sorted(found, key=lambda one: one.order):
        for content in text_values(config.resource.get("data")).values():
            yield content[:left]
            left -= len(content)
            if left <= 0:
                return
