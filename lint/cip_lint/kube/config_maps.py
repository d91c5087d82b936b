"""The ConfigMaps that pods read: as files that they mount, or as variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cip_lint.bodies import mapping, mappings, text
from cip_lint.kube.workloads import Workload


class ConfigRead(NamedTuple):
    """A ConfigMap that pods read, and the key where they read no other."""

    name: str
    key: str = ""


def config_maps_of(workload: Workload) -> Iterator[ConfigRead]:
    """Yield what a workload reads, some of it several times."""
    for found in _reads(workload):
        if found.name:
            yield found


def _reads(workload: Workload) -> Iterator[ConfigRead]:
    for volume in mappings(workload.pod_spec.get("volumes")):
        yield _whole(volume.get("configMap"))
        for source in mappings(mapping(volume.get("projected")).get("sources")):
            yield _whole(source.get("configMap"))
    for container in workload.containers:
        for source in mappings(container.body.get("envFrom")):
            yield _whole(source.get("configMapRef"))
        for variable in mappings(container.body.get("env")):
            value = mapping(mapping(variable.get("valueFrom")).get("configMapKeyRef"))
            yield ConfigRead(text(value.get("name")), text(value.get("key")))


def _whole(reference: object) -> ConfigRead:
    return ConfigRead(text(mapping(reference).get("name")))
