"""The call graph of a cluster: who calls which Service, and who is behind it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from cip_lint.cluster import ServiceMember, WorkloadMember
from cip_lint.cluster.readers import Readers
from cip_lint.records import NamedTuple
from cip_lint.replay.tracing.hops import Place, State, Trace, at, worst
from cip_lint.replay.tracing.pods import why_nobody
from cip_lint.replay.tracing.referring import sends_to, target_of
from cip_lint.replay.tracing.service import refusal
from cip_lint.replay.tracing.targets import NoPortError, Target
from cip_lint.replay.tracing.trace import Tracer

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.calls import Call
    from cip_lint.replay.rows import ServiceRow, WorkloadEndpoints
    from cip_lint.replay.table import ServiceTable


class NodeKind(StrEnum):
    """What a node stands for; the value is the word in output."""

    WORKLOAD = "workload"
    SERVICE = "service"
    REFERRER = "referrer"
    """An object that names Services: an Ingress, a route, a webhook."""
    MISSING = "missing"
    """A Service that is called, and is not in the files."""
    OUTSIDE = "outside"
    """A name outside of the cluster, to which an ExternalName Service leads."""


class EdgeKind(StrEnum):
    """What an edge says; the value is the word in output."""

    CALLS = "calls"
    """A text of a workload, or of a ConfigMap that it reads, has the name."""
    NAMES = "names"
    """A field of an object is for it."""
    SELECTS = "selects"
    """A Service leads to the pods."""
    LEADS = "leads"
    """A Service is another name for it."""


class NodeKey(NamedTuple):
    """What tells nodes apart, and the order in which they are shown."""

    namespace: str
    kind: NodeKind
    object_kind: str
    name: str


class Node(NamedTuple):
    """Somebody who calls or is called."""

    key: NodeKey
    state: State = State.OK
    words: str = ""
    """What is wrong with it, or not known."""
    member: Member | None = None


class Edge(NamedTuple):
    """A way that connections go, or are meant to."""

    source: NodeKey
    target: NodeKey
    kind: EdgeKind
    port: str = ""
    """What is called, as ``80`` or ``http``; for pods what they listen on."""
    state: State = State.OK
    words: str = ""
    """What breaks it, or is not known."""
    place: Place | None = None
    """Where it is written."""


class Graph(NamedTuple):
    """Nodes and edges of one cluster, in a stable order."""

    cluster: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def state(self) -> State:
        """Broken where an edge is, else unknown where one is."""
        return worst(edge.state for edge in self.edges)


def call_graph(table: ServiceTable) -> Graph:
    """Return the call graph of a cluster.

    Objects of one kind, namespace and name are one node, whatever files they are in;
    of edges that say the same the one that breaks is kept.
    """
    return _Drawing(table).graph()


class _Drawing:
    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._tracer = Tracer(table)
        self._readers = Readers(table.cluster)
        self._nodes: dict[NodeKey, Node] = {}
        self._edges: dict[tuple[NodeKey, NodeKey, EdgeKind, str], Edge] = {}
        self._traced: dict[tuple[int, str, int | None], tuple[State, str]] = {}

    def graph(self) -> Graph:
        cluster = self._table.cluster
        for member in cluster.judged_workloads:
            self._add(_of_member(member, NodeKind.WORKLOAD))
        for row in self._table.judged:
            self._service(row)
        for call in self._table.calls.all:
            self._call(call)
        self._references()
        nodes = sorted(self._nodes.values(), key=lambda node: node.key)
        edges = sorted(self._edges.items(), key=lambda entry: entry[0])
        return Graph(cluster.name, tuple(nodes), tuple(edge for _, edge in edges))

    def _add(self, node: Node) -> NodeKey:
        known = self._nodes.get(node.key)
        if known is None or worst((known.state, node.state)) is not known.state:
            self._nodes[node.key] = node
        return node.key

    def _link(self, edge: Edge) -> None:
        key = edge.source, edge.target, edge.kind, edge.port
        known = self._edges.get(key)
        if known is None or worst((known.state, edge.state)) is not known.state:
            self._edges[key] = edge

    # Services

    def _service(self, row: ServiceRow) -> None:
        node = _of_member(row.member, NodeKind.SERVICE)
        refused = refusal(self._table, row)
        if refused is not None:
            self._add(node._replace(state=refused.state, words=refused.words))
            return
        external = row.service.type == "ExternalName"
        if not external and not row.endpoints and not row.manual:
            nobody = why_nobody(self._table, row)
            node = node._replace(state=nobody.state, words=nobody.words)
        self._add(node)
        for given in row.endpoints:
            self._pods(node.key, given)
        if external:
            self._leads(node.key, row)

    def _pods(self, service: NodeKey, given: WorkloadEndpoints) -> None:
        member = given.workload
        target = self._add(_of_member(member, NodeKind.WORKLOAD))
        numbers = (port.number for one in given.slices[:1] for port in one.ports)
        state, words = State.OK, ""
        governed = self._table.cluster.is_governed_elsewhere(member)
        if given.replicas == 0 and not governed:
            state, words = State.BROKEN, f"{member.display} has no pods"
        ports = ", ".join(dict.fromkeys(numbers))
        place = at(member)
        edge = Edge(service, target, EdgeKind.SELECTS, ports, state, words, place)
        self._link(edge)

    def _leads(self, service: NodeKey, row: ServiceRow) -> None:
        """Draw the further name of an ExternalName Service, where that is outside."""
        name = row.service.external_name.removesuffix(".")
        place = at(row.member, "spec", "externalName")
        for call in self._table.calls.of(row.member):
            if call.row is not None:
                target = _of_member(call.row.member, NodeKind.SERVICE).key
                self._link(Edge(service, target, EdgeKind.LEADS, place=place))
                return
        key = NodeKey("", NodeKind.OUTSIDE, "", name)
        self._link(Edge(service, self._add(Node(key)), EdgeKind.LEADS, place=place))

    # Calls

    def _call(self, call: Call) -> None:
        if isinstance(call.member, ServiceMember) or call.member.kind == "Certificate":
            return
        place = at(call.member, *call.mention.literal.path)
        port = "" if call.host.port is None else str(call.host.port)
        for caller in self._callers(call):
            state, words = self._judged(caller, call)
            source = self._add(_of_member(caller, NodeKind.WORKLOAD))
            target = self._called(call, caller, state)
            edge = Edge(source, target, EdgeKind.CALLS, port, state, words, place)
            self._link(edge)

    def _callers(self, call: Call) -> Iterable[WorkloadMember]:
        """Return who reads a text: a workload its own, others a ConfigMap."""
        if isinstance(call.member, WorkloadMember):
            return (call.member,)
        return self._readers.of(call.member, str(call.mention.literal.path[-1]))

    def _called(self, call: Call, caller: WorkloadMember, state: State) -> NodeKey:
        if call.row is not None:
            return self._add(_of_member(call.row.member, NodeKind.SERVICE))
        namespace = call.namespace or caller.ref.namespace
        return self._unseen(namespace, call.service, state)

    def _unseen(self, namespace: str, name: str, state: State) -> NodeKey:
        """Return the node of a Service that is not there with who calls it.

        That of another unit where there is one, or one that is known to exist.
        """
        key = NodeKey(namespace, NodeKind.SERVICE, "Service", name)
        if key in self._nodes:
            return key
        if state is State.OK:
            return self._add(Node(key))
        return self._add(Node(key._replace(kind=NodeKind.MISSING), state))

    def _judged(self, caller: WorkloadMember, call: Call) -> tuple[State, str]:
        key = id(caller), call.host.host.lower(), call.host.port
        found = self._traced.get(key)
        if found is None:
            found = self._traced[key] = self._followed(caller, call)
        return found

    def _followed(self, caller: WorkloadMember, call: Call) -> tuple[State, str]:
        """Return what becomes of a call; without a port, of that to the best one."""
        host, port = call.host.host, call.host.port
        scheme = call.host.scheme.lower()
        target = Target(host, host, port, scheme)
        try:
            return _summary(self._tracer.call(caller, target))
        except NoPortError as error:
            found = [
                _summary(self._tracer.call(caller, target._replace(port=one)))
                for one in error.ports
            ]
            return min(found, key=lambda one: list(State).index(one[0]))

    # References

    def _references(self) -> None:
        references = self._table.references
        for reference in references.all:
            if not sends_to(reference):
                continue
            member, said = reference.member, reference.said
            state, words = _summary(self._tracer.reference(reference))
            source = self._add(_of_member(member, NodeKind.REFERRER))
            row = references.target(reference)
            if row is None:
                namespace, name = target_of(reference).service or ("", said.name)
                target = self._unseen(namespace, name, state)
            else:
                target = self._add(_of_member(row.member, NodeKind.SERVICE))
            port = "" if said.port is None else str(said.port)
            place = at(member, *said.name_path)
            edge = Edge(source, target, EdgeKind.NAMES, port, state, words, place)
            self._link(edge)


def _of_member(member: Member, kind: NodeKind) -> Node:
    ref = member.ref
    key = NodeKey(ref.namespace, kind, ref.kind, ref.name)
    return Node(key, member=member)


def _summary(trace: Trace) -> tuple[State, str]:
    """Return how a call ends, and the words of the hop that decides it."""
    state = trace.state
    if state is State.OK:
        return state, ""
    return state, next(hop.words for hop in trace.hops if hop.state is state)
