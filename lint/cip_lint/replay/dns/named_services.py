"""The Services of a table as cluster DNS will know them.

Words stand for what exists only in a running cluster: ``clusterIP`` for an address
that the API server is yet to draw, the name of a workload or of a pod for the
addresses of its pods, ``<address>`` for the label made of such an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import IPV4
from cip_lint.kube.well_known import MASTER
from cip_lint.replay.dns.records import (
    AAAA,
    A,
    Host,
    NamedEndpoint,
    NamedService,
    endpoints_of,
    host_of,
)
from cip_lint.replay.endpoints.objects import Slice, SlicePort, read_slice
from cip_lint.replay.endpoints.pods import RANDOM, MadePod, is_maker, made_by
from cip_lint.replay.endpoints.slices import publish, publisher
from cip_lint.replay.environment.links import UNKNOWN_ADDRESS
from cip_lint.replay.outcomes import outcome

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.kube.service import Service
    from cip_lint.replay.rows import ServiceRow, WorkloadEndpoints
    from cip_lint.replay.table import ServiceTable

ADDRESS_LABEL = "<address>"
"""Stands for the label of an endpoint that is made of its address."""

_MOST_NAMED_PODS = 100
"""Pods of one workload that have names of their own here."""


def named_service(table: ServiceTable, row: ServiceRow) -> NamedService | None:
    """Return a Service of the table; None where it is refused."""
    result = outcome(table, row)
    if result.verdict == "refused":
        return None
    service = row.service
    external = None
    if service.type == "ExternalName":
        external = host_of(service.external_name)
    return NamedService(
        row.ref.namespace,
        row.ref.name,
        _ports(service),
        tuple(
            host_of(plan.text) if plan.text else _host(plan.family, UNKNOWN_ADDRESS)
            for plan in result.addresses
        ),
        result.headless,
        external,
        (*_of_workloads(table, row), *endpoints_of(other_slices(table, row))),
    )


def other_slices(table: ServiceTable, row: ServiceRow) -> Sequence[Slice]:
    """Return the slices that no workload of the set gives to a Service.

    Those written by hand, and those that live where the set has no pods.
    """
    return (*_of_objects(row), *_living(table, row))


def has_known_endpoints(row: ServiceRow) -> bool:
    """Whether the endpoints of a Service are those of the table, if any."""
    if row.selection.state in {"unknown", "declared"}:
        return False
    return row.selection.state != "none" or bool(row.manual)


def living_service(table: ServiceTable, member: ServiceMember) -> NamedService:
    """Return a Service of the snapshot, as it is stored."""
    service, ref = member.service, member.ref
    external = None
    if service.type == "ExternalName":
        external = host_of(service.external_name)
    return NamedService(
        ref.namespace,
        ref.name,
        _ports(service),
        tuple(host_of(one.canonical) for one in service.cluster_ips),
        service.headless,
        external,
        endpoints_of(_stored_slices(table, ref.namespace, ref.name)),
    )


def api_server_service(table: ServiceTable) -> NamedService:
    """Return the Service that the API server makes of itself.

    It has the first address of the first range
    (``pkg/controlplane/controller/kubernetesservice``), where that is stated.
    """
    first = next(iter(table.ranges), None)
    family = IPV4 if first is None else first.family
    host = _host(family, UNKNOWN_ADDRESS)
    if first is not None and first.stated:
        host = host_of(first.text(first.network.first + 1))
    return NamedService(*MASTER, (SlicePort("https", "TCP", 443),), (host,))


def _ports(service: Service) -> tuple[SlicePort, ...]:
    return tuple(SlicePort(one.name, one.protocol, one.port) for one in service.ports)


def _host(family: str, word: str) -> Host:
    return Host(A if family == IPV4 else AAAA, word)


def _of_workloads(table: ServiceTable, row: ServiceRow) -> Iterator[NamedEndpoint]:
    for given in row.endpoints:
        member = given.workload
        counted = given.replicas is not None
        counted = counted and not table.cluster.is_governed_elsewhere(member)
        for pod in _pods_of(table, member):
            copies = pod.copies if counted else None
            yield from _of_pod(row, given, pod, copies)


def _pods_of(table: ServiceTable, member: WorkloadMember) -> tuple[MadePod, ...]:
    body, workload = member.resource.body, member.workload
    # On which nodes a DaemonSet has its pods is not known.
    if is_maker(body) and member.kind != "DaemonSet":
        version = table.cluster.settings.kubernetes_version.value
        return made_by(body, version, limit=_MOST_NAMED_PODS).pods
    pod = MadePod(
        RANDOM,
        workload.labels,
        {},
        workload.hostname,
        workload.subdomain,
        workload.kind,
        (),
        workload.pod_spec,
        1 if workload.replicas is None else workload.replicas,
    )
    return (pod,) if pod.copies > 0 else ()


def _of_pod(
    row: ServiceRow, given: WorkloadEndpoints, pod: MadePod, copies: int | None
) -> Iterator[NamedEndpoint]:
    ref = given.workload.ref
    word = str(ref) if _is_one_of_many(pod) else f"Pod {ref.namespace}/{pod.name}"
    own_name = pod.subdomain == row.ref.name and pod.hostname
    for one in given.slices:
        yield NamedEndpoint(
            pod.hostname if own_name else ADDRESS_LABEL,
            _host(one.address_type, word),
            one.ports,
            copies,
        )


def _is_one_of_many(pod: MadePod) -> bool:
    """Whether no manifest says what the pod is called."""
    return RANDOM in pod.name or "<" in pod.name


def _of_objects(row: ServiceRow) -> Sequence[Slice]:
    """Return what was written by hand, Endpoints as slices."""
    bodies = [(member.kind, member.resource.body) for member in row.manual]
    if not bodies or not row.stored:
        return ()
    slices = [body for kind, body in bodies if kind == "EndpointSlice"]
    endpoints = [body for kind, body in bodies if kind == "Endpoints"]
    published = publish(
        publisher(row.stored), (), slices, endpoints[0] if endpoints else None
    )
    return published.slices


def _living(table: ServiceTable, row: ServiceRow) -> Sequence[Slice]:
    """Return the slices that live and stay, where the set has no pods."""
    if row.selection.state != "living":
        return ()
    return _stored_slices(table, row.ref.namespace, row.ref.name)


def _stored_slices(table: ServiceTable, namespace: str, name: str) -> Sequence[Slice]:
    snapshot = table.cluster.snapshot
    found = () if snapshot is None else snapshot.endpoints_of(namespace, name)
    return [
        read_slice(member.resource.body)
        for member in found
        if member.kind == "EndpointSlice"
    ]
