"""The settings of each cluster, from all who state them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cip_lint.cluster import (
    ClusterSettings,
    Declared,
    External,
    PathSettings,
    Reservations,
    Setting,
)
from cip_lint.cluster.shares import is_below
from cip_lint.config import diagnosis, values
from cip_lint.config.files import shown_path
from cip_lint.config.kinds import kinds
from cip_lint.config.layers import Layers, Stated
from cip_lint.config.patterns import matcher
from cip_lint.config.reservations import reservations
from cip_lint.kube.distributions import DISTRIBUTIONS
from cip_lint.model import Origin, OriginKind

DEFAULT_NAME = "default"


def clusters(layers: Layers, root: Path, folder: Path) -> tuple[ClusterSettings, ...]:
    """Return the settings of every cluster that is stated, or of the only one.

    ``root`` is the folder of the settings file, ``folder`` the working folder.
    """
    stated = dict.fromkeys(name for name, _ in layers.entries("clusters"))
    names = tuple(stated) or (DEFAULT_NAME,)
    reserved = reservations(layers, names)
    shared = {
        "external": _external(layers),
        "by_path": tuple(_overrides(layers, root, folder)),
        **kinds(layers),
    }
    return tuple(
        _cluster(
            layers,
            name,
            {**shared, "reserved": Reservations(reserved[name])},
            root,
            folder,
        )
        for name in names
    )


def _cluster(
    layers: Layers, name: str, shared: Mapping[str, Any], root: Path, folder: Path
) -> ClusterSettings:
    found: dict[str, Any] = dict(shared)
    for key, (attribute, parse) in values.CLUSTER_KEYS.items():
        stated = _stated(layers, name, key)
        if stated is not None:
            value = layers.parsed(stated, parse)
            if value is not None:
                found[attribute] = Setting(value, stated.origin)
    _add_derived(found)
    snapshot = _stated(layers, name, "snapshot")
    if snapshot is not None:
        base = root if snapshot.origin.kind is OriginKind.FILE else folder
        files = dict.fromkeys(_shown(path, base, folder) for path in snapshot.value)
        found["snapshot"] = Setting(tuple(files), snapshot.origin)
    one = _stated(layers, name, "oneCluster")
    paths = layers.first(("clusters", name, "paths"), ("cluster", "paths"))
    if paths is not None:
        units = tuple(_units(layers, paths, root, folder))
        found["paths"] = tuple(one.text for one in units)
        own = (one for one in units if one.namespace or one.engine)
        found["by_path"] = (*found["by_path"], *own)
    installed = layers.first(("clusters", name, "releases"), ("cluster", "releases"))
    if installed is not None:
        from cip_lint.config.releases import releases  # noqa: PLC0415 - of a few runs

        found["releases"] = releases(layers, installed, root, folder)
    return ClusterSettings(
        name=name, one_cluster=bool(one.value) if one else False, **found
    )


def _units(
    layers: Layers, paths: Stated, root: Path, folder: Path
) -> Iterator[PathSettings]:
    """Yield the paths of a cluster, with what is said of each for this one alone."""
    for index, value in enumerate(paths.value):
        item = layers.deeper(paths, index)
        path = value if isinstance(value, str) else value["path"]
        named = item if isinstance(value, str) else layers.deeper(item, "path")
        _warn_of_nothing(layers, named, root)
        found = dict(_of_path(layers, item, ("namespace", "engine")))
        shown = _shown(path, root, folder)
        yield PathSettings(shown, partial(is_below, below=shown), **found)


def _warn_of_nothing(layers: Layers, stated: Stated, root: Path) -> None:
    """Warn of a path that leads to nothing: no object would go to the cluster."""
    path, label = stated.value, stated.label()
    if label is None or path == "-" or os.path.lexists(root / path):
        return
    from cip_lint.config.nearest import nearest_path  # noqa: PLC0415 - of a few runs

    near = nearest_path(path, root)
    layers.findings.append(diagnosis.nowhere(label, path, near))


def _of_path(
    layers: Layers, item: Stated, keys: Sequence[str]
) -> Iterator[tuple[str, Setting[Any]]]:
    """Yield what an entry says of the files of its paths."""
    for key in keys:
        if not isinstance(item.value, dict) or key not in item.value:
            continue
        stated = layers.deeper(item, key)
        _, parse = values.CLUSTER_KEYS.get(key, ("", values.as_is))
        value = layers.parsed(stated, parse)
        if value is not None:
            yield key, Setting(value, stated.origin)


def _shown(path: str, base: Path, folder: Path) -> str:
    """Return a path that is meant from one folder as it is printed in another."""
    return shown_path(Path(os.path.normpath(base / path)), folder)


def _stated(layers: Layers, name: str, key: str) -> Stated | None:
    given = layers.given.get(key)
    return given or layers.first(("clusters", name, key), ("cluster", key))


def _add_derived(found: dict[str, Any]) -> None:
    """Add what follows from the distribution and from the ranges."""
    distribution = found.get("distribution")
    if distribution is not None:
        for attribute, value in _usual(distribution.value, found):
            preset = Origin(OriginKind.PRESET, f"preset {distribution.value}")
            found.setdefault(attribute, Setting(value, preset))
    cidrs = found.get("service_cidrs")
    if cidrs is not None and "families" not in found:
        found["families"] = Setting(values.families_of(cidrs.value), cidrs.origin)


def _usual(name: str, found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a distribution sets, by the attribute of ``ClusterSettings``."""
    known = DISTRIBUTIONS[name]
    families = found["families"].value if "families" in found else ()
    version = found.get("kubernetes_version")
    cidrs = known.cidrs(families, version.value if version is not None else None)
    if cidrs:
        yield "service_cidrs", cidrs
    yield "node_port_range", known.node_ports
    if known.zone:
        yield "cluster_domain", known.zone


def _external(layers: Layers) -> External:
    def listed(key: str) -> Iterator[Any]:
        for name, stated in layers.entries("external"):
            if name == key:
                yield from stated.value

    def declared(key: str) -> tuple[Declared, ...]:
        return tuple(
            Declared(
                item.get("namespace", "*"), item.get("name", "*"), item.get("labels")
            )
            for item in listed(key)
        )

    return External(
        workloads=declared("workloads"),
        services=declared("services"),
        endpoints=declared("endpoints"),
        zones=tuple(listed("zones")),
        run_time_labels=frozenset(listed("runTimeLabels")),
    )


def _overrides(layers: Layers, root: Path, folder: Path) -> Iterator[PathSettings]:
    keys = ("namespace", "complete", "engine", "cluster")
    for item in layers.items("overrides"):
        found = dict(_of_path(layers, item, keys))
        if found:
            patterns = item.value["paths"]
            yield PathSettings(
                ", ".join(patterns), matcher(patterns, root, folder), **found
            )
