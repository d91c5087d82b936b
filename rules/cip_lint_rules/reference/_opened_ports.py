"""The numbers that NetworkPolicies open, and for the pods of which workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cip_lint.cluster import Cluster, Member, WorkloadMember
from cip_lint.cluster.matching import same_namespace
from cip_lint.kube.network_policies import (
    Direction,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
)
from cip_lint.kube.selectors import Selector, SelectorError
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple
from cip_lint_rules._pods import declared_ports

_NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has, with its own name."""
_DIRECTIONS: tuple[Direction, ...] = ("ingress", "egress")


class Pods(NamedTuple):
    """The pods that a policy speaks of, in its own namespace or in others."""

    policy: Member
    selector: Selector | None
    """None: all of them."""
    namespaces: frozenset[str] | None
    """Other namespaces, by their names; None: that of the policy."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that each of them must have, with their values."""
        conditions = () if self.selector is None else self.selector.requirements
        return {
            one.key: one.values[0]
            for one in conditions
            if one.operator == "=" and len(one.values) == 1
        }

    def may_be_in(self, namespace: str) -> bool:
        """Whether they may be in a namespace; an empty one is undecided."""
        if self.namespaces is not None:
            return (namespace or "default") in self.namespaces
        own = self.policy.namespace
        return not own or namespace in {own, ""}

    def hold(self, cluster: Cluster, member: WorkloadMember) -> bool:
        """Whether the pods of a workload are among them."""
        if self.namespaces is not None:
            here = (member.namespace or "default") in self.namespaces
        else:
            here = same_namespace(self.policy, member)
        return (
            here
            and cluster.can_meet(self.policy, member)
            and (self.selector is None or self.selector.matches(member.workload.labels))
        )


class Opened(NamedTuple):
    """One number that a rule of a policy opens."""

    member: Member
    direction: Direction
    number: int
    protocol: str
    path: Path
    """Where the number stands."""
    rules: tuple[PolicyRule, ...]
    """The rule, and those of the policy that let the same peers, or all, through."""
    pods: tuple[Pods, ...]
    """Of whom the number is opened."""

    @property
    def resource(self) -> Resource:
        """The policy."""
        return self.member.resource


def opened_numbers(cluster: Cluster) -> Iterator[Opened]:
    """Yield the single numbers that policies open for pods of known namespaces."""
    for member in cluster.judged("NetworkPolicy", "networking.k8s.io"):
        if member.piece or cluster.unresolved(member, ("spec",)):
            continue
        try:
            yield from _of_policy(member)
        except SelectorError:
            continue  # the API server refuses it


def _of_policy(member: Member) -> Iterator[Opened]:
    policy = NetworkPolicy(member.resource.body)
    for direction in _DIRECTIONS:
        if not policy.isolates(direction):
            continue
        rules = policy.rules(direction)
        for rule in rules:
            pods = _pods_of(member, policy, direction, rule)
            alike = tuple(
                one for one in rules if not one.peers or one.peers == rule.peers
            )
            for index, entry in enumerate(rule.ports if pods else ()):
                if isinstance(entry.port, int) and entry.last is None:
                    path = (*rule.path, "ports", index, "port")
                    yield Opened(
                        member,
                        direction,
                        entry.port,
                        entry.protocol,
                        path,
                        alike,
                        pods,
                    )


def _pods_of(
    member: Member, policy: NetworkPolicy, direction: Direction, rule: PolicyRule
) -> tuple[Pods, ...]:
    """Return whose port a rule opens; nothing where it may be that of anybody."""
    if direction == "ingress":
        return (Pods(member, policy.selector, None),)
    peers = [_of_peer(member, peer) for peer in rule.peers]
    return tuple(one for one in peers if one is not None) if all(peers) else ()


def _of_peer(member: Member, peer: PolicyPeer) -> Pods | None:
    if peer.block is not None:
        return None
    if peer.namespaces is None:
        return Pods(member, peer.pods, None)
    conditions = peer.namespaces.requirements
    names = [
        name
        for one in conditions
        if one.key == _NAMESPACE_NAME and one.operator in {"=", "in"}
        for name in one.values
    ]
    if len(conditions) != 1 or not names:
        return None
    return Pods(member, peer.pods, frozenset(names))


class OpenToAll(NamedTuple):
    """A policy that lets every caller through to some pods, by some of its rules."""

    member: Member
    selector: Selector
    rules: tuple[PolicyRule, ...]


def open_to_all(cluster: Cluster) -> Mapping[str, Sequence[OpenToAll]]:
    """Return such policies by their namespace; an empty one is undecided."""
    found: dict[str, list[OpenToAll]] = {}
    for member in cluster.judged("NetworkPolicy", "networking.k8s.io"):
        try:
            policy = NetworkPolicy(member.resource.body)
            rules = policy.rules("ingress") if policy.isolates("ingress") else ()
        except SelectorError:
            continue  # the API server refuses it
        free = tuple(one for one in rules if not one.peers)
        if free:
            one = OpenToAll(member, policy.selector, free)
            found.setdefault(member.namespace, []).append(one)
    return found


def is_open(
    rules: Iterable[PolicyRule], member: WorkloadMember, number: int, protocol: str
) -> bool:
    """Whether rules open a port of the pods of a workload: by number, range or name."""
    return any(
        not rule.ports
        or any(_opens(entry, member, number, protocol) for entry in rule.ports)
        for rule in rules
    )


def _opens(
    entry: PolicyPort, member: WorkloadMember, number: int, protocol: str
) -> bool:
    if entry.protocol != protocol:
        return False
    if entry.port is None:
        return True
    if isinstance(entry.port, int):
        last = entry.port if entry.last is None else entry.last
        return entry.port <= number <= last
    return any(
        (port.name, port.number) == (entry.port, number)
        for _, port in declared_ports(member)
    )
