"""What becomes of a packet to an address of a Service, on one node.

``pkg/proxy/iptables/proxier.go`` and ``pkg/proxy/nftables/proxier.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Literal

from cip_lint.kube.addresses import Address, parse_cidr, parse_ip
from cip_lint.records import NamedTuple
from cip_lint.replay.proxy.endpoints import EndpointSets, ProxyEndpoint
from cip_lint.replay.proxy.ports import ProxyPort

Mode = Literal["iptables", "nftables"]


class Kind(Enum):
    """Which address of a Service a packet is sent to."""

    CLUSTER_IP = "clusterIP"
    EXTERNAL_IP = "externalIP"
    LOAD_BALANCER_IP = "loadBalancerIP"
    NODE_PORT = "nodePort"


class Verdict(Enum):
    """What a proxy does with a packet."""

    DNAT = "DNAT"
    """Sent on to an endpoint."""
    REJECT = "REJECT"
    DROP = "DROP"
    NOT_HANDLED = "not handled"
    """No rule concerns it."""


class Source(NamedTuple):
    """Where a packet comes from."""

    address: str
    inside: bool
    """Whether it comes from a pod, or from the node of the proxy."""
    node: bool = False
    """Whether it comes from the node itself."""


class Destination(NamedTuple):
    """An address and port that lead to a Service port."""

    kind: Kind
    address: str
    port: int


class Fate(NamedTuple):
    """What becomes of a packet, and the endpoints that it may be sent to.

    Each endpoint is as likely as any other.
    """

    verdict: Verdict
    endpoints: tuple[ProxyEndpoint, ...] = ()

    @property
    def probabilities(self) -> tuple[str, ...]:
        """Return what each rule says in iptables; the last one has no condition."""
        count = len(self.endpoints)
        return tuple(
            "1" if index == count - 1 else f"{1 / (count - index):0.10f}"
            for index in range(count)
        )


def destinations(port: ProxyPort, node_address: str) -> Iterator[Destination]:
    """Yield all addresses that lead to a Service port, those of the node last."""
    yield Destination(Kind.CLUSTER_IP, port.cluster_ip, port.port)
    for address in port.external_ips:
        yield Destination(Kind.EXTERNAL_IP, address, port.port)
    for address in port.load_balancer_ips:
        yield Destination(Kind.LOAD_BALANCER_IP, address, port.port)
    if port.node_port:
        yield Destination(Kind.NODE_PORT, node_address, port.node_port)


def fate(
    port: ProxyPort,
    sets: EndpointSets,
    kind: Kind,
    source: Source,
    mode: Mode = "iptables",
) -> Fate:
    """Return what becomes of a new connection to an address of a Service port."""
    kept_out = kind is Kind.LOAD_BALANCER_IP and not _may_use(port, source)
    if not sets.anywhere:
        return Fate(_without_endpoints(kind, source, mode, kept_out=kept_out))
    if kept_out:
        return Fate(Verdict.DROP)
    chosen = (sets.local if _stays_local(port, kind, source) else sets.cluster) or ()
    return Fate(Verdict.DNAT, chosen) if chosen else Fate(Verdict.DROP)


def _stays_local(port: ProxyPort, kind: Kind, source: Source) -> bool:
    """Whether only endpoints of this node may be chosen.

    Pods and the node itself are sent to all endpoints, whatever the policy for
    traffic from outside says.
    """
    if kind is Kind.CLUSTER_IP:
        return port.internal_local
    return port.external_local and not source.inside


def _without_endpoints(
    kind: Kind, source: Source, mode: Mode, *, kept_out: bool
) -> Verdict:
    if mode == "nftables":
        return Verdict.DROP if kept_out else Verdict.REJECT
    # iptables rejects such packets where they are forwarded or arrive, and those of
    # the node itself only for the cluster IP and the node port.
    from_outside = kind in {Kind.EXTERNAL_IP, Kind.LOAD_BALANCER_IP}
    return Verdict.NOT_HANDLED if from_outside and source.node else Verdict.REJECT


def _may_use(port: ProxyPort, source: Source) -> bool:
    if not port.source_ranges:
        return True
    address = parse_ip(source.address)
    return address is not None and any(
        _holds(one, address) for one in port.source_ranges
    )


def _holds(cidr: str, address: Address) -> bool:
    network = parse_cidr(cidr)
    if network is None or network.family != address.family:
        return False
    return network.first <= address.number <= network.last
