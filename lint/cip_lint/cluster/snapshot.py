"""A cluster as it stands: what lives there already, which no file of the set says.

A snapshot is the truth about the moment it was taken. Its objects are no part of
the set and are not judged; labels of findings may point at them. All indexes are
made when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.bodies import mapping, mappings, text
from cip_lint.cluster.environment import environment_of
from cip_lint.cluster.holdings import (
    Holding,
    LiveRange,
    held_addresses,
    held_node_ports,
    live_ranges,
)
from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.settings import ClusterSettings, Setting
from cip_lint.cluster.units import SNAPSHOT, Unit
from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.kinds import namespaced
from cip_lint.kube.selectors import map_matches
from cip_lint.kube.well_known import MASTER, SERVICE_NAME
from cip_lint.model import Origin, OriginKind, Resource, SourceFile

if TYPE_CHECKING:
    from cip_lint.manifests.snapshots import SnapshotFile

_BEFORE_ALL = -1
"""The order of living objects: they are there before anything is applied."""

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
_NETWORKING = "networking.k8s.io"
_DISCOVERY = "discovery.k8s.io"

_Identity = tuple[str, str, str, str]
"""Group, kind, namespace (empty for kinds that live in none) and name."""


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
    def _by_identity(self) -> Mapping[_Identity, Member]:
        return {_identity(one): one for one in self.members}

    # What is held

    @cached_property
    def addresses(self) -> Mapping[str, Holding]:
        """Canonical cluster address -> who holds it, a Service before its IPAddress."""
        return held_addresses(self.services, self._of("IPAddress", _NETWORKING))

    @cached_property
    def node_ports(self) -> Mapping[int, Holding]:
        """Node port -> who holds it, health check ports among them."""
        return held_node_ports(self.services)

    @cached_property
    def ranges(self) -> tuple[LiveRange, ...]:
        """The CIDRs of all ServiceCIDRs, the API server's own first."""
        return live_ranges(self._of("ServiceCIDR", _NETWORKING))

    @property
    def own_ranges(self) -> tuple[LiveRange, ...]:
        """The ranges of the API server's own flags, primary first; none: not known."""
        return tuple(one for one in self.ranges if one.is_of_the_server)

    @property
    def dns_service(self) -> ServiceMember | None:
        """The DNS Service of the cluster, where it has an address."""
        found = (self.service(*one) for one in _DNS_SERVICES)
        return next((one for one in found if one and one.service.cluster_ips), None)

    def informed(self, settings: ClusterSettings) -> ClusterSettings:
        """Return settings with its ranges in place of weaker ones.

        Objects yield to flags, variables and files, and win over presets and
        assumptions. The families are those of the ranges that the API server itself
        was started with, which its own ServiceCIDR repeats.
        """
        dns = self.dns_service
        if dns is not None:
            origin = Origin(OriginKind.OBJECT, f"{dns.display} of {dns.path}")
            settings = settings._replace(
                living_dns=Setting(dns.service.cluster_ips[0].canonical, origin)
            )
        own = self.own_ranges
        if not own:
            return settings
        cidrs, families = settings.service_cidrs, settings.families
        if families.yields_to_objects:
            networks = (parse_cidr(one.cidr) for one in own)
            known = tuple(network.family for network in networks if network is not None)
            families = Setting(known, own[0].origin)
        if cidrs.yields_to_objects and all(one.ready for one in own):
            cidrs = Setting(tuple(one.cidr for one in own), own[0].origin)
        return settings._replace(service_cidrs=cidrs, families=families)

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
        has_own = self.service(*MASTER) is not None
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
        _BEFORE_ALL,
        namespace=(resource.namespace or "default") if in_one else "",
        decided=True,
        namespaced=in_one,
    )


def _identity(member: Member) -> _Identity:
    namespace = (member.namespace or "default") if member.namespaced else ""
    return member.resource.group, member.kind, namespace, member.name
