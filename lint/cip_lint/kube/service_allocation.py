"""What one request takes from a cluster: addresses, node ports, a check port.

Follows ``allocIPs``, ``initNodePorts`` and ``allocHealthCheckNodePort`` of
``pkg/registry/core/service/storage/alloc.go``. What is taken comes from a
``Pool``; ``FactsPool`` is the one of a single request to a cluster of which
nothing but its settings is known.
"""

from __future__ import annotations

from typing import Protocol

from cip_lint.kube.addresses import IPV4, Address, Network, parse_cidr, parse_ip
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Drawn, Fault, invalid, required, standard_message
from cip_lint.kube.go_text import quoted, string_list
from cip_lint.kube.service_draft import (
    EXTERNAL_NAME,
    LOAD_BALANCER,
    NO_ADDRESS,
    NODE_PORT,
    PortDraft,
    ServiceDraft,
)
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

DEFAULT_NODE_PORT_RANGE = (30000, 32767)

TAKEN_ADDRESS = "provided IP is already allocated"
TAKEN_PORT = "provided port is already allocated"
NO_RANGE = "the provided network does not match the current range"

_ADDRESS_OBJECTS_SINCE = Version(1, 33)
_BITMAP_UNTIL = Version(1, 34)
_SMALLEST_IPV6_PREFIX = 64
_BITMAP_REACH = 65536


class Pool(Protocol):
    """Where addresses and node ports come from."""

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        ...

    def draw_address(self, family: str) -> str:
        """Take any address of a family (empty: the cluster's) and return it."""
        ...

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        ...

    def draw_port(self) -> str | int:
        """Take any node port and return it."""
        ...


class FactsPool:
    """The pool of one request to a cluster with nothing in it but what is held.

    Drawn values are ``Drawn``: the server alone knows them.
    """

    def __init__(self, facts: ClusterFacts) -> None:
        self._facts = facts
        self._addresses_drawn = 0
        self._ports_drawn = 0
        self._ports: set[int] = set()

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        complaint = uncovered(address, self._facts.service_cidrs, self._facts.version)
        if complaint:
            return complaint
        if address.canonical in self._facts.held_addresses:
            return TAKEN_ADDRESS
        return ""

    def draw_address(self, family: str) -> str:
        """Take any address of a family and return it."""
        self._addresses_drawn += 1
        kind = {IPV4: "ip:v4", "": "ip"}.get(family, "ip:v6")
        number = 1 if family else self._addresses_drawn
        return Drawn(f"<{kind} dynamic-band #{number}>")

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        first, last = self._facts.node_port_range or DEFAULT_NODE_PORT_RANGE
        known = self._facts.node_port_range is not None
        if not (first <= number <= last if known else 1 <= number <= 65535):
            return (
                "provided port is not in the valid range."
                f" The range of valid ports is {first}-{last}"
            )
        if number in self._ports or number in self._facts.held_node_ports:
            return TAKEN_PORT
        self._ports.add(number)
        return ""

    def draw_port(self) -> str | int:
        """Take any node port and return it."""
        self._ports_drawn += 1
        return Drawn(f"<nodePort:dynamic-band #{self._ports_drawn}>")


def uncovered(address: Address, cidrs: tuple[str, ...], version: Version) -> str:
    """Return the complaint about an address outside the ranges, or nothing.

    The network address is outside, and the broadcast address of IPv4, unless a
    wider range has them inside. Without ranges everything is inside.
    """
    ranges = [network for network in map(parse_cidr, cidrs) if network is not None]
    if not ranges:
        return ""
    if version < _BITMAP_UNTIL:
        complaint = _outside_bitmap(address, ranges, version)
        if complaint or version < _ADDRESS_OBJECTS_SINCE:
            return complaint
    return "" if any(_holds(network, address) for network in ranges) else NO_RANGE


def _holds(network: Network, address: Address) -> bool:
    if address not in network or address.number == network.first:
        return False
    if network.family == IPV4:
        return address.number != network.last
    return network.bits >= _SMALLEST_IPV6_PREFIX


def _outside_bitmap(address: Address, ranges: list[Network], version: Version) -> str:
    """Return the complaint of the allocator that was the only one up to 1.32.

    It knows one range a family and the lowest 65535 addresses of an IPv6 one.
    In 1.33 it speaks first, for the addresses that its range contains.
    """
    network = next((one for one in ranges if one.family == address.family), None)
    if network is None:
        return ""
    if address not in network and version >= _ADDRESS_OBJECTS_SINCE:
        return ""
    offset = address.number - network.first
    if network.family == IPV4:
        inside = address in network and offset > 0 and address.number != network.last
    else:
        inside = address in network and 0 < offset < _BITMAP_REACH
    if inside:
        return ""
    return (
        f"the provided IP ({address.canonical}) is not in the valid range."
        f" The range of valid IPs is {network.canonical}"
    )


def allocate_addresses(
    draft: ServiceDraft, pool: Pool, version: Version
) -> list[Fault]:
    """Take the cluster addresses; return what forbids it, the first named first.

    The server visits the families of a dual-stack Service in random order; the
    one listed first is first in seven of eight requests.
    """
    if draft.type == EXTERNAL_NAME or draft.cluster_ips[:1] == [NO_ADDRESS]:
        return []
    given = list(draft.cluster_ips)
    families = draft.families or [""] * max(1, len(given))
    markers = given + [""] * (len(families) - len(given))
    faults: list[Fault] = []
    draft.cluster_ips = taken = list(markers)
    for index, family in enumerate(families):
        text = markers[index]
        fault = (
            _take_address(draft, text, index, markers, pool, version)
            if text
            else _parent_fault(draft, markers, pool, family, version)
        )
        if fault is not None:
            faults.append(fault)
        elif not text:
            taken[index] = pool.draw_address(family)
    if faults:
        # What is judged besides is what was written, not what was left undrawn.
        draft.cluster_ips = given
    elif taken:
        draft.cluster_ip = taken[0]
    return faults


def _take_address(
    draft: ServiceDraft,
    text: str,
    index: int,
    markers: list[str],
    pool: Pool,
    version: Version,
) -> Fault | None:
    address = parse_ip(text)
    if address is None:
        cause = Cause("", "", f"failed to parse service IP {quoted(text)}")
        return Fault("L3", draft.address_path(index), cause, "allocation", value=text)
    complaint = pool.take_address(text, address)
    code = "L3"
    if not complaint.startswith(("the provided", "allocator")):
        refusal = _parent_refusal(draft, address.canonical, version)
        code, complaint = ("M1", refusal) if refusal else (code, complaint)
    if not complaint:
        return None
    cause = invalid(
        "spec.clusterIPs",
        string_list(markers, version),
        f"failed to allocate IP {text}: {complaint}",
    )
    path: Path = ("metadata", "name") if code == "M1" else draft.address_path(index)
    value = draft.name if code == "M1" else text
    return Fault(code, path, cause, "allocation", value=value)


def _parent_fault(
    draft: ServiceDraft, markers: list[str], pool: Pool, family: str, version: Version
) -> Fault | None:
    """Return the fault of a name that no IPAddress object can refer to.

    Up to 1.34 the server tries every address of the range before it gives up.
    """
    if not _parent_refusal(draft, "", version):
        return None
    path: Path = ("metadata", "name")
    if version < (1, 35):
        cause = Cause("", "", "failed to allocate a serviceIP: range is full")
        return Fault("M1", path, cause, "allocation", value=draft.name)
    refusal = _parent_refusal(draft, pool.draw_address(family), version)
    shown = string_list(markers, version)
    cause = invalid("spec.clusterIPs", shown, f"failed to allocate IP: {refusal}")
    return Fault("M1", path, cause, "allocation", value=draft.name)


def _parent_refusal(draft: ServiceDraft, address: str, version: Version) -> str:
    """Return why no IPAddress object can name the Service as its parent.

    Follows ``ValidateIPAddress`` of ``pkg/apis/networking/validation``.
    """
    if version < _ADDRESS_OBJECTS_SINCE:
        return ""
    name, field = draft.name, "spec.parentRef.name"
    if not name:
        causes = [required(field)]
    elif name in (".", ".."):
        causes = [invalid(field, quoted(name), f"may not be '{name}'")]
    else:
        causes = [
            invalid(field, quoted(draft.shown_name), f"may not contain '{character}'")
            for character in "/%"
            if character in name
        ]
    if not causes:
        return ""
    return standard_message("IPAddress.networking.k8s.io", address, causes)


def allocate_ports(draft: ServiceDraft, pool: Pool) -> list[Fault]:
    """Take the node ports and the check port; return what forbids it, in order."""
    faults: list[Fault] = []
    if draft.type in (NODE_PORT, LOAD_BALANCER):
        faults += _NodePorts(draft, pool).allocate()
    if draft.needs_health_check:
        faults += _allocate_check_port(draft, pool)
    return faults


class _NodePorts:
    """The node ports of one Service, shared by entries with one port number."""

    def __init__(self, draft: ServiceDraft, pool: Pool) -> None:
        self._draft = draft
        self._pool = pool
        self._by_port: dict[int, str | int] = {}
        self._asked: dict[int, Path] = {}
        self._all = draft.type == NODE_PORT or bool(draft.allocate_node_ports)

    def allocate(self) -> list[Fault]:
        """Serve the entries in their order."""
        faults = []
        for port in self._draft.ports:
            if not port.node_port and not self._all:
                continue
            shared = self._by_port.get(port.port)
            if shared is None:
                fault = self._first_of_its_number(port)
            elif not port.node_port:
                port.node_port, fault = shared, None
            elif port.node_port == shared:
                fault = None
            else:
                fault = self._take(port.index, port, int(port.node_port))
            if fault is not None:
                faults.append(fault)
        return faults

    def _first_of_its_number(self, port: PortDraft) -> Fault | None:
        asker = next(
            (
                one
                for one in self._draft.ports
                if one.port == port.port and one.node_port
            ),
            None,
        )
        if asker is None:
            port.node_port = self._by_port[port.port] = self._pool.draw_port()
            return None
        number = int(asker.node_port)
        fault = self._take(port.index, asker, number)
        port.node_port = self._by_port[port.port] = number
        return fault

    def _take(self, index: int, asker: PortDraft, number: int) -> Fault | None:
        complaint = self._pool.take_port(number)
        path: Path = ("spec", "ports", asker.index, "nodePort")
        if not complaint:
            self._asked[number] = path
            return None
        cause = invalid(f"spec.ports[{index}].nodePort", number, complaint)
        other = self._asked.get(number)
        code = "L4" if complaint != TAKEN_PORT else "L5" if other is None else "L6"
        return Fault(code, path, cause, "allocation", value=number, other=other)


def _allocate_check_port(draft: ServiceDraft, pool: Pool) -> list[Fault]:
    number = draft.health_check_node_port
    if not number:
        draft.health_check_node_port = pool.draw_port()
        return []
    complaint = pool.take_port(int(number))
    if not complaint:
        return []
    text = f"failed to allocate requested HealthCheck NodePort {number}: {complaint}"
    other = next(
        (
            ("spec", "ports", port.index, "nodePort")
            for port in draft.ports
            if port.node_port == number
        ),
        None,
    )
    return [
        Fault(
            "L7",
            ("spec", "healthCheckNodePort"),
            Cause("", "", text),
            "allocation",
            value=number,
            other=other,
        )
    ]
