"""Which of two pods may talk to the other on which port, by NetworkPolicies.

Follows the documentation of the NetworkPolicy API and
``k8s.io/api/networking/v1/types.go``: a pod that no policy selects is open; one that
some select takes what the rules of any of them let through, and nothing else. Rules
see a packet behind the translation of kube-proxy: the port of the pod, never that of
the Service. What hangs on labels or addresses that nobody knows is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cip_lint.kube.addresses import Address
from cip_lint.kube.containers import ContainerPort
from cip_lint.kube.network_policies import (
    Direction,
    IpBlock,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
)
from cip_lint.kube.selectors import Selector
from cip_lint.model import Path
from cip_lint.records import NamedTuple

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has, with its own name."""

Known = bool | None
"""Whether something is so; None: that cannot be known."""


class Labels(NamedTuple):
    """The labels of a pod or of a namespace, as far as they are known."""

    known: Mapping[str, str]
    may_have: Callable[[str], bool]
    """Whether there may be a label of a key that is not among the known ones."""


class Pod(NamedTuple):
    """One side of a connection: a pod, or with ``labels`` None an address elsewhere."""

    namespace: str | None
    """None where it is not known."""
    labels: Labels | None
    namespace_labels: Labels
    ports: tuple[ContainerPort, ...] | None = ()
    """The declared ports of its containers; None where they are not known."""
    address: Address | None = None
    """None where it is drawn in the cluster."""
    host_network: bool = False
    """Whether it shares the network of its node, where plug-ins go different ways."""


class Policy(NamedTuple):
    """A policy and the namespace that it is in."""

    name: str
    """What it is called in an answer."""
    namespace: str
    rules: NetworkPolicy
    certain: bool = True
    """Whether it is known to be there together with the pods."""


class Ruling(NamedTuple):
    """What the policies say to a connection, in one direction."""

    allowed: Known
    by: Policy | None = None
    """The policy that lets it through, or the first that does not; None: none selects
    the pod."""
    path: Path = ("spec",)
    """The rule that lets it through."""


OPEN = Ruling(allowed=True)
"""No policy selects the pod."""


def everything_known(_key: str) -> bool:
    """Say that there is no label but the known ones."""
    return False


def anything_may_be(_key: str) -> bool:
    """Say that there may be any label."""
    return True


def ruling(
    direction: Direction,
    policies: Iterable[Policy],
    caller: Pod,
    callee: Pod,
    port: int | None,
    protocol: str = "TCP",
) -> Ruling:
    """Return whether a connection may leave ``caller``, or arrive at ``callee``.

    ``port`` is the one that the callee listens on; None where it is not known.
    """
    pod, other = (caller, callee) if direction == "egress" else (callee, caller)
    asked = _Asked(direction, pod, other, callee, port, protocol)
    certain: list[_Said] = []
    possible: list[_Said] = []
    for policy in policies:
        if pod.labels is None or policy.namespace != pod.namespace:
            continue
        selects = _selects(policy.rules.selector, pod.labels)
        if selects is not False and policy.rules.isolates(direction):
            said = _said(policy, asked)
            (certain if selects and policy.certain else possible).append(said)
    found = _joined(certain, possible)
    if pod.host_network and found.by is not None:
        return found._replace(allowed=None)
    return found


class _Asked(NamedTuple):
    direction: Direction
    pod: Pod
    other: Pod
    callee: Pod
    port: int | None
    protocol: str


class _Said(NamedTuple):
    policy: Policy
    allowed: Known
    path: Path


def _joined(certain: Sequence[_Said], possible: Sequence[_Said]) -> Ruling:
    """Return what policies say together; ``possible`` ones may concern the pod."""
    for said in certain:
        if said.allowed:
            return Ruling(True, said.policy, said.path)
    every = (*certain, *possible)
    if not every:
        return OPEN
    first = next((one for one in every if one.allowed is not True), every[0])
    if certain:
        refused = all(one.allowed is False for one in every)
        return Ruling(False if refused else None, first.policy)
    if all(one.allowed for one in possible):
        return Ruling(True, first.policy, first.path)
    return Ruling(None, first.policy)


def _said(policy: Policy, asked: _Asked) -> _Said:
    allowed: Known = False
    for rule in policy.rules.rules(asked.direction):
        lets = _both(_reaches(rule, policy, asked), _opens(rule, asked))
        if lets:
            return _Said(policy, True, rule.path)
        allowed = None if lets is None else allowed
    return _Said(policy, allowed, ("spec",))


def _reaches(rule: PolicyRule, policy: Policy, asked: _Asked) -> Known:
    if not rule.peers:
        return True
    return _any(_is_meant(peer, policy, asked.other) for peer in rule.peers)


def _is_meant(peer: PolicyPeer, policy: Policy, pod: Pod) -> Known:
    if peer.block is not None:
        return _is_in(peer.block, pod)
    if pod.labels is None:
        return False
    if pod.host_network:
        return None
    namespace = None if pod.namespace is None else pod.namespace == policy.namespace
    if peer.namespaces is not None:
        namespace = _selects(peer.namespaces, pod.namespace_labels)
    if peer.pods is None:
        # An entry without any part is refused; it lets nobody through.
        return namespace if peer.namespaces is not None else False
    return _both(namespace, _selects(peer.pods, pod.labels))


def _is_in(block: IpBlock, pod: Pod) -> Known:
    if pod.address is not None:
        return block.holds(pod.address)
    return True if block.everything else None


def _opens(rule: PolicyRule, asked: _Asked) -> Known:
    if not rule.ports:
        return True
    return _any(_is_open(one, asked) for one in rule.ports)


def _is_open(entry: PolicyPort, asked: _Asked) -> Known:
    if entry.protocol != asked.protocol:
        return False
    if entry.port is None:
        return True
    if asked.port is None:
        return None
    if isinstance(entry.port, int):
        last = entry.port if entry.last is None else entry.last
        return entry.port <= asked.port <= last
    if asked.callee.ports is None:
        return None
    return any(
        (one.name, one.protocol, one.number) == (entry.port, asked.protocol, asked.port)
        for one in asked.callee.ports
    )


def _selects(selector: Selector, labels: Labels) -> Known:
    """Return whether a selector picks labels of which some may not be known."""
    if selector.nothing:
        return False
    found: Known = True
    for one in selector.requirements:
        if one.key not in labels.known and labels.may_have(one.key):
            found = None
        elif not one.matches(labels.known):
            return False
    return found


def _both(one: Known, other: Known) -> Known:
    if one is False or other is False:
        return False
    return True if one and other else None


def _any(found: Iterable[Known]) -> Known:
    result: Known = False
    for one in found:
        if one:
            return True
        if one is None:
            result = None
    return result
