"""Which unit each file belongs to, and whether it is sent as it is written.

The first that claims a folder wins: Argo CD, Flux, Fleet, kustomize, Helm; what is
left below one command-line path is one plain folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from posixpath import dirname
from typing import TYPE_CHECKING

from cip_lint.bodies import Body, mappings, text
from cip_lint.cluster.gitops import Delivery
from cip_lint.cluster.landmarks import Landmarks, nearest
from cip_lint.cluster.settings import NO_NAMESPACE, ClusterSettings, Setting
from cip_lint.cluster.units import Sending, Unit
from cip_lint.model import Origin, OriginKind, Resource, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.render.helm.subcharts import whole_chart
from cip_lint.render.kustomize.kustomizations import UNCHANGED, Build

if TYPE_CHECKING:
    from cip_lint.cluster.deliveries import Deliverers, Deliveries
    from cip_lint.cluster.homes import Homes


class Placement(NamedTuple):
    """The unit of a file, and how its objects may be judged."""

    unit: Unit
    piece: bool = False
    partial: bool = False
    sender: str = ""
    """Who sends it, where others send it otherwise; see ``release_name``."""


class Placements:
    """The units of one cluster, found file by file."""

    def __init__(
        self,
        landmarks: Landmarks,
        settings: ClusterSettings,
        arguments: Mapping[str, str],
        has: Callable[[Resource], bool],
        sources: Mapping[str, SourceFile],
        *,
        joined: bool,
    ) -> None:
        """Take what is known; ``has`` tells whether the cluster gets an object.

        ``sources`` are the files that were read, by path.
        """
        self._landmarks = landmarks
        self._folders_are_claimed = landmarks.claim_folders
        self._charts: dict[str, str | None] = {}
        """The innermost chart that each folder met so far lies in."""
        self._settings = settings
        self._arguments = arguments
        self._joined = joined
        """Whether all whole units are in one cluster, because somebody said so."""
        self._units: dict[tuple[str, ...], Unit] = {}
        self._by_file: dict[tuple[str, str], Sequence[Placement]] = {}
        self._deliveries = self._read_deliveries(has, sources)
        is_apart = landmarks.lodgers and not joined
        self._homes = self._read_homes() if is_apart else None

    def _read_homes(self) -> Homes:
        from cip_lint.cluster.homes import Homes  # noqa: PLC0415 - rare

        builds = self._landmarks.kustomizations.build_of
        return Homes(
            self._landmarks.lodgers,
            builds,
            lambda path: self._delivered_by(path, builds.get(path)),
        )

    def _delivered_by(self, path: str, build: Build | None) -> Sequence[Delivery]:
        found = self._deliveries.of(path, build) if self._deliveries else None
        return () if found is None else (*found.alike, *found.above)

    def _read_deliveries(
        self, has: Callable[[Resource], bool], sources: Mapping[str, SourceFile]
    ) -> Deliveries | None:
        if not self._landmarks.deliveries:
            return None
        from cip_lint.cluster.deliveries import Deliveries  # noqa: PLC0415 - where any is

        name = self._settings.name
        return Deliveries(self._landmarks, has, sources, name, joined=self._joined)

    @property
    def left_out(self) -> Collection[str]:
        """The files met so far that nobody sends with the folder they lie in."""
        return self._deliveries.left_out if self._deliveries else ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units met so far, in the order of their files, each once."""
        return tuple({unit.identity: unit for unit in self._units.values()}.values())

    def of(self, path: str, release: str = "") -> Sequence[Placement]:
        """Return the placements of a file, or of what somebody sends in his own way.

        One, but where several send its folder to different clusters or namespaces.
        """
        key = (path, release)
        placements = self._by_file.get(key)
        if placements is None:
            placements = self._place(path) if not release else self._installed(*key)
            self._by_file[key] = placements
        return placements

    def _installed(self, path: str, release: str) -> Sequence[Placement]:
        """Return the placements of a chart or kustomization that something sends."""
        homes = self._homes.all_of(release) if self._homes else ()
        if len(homes) < 2:
            return (Placement(self._release(path, release, "".join(homes))),)
        return [
            Placement(self._release(path, release, home), sender=release)
            for home in homes
        ]

    def _is_homeless(self, sender: str, home: str, cluster: str | None) -> bool:
        """Whether nobody knows which cluster Flux sends something to."""
        if self._homes is None or cluster or not self._homes.knows(sender):
            return False
        return not home or self._homes.is_guessed(home)

    def _release(self, path: str, release: str, home: str) -> Unit:
        told = self._landmarks.releases[path, release]
        directory = dirname(path)
        fetched = told.chart
        is_chart = bool(fetched) or directory in self._landmarks.charts
        kind = "chart" if is_chart else "kustomization"
        key = self._key(path, kind, directory, release, home)
        origin = Origin(OriginKind.OBJECT, release)
        namespace = told.namespace
        cluster = told.cluster or None
        unit = Unit(
            path=directory or ".",
            engine=told.engine,
            why=" ".join(filter(None, ("chart", fetched))) + f", rendered for {release}"
            if is_chart
            else f"{path}, built for {release}",
            kind=kind,
            argument=self._arguments.get(path, ""),
            namespace=Setting(namespace, origin) if namespace else NO_NAMESPACE,
            cluster=cluster,
            scope=self._scope(
                home or told.together or f"{kind} {directory} {release}",
                whole=True,
                cluster=cluster,
            ),
            engine_origin=origin,
            sender=release,
            homeless=self._is_homeless(release, home, cluster),
        )
        if told.firm:
            self._units[key] = unit
            return unit
        return self._unit(key, unit, path)

    def _place(self, path: str) -> Sequence[Placement]:
        landmarks, found = self._landmarks, self._landmarks.kustomizations
        build = found.build_of.get(path)
        partial = path in found.partial or (
            (build is None or not build.whole) and found.is_patch_by_name(path)
        )
        if build is None and not self._folders_are_claimed:
            return (Placement(self._folder(path), partial=partial),)
        deliverers = self._deliveries.of(path, build) if self._deliveries else None
        if deliverers is not None:
            return self._sent(path, build, deliverers, partial=partial)
        if build is not None:
            scope = landmarks.senders.scope_of(build.directory)
            unit = self._built(build, None, path, home=scope)
            return (Placement(unit, piece=not unit.whole, partial=partial),)
        directory = path.rpartition("/")[0]
        bundle = nearest(directory, landmarks.bundles)
        if bundle is not None:
            return (Placement(self._bundle(bundle, path), partial=partial),)
        chart = self.chart_of(directory)
        if chart is not None and path in landmarks.rendered:
            return (Placement(self._chart(chart, path)),)
        if chart is not None and path.startswith(f"{chart}/crds/".lstrip("/")):
            whole = whole_chart(chart, landmarks.charts)
            return (Placement(self._chart(whole, path), partial=partial),)
        return (Placement(self._folder(path), partial=partial),)

    def chart_of(self, directory: str) -> str | None:
        """Return the innermost chart that a folder lies in; None where there is none."""
        if directory not in self._charts:
            self._charts[directory] = nearest(directory, self._landmarks.charts)
        return self._charts[directory]

    def _sent(
        self,
        path: str,
        build: Build | None,
        deliverers: Deliverers,
        *,
        partial: bool,
    ) -> Sequence[Placement]:
        """Return a placement for each that sends a file, or the build that it is of."""
        partial = partial or path in self.left_out
        made = []
        whole = build is None or build.whole
        for delivery, home, sender in self._senders(deliverers, whole=whole):
            unit = (
                self._delivered(delivery, path, sender, home)
                if build is None
                else self._built(build, delivery, path, sender, home)
            )
            made.append(Placement(unit, not unit.whole, partial, sender))
        return made

    def _senders(
        self, deliverers: Deliverers, *, whole: bool
    ) -> Iterator[tuple[Delivery, str, str]]:
        """Yield who sends a file, where to, and his name where others do it otherwise.

        Each for one of the clusters that get it, as far as they are known.
        """
        above = self._from_above(deliverers) if whole else {}
        for one in deliverers.by:
            homes: Mapping[str, Delivery] = {"": one}
            if self._homes is not None:
                homes = self._homes.by_scope(deliverers.like(one))
            if len(homes) > 1 and (one.changes or not whole):
                homes = {"": one}
            for home, delivery in homes.items():
                several = deliverers.several or len(homes) > 1 or bool(above)
                yield delivery, home, delivery.words if several else ""
        for home, delivery in above.items():
            yield delivery, home, delivery.words

    def _from_above(self, deliverers: Deliverers) -> Mapping[str, Delivery]:
        """Return who sends a file with a folder above to a cluster of Flux of its own."""
        above = [one for one in deliverers.above if not one.changes]
        if self._homes is None or not above:
            return {}
        met: set[str] = set()
        for one in deliverers.by:
            met |= self._homes.by_scope(deliverers.like(one)).keys()
        if any(not one or self._homes.is_guessed(one) for one in met):
            return {}
        found: dict[str, Delivery] = {}
        for one in above:
            for home in self._homes.all_of(one.words):
                if home not in met and not self._homes.is_guessed(home):
                    found.setdefault(home, one)
        return found

    def _key(self, path: str, *parts: str) -> tuple[str, ...]:
        """Return the key of a unit: what it is, and the engine stated for a file."""
        return *parts, self._settings.engine_for(path).value or ""

    def _unit(self, key: tuple[str, ...], unit: Unit, path: str) -> Unit:
        """Note a unit, sent by the engine that is stated for a file, if one is."""
        stated = self._settings.engine_for(path)
        if stated.value:
            unit = unit._replace(
                engine=stated.value,
                why=f"{unit.why}, engine by {stated.origin}",
                engine_origin=stated.origin,
            )
        self._units[key] = unit
        return unit

    def _scope(self, own: str, *, whole: bool, cluster: str | None = None) -> str:
        if not whole:
            return f"piece {own}"
        if self._joined:
            return ""
        return f"cluster {cluster}" if cluster else own

    def _built(
        self,
        build: Build,
        delivery: Delivery | None,
        path: str,
        sender: str = "",
        home: str = "",
    ) -> Unit:
        key = self._key(
            path,
            "kustomization",
            build.directory,
            build.namespace or "",
            build.why,
            sender,
            home,
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
        unit = Unit(
            path=directory,
            engine="kustomize",
            why=build.why,
            kind="kustomization",
            argument=self._arguments.get(path, ""),
            namespace=namespace,
            cluster=cluster,
            scope=self._scope(
                (whole and home) or f"kustomization {directory} {sender}",
                whole=whole,
                cluster=cluster,
            ),
            whole=whole,
            sender=sender,
            overrides_namespace=overrides,
            engine_origin=Origin(OriginKind.OBJECT, build.path),
            sending=Sending(
                sort_options=build.sorting.options, files=build.sorting.files
            ),
            affixes=build.affixes if whole is build.whole else UNCHANGED,
            listed=build.listed,
        )
        if delivery is not None:
            unit = unit._replace(
                engine=delivery.engine,
                why=f"{build.why}, sent by {delivery.words}",
                engine_origin=Origin(OriginKind.OBJECT, delivery.words),
                sending=delivery.sending,
                homeless=self._is_homeless(delivery.words, home, cluster),
            )
        return self._unit(key, unit, path)

    def _delivered(self, delivery: Delivery, path: str, sender: str, home: str) -> Unit:
        directory = delivery.directory or "."
        key = self._key(path, delivery.engine, directory, sender, home)
        if key in self._units:
            return self._units[key]
        whole = not delivery.changes
        unit = Unit(
            path=directory,
            engine=delivery.engine,
            why=delivery.words,
            kind=delivery.engine,
            argument=self._arguments.get(path, ""),
            namespace=_told(delivery) if delivery.namespace else NO_NAMESPACE,
            cluster=delivery.cluster,
            scope=self._scope(
                (whole and home) or f"{delivery.engine} {directory} {sender}",
                whole=whole,
                cluster=delivery.cluster,
            ),
            whole=whole,
            sender=sender,
            overrides_namespace=delivery.overrides_namespace,
            engine_origin=Origin(OriginKind.OBJECT, delivery.words),
            sending=delivery.sending,
            homeless=self._is_homeless(delivery.words, home, delivery.cluster),
        )
        return self._unit(key, unit, path)

    def _bundle(self, directory: str, path: str) -> Unit:
        key = self._key(path, "fleet", directory)
        if key in self._units:
            return self._units[key]
        body = self._landmarks.bundles[directory]
        forced, default = body.get("namespace"), body.get("defaultNamespace")
        stated = forced if isinstance(forced, str) and forced else default
        namespace = NO_NAMESPACE
        name = f"{directory}/fleet.yaml".lstrip("/")
        origin = Origin(OriginKind.OBJECT, name)
        if isinstance(stated, str) and stated:
            namespace = Setting(stated, origin)
        unit = Unit(
            path=directory or ".",
            engine="fleet",
            why=f"bundle of {name}",
            kind="fleet",
            argument=self._arguments.get(path, ""),
            namespace=namespace,
            scope=self._scope(f"fleet {directory}", whole=True),
            overrides_namespace=stated is forced and bool(forced),
            engine_origin=origin,
            sending=_bundle_sending(body),
        )
        return self._unit(key, unit, path)

    def _chart(self, directory: str, path: str) -> Unit:
        key = self._key(path, "chart", directory)
        if key in self._units:
            return self._units[key]
        file = f"{directory}/Chart.yaml".lstrip("/")
        rendered = file in self._landmarks.rendered
        unit = Unit(
            path=directory or ".",
            engine="helm",
            why="chart, rendered" if rendered else "chart, not rendered",
            kind="chart",
            argument=self._arguments.get(path, ""),
            scope=self._scope(f"chart {directory}", whole=True),
            engine_origin=Origin(OriginKind.OBJECT, file),
        )
        return self._unit(key, unit, path)

    def _folder(self, path: str) -> Unit:
        argument = self._arguments.get(path, "")
        stated = self._settings.engine_for(path).value
        sender = None if stated else self._landmarks.senders.of(path)
        told = ("", "") if sender is None else (sender.engine, sender.root)
        key = ("folder", argument, *told, stated or "")
        if key in self._units:
            return self._units[key]
        if argument == "-":
            kind, why = "stdin", "standard input"
        elif argument == path:
            kind, why = "file", "single file"
        else:
            kind, why = "folder", "plain folder"
        unit = Unit(
            path=argument or ".",
            engine="kubectl",
            why=why,
            kind=kind,
            argument=argument,
            scope=self._scope(f"folder {argument}", whole=True),
            engine_origin=Origin(OriginKind.DEFAULT, why),
        )
        if sender is not None:
            unit = unit._replace(
                engine=sender.engine,
                why=sender.why,
                engine_origin=sender.origin,
                sending=sender.sending,
                own_root=sender.root or ".",
                scope=self._scope(sender.scope or unit.scope, whole=True),
            )
        return self._unit(key, unit, path)


def _bundle_sending(body: Body) -> Sending:
    """Return the name of a Fleet bundle, where it has one, and whom it waits for."""
    name = text(body.get("name"))
    return Sending(
        name=f"fleet {name}" if name else "",
        depends_on=tuple(
            f"fleet {text(one.get('name'))}" for one in mappings(body.get("dependsOn"))
        ),
        waits=True,
    )


def _told(delivery: Delivery) -> Setting[str | None]:
    resource = delivery.resource
    said = f"{resource.kind} {resource.name}"
    return Setting(delivery.namespace, Origin(OriginKind.OBJECT, said))
