"""A call from a workload, hop by hop, until it arrives or breaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.well_known import MASTER, PROXY_NAME
from cip_lint.replay.outcomes import outcome
from cip_lint.replay.tracing.barriers import Barriers, stored_policies
from cip_lint.replay.tracing.hops import Detail, End, Hop, State, Step, Trace, at
from cip_lint.replay.tracing.meanings import Destination, Meanings
from cip_lint.replay.tracing.naming import Naming
from cip_lint.replay.tracing.pods import Reached, dialled, of_living, translated
from cip_lint.replay.tracing.referring import is_meant, referred, target_of
from cip_lint.replay.tracing.service import (
    called_port,
    no_such_port,
    port_hop,
    ports_in_words,
    sent_late,
    service_hop,
)
from cip_lint.replay.tracing.targets import NoPortError, Target, TargetError

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.cluster.references import Reference
    from cip_lint.kube.service import Service, ServicePort
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_API_SERVER_PORT = 443
_SHOWN = 3


class Tracer:
    """Follows the calls of one table."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._policies = stored_policies(table)

    def call(self, caller: WorkloadMember, target: Target) -> Trace:
        """Return what becomes of a call of a workload.

        Raises ``TargetError`` where it names no port of several.
        """
        barriers = Barriers(self._table, caller, self._policies)
        return _Call(self._table, caller, target, barriers).trace()

    def named(self, references: Sequence[Reference], target: Target) -> Trace:
        """Return what becomes of what an object sends to a Service that it names.

        ``references`` are those of one object; raises ``TargetError`` where none is
        to the Service that is meant.
        """
        found = [one for one in references if is_meant(self._table, one, target)]
        if not found:
            names = list(dict.fromkeys(target_of(one).text for one in references))
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            known = f"{', '.join(names[:_SHOWN])}{more}"
            raise TargetError(f"{references[0].member.display} names {known}")
        return self.reference(found[0])

    def reference(self, reference: Reference) -> Trace:
        """Return what becomes of what is sent to the Service of a reference."""
        barriers = Barriers(self._table, reference.member, self._policies)
        hops, ends = referred(self._table, reference, barriers)
        name = self._table.cluster.name
        return Trace(name, reference.member, target_of(reference), hops, ends)


class _Call:
    """One call; its hops are collected on the way."""

    def __init__(
        self,
        table: ServiceTable,
        caller: WorkloadMember,
        target: Target,
        barriers: Barriers,
    ) -> None:
        self._table = table
        self._caller = caller
        self._target = target
        self._barriers = barriers
        self._hops: list[Hop] = []
        self._ends: tuple[End, ...] = ()
        self._written: tuple[Detail, ...] = ()
        """Where the caller says whom it calls."""

    def trace(self) -> Trace:
        destination = self._name()
        if destination is not None and not self._broken:
            if destination.row is not None:
                self._to_row(destination.row, destination.endpoint)
            elif destination.living is not None:
                self._to_living(destination.living)
            else:
                self._to_api_server()
        name = self._table.cluster.name
        ends = () if self._broken else self._ends
        return Trace(name, self._caller, self._target, tuple(self._hops), ends)

    @property
    def _broken(self) -> bool:
        return bool(self._hops) and self._hops[-1].state is State.BROKEN

    def _name(self) -> Destination | None:
        host = self._target.host
        if self._target.service is not None:
            meanings = Meanings(self._table, self._caller)
            host = meanings.full_name(*self._target.service)
        naming = Naming(self._table, self._caller)
        self._written = naming.written(self._target)
        found = naming.named(host, self._written)
        if found.asks_dns:
            kept_back = self._barriers.dns()
            if kept_back is not None:
                self._hops.append(kept_back)
                if self._broken:
                    return None
        self._hops += found.hops
        return found.destination

    def _to_row(self, row: ServiceRow, endpoint: str) -> None:
        self._hops.append(service_hop(self._table, row))
        if self._hops[-1].state is not State.OK:
            return
        late = sent_late(self._table, row, self._caller)
        if late is not None:
            self._hops.append(late)
            if self._broken:
                return
        port = self._port(row.service)
        if outcome(self._table, row).headless or endpoint:
            self._to_endpoints(row, port, endpoint)
            return
        if port is None:
            self._hops.append(self._no_port(row.member))
            return
        self._hops.append(port_hop(row.member, port, self._target))
        self._arrive(translated(self._table, row, port))
        if not self._broken:
            self._hops += self._proxy(row)
        self._pass(port)

    def _port(self, service: Service) -> ServicePort | None:
        port = called_port(service, self._target)
        if port is None and self._target.port is None and len(service.ports) > 1:
            known = ports_in_words(service)
            numbers = tuple(one.port for one in service.ports)
            raise NoPortError(f"it names no port; {service.name} has {known}", numbers)
        return port

    def _no_port(self, service: ServiceMember) -> Hop:
        hop = no_such_port(service, self._target)
        return hop._replace(details=(*self._written, *hop.details))

    def _to_endpoints(
        self, row: ServiceRow, port: ServicePort | None, endpoint: str
    ) -> None:
        """Go on to the pods themselves, whose port no proxy translates."""
        asked = self._target.port
        number = asked if isinstance(asked, int) else None
        if isinstance(asked, str):
            if port is None:
                self._hops.append(self._no_port(row.member))
                return
            self._hops.append(port_hop(row.member, port, self._target))
            self._arrive(translated(self._table, row, port))
            self._pass(port)
            return
        if number is None and port is not None:
            number = port.port
        words = f"the pods are called themselves, on port {number}"
        if number is None:
            words = "the pods are called themselves; no port is given"
        self._hops.append(Hop(Step.PORT, State.OK, words, at(row.member)))
        self._arrive(dialled(self._table, row, number, endpoint))
        self._pass(port)

    def _to_living(self, service: ServiceMember) -> None:
        words = f"{service.display} lives in the cluster"
        self._hops.append(Hop(Step.SERVICE, State.OK, words, at(service)))
        if service.service.type == "ExternalName":
            return
        port = self._port(service.service)
        if port is None:
            self._hops.append(self._no_port(service))
            return
        self._hops.append(port_hop(service, port, self._target))
        snapshot = self._table.cluster.snapshot
        selector = service.service.selector
        pods = (
            ()
            if snapshot is None or not selector
            else snapshot.pods_for(selector, service.namespace)
        )
        self._arrive(of_living(service, pods, port))
        self._pass(port)

    def _to_api_server(self) -> None:
        name = "/".join(MASTER)
        words = f"Service {name}, which the API server makes of itself"
        self._hops.append(Hop(Step.SERVICE, State.OK, words))
        if self._target.port not in (None, _API_SERVER_PORT, "https"):
            words = f"it has port {_API_SERVER_PORT} alone, not {self._target.port}"
            self._hops.append(Hop(Step.PORT, State.BROKEN, words))
            return
        self._ends = (End("the API server", None, None),)
        self._pass(None)

    def _arrive(self, reached: Reached) -> None:
        self._hops.append(reached.hop)
        self._ends = reached.ends

    def _pass(self, port: ServicePort | None) -> None:
        """Ask the policies about the way to those that answer."""
        if self._broken or not self._ends:
            return
        protocol = self._target.protocol or "TCP"
        if port is not None:
            protocol = port.protocol
        number = None if port is None else port.port
        found = self._barriers.hop(self._ends, protocol, number)
        if found is not None:
            self._hops.append(found)

    def _proxy(self, row: ServiceRow) -> list[Hop]:
        """Return what else decides where kube-proxy leads a connection."""
        service = row.service
        if PROXY_NAME in service.labels:
            place = at(row.member, "metadata", "labels", PROXY_NAME)
            words = "a label leaves the Service to another proxy than kube-proxy"
            return [Hop(Step.PROXY, State.UNKNOWN, words, place)]
        if service.internal_traffic_policy != "Local":
            return []
        place = at(row.member, "spec", "internalTrafficPolicy")
        kinds = {end.member.kind for end in self._ends if end.member is not None}
        everywhere = kinds == {"DaemonSet"} and all(end.member for end in self._ends)
        words = "internalTrafficPolicy is Local: only pods on the node of the caller"
        note = Detail("where its node has none, kube-proxy drops the connection")
        state = State.OK if everywhere else State.UNKNOWN
        return [Hop(Step.PROXY, state, words, place, (note,))]
