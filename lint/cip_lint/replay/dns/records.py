"""What cluster DNS knows: Services with their addresses, ports and endpoints.

An address need not be known: a ``Host`` may carry any text that stands for one, so
that a Service table whose addresses are yet to be drawn can be asked like a cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import IPV4, parse_ip
from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.objects import SlicePort

if TYPE_CHECKING:
    from cip_lint.replay.endpoints.objects import Endpoint, Slice

A = "A"
AAAA = "AAAA"
CNAME = "CNAME"
PTR = "PTR"
SOA = "SOA"
SRV = "SRV"
TXT = "TXT"

NO_PORT = SlicePort("", "", None)
"""Stands for the ports of a slice or of a Service that has none."""


class Record(NamedTuple):
    """A resource record; names in it are absolute, with their final dot."""

    name: str
    ttl: int
    """Seconds."""
    type: str
    value: str

    @property
    def text(self) -> str:
        """The record on one line, without its class."""
        return f"{self.name} {self.ttl} {self.type} {self.value}"


class Host(NamedTuple):
    """Where a name leads: an address (``A``, ``AAAA``) or a further name."""

    type: str
    text: str


class NamedEndpoint(NamedTuple):
    """An endpoint below the name of its Service."""

    label: str
    """Its hostname, else its address with dashes."""
    host: Host
    ports: tuple[SlicePort, ...] = ()
    copies: int | None = 1
    """How many endpoints it stands for; None: not known."""


class NamedService(NamedTuple):
    """A Service as far as its names depend on it."""

    namespace: str
    name: str
    ports: tuple[SlicePort, ...] = ()
    addresses: tuple[Host, ...] = ()
    """Its cluster addresses; none for headless and ExternalName Services."""
    headless: bool = False
    external: Host | None = None
    """The target of an ExternalName Service."""
    endpoints: tuple[NamedEndpoint, ...] = ()
    """Those that are ready."""


class Names(NamedTuple):
    """Everything that the DNS of a cluster knows."""

    services: Mapping[tuple[str, str], NamedService]
    """By namespace and name."""
    namespaces: frozenset[str]
    pods: Mapping[str, frozenset[str]] = {}
    """Canonical address of a pod -> the namespaces that have such pods."""


def names_of(
    services: Iterable[NamedService],
    namespaces: Iterable[str] = (),
    pods: Iterable[tuple[str, str]] = (),
) -> Names:
    """Return what DNS knows of Services, of namespaces and of pods.

    ``pods`` are pairs of address and namespace. The namespaces of Services exist.
    """
    by_name = {(one.namespace, one.name): one for one in services}
    by_address: dict[str, set[str]] = {}
    for address, namespace in pods:
        by_address.setdefault(host_of(address).text, set()).add(namespace)
    return Names(
        by_name,
        frozenset((*namespaces, *(namespace for namespace, _ in by_name))),
        {address: frozenset(found) for address, found in by_address.items()},
    )


def host_of(text: str) -> Host:
    """Return where a text leads, as Go's ``net.ParseIP`` tells addresses from names."""
    address = parse_ip(text)
    if address is None or address.leading_zeros:
        return Host(CNAME, text)
    return Host(A if address.family == IPV4 else AAAA, address.canonical)


def endpoints_of(
    slices: Sequence[Slice], *, pod_names: bool = False
) -> tuple[NamedEndpoint, ...]:
    """Return the endpoints that DNS takes from the slices of a Service.

    Those that are not said to be unready count, whatever the type of the slice.
    With ``pod_names`` the name of a pod is a label before its address is
    (option ``endpoint_pod_names`` of CoreDNS).
    """
    return tuple(
        NamedEndpoint(
            endpoint_label(endpoint, address, pod_names=pod_names),
            host_of(address),
            one.ports,
        )
        for one in slices
        for endpoint in one.endpoints
        if endpoint.ready is not False
        for address in endpoint.addresses
    )


def endpoint_label(endpoint: Endpoint, address: str, *, pod_names: bool) -> str:
    """Return the label of an endpoint below the name of its Service."""
    if endpoint.hostname:
        return endpoint.hostname
    if pod_names and endpoint.pod:
        return endpoint.pod
    return address.replace("." if "." in address else ":", "-")
