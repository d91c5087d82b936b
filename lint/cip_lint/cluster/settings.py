"""What is known of a cluster, each value with who stated it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from cip_lint.cluster.external import NOTHING_EXTERNAL, External
from cip_lint.cluster.reservations import NOTHING_RESERVED, Reservations
from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.distributions import dns_address
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Origin, OriginKind, Path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.kube.reference_kinds import Taught
    from cip_lint.render.surroundings.targets import StatedRelease

T = TypeVar("T")

Completeness = bool | tuple[str, ...]
"""True: nothing exists outside the set. A tuple: that holds for these namespaces."""


_WEAKER = frozenset({OriginKind.PRESET, OriginKind.DEFAULT})


class Setting(NamedTuple, Generic[T]):
    """A value and where it comes from."""

    value: T
    origin: Origin

    @property
    def stated(self) -> bool:
        """Whether somebody said so; False for an assumption of ours."""
        return self.origin.kind is not OriginKind.DEFAULT

    @property
    def yields_to_objects(self) -> bool:
        """Whether an object that states it wins: over a preset and an assumption."""
        return self.origin.kind in _WEAKER


ASSUMED = Origin(OriginKind.DEFAULT, "assumed")
DEFAULT = Origin(OriginKind.DEFAULT, "default")
NO_NAMESPACE: Setting[str | None] = Setting(None, DEFAULT)
"""Nobody has said where objects go that name no namespace."""


class PathSettings(NamedTuple):
    """Settings for a part of the tree (``overrides:``); None leaves a value alone.

    ``matches`` is asked with the path of a file, relative, with ``/``.
    """

    text: str
    """The pattern as written."""
    matches: Callable[[str], bool]
    namespace: Setting[str | None] | None = None
    complete: Setting[Completeness] | None = None
    engine: Setting[str | None] | None = None
    cluster: Setting[str | None] | None = None
    """The cluster that the files go to, by its name."""


class ClusterSettings(NamedTuple):
    """Everything that is stated or assumed about one cluster."""

    name: str = "default"
    service_cidrs: Setting[tuple[str, ...]] = Setting(("10.96.0.0/16",), ASSUMED)
    """Primary first, as written."""
    families: Setting[tuple[str, ...]] = Setting(("IPv4",), ASSUMED)
    node_port_range: Setting[tuple[int, int]] = Setting((30000, 32767), ASSUMED)
    cluster_domain: Setting[str] = Setting("cluster.local", ASSUMED)
    kubernetes_version: Setting[Version] = Setting(NEWEST, DEFAULT)
    distribution: Setting[str | None] = Setting(None, DEFAULT)
    engine: Setting[str | None] = Setting(None, DEFAULT)
    namespace: Setting[str | None] = NO_NAMESPACE
    complete: Setting[Completeness] = Setting(False, DEFAULT)
    living_dns: Setting[str | None] = Setting(None, DEFAULT)
    """The address that the DNS Service of the snapshot has."""
    snapshot: Setting[tuple[str, ...]] = Setting((), DEFAULT)
    """The files of what the cluster holds, as they are printed; none: not known."""
    one_cluster: bool = False
    """Whether everything read goes to this one cluster."""
    paths: tuple[str, ...] = ()
    """The folders and units that go to this cluster; none: all."""
    api_versions: Setting[tuple[str, ...]] = Setting((), DEFAULT)
    """What charts find there besides the kinds of Kubernetes."""
    releases: tuple[StatedRelease, ...] = ()
    """The charts that are installed there."""
    external: External = NOTHING_EXTERNAL
    reserved: Reservations = NOTHING_RESERVED
    by_path: tuple[PathSettings, ...] = ()
    """The last that matches a path wins, value by value."""
    pod_template_kinds: Mapping[tuple[str, str], Path] = MappingProxyType({})
    """Where further kinds keep their pod template: (group, kind) -> path."""
    reference_kinds: Taught = MappingProxyType({})
    """Where further kinds name Services: (group, kind) -> rows as of the table."""

    @property
    def dns_address(self) -> Setting[str | None]:
        """Where the DNS Service of the cluster is; None: not known.

        Where it lives, else where the stated distribution puts it in the primary
        range.
        """
        if self.living_dns.value is not None:
            return self.living_dns
        network = parse_cidr(self.service_cidrs.value[0])
        name = self.distribution.value
        if network is None or name is None or not self.service_cidrs.stated:
            return Setting(None, DEFAULT)
        origin = Origin(OriginKind.PRESET, f"preset {name}")
        return Setting(dns_address(name, network), origin)

    def facts(self) -> ClusterFacts:
        """Return what may refuse an object: stated values only.

        An assumed range or family never refuses anything, so it is left unknown;
        neither do the node ports of a distribution, whose range flags widen.
        """
        families = self.families
        return ClusterFacts(
            version=self.kubernetes_version.value,
            service_cidrs=self.service_cidrs.value if self.service_cidrs.stated else (),
            families=families.value if families.stated else (),
            node_port_range=(
                self.node_port_range.value if self.node_ports_stated else None
            ),
        )

    @property
    def node_ports_stated(self) -> bool:
        """Whether somebody says which node ports this very cluster has."""
        kind = self.node_port_range.origin.kind
        return kind not in {OriginKind.DEFAULT, OriginKind.PRESET}

    def namespace_for(self, *paths: str) -> Setting[str | None]:
        """Return the namespace of objects in a file that name none.

        Of what is built, the paths are those of its build and of its file: what is
        said of the build is nearer to what is sent.
        """
        stated = [one for one in self.by_path if one.namespace is not None]
        for path in paths:
            for override in reversed(stated):
                if override.namespace is not None and override.matches(path):
                    return override.namespace
        return self.namespace

    def completeness_for(self, *paths: str) -> Setting[Completeness]:
        """Return what is said to be complete about the unit of a file.

        Of what is built, the paths are those of its file and of its build.
        """
        for override in reversed(self.by_path):
            if override.complete is not None and any(map(override.matches, paths)):
                return override.complete
        return self.complete

    def engine_for(self, path: str) -> Setting[str | None]:
        """Return the engine that is said to send a file."""
        for override in reversed(self.by_path):
            if override.engine is not None and override.matches(path):
                return override.engine
        return self.engine

    def cluster_for(self, path: str) -> str | None:
        """Return the name of the cluster that a file is said to go to."""
        for override in reversed(self.by_path):
            if override.cluster is not None and override.matches(path):
                return override.cluster.value
        return None


def default_settings(name: str = "default") -> ClusterSettings:
    """Return the settings of a cluster of which nobody has said anything."""
    return ClusterSettings(name=name)
