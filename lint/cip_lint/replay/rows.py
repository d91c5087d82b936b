"""A row of the Service table: one Service and what the cluster makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from cip_lint.bodies import mapping
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.faults import ORDINARY, Drawn
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.model import ObjectRef, Resource, ServerAnswer
from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.objects import SlicePort
from cip_lint.replay.endpoints.selection import Selection, select
from cip_lint.replay.endpoints.targets import (
    ResolvedTarget,
    find_target,
    resolved_ports,
)

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member, ServiceMember, WorkloadMember
    from cip_lint.kube.faults import Admission
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay.allocation.bands import Range
    from cip_lint.replay.living import Living

Verdict = Literal["created", "refused", "unknown"]
How = Literal["pinned", "dynamic", "snapshot"]
"""*pinned*: the manifest asks for it. *snapshot*: it has it already and keeps it.
*dynamic*: the API server draws it."""
Readiness = Literal["published", "gate", "probe", "immediately"]
"""When a pod becomes an endpoint that gets traffic: at once, because the Service
publishes unready pods; when a readiness gate opens; when its readiness probe
succeeds; as soon as its containers run."""


PLACEHOLDERS = "placeholders in it are not filled in"
"""Why nobody knows what becomes of a Service that is a template."""


class AddressPlan(NamedTuple):
    """A cluster address that a Service will have: one for each of its families."""

    family: str
    how: How
    text: str | None
    """The address, canonical; None where the server is yet to draw one."""
    band: str | None
    """``static`` or ``dynamic``; None where no range is known to hold it."""


class NodePortPlan(NamedTuple):
    """The node port that an entry of ``spec.ports`` will have."""

    how: How
    number: int | None
    """None where the server is yet to draw one."""


class PlannedSlice(NamedTuple):
    """The EndpointSlice that the pods of a workload go to, for one family."""

    address_type: str
    ports: tuple[SlicePort, ...]


class WorkloadEndpoints(NamedTuple):
    """What a workload gives to a Service."""

    workload: WorkloadMember
    replicas: int | None
    """None where something else than the manifest decides that."""
    ready: Readiness
    slices: tuple[PlannedSlice, ...]


class Surroundings(Protocol):
    """What a row asks of the table that it is in."""

    cluster: Cluster
    ranges: tuple[Range, ...]
    living: Living | None

    @property
    def gives_primary_family(self) -> bool:
        """Whether a Service that states no family gets the first of the settings."""
        ...

    @property
    def usual_addresses(self) -> tuple[AddressPlan, ...] | None:
        """What a Service gets that states no family and asks for no address.

        None where that is not the same for each.
        """
        ...

    def answer(
        self, member: Member, addresses: frozenset[str], node_ports: frozenset[int]
    ) -> Admission:
        """Return the API server's answer to an object, with some values in use."""
        ...

    def held_from(self, member: Member) -> Held:
        """Return what others have of that which a Service asks for."""
        ...

    def stored(self, member: ServiceMember) -> Mapping[str, Any]:
        """Return a Service as it would be stored; empty where it is refused."""
        ...

    def band_of(self, canonical: str) -> str | None:
        """Return the band of an address; None where no range holds it."""
        ...

    def manual_endpoints(self, member: ServiceMember) -> tuple[Member, ...]:
        """Return the EndpointSlices and Endpoints written by hand for a Service."""
        ...


def drawn_address(family: str, ranges: Sequence[Range]) -> AddressPlan:
    """Return an address that the API server is yet to draw from a range."""
    held = any(one.family == family for one in ranges)
    return AddressPlan(family, "dynamic", None, "dynamic" if held else None)


_OF_FAMILIES = frozenset({"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"})
"""Fields of a Service from which the API server infers its families."""

Held = tuple[frozenset[str], frozenset[int]]
"""Addresses, canonical, and node ports that others have."""

NOTHING_HELD: Held = (frozenset(), frozenset())


class ServiceRow:
    """One Service of the table.

    What only some reports and rules ask for is worked out when they do, once.
    """

    __slots__ = (
        "_admission",
        "_endpoints",
        "_reason",
        "_selection",
        "_stored",
        "_table",
        "member",
        "service",
    )

    def __init__(self, table: Surroundings, member: ServiceMember) -> None:
        self._table = table
        self.member = member
        self.service = member.service
        """The Service as the API server understands it."""
        self._admission: Admission | None = None
        self._reason: str | None = None
        self._selection: Selection | None = None
        self._endpoints: tuple[WorkloadEndpoints, ...] | None = None
        self._stored: Mapping[str, Any] | None = None

    @property
    def held(self) -> Held:
        """The addresses and node ports that others have when its turn comes."""
        return self._table.held_from(self.member)

    @property
    def admission(self) -> Admission:
        """The API server's answer, without what cannot be judged here."""
        if self._admission is None:
            self._admission = self._table.answer(self.member, *self.held)
        return self._admission

    @property
    def is_ordinary(self) -> bool:
        """Whether a quick look told that it is stored, and has no unknown key."""
        return self.admission is ORDINARY

    @property
    def on_its_own(self) -> Admission:
        """The answer to it where nobody else holds what it asks for."""
        if any(self.held):
            return self._table.answer(self.member, *NOTHING_HELD)
        return self.admission

    @property
    def verdict(self) -> Verdict:
        """Whether it is created; ``unknown`` where that depends on what is not seen."""
        if self.admission.refused:
            return "refused"
        return "unknown" if self.reason else "created"

    @property
    def reason(self) -> str:
        """Why the verdict cannot be known, in one clause; empty where it can."""
        if self._reason is None:
            self._reason = self._why_unknown()
        return self._reason

    def _why_unknown(self) -> str:
        if self.member.piece:
            if not self.member.unit.listed:
                return "its kustomization does not list it"
            return "its kustomization was not built"
        if self._admission is ORDINARY:
            return ""  # no name that is good holds a placeholder
        if self._table.cluster.unresolved(self.member, ()):
            return PLACEHOLDERS
        return ""

    @property
    def resource(self) -> Resource:
        """The object as it was written."""
        return self.member.resource

    @property
    def ref(self) -> ObjectRef:
        """What the cluster calls it."""
        return self.member.ref

    @property
    def display(self) -> str:
        """``Service shop/web``."""
        return self.member.display

    @property
    def server(self) -> ServerAnswer | None:
        """The refusal of the API server; None where the Service is stored."""
        return self.admission.answer() if self.verdict == "refused" else None

    @property
    def families(self) -> tuple[str, ...]:
        """The families it gets, primary first; none for ExternalName.

        Where nobody states those of the cluster, the assumed ones.
        """
        if self.service.type == "ExternalName":
            return ()
        if self._states_no_family and self._table.gives_primary_family:
            return self._table.cluster.settings.families.value[:1]
        families = mapping(self.stored.get("spec")).get("ipFamilies")
        if isinstance(families, list) and families:
            return tuple(map(str, families))
        return self._table.cluster.settings.families.value[:1]

    @property
    def _states_no_family(self) -> bool:
        """Whether nothing in it decides about its families."""
        return _OF_FAMILIES.isdisjoint(mapping(self.resource.body.get("spec")))

    @property
    def addresses(self) -> tuple[AddressPlan, ...]:
        """Its cluster addresses; none for headless and ExternalName Services."""
        service = self.service
        if service.headless or service.type == "ExternalName":
            return ()
        if self._states_no_family and self._table.usual_addresses is not None:
            return self._table.usual_addresses
        pinned = {
            address.family: address.canonical
            for asked in service.cluster_ips
            if (address := parse_ip(asked.text)) is not None
        }
        families = dict.fromkeys((*pinned, *self.families))
        return tuple(self._planned(family, pinned.get(family)) for family in families)

    def _planned(self, family: str, pinned: str | None) -> AddressPlan:
        if pinned is not None:
            return AddressPlan(family, "pinned", pinned, self._table.band_of(pinned))
        living = self._table.living
        kept = living.address_of(self.member, family) if living is not None else None
        if kept is not None:
            return AddressPlan(family, "snapshot", kept, self._table.band_of(kept))
        return drawn_address(family, self._table.ranges)

    @property
    def node_ports(self) -> tuple[NodePortPlan | None, ...]:
        """The node port of each entry of its ports; None where one has none."""
        service = self.service
        if service.headless or service.type not in WITH_NODE_PORTS:
            return tuple(None for _ in service.ports)
        living = self._table.living
        kept = living.node_ports_of(self.member) if living is not None else {}
        return tuple(self._planned_port(port, kept) for port in service.ports)

    @property
    def health_check_port(self) -> NodePortPlan | None:
        """The node port for the health checks of a load balancer; None without one."""
        service = self.service
        if not service.needs_health_check:
            return None
        if service.health_check_node_port:
            return NodePortPlan("pinned", service.health_check_node_port)
        living = self._table.living
        old = None if living is None else living.service_of(self.member)
        if old is not None and old.service.needs_health_check:
            return NodePortPlan("snapshot", old.service.health_check_node_port)
        return NodePortPlan("dynamic", None)

    def _planned_port(
        self, port: ServicePort, kept: Mapping[int, int]
    ) -> NodePortPlan | None:
        if port.node_port:
            return NodePortPlan("pinned", port.node_port)
        if port.index in kept:
            return NodePortPlan("snapshot", kept[port.index])
        if self.service.allocates_node_ports:
            return NodePortPlan("dynamic", None)
        return None

    @property
    def selection(self) -> Selection:
        """Which workloads its selector picks, or why that cannot be known."""
        if self._selection is None:
            self._selection = select(self._table.cluster, self.member)
        return self._selection

    @property
    def endpoints(self) -> tuple[WorkloadEndpoints, ...]:
        """What each selected workload gives to it."""
        if self._endpoints is None:
            families = self.families
            self._endpoints = tuple(
                self._given_by(member, families) for member in self.selection.workloads
            )
        return self._endpoints

    def _given_by(
        self, member: WorkloadMember, families: tuple[str, ...]
    ) -> WorkloadEndpoints:
        workload = member.workload
        ports = resolved_ports(self.service.ports, workload)
        return WorkloadEndpoints(
            member,
            workload.replicas,
            self._readiness(member),
            tuple(PlannedSlice(family, ports) for family in families),
        )

    def _readiness(self, member: WorkloadMember) -> Readiness:
        if self.service.publish_not_ready:
            return "published"
        workload = member.workload
        if workload.readiness_gates:
            return "gate"
        asked = any(
            container.probe("readinessProbe") is not None
            for container in workload.containers
            if not container.init or container.sidecar
        )
        return "probe" if asked else "immediately"

    def target(self, port: ServicePort, member: WorkloadMember) -> ResolvedTarget:
        """Return where a port of the Service ends in the pods of a workload."""
        return find_target(member.workload, port.target_port, port.protocol)

    @property
    def manual(self) -> tuple[Member, ...]:
        """The EndpointSlices and Endpoints written by hand that name this Service."""
        return self._table.manual_endpoints(self.member)

    @property
    def stored(self) -> Mapping[str, Any]:
        """The object as the API server would store it; empty where that is unknown.

        Addresses and node ports that it draws are left out.
        """
        if self._stored is None:
            self._stored = _without_drawn(self.stored_whole)
        return self._stored

    @property
    def stored_whole(self) -> Mapping[str, Any]:
        """The same with what the server draws, as ``Drawn``."""
        return self._table.stored(self.member)

    def __repr__(self) -> str:
        return f"<row {self.display}>"


def _without_drawn(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stored Service without drawn values, which stand in its spec alone."""
    return (
        {**stored, "spec": _cleared(mapping(stored.get("spec")))} if stored else stored
    )


def _cleared(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: _kept(item) for key, item in value.items() if not _is_drawn(item)}


def _kept(item: Any) -> Any:
    if isinstance(item, dict):
        return _cleared(item)
    if isinstance(item, list):
        return [_kept(one) for one in item if not isinstance(one, Drawn)]
    return item


def _is_drawn(item: object) -> bool:
    """Whether nothing is left of a value without what the server draws."""
    if isinstance(item, list):
        return bool(item) and all(isinstance(one, Drawn) for one in item)
    return isinstance(item, Drawn)
