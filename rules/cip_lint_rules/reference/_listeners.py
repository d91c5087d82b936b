"""Where the pods of a set listen, and which Service ports end in other numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from cip_lint.cluster import WorkloadMember
from cip_lint.cluster.matching import surely_together
from cip_lint.kube.service import ServicePort
from cip_lint.replay import ResolvedTarget, ServiceRow
from cip_lint.rule import Context
from cip_lint_rules._images import opens_by_default
from cip_lint_rules._mentions import mentions_number
from cip_lint_rules._pods import BATCH, declared_ports, steady
from cip_lint_rules.reference._opened_ports import Opened

_MOST = 256
"""How many workloads of one namespace and port are looked at for one number."""

_Place = tuple[str, str, int]
"""Namespace, protocol and number."""


class Translated(NamedTuple):
    """A Service port that ends in another number in the pods of a workload."""

    row: ServiceRow
    port: ServicePort
    member: WorkloadMember
    target: ResolvedTarget

    @property
    def number(self) -> int:
        """The number where traffic arrives."""
        return self.target.number or 0


class Listeners:
    """Who listens where; each index is made when it is first needed, once a run."""

    def __init__(self, cx: Context) -> None:
        self._cx = cx

    def translated(self, opened: Opened) -> list[Translated]:
        """Return the Service ports of an opened number that end in other numbers.

        Nothing where some of the pods listen on the number itself, or may do so.
        """
        found = [
            one
            for place in self._places(opened)
            for one in islice(self._translated.get(place, ()), _MOST)
            if self._is_meant(opened, one.member)
            and surely_together(opened.member, one.member)
        ]
        if not found or any(self._who_may_listen(opened)):
            return []
        return [one for one in found if self._is_believed(one)]

    def _who_may_listen(self, opened: Opened) -> Iterator[bool]:
        for place in self._places(opened):
            for member in self._listening.get(place, ()):
                yield self._is_meant(opened, member)
            for member in self._opaque.get(place[0], ()):
                yield self._is_meant(opened, member)

    def _places(self, opened: Opened) -> Iterator[_Place]:
        for namespace in self._namespaces:
            if any(pods.may_be_in(namespace) for pods in opened.pods):
                yield namespace, opened.protocol, opened.number

    def _is_meant(self, opened: Opened, member: WorkloadMember) -> bool:
        return any(pods.hold(self._cx.cluster, member) for pods in opened.pods)

    def _is_believed(self, one: Translated) -> bool:
        """Whether the pods listen where the Service sends to, as far as they say."""
        return (
            one.target.port is not None
            or opens_by_default(one.member.workload, one.number)
            or mentions_number(one.member, one.number, self._cx.cluster)
        )

    @cached_property
    def _namespaces(self) -> tuple[str, ...]:
        workloads = self._cx.cluster.judged_workloads
        return tuple(dict.fromkeys(member.namespace for member in workloads))

    @cached_property
    def _translated(self) -> dict[_Place, list[Translated]]:
        """Without headless Services: nobody translates their ports."""
        found: dict[_Place, list[Translated]] = {}
        for row in self._cx.table.judged:
            if row.service.headless or row.member.piece:
                continue
            for port in row.service.ports:
                for member in steady(row):
                    target = row.target(port, member)
                    if target.number not in {None, port.port}:
                        place = (member.namespace, port.protocol, port.port)
                        one = Translated(row, port, member, target)
                        found.setdefault(place, []).append(one)
        return found

    @cached_property
    def _listening(self) -> dict[_Place, Sequence[WorkloadMember]]:
        """Workloads of which a container declares a number, or a Service needs it."""
        found: dict[_Place, dict[int, WorkloadMember]] = {}
        for member in self._cx.cluster.judged_workloads:
            for _, declared in declared_ports(member):
                place = (member.namespace, declared.protocol, declared.number)
                found.setdefault(place, {})[id(member)] = member
        for row in self._cx.table.judged:
            for port in row.service.ports:
                for member in row.selection.workloads:
                    # Clients of a headless Service dial the port itself.
                    number = (
                        port.port
                        if row.service.headless
                        else row.target(port, member).number
                    )
                    if number is not None:
                        place = (member.namespace, port.protocol, number)
                        found.setdefault(place, {})[id(member)] = member
        return {place: tuple(some.values()) for place, some in found.items()}

    @cached_property
    def _opaque(self) -> dict[str, list[WorkloadMember]]:
        """Workloads of which nobody knows where they listen, by namespace."""
        found: dict[str, list[WorkloadMember]] = {}
        for member in self._cx.cluster.judged_workloads:
            if member.kind not in BATCH and _is_opaque(member):
                found.setdefault(member.namespace, []).append(member)
        return found


def _is_opaque(member: WorkloadMember) -> bool:
    workload = member.workload
    return (
        not workload.readable
        or workload.host_network
        or next(declared_ports(member), None) is None
    )
