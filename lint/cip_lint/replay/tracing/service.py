"""The hops of a Service: the object itself, and the port that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cip_lint.kube.workloads import ENDING_KINDS
from cip_lint.replay.order.guarantee import Guarantee
from cip_lint.replay.outcomes import outcome
from cip_lint.replay.tracing.hops import Detail, Hop, Place, State, Step, at

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.kube.service import Service, ServicePort
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.targets import Target


def refusal(table: ServiceTable, row: ServiceRow) -> Hop | None:
    """Return why the API server does not store a Service; None where it does."""
    result = outcome(table, row)
    if result.verdict != "refused":
        return None
    words = f"the API server refuses {row.display}"
    place = at(row.member)
    if result.faults:
        fault = result.faults[0]
        words += f": {fault.cause.field}: {fault.cause.message}"
        place = at(row.member, *fault.path)
    elif result.server is not None:
        words += f": {result.server.message}"
    return Hop(Step.SERVICE, State.BROKEN, words, place)


def service_hop(table: ServiceTable, row: ServiceRow) -> Hop:
    """Return the Service that a name leads to."""
    refused = refusal(table, row)
    if refused is not None:
        return refused
    service = row.service
    what = "headless" if outcome(table, row).headless else service.type
    words = f"{row.display}, {what}"
    if row.reason:
        words = f"{words}; {row.reason}"
        return Hop(Step.SERVICE, State.UNKNOWN, words, at(row.member))
    return Hop(Step.SERVICE, State.OK, words, at(row.member))


def sent_late(
    table: ServiceTable, row: ServiceRow, caller: WorkloadMember
) -> Hop | None:
    """Return what it means that a Service is sent when the caller is done.

    None where it is there in time, or nobody says the order.
    """
    living = table.living
    if living is not None and living.service_of(row.member) is not None:
        return None
    timeline = table.timeline
    if timeline.guarantee(row.member, caller) is not Guarantee.REVERSED:
        return None
    ends = caller.kind in ENDING_KINDS
    done = "has finished" if ends else "is ready"
    words = f"{row.display} is sent when {caller.display} {done}"
    state = State.BROKEN if ends else State.UNKNOWN
    note = Detail(timeline.words(row.member, caller))
    return Hop(Step.SERVICE, state, words, at(row.member), (note,))


def called_port(service: Service, target: Target) -> ServicePort | None:
    """Return the port of a Service that is called; None where it has no such port.

    Where no port is given: the only one. TCP goes before other protocols.
    """
    ports = [
        one
        for one in service.ports
        if target.port in (None, one.port, one.name)
        and target.protocol in (None, one.protocol)
    ]
    if target.port is None and len(ports) != 1:
        return None
    ports.sort(key=lambda one: one.protocol != "TCP")
    return ports[0] if ports else None


def ports_in_words(service: Service) -> str:
    """Return the ports of a Service: ``80 (http) and 9090 (metrics)``."""
    said = [_port_in_words(one) for one in service.ports]
    if len(said) < 2:
        return "".join(said) or "no port"
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _port_in_words(port: ServicePort) -> str:
    protocol = "" if port.protocol == "TCP" else f"/{port.protocol}"
    name = f" ({port.name})" if port.name else ""
    return f"{port.port}{protocol}{name}"


def port_hop(member: ServiceMember, port: ServicePort, target: Target) -> Hop:
    """Return what becomes of a port that the Service has."""
    place = at(member, "spec", "ports", port.index)
    words = f"{_port_in_words(port)} leads to "
    if isinstance(port.target_port, str):
        words += f"the container port that is called {port.target_port}"
    else:
        words += f"port {port.target_port} of the pods"
    return Hop(Step.PORT, State.OK, words, place, _how_given(target))


def _how_given(target: Target) -> tuple[Detail, ...]:
    if target.port is None:
        return (Detail("no port is given; it is the only one"),)
    if target.by_scheme:
        return (Detail(f"no port is given; {target.scheme} has {target.port}"),)
    return ()


def no_such_port(member: ServiceMember, target: Target) -> Hop:
    """Return why a call to a port that the Service does not have goes nowhere."""
    service, name = member.service, member.display
    words = f"{name} has no port {target.port}; it has {ports_in_words(service)}"
    details = list(_how_given(target))
    place: Place = at(member, "spec", "ports")
    for port in service.ports:
        entry = at(member, "spec", "ports", port.index)
        if target.port in (port.port, port.name):
            words = (
                f"port {target.port} of {name} is {port.protocol}, "
                f"not {target.protocol}"
            )
            place = entry
        elif target.port == port.target_port:
            said = f"{target.port} is where port {port.port} leads to, inside the pods"
            details.append(Detail(said, entry))
        elif port.node_port and target.port == port.node_port:
            said = f"{target.port} is a node port: it is on nodes, not on the Service"
            details.append(Detail(said, entry))
    return Hop(Step.PORT, State.BROKEN, words, place, tuple(details))
