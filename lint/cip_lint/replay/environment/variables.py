"""Which Services give their variables to which workload of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.cluster.matching import same_namespace
from cip_lint.kube.service import ServicePort
from cip_lint.kube.service_variables import readings
from cip_lint.kube.well_known import MASTER
from cip_lint.records import NamedTuple
from cip_lint.replay.environment.links import (
    UNKNOWN_ADDRESS,
    Link,
    link,
    linked,
)
from cip_lint.replay.order.guarantee import Guarantee
from cip_lint.replay.outcomes import Outcome, address_of, first_address

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_MASTER_PORT = ServicePort(
    "https",
    "TCP",
    443,
    443,
    target_given=False,
    app_protocol=None,
    node_port=0,
    index=0,
)
"""What ``pkg/controlplane/controller/kubernetesservice`` makes by default."""


_SAFE = frozenset({Guarantee.GATED, Guarantee.GUARANTEED})


_MOST_KEPT = 4096
"""How many Services are kept with what they give: they are quickly read again."""


class Late(NamedTuple):
    """A Service that may be created after the containers of a workload start."""

    guarantee: Guarantee
    words: str
    """What decides the order, and who says so."""


class Variables:
    """The variables that the Services of a table make."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._links: dict[int, Link | None] = {}

    def of(
        self, row: ServiceRow, result: Outcome | None = None
    ) -> Mapping[str, str] | None:
        """Return what a Service gives to the pods of its namespace, in order.

        ``result`` is what applying it comes to, where that has been worked out.

        Nothing where it has no cluster address or is refused; None where nobody
        knows what will be created. ``clusterIP`` stands for an address that the API
        server is yet to draw.
        """
        if row.reason:
            return None
        made = self._link(row, result)
        return {} if made is None else {one.name: one.value for one in made.variables}

    def _link(self, row: ServiceRow, result: Outcome | None = None) -> Link | None:
        key = id(row)
        if key not in self._links:
            if len(self._links) >= _MOST_KEPT:
                self._links.clear()
            self._links[key] = self._made(row, result)
        return self._links[key]

    def _made(self, row: ServiceRow, result: Outcome | None) -> Link | None:
        plan = address_of(result) if result else first_address(self._table, row)
        if plan is None:
            return None
        service = row.service
        return Link(
            row.member.effective_namespace,
            service.name,
            service.ports,
            plan.text or UNKNOWN_ADDRESS,
            plan.family == "IPv6",
            row.member,
        )

    def links_of(self, member: WorkloadMember) -> tuple[Link, ...]:
        """Return the Services that the containers of a workload are told of.

        Those of the set that can be there with it, those that live in its namespace
        already, and the API server's own.
        """
        links = [*self._masters(), *self._living(member), *self._of_set(member)]
        return linked(
            links,
            member.effective_namespace,
            enabled=member.workload.enable_service_links,
        )

    def makers(
        self, member: WorkloadMember, variable: str
    ) -> tuple[tuple[Link, str], ...]:
        """Return the Services that give a variable to a workload, and its values.

        Those among ``links_of(member)``, found by the name of the variable.
        """
        links = [
            found
            for reading in readings(variable)
            if (found := self._link_of(member, reading.service)) is not None
        ]
        return tuple(
            (link, made.value)
            for link in links
            for made in link.variables
            if made.name == variable
        )

    def late(self, member: WorkloadMember, link: Link) -> Late | None:
        """Return how late a Service is for a workload; None where it is in time.

        So it is where it lives already, and where the cluster makes it.
        """
        service, living = link.member, self._table.living
        if service is None or service.living:
            return None
        if living is not None and living.service_of(service) is not None:
            return None
        timeline = self._table.timeline
        guarantee = timeline.guarantee(service, member)
        if guarantee in _SAFE:
            return None
        return Late(guarantee, timeline.words(service, member))

    def reader_of(self, service: ServiceMember) -> WorkloadMember | None:
        """Return the first workload whose containers are told of a Service."""
        return next(
            (one for one in self._beside(service) if one.workload.enable_service_links),
            None,
        )

    def may_be_heard(self, service: ServiceMember) -> bool:
        """Whether some container may be told of a Service.

        Not so where its namespace has workloads, and all of them want no links.
        """
        return (
            self.reader_of(service) is not None
            or next(self._beside(service), None) is None
        )

    def _beside(self, service: ServiceMember) -> Iterator[WorkloadMember]:
        """Yield the workloads of the namespace of a Service, in order."""
        can_meet = self._table.cluster.can_meet
        for one in self._workloads_by_namespace.get(service.effective_namespace, ()):
            if same_namespace(service, one) and can_meet(service, one):
                yield one

    @cached_property
    def _workloads_by_namespace(self) -> Mapping[str, list[WorkloadMember]]:
        found: dict[str, list[WorkloadMember]] = {}
        for member in self._table.cluster.judged_workloads:
            if not member.piece:
                found.setdefault(member.effective_namespace, []).append(member)
        return found

    def _link_of(self, member: WorkloadMember, name: str) -> Link | None:
        """Return what a Service gives to a workload, by its name."""
        cluster, namespace = self._table.cluster, member.effective_namespace
        if member.workload.enable_service_links:
            service = cluster.service(member, name)
            row = None if service is None else self._table.row_of(service)
            made = None if row is None else self._link(row)
            if service is not None and (made is not None or name != MASTER[1]):
                return made
            if cluster.snapshot is not None and cluster.outside.concerns(member):
                living = cluster.snapshot.service(namespace, name)
                if living is not None:
                    return _of_living(living)
        return next(self._masters(), None) if name == MASTER[1] else None

    def _of_set(self, member: WorkloadMember) -> Iterator[Link]:
        can_meet = self._table.cluster.can_meet
        namespace = member.effective_namespace
        for row in self._rows_by_namespace.get(namespace, ()):
            met = row.member
            if same_namespace(member, met) and can_meet(member, met):
                made = self._link(row)
                if made is not None:
                    yield made

    @cached_property
    def _rows_by_namespace(self) -> Mapping[str, list[ServiceRow]]:
        found: dict[str, list[ServiceRow]] = {}
        for row in self._table.rows:
            found.setdefault(row.member.effective_namespace, []).append(row)
        return found

    def _living(self, member: WorkloadMember) -> Iterator[Link]:
        """Yield the living Services of a workload's namespace that the set lacks.

        One that the set has as well is what the set makes of it.
        """
        cluster, namespace = self._table.cluster, member.effective_namespace
        if cluster.snapshot is None or not cluster.outside.concerns(member):
            return
        own = {row.member.name for row in self._rows_by_namespace.get(namespace, ())}
        for living in self._living_by_namespace.get(namespace, ()):
            if living.name not in own:
                made = _of_living(living)
                if made is not None:
                    yield made

    @cached_property
    def _living_by_namespace(self) -> Mapping[str, list[ServiceMember]]:
        snapshot = self._table.cluster.snapshot
        found: dict[str, list[ServiceMember]] = {}
        for living in () if snapshot is None else snapshot.services:
            found.setdefault(living.effective_namespace, []).append(living)
        return found

    def _masters(self) -> Iterator[Link]:
        """Yield the API server's own Service: what the set says of it, or the default.

        It has the first address of the first range, where that is stated.
        """
        snapshot = self._table.cluster.snapshot
        living = None if snapshot is None else snapshot.service(*MASTER)
        made = None if living is None else _of_living(living)
        stated = [
            made
            for row in self._rows_by_namespace.get(MASTER[0], ())
            if row.member.name == MASTER[1] and (made := self._link(row)) is not None
        ]
        if made is not None or stated:
            yield from [made] if made is not None else stated[:1]
            return
        first = next(iter(self._table.ranges), None)
        known = first is not None and first.stated
        address = first.text(first.network.first + 1) if first and known else ""
        version6 = first is not None and first.family == "IPv6"
        yield Link(*MASTER, (_MASTER_PORT,), address or UNKNOWN_ADDRESS, version6)


def _of_living(member: ServiceMember) -> Link | None:
    service = member.service
    address = next(iter(service.cluster_ips), None)
    if service.headless or address is None:
        return None
    text = address.canonical
    return link(member.effective_namespace, member.name, service.ports, text, member)
