"""The hops of what an object sends to a Service that it names: no name is resolved.

Controllers of Ingresses and routes read the Service and its endpoints from the API
server; the API server dials Services itself for webhooks and APIServices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cip_lint.kube.reference_kinds import PortSense, Purpose
from cip_lint.replay.proxy.dialling import DialError, dial_cluster_ip
from cip_lint.replay.tracing.absent import Evidence, Missing, missing_service
from cip_lint.replay.tracing.hops import Detail, End, Hop, State, Step, at
from cip_lint.replay.tracing.meanings import Meant
from cip_lint.replay.tracing.pods import translated
from cip_lint.replay.tracing.service import port_hop, ports_in_words, service_hop
from cip_lint.replay.tracing.targets import Target

if TYPE_CHECKING:
    from cip_lint.cluster.references import Reference
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.barriers import Barriers

Hops = tuple[Hop, ...]


def sends_to(reference: Reference) -> bool:
    """Whether something is sent to the Service because an object names it.

    Not so where it gives pods their names, or is only counted or watched.
    """
    return reference.said.row.purpose in (Purpose.BACKEND, Purpose.CALLBACK)


def target_of(reference: Reference) -> Target:
    """Return the Service and the port that an object names, as the target of a call."""
    said = reference.said
    namespace = reference.namespace or reference.member.ref.namespace
    port = "" if said.port is None else f":{said.port}"
    text = f"{namespace}/{said.name}{port}"
    return Target(text, "", said.port, service=(namespace, said.name))


def is_meant(table: ServiceTable, reference: Reference, target: Target) -> bool:
    """Whether a reference is to the Service, and the port, that a person names.

    A host means it by its first labels, the name and the namespace; a port by its
    number or its name, however the reference says it.
    """
    meant = target_of(reference)
    ports: set[int | str | None] = {None, meant.port}
    row = table.references.target(reference)
    port = None if row is None else _port(reference, row)
    if port is not None:
        ports |= {port.port, port.name}
    if target.port not in ports and not target.by_scheme:
        return False
    if target.service is not None:
        return target.service == meant.service
    name, _, rest = target.host.lower().partition(".")
    namespace = rest.partition(".")[0]
    service = meant.service or ("", "")
    return name == service[1] and namespace in ("", service[0])


def referred(
    table: ServiceTable, reference: Reference, barriers: Barriers
) -> tuple[Hops, tuple[End, ...]]:
    """Return the hops of a reference, and who answers."""
    said, member = reference.said, reference.member
    target = target_of(reference)
    place = at(member, *said.name_path)
    row = table.references.target(reference)
    if row is None:
        namespace = reference.namespace or member.ref.namespace
        meant = Meant(namespace, said.name)
        missing = Missing(table, member, meant, Evidence.FIELD)
        return (missing_service(missing, (), place, Step.REFERENCE),), ()
    words = f"{member.display} names Service {target.text}"
    hops = [
        Hop(Step.REFERENCE, State.OK, words, place),
        service_hop(table, row),
    ]
    if hops[-1].state is not State.OK:
        return tuple(hops), ()
    if row.service.type == "ExternalName":
        where = at(row.member, "spec", "externalName")
        outside = f"it is another name for {row.service.external_name}"
        words = f"{outside}; many controllers do not follow that"
        if said.row.purpose is Purpose.CALLBACK:
            words = f"{outside}: what answers there is not in the files"
        hops.append(Hop(Step.SERVICE, State.UNKNOWN, words, where))
        return tuple(hops), ()
    return _behind(table, reference, row, hops, barriers)


def _behind(
    table: ServiceTable,
    reference: Reference,
    row: ServiceRow,
    hops: list[Hop],
    barriers: Barriers,
) -> tuple[Hops, tuple[End, ...]]:
    port = _port(reference, row)
    if port is None:
        return (*hops, _no_port(reference, row)), ()
    hops.append(port_hop(row.member, port, target_of(reference)))
    refused = _refused_to_dial(reference, row)
    if refused is not None:
        return (*hops, refused), ()
    reached = translated(table, row, port)
    hops.append(reached.hop)
    if not reached.ends:
        return tuple(hops), ()
    kept_back = barriers.hop(reached.ends, port.protocol, port.port)
    if kept_back is not None:
        hops.append(kept_back)
        if kept_back.state is State.BROKEN:
            return tuple(hops), ()
    return tuple(hops), reached.ends


def _port(reference: Reference, row: ServiceRow) -> ServicePort | None:
    """Return the port of the Service that a reference means; the first without one."""
    asked, sense = reference.said.port, reference.said.sense
    for port in row.service.ports:
        if asked is None:
            return port
        if isinstance(asked, str):
            if port.name == asked and sense is not PortSense.NUMBER:
                return port
        elif sense is PortSense.TARGET:
            if asked in _ends(row, port):
                return port
        elif port.port == asked and sense is not PortSense.NAME:
            return port
    return None


def _ends(row: ServiceRow, port: ServicePort) -> set[int | str | None]:
    """Return what the endpoints of a port listen on."""
    workloads = row.selection.workloads
    return {port.target_port, *(row.target(port, one).number for one in workloads)}


def _no_port(reference: Reference, row: ServiceRow) -> Hop:
    said = reference.said
    has = ports_in_words(row.service)
    words = f"{row.display} has no port {said.port}; it has {has}"
    if said.port is None:
        words = f"{row.display} has no port"
    place = at(reference.member, *(said.port_path or said.name_path))
    details = [Detail(f"the ports of {row.display}", at(row.member, "spec", "ports"))]
    if said.port is not None and not said.port_path:
        details.append(Detail(f"no port is written; it is {said.port} then"))
    return Hop(Step.PORT, State.BROKEN, words, place, tuple(details))


def _refused_to_dial(reference: Reference, row: ServiceRow) -> Hop | None:
    """Return why the API server does not dial a Service; None where it does."""
    said = reference.said
    if said.row.purpose is not Purpose.CALLBACK or not isinstance(said.port, int):
        return None
    if not row.stored:
        return None
    try:
        dial_cluster_ip(row.stored_whole, said.port)
    except DialError as error:
        words = f"the API server cannot dial it: {error}"
        place = at(row.member, "spec", "clusterIP")
        return Hop(Step.PROXY, State.BROKEN, words, place)
    return None
