"""What living objects hold: cluster addresses, node ports and service ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cip_lint.bodies import items, mapping, mappings
from cip_lint.cluster.ip_addresses import parent_service
from cip_lint.cluster.members import Member, ServiceMember
from cip_lint.kube.addresses import parse_cidr, parse_ip
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.kube.well_known import API_SERVER_RANGES
from cip_lint.model import Label, Origin, OriginKind, Path
from cip_lint.records import NamedTuple


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
    def is_of_the_server(self) -> bool:
        """Whether the API server was started with it, and repeats it."""
        return self.member.name == API_SERVER_RANGES

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


def held_addresses(
    services: Iterable[ServiceMember], ip_addresses: Iterable[Member]
) -> Mapping[str, Holding]:
    """Return canonical cluster address -> who holds it, a Service before its IPAddress."""
    held: dict[str, Holding] = {}
    for holding in (*_of_services(services), *_of_ip_addresses(ip_addresses)):
        address = parse_ip(holding.text)
        if address is not None:
            held.setdefault(address.canonical, holding)
    return held


def _of_services(services: Iterable[ServiceMember]) -> Iterator[Holding]:
    """Yield the cluster addresses that Services hold; headless ones hold none."""
    for member in services:
        service = member.service
        if service.type == "ExternalName" or service.headless:
            continue
        owner = (member.namespace, member.name)
        for asked in service.cluster_ips:
            yield Holding(member, asked.path, asked.text, owner)


def _of_ip_addresses(members: Iterable[Member]) -> Iterator[Holding]:
    for member in members:
        owner = parent_service(member.resource)
        yield Holding(member, ("metadata", "name"), member.name, owner)


def held_node_ports(services: Iterable[ServiceMember]) -> Mapping[int, Holding]:
    """Return node port -> who holds it, health check ports among them."""
    held: dict[int, Holding] = {}
    for member in services:
        for holding in _ports_of(member):
            held.setdefault(holding.node_port, holding)
    return held


def _ports_of(member: ServiceMember) -> Iterator[Holding]:
    """Yield the node ports that a Service holds; types that have none hold none."""
    service = member.service
    if service.type not in WITH_NODE_PORTS:
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


def live_ranges(service_cidrs: Iterable[Member]) -> tuple[LiveRange, ...]:
    """Return the CIDRs of all ServiceCIDRs, the API server's own first."""
    found = [
        LiveRange(cidr, member, number, _is_ready(member))
        for member in service_cidrs
        for number, cidr in enumerate(items(member.resource.get("spec", "cidrs")))
        if isinstance(cidr, str) and parse_cidr(cidr) is not None
    ]
    found.sort(key=lambda one: not one.is_of_the_server)
    return tuple(found)


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
