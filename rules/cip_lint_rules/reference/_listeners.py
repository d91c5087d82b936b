"""Where the pods of a set listen, and which Service ports end in other numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from cip_lint.cluster import Member, WorkloadMember
from cip_lint.cluster.matching import surely_together
from cip_lint.kube.service import ServicePort
from cip_lint.records import NamedTuple
from cip_lint.replay import ResolvedTarget, ServiceRow
from cip_lint.rule import Context
from cip_lint_rules._images import opens_by_default
from cip_lint_rules._mentions import mentions_number
from cip_lint_rules._pods import BATCH, declared_ports, steady
from cip_lint_rules.reference._opened_ports import Opened, OpenToAll, Pods, open_to_all

_MOST = 1024
"""From so many workloads on, nobody looks at all pods of one policy."""

_Port = tuple[str, int]
"""Protocol and number."""


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
        key = opened.protocol, opened.number
        if key not in self._numbers:
            return []
        members = self._members(opened)
        if any(
            _is_opaque(member) or key in self._listening.get(id(member), ())
            for member in members
        ):
            return []
        return [
            one
            for member in members
            if surely_together(opened.member, member)
            for one in self._translated.get(id(member), ())
            if (one.port.protocol, one.port.port) == key and self._is_believed(one)
        ]

    def _members(self, opened: Opened) -> Sequence[WorkloadMember]:
        """Return the workloads of the pods; nothing where they are too many."""
        found: dict[int, WorkloadMember] = {}
        for pods in opened.pods:
            candidates = self._candidates(pods)
            if len(candidates) > _MOST:
                return ()
            for member in candidates:
                if member.kind not in BATCH and pods.hold(self._cx.cluster, member):
                    found[id(member)] = member
        return tuple(found.values())

    def _candidates(self, pods: Pods) -> Sequence[WorkloadMember]:
        labels = pods.labels
        if labels and pods.namespaces is None:
            return self._cx.cluster.pods_for(labels, pods.policy)
        places = self._by_namespace.get(pods.policy.unit.scope, {})
        return [
            member
            for namespace, members in places.items()
            if pods.may_be_in(namespace)
            for member in members
        ]

    def _is_believed(self, one: Translated) -> bool:
        """Whether the pods listen where the Service sends to, as far as they say."""
        return (
            one.target.port is not None
            or opens_by_default(one.member.workload, one.number)
            or mentions_number(one.member, one.number, self._cx.cluster)
        )

    def open_to_all(self, policy: Member) -> Iterator[OpenToAll]:
        """Yield the other policies that let every caller through, beside one."""
        found = self._open_to_all
        own = policy.namespace
        places = {own: None, "": None} if own else dict.fromkeys(found)
        for place in places:
            for one in found.get(place, ()):
                if one.member is not policy and self._cx.cluster.may_mean(
                    policy, one.member
                ):
                    yield one

    @cached_property
    def _open_to_all(self) -> Mapping[str, Sequence[OpenToAll]]:
        return open_to_all(self._cx.cluster)

    @cached_property
    def _by_namespace(self) -> dict[str, dict[str, list[WorkloadMember]]]:
        """By the scope of their units, then by their namespace."""
        found: dict[str, dict[str, list[WorkloadMember]]] = {}
        for member in self._cx.cluster.judged_workloads:
            places = found.setdefault(member.unit.scope, {})
            places.setdefault(member.namespace, []).append(member)
        return found

    @cached_property
    def _numbers(self) -> frozenset[_Port]:
        """The Service ports that end in other numbers anywhere."""
        return frozenset(
            (one.port.protocol, one.port.port)
            for some in self._translated.values()
            for one in some
        )

    @cached_property
    def _translated(self) -> dict[int, list[Translated]]:
        """By the id of a workload; without headless Services, which are not translated.

        Of Services that send one port to one number there, the first.
        """
        found: dict[int, list[Translated]] = {}
        seen: set[tuple[int, str, int, int | None]] = set()
        for row in self._cx.table.judged:
            if row.service.headless or row.member.piece:
                continue
            for port in row.service.ports:
                for member in steady(row):
                    target = row.target(port, member)
                    key = id(member), port.protocol, port.port, target.number
                    if target.number not in {None, port.port} and key not in seen:
                        seen.add(key)
                        one = Translated(row, port, member, target)
                        found.setdefault(id(member), []).append(one)
        return found

    @cached_property
    def _listening(self) -> dict[int, set[_Port]]:
        """By the id of a workload: what a container declares, or a Service needs."""
        found: dict[int, set[_Port]] = {}
        for member in self._cx.cluster.judged_workloads:
            found[id(member)] = {
                (declared.protocol, declared.number)
                for _, declared in declared_ports(member)
            }
        for row in self._cx.table.judged:
            for port in row.service.ports:
                for member in row.selection.workloads:
                    number = row.target(port, member).number
                    # Clients of a headless Service dial the port itself.
                    number = port.port if row.service.headless else number
                    if number is not None:
                        found.setdefault(id(member), set()).add((port.protocol, number))
        return found


def _is_opaque(member: WorkloadMember) -> bool:
    workload = member.workload
    return (
        not workload.readable
        or not workload.ports_are_written
        or workload.host_network
        or next(declared_ports(member), None) is None
    )
