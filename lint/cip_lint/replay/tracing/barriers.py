"""The NetworkPolicies between a caller and those that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.bodies import mapping, strings
from cip_lint.cluster import WorkloadMember
from cip_lint.cluster.labels import ADDED_KEYS, program_that_sets
from cip_lint.cluster.matching import surely_together
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.network_policies import Direction, NetworkPolicy
from cip_lint.kube.selectors import SelectorError
from cip_lint.records import NamedTuple
from cip_lint.replay.policies import (
    NAMESPACE_NAME,
    Labels,
    Pod,
    Policy,
    Ruling,
    anything_may_be,
    everything_known,
    ruling,
)
from cip_lint.replay.tracing.hops import (
    Detail,
    End,
    Hop,
    Place,
    State,
    Step,
    at,
    worst,
)

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.table import ServiceTable

_STATES = {True: State.OK, False: State.BROKEN, None: State.UNKNOWN}
_DIRECTIONS: tuple[Direction, ...] = ("egress", "ingress")


class _DnsServer(NamedTuple):
    """The pods of a cluster's DNS, as an installer makes them."""

    namespace: str
    labels: Mapping[str, str]
    port: int
    """What the pods listen on, over UDP."""


_DNS_SERVERS = (
    # cmd/kubeadm/app/phases/addons/dns/manifests.go, and those that follow it.
    _DnsServer("kube-system", {"k8s-app": "kube-dns"}, 53),
    # openshift/cluster-dns-operator:assets/dns/daemonset.yaml.
    _DnsServer("openshift-dns", {}, 5353),
)

OTHER_POLICIES = (
    "AdminNetworkPolicy",
    "AuthorizationPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "GlobalNetworkPolicy",
    "StagedNetworkPolicy",
)
"""Kinds of other projects that may keep a call back, and are not read."""


class PlacedPolicy(NamedTuple):
    """A policy, and the object that it is."""

    policy: Policy
    member: Member


def stored_policies(table: ServiceTable) -> Mapping[str, Sequence[PlacedPolicy]]:
    """Return the NetworkPolicies that the API server takes, by namespace."""
    found: dict[str, list[PlacedPolicy]] = {}
    for one in _stored(table):
        found.setdefault(one.policy.namespace, []).append(one)
    return found


def _stored(table: ServiceTable) -> Iterator[PlacedPolicy]:
    for member in table.cluster.judged("NetworkPolicy"):
        if table.answer(member, frozenset(), frozenset()).refused:
            continue
        try:
            read = NetworkPolicy(member.resource.body)
            read.rules("ingress"), read.rules("egress")
        except SelectorError:
            continue
        ref = member.ref
        yield PlacedPolicy(Policy(str(ref), ref.namespace, read), member)


class _Side(NamedTuple):
    """One side of a connection, and the object that it is, if it is one."""

    pod: Pod
    member: Member | None = None


class _Way(NamedTuple):
    """A connection, as policies see it."""

    caller: _Side
    callee: _Side
    port: int | None
    protocol: str


class Barriers:
    """The policies that concern the calls of one object.

    Who calls for an object that is no workload (the controller of an Ingress, the API
    server) is not known.
    """

    def __init__(
        self,
        table: ServiceTable,
        caller: Member,
        policies: Mapping[str, Sequence[PlacedPolicy]],
    ) -> None:
        self._table = table
        self._caller = caller
        self._policies = policies

    def dns(self) -> Hop | None:
        """Return what keeps the caller from asking the cluster's DNS; None: nothing."""
        rulings = [self._to_dns(one) for one in _DNS_SERVERS]
        if any(found.allowed for found in rulings):
            return None
        first, server = rulings[0], _DNS_SERVERS[0]
        refused = all(found.allowed is False for found in rulings)
        state = State.BROKEN if refused else State.UNKNOWN
        name = "" if first.by is None else first.by.name
        where = f"port {server.port}/UDP of the DNS in {server.namespace}"
        words = f"{name} lets nothing leave to {where}, so no name is found"
        if not refused:
            words = f"whether {name} lets the pod ask {where} is not known"
        return Hop(Step.POLICIES, state, words, self._place(first))

    def _to_dns(self, server: _DnsServer) -> Ruling:
        """Return whether the caller may ask a DNS; further labels of its may be."""
        name = {NAMESPACE_NAME: server.namespace}
        pod = Pod(
            server.namespace,
            Labels(server.labels, anything_may_be),
            Labels(name, anything_may_be),
            None,
        )
        way = _Way(self._side(self._caller), _Side(pod), server.port, "UDP")
        return self._ruling("egress", way)

    def hop(
        self, ends: Sequence[End], protocol: str, service_port: int | None
    ) -> Hop | None:
        """Return what the policies say to the way to each end.

        None where there is no policy in the set at all.
        """
        details = tuple(
            detail for end in ends for detail in self._way(end, protocol, service_port)
        )
        unread = tuple(self._unread(ends))
        if not details and not unread:
            return None
        details = (*dict.fromkeys(details), *unread)
        state = worst(one.state for one in details)
        if state is State.OK:
            return Hop(Step.POLICIES, state, "they let it through", None, details)
        first = next(one for one in details if one.state is state)
        rest = tuple(one for one in details if one is not first)
        return Hop(Step.POLICIES, state, first.words, first.place, rest)

    def _way(
        self, end: End, protocol: str, service_port: int | None
    ) -> Iterator[Detail]:
        way = _Way(self._side(self._caller), self._end(end), end.port, protocol)
        known = isinstance(self._caller, WorkloadMember)
        for direction in _DIRECTIONS if known else _DIRECTIONS[1:]:
            found = self._ruling(direction, way)
            if found.by is None:
                continue
            who = self._caller.display if direction == "egress" else end.name
            port = "any port" if end.port is None else f"port {end.port}/{protocol}"
            yield self._detail(found, direction, who, port)
            if found.allowed is False and service_port not in (None, end.port):
                other = self._ruling(direction, way._replace(port=service_port))
                if other.allowed:
                    words = f"it opens {service_port}, the port of the Service"
                    words += "; policies see that of pods"
                    yield Detail(words, self._place(found), State.BROKEN)

    def _detail(
        self, found: Ruling, direction: Direction, whom: str, port: str
    ) -> Detail:
        assert found.by is not None
        name, state = found.by.name, _STATES[found.allowed]
        way = f"leave {whom} to {port}"
        if direction == "ingress":
            way = f"arrive at {port} of {whom}"
        words = f"{name} lets it {way}"
        if state is State.BROKEN:
            words = f"{name} lets nothing of this {way}, nor does another policy"
        elif state is State.UNKNOWN:
            words = f"whether {name} lets it {way} hangs on what is not in the files"
        return Detail(words, self._place(found), state)

    def _ruling(self, direction: Direction, way: _Way) -> Ruling:
        side = way.caller if direction == "egress" else way.callee
        policies = (
            one.policy._replace(
                certain=side.member is None or surely_together(one.member, side.member)
            )
            for one in self._concerning(side.pod.namespace)
        )
        return ruling(
            direction, policies, way.caller.pod, way.callee.pod, way.port, way.protocol
        )

    def _concerning(self, namespace: str | None) -> Iterator[PlacedPolicy]:
        can_meet = self._table.cluster.can_meet
        for one in self._policies.get(namespace or "", ()):
            if can_meet(one.member, self._caller):
                yield one

    def _place(self, found: Ruling) -> Place | None:
        by = found.by
        for one in self._concerning("" if by is None else by.namespace):
            if by is not None and one.policy.rules is by.rules:
                return at(one.member, *found.path)
        return None

    def _end(self, end: End) -> _Side:
        if isinstance(end.member, WorkloadMember):
            return self._side(end.member)
        text = end.name.rpartition(":")[0].strip("[]") or end.name
        nowhere = Labels({}, everything_known)
        return _Side(Pod("", None, nowhere, address=parse_ip(text)))

    def _side(self, member: Member) -> _Side:
        return _Side(self._pod(member), member)

    def _pod(self, member: Member) -> Pod:
        if not isinstance(member, WorkloadMember):
            anyone = Labels({}, anything_may_be)
            return Pod(None, anyone, anyone, None)
        workload = member.workload
        ports = tuple(
            port for container in workload.containers for port in container.ports
        )
        knows_all = (
            workload.readable and workload.ports_are_written and not workload.injector
        )
        return Pod(
            member.ref.namespace,
            Labels(workload.labels, self._may_be_added),
            self._namespace(member),
            ports if knows_all else None,
            host_network=workload.host_network,
        )

    def _may_be_added(self, key: str) -> bool:
        external = self._table.cluster.settings.external
        return (
            key in ADDED_KEYS
            or program_that_sets(key) is not None
            or external.is_run_time_label(key)
        )

    def _namespace(self, member: WorkloadMember) -> Labels:
        """Return the labels of a namespace: those of its object, where that is seen."""
        name, cluster = member.ref.namespace, self._table.cluster
        if not member.decided:
            return Labels({}, anything_may_be)
        own = {NAMESPACE_NAME: name}
        for one in cluster.named("Namespace", name):
            if not one.partial and cluster.can_meet(member, one):
                labels = strings(mapping(one.resource.get("metadata")).get("labels"))
                return Labels({**labels, **own}, everything_known)
        return Labels(own, anything_may_be)

    def _unread(self, ends: Sequence[End]) -> Iterator[Detail]:
        """Yield policies of other projects in the namespaces of the call."""
        cluster = self._table.cluster
        members = (self._caller, *(end.member for end in ends if end.member))
        namespaces = {"", *(one.ref.namespace for one in members)}
        for kind in OTHER_POLICIES:
            for member in cluster.of_kind(kind):
                if member.partial or not cluster.can_meet(member, self._caller):
                    continue
                if member.ref.namespace in namespaces:
                    words = f"{member.display} is not read"
                    yield Detail(words, at(member), State.UNKNOWN)
