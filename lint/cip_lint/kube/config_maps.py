"""The ConfigMaps that pods read: as files that they mount, or as variables."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.kube.workloads import Workload
from cip_lint.records import NamedTuple


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
        yield from _mounted(volume)
        for source in mappings(mapping(volume.get("projected")).get("sources")):
            yield from _mounted(source)
    for container in workload.containers:
        for source in mappings(container.body.get("envFrom")):
            yield ConfigRead(text(mapping(source.get("configMapRef")).get("name")))
        for variable in mappings(container.body.get("env")):
            value = mapping(mapping(variable.get("valueFrom")).get("configMapKeyRef"))
            yield ConfigRead(text(value.get("name")), text(value.get("key")))


def _mounted(source: Body) -> Iterator[ConfigRead]:
    """Yield the keys of a volume that become files: those it lists, else all."""
    volume = mapping(source.get("configMap"))
    name, listed = text(volume.get("name")), mappings(volume.get("items"))
    for item in listed:
        yield ConfigRead(name, text(item.get("key")))
    if not listed:
        yield ConfigRead(name)
