"""Which unit each file belongs to, and whether it is sent as it is written.

The first that claims a folder wins: Argo CD, Flux, Fleet, kustomize, Helm; what is
left below one command-line path is one plain folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname
from typing import NamedTuple

from cip_lint.bodies import Body
from cip_lint.cluster import gitops, kustomizations
from cip_lint.cluster.gitops import Delivery, Gitops
from cip_lint.cluster.kustomizations import Build, Kustomizations
from cip_lint.cluster.settings import NO_NAMESPACE, ClusterSettings, Setting
from cip_lint.cluster.units import PLAIN, Unit
from cip_lint.model import Origin, OriginKind, Resource


class Placement(NamedTuple):
    """The unit of a file, and how its objects may be judged."""

    unit: Unit
    piece: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Everything in the files of a run that says what is sent together."""

    kustomizations: Kustomizations
    gitops: Gitops
    charts: frozenset[str]
    """Folders with a ``Chart.yaml``."""
    bundles: Mapping[str, Body]
    """Folders with a ``fleet.yaml``, and what it says."""
    deliveries: Mapping[str, Sequence[Delivery]]
    """Folder -> what delivers it."""

    @property
    def claim_folders(self) -> bool:
        """Whether anything but kustomizations claims whole folders."""
        return bool(self.charts or self.bundles or self.deliveries)


def survey(
    files: Collection[str],
    kustomization_files: Iterable[tuple[str, Body]],
    charts: Iterable[str],
    bundles: Iterable[tuple[str, Body]],
    resources: Iterable[Resource],
) -> Landmarks:
    """Return the landmarks of a run, from the files met and what they hold."""
    found = kustomizations.survey(kustomization_files, files)
    told = gitops.survey(resources, _directories(files))
    deliveries: dict[str, list[Delivery]] = {}
    for delivery in told.deliveries:
        deliveries.setdefault(delivery.directory, []).append(delivery)
    return Landmarks(
        found,
        told,
        frozenset(dirname(path) for path in charts),
        {dirname(path): body for path, body in bundles},
        deliveries,
    )


def _directories(files: Iterable[str]) -> set[str]:
    directories: set[str] = set()
    for path in files:
        directory = path.rpartition("/")[0]
        while directory not in directories:
            directories.add(directory)
            if not directory:
                break
            directory = directory.rpartition("/")[0]
    return directories


class Placements:
    """The units of one cluster, found file by file."""

    def __init__(
        self,
        landmarks: Landmarks,
        settings: ClusterSettings,
        arguments: Mapping[str, str],
        *,
        joined: bool,
    ) -> None:
        self._landmarks = landmarks
        self._settings = settings
        self._arguments = arguments
        self._joined = joined
        """Whether all whole units are in one cluster, because somebody said so."""
        self._units: dict[tuple[str, ...], Unit] = {}
        self._by_file: dict[str, Placement] = {}

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units met so far, in the order of their files, each path once."""
        return tuple({unit.path: unit for unit in self._units.values()}.values())

    def of(self, path: str) -> Placement:
        """Return the placement of a file."""
        placement = self._by_file.get(path)
        if placement is None:
            placement = self._by_file[path] = self._place(path)
        return placement

    def _place(self, path: str) -> Placement:
        landmarks, found = self._landmarks, self._landmarks.kustomizations
        build = found.build_of.get(path)
        partial = path in found.partial or (
            (build is None or not build.whole) and found.is_patch_by_name(path)
        )
        if build is None and not landmarks.claim_folders:
            return Placement(self._folder(path), partial=partial)
        delivery = self._delivery(path, build)
        if build is not None:
            unit = self._built(build, delivery, path)
            return Placement(unit, piece=not unit.whole, partial=partial)
        if delivery is not None:
            unit = self._delivered(delivery, path)
            return Placement(unit, piece=not unit.whole, partial=partial)
        bundle = nearest(dirname(path), landmarks.bundles)
        if bundle is not None:
            return Placement(self._bundle(bundle, path), partial=partial)
        chart = nearest(dirname(path), landmarks.charts)
        if chart is not None and path.startswith(f"{chart}/crds/".lstrip("/")):
            return Placement(self._chart(chart, path), partial=partial)
        return Placement(self._folder(path), partial=partial)

    def _delivery(self, path: str, build: Build | None) -> Delivery | None:
        """Return the only thing that delivers a file, if one thing does."""
        deliveries = self._landmarks.deliveries
        if not deliveries:
            return None
        directory = dirname(path) if build is None else build.directory
        first = True
        while True:
            here = [d for d in deliveries.get(directory, ()) if first or d.recurse]
            if here:
                return here[0] if len(here) == 1 else _shared(here)
            if not directory:
                return None
            directory, first = dirname(directory), False

    def _unit(self, key: tuple[str, ...], unit: Unit) -> Unit:
        return self._units.setdefault(key, unit)

    def _scope(self, own: str, *, whole: bool, cluster: str | None = None) -> str:
        if not whole:
            return f"piece {own}"
        if self._joined:
            return ""
        return f"cluster {cluster}" if cluster else own

    def _built(self, build: Build, delivery: Delivery | None, path: str) -> Unit:
        key = (
            "kustomization",
            build.directory,
            build.namespace or "",
            str(build.whole),
        )
        if key in self._units:
            return self._units[key]
        whole = build.whole and not (delivery is not None and delivery.changes)
        cluster = delivery.cluster if delivery is not None else None
        namespace = NO_NAMESPACE
        overrides = False
        if delivery is not None and delivery.namespace and delivery.overrides_namespace:
            namespace, overrides = _told(delivery), True
        elif build.namespace:
            origin = Origin(OriginKind.OBJECT, f"namespace of {build.path}")
            namespace, overrides = Setting(build.namespace, origin), True
        elif delivery is not None and delivery.namespace:
            namespace = _told(delivery)
        directory = build.directory or "."
        return self._unit(
            key,
            Unit(
                path=directory,
                engine=delivery.engine if delivery is not None else "kustomize",
                why=build.why,
                kind="kustomization",
                argument=self._arguments.get(path, ""),
                namespace=namespace,
                cluster=cluster,
                scope=self._scope(
                    f"kustomization {directory}", whole=whole, cluster=cluster
                ),
                whole=whole,
                overrides_namespace=overrides,
                sending=delivery.sending if delivery is not None else PLAIN,
            ),
        )

    def _delivered(self, delivery: Delivery, path: str) -> Unit:
        directory = delivery.directory or "."
        key = (delivery.engine, directory)
        resource = delivery.resource
        whole = not delivery.changes
        return self._unit(
            key,
            Unit(
                path=directory,
                engine=delivery.engine,
                why=f"{resource.kind} {resource.name} of {resource.path}",
                kind=delivery.engine,
                argument=self._arguments.get(path, ""),
                namespace=_told(delivery) if delivery.namespace else NO_NAMESPACE,
                cluster=delivery.cluster,
                scope=self._scope(
                    f"{delivery.engine} {directory}",
                    whole=whole,
                    cluster=delivery.cluster,
                ),
                whole=whole,
                overrides_namespace=delivery.overrides_namespace,
                sending=delivery.sending,
            ),
        )

    def _bundle(self, directory: str, path: str) -> Unit:
        body = self._landmarks.bundles[directory]
        forced, default = body.get("namespace"), body.get("defaultNamespace")
        stated = forced if isinstance(forced, str) and forced else default
        namespace = NO_NAMESPACE
        name = f"{directory}/fleet.yaml".lstrip("/")
        if isinstance(stated, str) and stated:
            namespace = Setting(stated, Origin(OriginKind.OBJECT, name))
        return self._unit(
            ("fleet", directory),
            Unit(
                path=directory or ".",
                engine="helm",
                why=f"bundle of {name}",
                kind="fleet",
                argument=self._arguments.get(path, ""),
                namespace=namespace,
                scope=self._scope(f"fleet {directory}", whole=True),
                overrides_namespace=stated is forced and bool(forced),
            ),
        )

    def _chart(self, directory: str, path: str) -> Unit:
        return self._unit(
            ("chart", directory),
            Unit(
                path=directory or ".",
                engine="helm",
                why="chart, not rendered",
                kind="chart",
                argument=self._arguments.get(path, ""),
                scope=self._scope(f"chart {directory}", whole=True),
            ),
        )

    def _folder(self, path: str) -> Unit:
        argument = self._arguments.get(path, "")
        key = ("folder", argument)
        if key in self._units:
            return self._units[key]
        if argument == "-":
            kind, why = "stdin", "standard input"
        elif argument == path:
            kind, why = "file", "single file"
        else:
            kind, why = "folder", "plain folder"
        return self._unit(
            key,
            Unit(
                path=argument or ".",
                engine=self._settings.engine_for(path).value or "kubectl",
                why=why,
                kind=kind,
                argument=argument,
                scope=self._scope(f"folder {argument}", whole=True),
            ),
        )


def _told(delivery: Delivery) -> Setting[str | None]:
    resource = delivery.resource
    text = f"{resource.kind} {resource.name}"
    return Setting(delivery.namespace, Origin(OriginKind.OBJECT, text))


def _shared(deliveries: Sequence[Delivery]) -> Delivery | None:
    """Return a delivery that stands for several equal ones; None where they differ."""
    first = deliveries[0]
    told = {(d.namespace, d.cluster, d.changes) for d in deliveries}
    return first if len(told) == 1 else None


def nearest(directory: str, directories: Collection[str]) -> str | None:
    """Return the innermost of some folders that holds a folder."""
    if not directories:
        return None
    while directory not in directories:
        if not directory:
            return None
        directory = directory.rpartition("/")[0]
    return directory
