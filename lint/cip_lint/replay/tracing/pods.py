"""The hop from a Service to the pods behind it, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.kube.workloads import ENDING_KINDS
from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.targets import ResolvedTarget, find_target
from cip_lint.replay.outcomes import outcome
from cip_lint.replay.tracing.hops import Detail, End, Hop, State, Step, at, worst
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.kube.service import ServicePort
    from cip_lint.replay.rows import Readiness, ServiceRow
    from cip_lint.replay.table import ServiceTable

READY: dict[Readiness, str] = {
    "published": "sent to even before they are ready",
    "gate": "ready when a readiness gate opens",
    "probe": "ready when the readiness probe succeeds",
    "immediately": "ready as soon as they run",
}
"""When a pod gets traffic, in words."""


class Reached(NamedTuple):
    """The hop to the pods, and those that answer."""

    hop: Hop
    ends: tuple[End, ...] = ()


class _Pods(NamedTuple):
    """A workload behind a Service, and how it is spoken of."""

    member: WorkloadMember
    number: int | None
    words: str
    ready: str


def translated(table: ServiceTable, row: ServiceRow, port: ServicePort) -> Reached:
    """Return who answers behind a port that kube-proxy leads to the pods."""
    details: list[Detail] = []
    ends: list[End] = []
    for pods in _behind(table, row):
        target = row.target(port, pods.member)
        detail, end = _of_target(pods, target, row.member, port)
        details.append(detail)
        ends += () if end is None else (end,)
    for address in _addresses(table, row, port):
        details.append(Detail(f"{address}, of endpoints that are written by hand"))
        ends.append(End(address, None, None))
    if ends:
        return Reached(_reached(ends, details), tuple(ends))
    return Reached(why_nobody(table, row, details))


def dialled(
    table: ServiceTable, row: ServiceRow, number: int | None, endpoint: str
) -> Reached:
    """Return who answers on a port of the pods of a headless Service.

    ``endpoint`` where one of them alone is called, by its name.
    """
    details: list[Detail] = []
    ends: list[End] = []
    for pods in _behind(table, row):
        if not pods.number and pods.number is not None:
            details.append(_no_pods(pods))
            continue
        details.append(_of_number(row, pods, number))
        count = 1 if endpoint else pods.number
        ends.append(End(str(pods.member.ref), number, count, pods.member))
    for address in _by_hand(table, row):
        details.append(Detail(f"{address}, of endpoints that are written by hand"))
        ends.append(End(address, number, None))
    if not ends:
        return Reached(why_nobody(table, row, details))
    hop = _reached(ends, details)
    return Reached(hop._replace(state=worst(one.state for one in details)), tuple(ends))


def of_living(
    service: ServiceMember, pods: Iterable[WorkloadMember], port: ServicePort
) -> Reached:
    """Return who answers behind a port of a Service that lives."""
    found = []
    for pod in pods:
        target = find_target(pod.workload, port.target_port, port.protocol)
        if target.number is not None:
            found.append(End(str(pod.ref), target.number, 1, pod))
    if found:
        words = f"{counted(len(found), 'pod')} of the snapshot answer"
        return Reached(Hop(Step.PODS, State.OK, words, at(service)), tuple(found))
    words = "no pod of the snapshot answers; it may not have all of them"
    return Reached(Hop(Step.PODS, State.UNKNOWN, words, at(service)))


def _behind(table: ServiceTable, row: ServiceRow) -> Iterator[_Pods]:
    for given in row.endpoints:
        member, count = given.workload, given.replicas
        words = "pods" if count is None else counted(count, "pod")
        if table.cluster.is_governed_elsewhere(member):
            count, words = None, "pods, as many as an autoscaler wants"
        elif member.kind in ENDING_KINDS:
            words += " that end by themselves"
        yield _Pods(member, count, words, READY[given.ready])
    for pod in row.selection.living:
        yield _Pods(pod, 1, "a pod that lives", "it may be ready")


def _of_target(
    pods: _Pods, target: ResolvedTarget, service: ServiceMember, port: ServicePort
) -> tuple[Detail, End | None]:
    member = pods.member
    entry = at(service, "spec", "ports", port.index)
    if target.number is None:
        words = f"{member.display} has no port that is called {port.target_port}"
        if target.other is not None:
            words += f" with {port.protocol}; it is {target.other.protocol}"
        return Detail(words, entry, State.BROKEN), None
    if pods.number == 0:
        return _no_pods(pods), None
    where = f"port {target.number}"
    place = entry
    if target.port is not None and target.container is not None:
        where += f" of container {target.container.name}"
        place = at(member, *target.port.path)
    else:
        where += ", which no container declares"
    words = f"{member.display}: {pods.words}, {where}; {pods.ready}"
    end = End(str(member.ref), target.number, pods.number, member)
    return Detail(words, place), end


def _no_pods(pods: _Pods) -> Detail:
    place = at(pods.member, "spec", "replicas")
    return Detail(f"{pods.member.display} has no pods", place, State.BROKEN)


def _reached(ends: list[End], details: list[Detail]) -> Hop:
    names = [end.name for end in ends]
    words = names[0] if len(names) == 1 else f"{counted(len(names), 'end')} answer"
    if len(names) == 1:
        words += " answers"
    return Hop(Step.PODS, State.OK, words, None, tuple(details))


def _of_number(row: ServiceRow, pods: _Pods, number: int | None) -> Detail:
    """Return whether a number is one that pods listen on: nothing translates it."""
    member = pods.member
    workload = member.workload
    said = f"{member.display}: {pods.words}"
    if number is None:
        return Detail(f"{said}; {pods.ready}", at(member))
    for container in workload.containers:
        for port in container.ports:
            if port.number == number:
                words = f"{said}, port {number} of container {container.name}"
                return Detail(f"{words}; {pods.ready}", at(member, *port.path))
    for entry in row.service.ports:
        end = row.target(entry, member).number
        place = at(row.member, "spec", "ports", entry.index)
        if end == number:
            words = f"{said}, port {number}, which no container declares"
            return Detail(f"{words}; {pods.ready}", place)
        if entry.port == number and end is not None:
            words = (
                f"{said} listen on {end}, and nothing translates {number} to that: "
                f"{row.display} is headless"
            )
            sees_all = (
                workload.readable
                and workload.ports_are_written
                and not workload.injector
            )
            return Detail(words, place, State.BROKEN if sees_all else State.UNKNOWN)
    words = f"{said}; no container declares port {number}, so nobody knows"
    return Detail(words, at(member), State.UNKNOWN)


def _addresses(
    table: ServiceTable, row: ServiceRow, port: ServicePort
) -> Iterator[str]:
    """Yield the addresses of hand-made endpoints that kube-proxy takes for a port."""
    if row.selection.living:
        return
    result = outcome(table, row)
    routes = table.proxy.routes_of(row, result) or ()
    own = {str(given.workload.ref) for given in row.endpoints}
    ending = f":{port.port}/{port.protocol}"
    first = next((one.at for one in routes if one.at.endswith(ending)), "")
    for route in routes:
        end = route.to or ""
        if route.at == first and ":" in end and end.rpartition(":")[0] not in own:
            yield end


def _by_hand(table: ServiceTable, row: ServiceRow) -> Iterator[str]:
    from cip_lint.replay.dns.named_services import other_slices  # noqa: PLC0415

    for one in other_slices(table, row):
        for endpoint in one.endpoints:
            if endpoint.ready is not False:
                yield from endpoint.addresses


def why_nobody(
    table: ServiceTable, row: ServiceRow, details: Iterable[Detail] = ()
) -> Hop:
    """Return why nobody answers for a Service, as far as that is known."""
    found = _unselected(table, row)
    if found is None:
        words = "none of the workloads that it selects has a pod for this"
        found = Hop(Step.PODS, State.BROKEN, words, at(row.member, "spec", "selector"))
    if found.state is State.BROKEN:
        details = (*details, *found.details)
        if not row.service.headless:
            details = (*details, Detail("kube-proxy rejects every connection"))
        return found._replace(details=details)
    return found._replace(details=(*details, *found.details))


def _unselected(table: ServiceTable, row: ServiceRow) -> Hop | None:
    """Return why a Service has nobody; None where its selector fits workloads."""
    selection = row.selection
    selector = ",".join(f"{k}={v}" for k, v in (row.service.selector or {}).items())
    place = at(row.member, "spec", "selector")
    if selection.state == "matched":
        return None
    if selection.state in ("none", "empty"):
        return _without_selector(table, row)
    if selection.state == "declared":
        words = "the configuration says that its pods are elsewhere"
        return Hop(Step.PODS, State.UNKNOWN, words, place)
    if selection.state == "unknown":
        reason = "" if selection.unknown is None else f": {selection.unknown.reason}"
        words = f"no pod of the files fits {selector}, but there may be others{reason}"
        return Hop(Step.PODS, State.UNKNOWN, words, place)
    near = tuple(_nearest(row))
    world = selection.world
    known = world.closed or world.witness_workload is not None or bool(near)
    words = f"no pod can have {selector}"
    if not known:
        words = f"no pod of the files has {selector}, but there may be others"
    state = State.BROKEN if known else State.UNKNOWN
    return Hop(Step.PODS, state, words, place, near)


def _nearest(row: ServiceRow) -> Iterator[Detail]:
    """Yield the workloads that the selector may have been meant for."""
    for miss in row.selection.nearest[:1]:
        words = f"{miss.workload.display} has {miss.path[-1]}={miss.has}"
        yield Detail(words, at(miss.workload, *miss.path))
    for member in row.selection.elsewhere[:1]:
        words = f"{member.display} fits, but is in another namespace"
        yield Detail(words, at(member))


def _without_selector(table: ServiceTable, row: ServiceRow) -> Hop:
    place = at(row.member)
    if row.manual:
        words = "the endpoints that are written by hand have no port of this name"
        details = tuple(Detail(one.display, at(one)) for one in row.manual)
        return Hop(Step.PODS, State.BROKEN, words, place, details)
    if table.cluster.outside.has_endpoints(row.member):
        words = "it has no selector; somebody else writes its endpoints"
        return Hop(Step.PODS, State.UNKNOWN, words, place)
    world = table.cluster.world(row.member, "EndpointSlice")
    if world.closed:
        words = f"it has neither selector nor endpoints: {world.origin}"
        return Hop(Step.PODS, State.BROKEN, words, place)
    words = "it has neither selector nor endpoints; a program may write them"
    return Hop(Step.PODS, State.UNKNOWN, words, place)
