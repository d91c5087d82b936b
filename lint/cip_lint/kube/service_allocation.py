"""What one request takes from a cluster: addresses, node ports, a check port.

Follows ``allocIPs``, ``initNodePorts`` and ``allocHealthCheckNodePort`` of
``pkg/registry/core/service/storage/alloc.go``. What is taken comes from a ``Pool``.
"""

from __future__ import annotations

from collections.abc import Container

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.faults import Fault, invalid, required, standard_message
from cip_lint.kube.go_text import quoted, string_list
from cip_lint.kube.pools import (
    ADDRESS_OBJECTS_SINCE,
    FULL,
    TAKEN_PORT,
    NotDrawn,
    Pool,
)
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

_CAUSE_OF_DRAWING_SINCE = Version(1, 35)
_NAME_OF_DRAWING_SINCE = Version(1, 36)
NO_PORT_LEFT = "L9"
"""Code of a node port or check port that could not be drawn."""


def allocate_addresses(
    draft: ServiceDraft, pool: Pool, version: Version
) -> list[Fault]:
    """Take the cluster addresses; return what forbids it, the first named first.

    The server visits the families of a dual-stack Service in random order, which
    the pool decides, and stops at the first that fails. The others are looked at
    here to say what would be refused next.
    """
    if draft.type == EXTERNAL_NAME or draft.cluster_ips[:1] == [NO_ADDRESS]:
        return []
    given = list(draft.cluster_ips)
    count = len(draft.families) or max(1, len(given))
    markers = given + [""] * (count - len(given))
    faults: list[Fault] = []
    draft.cluster_ips = taken = list(markers)
    for index in pool.visiting(count):
        found = allocate_address(draft, index, markers, pool, version)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            taken[index] = found
    if faults:
        # What is judged besides is what was written, not what was left undrawn.
        draft.cluster_ips = given
    elif taken:
        draft.cluster_ip = taken[0]
    return faults


def allocate_address(
    draft: ServiceDraft, index: int, markers: list[str], pool: Pool, version: Version
) -> str | Fault:
    """Take the address of one family; return it, or what forbids it.

    ``markers`` are the addresses asked for, as a refusal shows them, the empty
    text for one that is to be drawn.
    """
    text = markers[index]
    if text:
        return _take_address(draft, text, index, markers, pool, version) or text
    family = draft.families[index] if draft.families else ""
    fault = _parent_fault(draft, markers, pool, family, version)
    if fault is not None:
        return fault
    drawn = pool.draw_address(family)
    if isinstance(drawn, NotDrawn):
        return _not_drawn(draft, markers, drawn, version)
    return drawn


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
        refusal = _parent_refusal(draft, address.canonical, pool, version)
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
    if not _parent_refusal(draft, "", pool, version):
        return None
    path: Path = ("metadata", "name")
    if version < (1, 35):
        cause = Cause("", "", "failed to allocate a serviceIP: range is full")
        return Fault("M1", path, cause, "allocation", value=draft.name)
    address = pool.draw_address(family)
    if isinstance(address, NotDrawn):
        return _not_drawn(draft, markers, address, version)
    refusal = _parent_refusal(draft, address, pool, version)
    shown = string_list(markers, version)
    cause = invalid("spec.clusterIPs", shown, f"failed to allocate IP: {refusal}")
    return Fault("M1", path, cause, "allocation", value=draft.name)


def _not_drawn(
    draft: ServiceDraft, markers: list[str], why: NotDrawn, version: Version
) -> Fault:
    """Return the fault of a Service for which no address could be drawn."""
    if why != FULL and version >= _CAUSE_OF_DRAWING_SINCE:
        shown = string_list(markers, version)
        cause = invalid("spec.clusterIPs", shown, f"failed to allocate IP: {why}")
    else:
        named = version >= _NAME_OF_DRAWING_SINCE
        service = f" for Service {quoted(draft.shown_name)}" if named else ""
        cause = Cause("", "", f"failed to allocate a serviceIP{service}: {why}")
    return Fault("L8", ("spec",), cause, "allocation")


def _parent_refusal(
    draft: ServiceDraft, address: str, pool: Pool, version: Version
) -> str:
    """Return why no IPAddress object can name the Service as its parent.

    Follows ``ValidateIPAddress`` of ``pkg/apis/networking/validation``.
    """
    if version < ADDRESS_OBJECTS_SINCE or not pool.makes_objects:
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
        faults += allocate_check_port(draft, pool)
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
                if fault.code == NO_PORT_LEFT:
                    break
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
            drawn = self._pool.draw_port()
            if isinstance(drawn, NotDrawn):
                return node_port_not_drawn(port.index, drawn)
            port.node_port = self._by_port[port.port] = drawn
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


def node_port_not_drawn(index: int, why: NotDrawn) -> Fault:
    """Return the fault of an entry of ``ports`` that no node port is left for."""
    cause = Cause("", "", f"failed to allocate a nodePort: {why}")
    return Fault(NO_PORT_LEFT, ("spec", "ports", index), cause, "allocation")


def allocate_check_port(
    draft: ServiceDraft, pool: Pool, held: Container[int | str] = ()
) -> list[Fault]:
    """Take the port for health checks; return what forbids it.

    ``held`` are the node ports that the Service has until it is stored anew.
    """
    number = draft.health_check_node_port
    if not number:
        drawn = pool.draw_port()
        if isinstance(drawn, NotDrawn):
            text = f"failed to allocate a HealthCheck NodePort 0: {drawn}"
            return [Fault(NO_PORT_LEFT, ("spec",), Cause("", "", text), "allocation")]
        draft.health_check_node_port = drawn
        return []
    complaint = TAKEN_PORT if number in held else pool.take_port(int(number))
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
