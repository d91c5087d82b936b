"""A cluster as it stands: what lives there already, which no file of the set says.

A snapshot is the truth about the moment it was taken. Its objects are no part of
the set and are not judged; labels of findings may point at them. All indexes are
made when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.bodies import items, mapping, mappings, text
from cip_lint.cluster.environment import environment_of
from cip_lint.cluster.ip_addresses import parent_service
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.settings import ClusterSettings, Setting
from cip_lint.cluster.units import SNAPSHOT, Unit
from cip_lint.kube.addresses import parse_cidr, parse_ip
from cip_lint.kube.discovery import namespaced
from cip_lint.kube.selectors import map_matches
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.model import Label, Origin, OriginKind, Path, Resource, SourceFile
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.manifests.snapshots import SnapshotFile

BEFORE_ALL = -1
"""The order of living objects: they are there before anything is applied."""

API_SERVER_RANGES = "kubernetes"
"""The ServiceCIDR that the API server makes of its own flags."""

WEAKER = frozenset({OriginKind.PRESET, OriginKind.DEFAULT})
"""Who yields to an object that states a range."""

_PARENTS = {"ReplicaSet": ("Deployment", "Rollout"), "Job": ("CronJob",)}
"""What makes the kinds that keep pods."""

_DNS_SERVICES = (
    ("kube-system", "kube-dns"),
    ("kube-system", "coredns"),
    ("kube-system", "rke2-coredns-rke2-coredns"),
    ("openshift-dns", "dns-default"),
)
"""Where distributions put it, and how they call it."""

_ENDED = frozenset({"Succeeded", "Failed"})
_WITH_NODE_PORTS = frozenset({"NodePort", "LoadBalancer"})
_NETWORKING = "networking.k8s.io"
_DISCOVERY = "discovery.k8s.io"

Identity = tuple[str, str, str, str]
"""Group, kind, namespace (empty for kinds that live in none) and name."""


class Holding(NamedTuple):
    """An address or a node port that a living object holds, and where that stands.

    ``owner`` is the Service that has it, by namespace and name; None where an
    IPAddress holds it for something that is no Service.
    """

    member: Member
    path: Path
    text: str
    """An address as written, or the number of a node port."""
    owner: tuple[str, str] | None
    node_port: int = 0
    """The node port; 0 for an address."""
    port: int = 0
    """``port`` of the entry that has a node port; 0 for a health check port."""

    @property
    def display(self) -> str:
        """``Service shop/web``, or ``IPAddress 10.96.0.7`` where no Service has it."""
        if self.owner is None:
            return self.member.display
        return "Service {}/{}".format(*self.owner)


class LiveRange(NamedTuple):
    """A CIDR of a living ServiceCIDR."""

    cidr: str
    """As written."""
    member: Member
    number: int
    """Its place among the CIDRs of its object."""
    ready: bool
    """Whether addresses can be had: not while it is deleted, or says it is not."""

    @property
    def origin(self) -> Origin:
        """Who states it, with its place; found when asked for."""
        name = self.member.name
        return Origin(
            OriginKind.OBJECT, f"ServiceCIDR {name} of {self.member.path}", self.label
        )

    @property
    def label(self) -> Label:
        """Its place."""
        return self.member.resource.label("spec", "cidrs", self.number)


class Snapshot:
    """What lives in one cluster, as far as the files of its snapshot say.

    Everything that is looked up by namespace takes ``default`` for it where an
    object names none.
    """

    def __init__(self, files: Sequence[SnapshotFile]) -> None:
        self.sources: Mapping[str, SourceFile] = {
            file.source.path: file.source for file in files
        }
        """Its files, by path."""
        self.paths = tuple(self.sources)
        """Their paths, as they are printed."""
        self.origin = Origin(OriginKind.FILE, f"snapshot {', '.join(self.paths)}")
        self.resources = tuple(one for file in files for one in file.resources)
        """Everything that lives, in the order of the files."""
        self.environment = environment_of(self.paths[0].rpartition("/")[2])
        """The environment that the name of the first file speaks of."""
        unit = Unit(self.paths[0], "", "snapshot", SNAPSHOT, "", scope="\0snapshot")
        self.members = tuple(_member(one, unit) for one in self.resources)
        """Its objects, each under the namespace it lives in."""

    def __repr__(self) -> str:
        return f"<{self.origin}: {len(self.resources)} objects>"

    # Objects

    def find(self, member: Member) -> Resource | None:
        """Return the living object that an object of the set would become."""
        found = self._by_identity.get(_identity(member))
        return None if found is None else found.resource

    def service(self, namespace: str, name: str) -> ServiceMember | None:
        """Return a living Service."""
        found = self._by_identity.get(("", "Service", namespace or "default", name))
        return found if isinstance(found, ServiceMember) else None

    def living(self, member: ServiceMember) -> ServiceMember | None:
        """Return the Service that lives under the name of one of the set."""
        return self.service(member.namespace, member.name)

    @cached_property
    def services(self) -> tuple[ServiceMember, ...]:
        """The living Services."""
        return tuple(one for one in self.members if isinstance(one, ServiceMember))

    @cached_property
    def pods(self) -> tuple[WorkloadMember, ...]:
        """The living pods but those that have ended: these serve nobody."""
        return tuple(
            one
            for one in self.members
            if isinstance(one, WorkloadMember)
            and text(one.resource.get("status", "phase")) not in _ENDED
        )

    def _of(self, kind: str, group: str) -> Iterator[Member]:
        for member in self.members:
            if member.kind == kind and member.resource.group == group:
                yield member

    @cached_property
    def _by_identity(self) -> Mapping[Identity, Member]:
        return {_identity(one): one for one in self.members}

    # What is held

    @cached_property
    def addresses(self) -> Mapping[str, Holding]:
        """Canonical cluster address -> who holds it, a Service before its IPAddress."""
        held: dict[str, Holding] = {}
        for holding in (*_of_services(self.services), *self._of_ip_addresses()):
            address = parse_ip(holding.text)
            if address is not None:
                held.setdefault(address.canonical, holding)
        return held

    def _of_ip_addresses(self) -> Iterator[Holding]:
        for member in self._of("IPAddress", _NETWORKING):
            owner = parent_service(member.resource)
            yield Holding(member, ("metadata", "name"), member.name, owner)

    @cached_property
    def node_ports(self) -> Mapping[int, Holding]:
        """Node port -> who holds it, health check ports among them."""
        held: dict[int, Holding] = {}
        for member in self.services:
            for holding in _ports_of(member):
                held.setdefault(holding.node_port, holding)
        return held

    @cached_property
    def ranges(self) -> tuple[LiveRange, ...]:
        """The CIDRs of all ServiceCIDRs, the API server's own first."""
        found = [
            LiveRange(cidr, member, number, _is_ready(member))
            for member in self._of("ServiceCIDR", _NETWORKING)
            for number, cidr in enumerate(items(member.resource.get("spec", "cidrs")))
            if isinstance(cidr, str) and parse_cidr(cidr) is not None
        ]
        found.sort(key=lambda one: one.member.name != API_SERVER_RANGES)
        return tuple(found)

    @property
    def own_ranges(self) -> tuple[LiveRange, ...]:
        """The ranges of the API server's own flags, primary first; none: not known."""
        return tuple(one for one in self.ranges if one.member.name == API_SERVER_RANGES)

    @property
    def dns_service(self) -> ServiceMember | None:
        """The DNS Service of the cluster, where it has an address."""
        found = (self.service(*one) for one in _DNS_SERVICES)
        return next((one for one in found if one and one.service.cluster_ips), None)

    # What is known of a namespace

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that are known to exist: those with an object, and listed."""
        listed = (one.name for one in self._of("Namespace", ""))
        used = (one.namespace for one in self.members if one.namespace)
        return frozenset((*listed, *used))

    @cached_property
    def is_of_all_namespaces(self) -> bool:
        """Whether it was taken of the whole cluster.

        Every cluster has the Service ``default/kubernetes``, so a snapshot with it
        and something of another namespace was not taken of one namespace alone.
        """
        has_own = self.service("default", "kubernetes") is not None
        return has_own and len(self.namespaces) > 1

    def covers(self, kind: str, namespace: str) -> bool:
        """Whether every object of a kind in a namespace is in it.

        ``kind`` is ``Pod``, ``Service`` or ``EndpointSlice``. That is so where it
        has objects of the kind, and was taken of this namespace, in which
        something lives: of one that is new nobody can tell what it is for.
        """
        found = self._namespaces_by_kind.get(kind, ())
        namespace = namespace or "default"
        if namespace in found:
            return True
        return (
            bool(found) and self.is_of_all_namespaces and namespace in self.namespaces
        )

    @cached_property
    def _namespaces_by_kind(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in self.members:
            found.setdefault(one.kind, set()).add(one.namespace)
        return found

    # Pods and endpoints

    def pods_for(
        self, selector: Mapping[str, str], namespace: str | None
    ) -> tuple[WorkloadMember, ...]:
        """Return the living pods that a selector picks, of a namespace or of any."""
        if not selector:
            return ()
        index = self._pods_by_label
        if namespace is None:
            found = [index.get(("", *pair), ()) for pair in selector.items()]
        else:
            namespace = namespace or "default"
            found = [index.get((namespace, *pair), ()) for pair in selector.items()]
        return tuple(
            one
            for one in min(found, key=len)
            if map_matches(selector, one.workload.labels)
        )

    @cached_property
    def _pods_by_label(self) -> Mapping[tuple[str, str, str], Sequence[WorkloadMember]]:
        """Namespace (empty: any), key and value of a label -> the pods with it."""
        found: dict[tuple[str, str, str], list[WorkloadMember]] = {}
        for one in self.pods:
            for pair in one.workload.labels.items():
                found.setdefault((one.namespace, *pair), []).append(one)
                found.setdefault(("", *pair), []).append(one)
        return found

    def endpoints_of(self, namespace: str, service: str) -> Sequence[Member]:
        """Return the living EndpointSlices and Endpoints of a Service."""
        return self._endpoints.get((namespace or "default", service), ())

    @cached_property
    def _endpoints(self) -> Mapping[tuple[str, str], Sequence[Member]]:
        found: dict[tuple[str, str], list[Member]] = {}
        for one in self._of("EndpointSlice", _DISCOVERY):
            name = text(one.resource.get("metadata", "labels", SERVICE_NAME))
            found.setdefault((one.namespace, name), []).append(one)
        for one in self._of("Endpoints", ""):
            found.setdefault((one.namespace, one.name), []).append(one)
        return found


def keepers(pod: Resource) -> Iterator[tuple[str, str]]:
    """Yield kind and name of what may keep a living pod, the pod itself first.

    A ReplicaSet and a Job are named after their Deployment or CronJob, with a part
    of their own behind the last ``-``.
    """
    yield "Pod", pod.name
    metadata = mapping(pod.body.get("metadata"))
    for owner in mappings(metadata.get("ownerReferences")):
        kind, name = text(owner.get("kind")), text(owner.get("name"))
        yield kind, name
        above = name.rpartition("-")[0]
        for parent in _PARENTS.get(kind, ()):
            yield parent, above


def informed(settings: ClusterSettings, snapshot: Snapshot) -> ClusterSettings:
    """Return settings with the ranges of a snapshot in place of weaker ones.

    Objects yield to flags, variables and files, and win over presets and
    assumptions. The families are those of the ranges that the API server itself
    was started with, which its own ServiceCIDR repeats.
    """
    dns = snapshot.dns_service
    if dns is not None:
        origin = Origin(OriginKind.OBJECT, f"{dns.display} of {dns.path}")
        settings = settings._replace(
            living_dns=Setting(dns.service.cluster_ips[0].canonical, origin)
        )
    own = snapshot.own_ranges
    if not own:
        return settings
    cidrs, families = settings.service_cidrs, settings.families
    if families.origin.kind in WEAKER:
        networks = (parse_cidr(one.cidr) for one in own)
        known = tuple(network.family for network in networks if network is not None)
        families = Setting(known, own[0].origin)
    if cidrs.origin.kind in WEAKER and all(one.ready for one in own):
        cidrs = Setting(tuple(one.cidr for one in own), own[0].origin)
    return settings._replace(service_cidrs=cidrs, families=families)


def _member(resource: Resource, unit: Unit) -> Member:
    core = resource.api_version == "v1"
    made: type[Member] = Member
    if core and resource.kind == "Service":
        made = ServiceMember
    elif core and resource.kind == "Pod":
        made = WorkloadMember
    in_one = namespaced(resource.api_version, resource.kind) is not False
    return made(
        resource,
        unit,
        BEFORE_ALL,
        namespace=(resource.namespace or "default") if in_one else "",
        decided=True,
        namespaced=in_one,
    )


def _identity(member: Member) -> Identity:
    namespace = (member.namespace or "default") if member.namespaced else ""
    return member.resource.group, member.kind, namespace, member.name


def _of_services(services: Iterable[ServiceMember]) -> Iterator[Holding]:
    """Yield the cluster addresses that Services hold; headless ones hold none."""
    for member in services:
        service = member.service
        if service.type == "ExternalName" or service.headless:
            continue
        owner = (member.namespace, member.name)
        for asked in service.cluster_ips:
            yield Holding(member, asked.path, asked.text, owner)


def _ports_of(member: ServiceMember) -> Iterator[Holding]:
    """Yield the node ports that a Service holds; types that have none hold none."""
    service = member.service
    if service.type not in _WITH_NODE_PORTS:
        return
    owner = (member.namespace, member.name)
    for port in service.ports:
        if port.node_port:
            path: Path = ("spec", "ports", port.index, "nodePort")
            number = port.node_port
            yield Holding(member, path, str(number), owner, number, port.port)
    number = service.health_check_node_port
    if number and service.needs_health_check:
        path = ("spec", "healthCheckNodePort")
        yield Holding(member, path, str(number), owner, number)


def _is_ready(member: Member) -> bool:
    """Whether the allocators use a ServiceCIDR.

    As ``isReady`` of ``pkg/registry/core/service/ipallocator/cidrallocator.go``:
    one without the condition counts as ready.
    """
    metadata = mapping(member.resource.body.get("metadata"))
    if metadata.get("deletionTimestamp"):
        return False
    for condition in mappings(member.resource.get("status", "conditions")):
        if condition.get("type") == "Ready":
            return condition.get("status") == "True"
    return True
