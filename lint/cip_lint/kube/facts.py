"""What is known of the cluster that an object is sent to."""

from __future__ import annotations

from cip_lint.kube.version import NEWEST, Version
from cip_lint.records import NamedTuple


class ClusterFacts(NamedTuple):
    """The settings of one cluster that decide about a single request.

    What is unknown is not checked: without families or service CIDRs no family
    is refused, without CIDRs no address, without a range no node port.
    """

    version: Version = NEWEST
    service_cidrs: tuple[str, ...] = ()
    """Primary first; empty: unknown. An address may lie in any of them."""
    families: tuple[str, ...] = ()
    """``IPv4`` and ``IPv6`` in the cluster's order; empty: those of the CIDRs."""
    node_port_range: tuple[int, int] | None = None
    """First and last node port; None: unknown."""
    deny_external_ips: bool = False
    """Whether the admission plugin ``DenyServiceExternalIPs`` is enabled."""
    namespaces: frozenset[str] | None = None
    """The namespaces that exist; None: unknown."""
    held_addresses: frozenset[str] = frozenset()
    """Cluster addresses in use, in canonical form."""
    held_node_ports: frozenset[int] = frozenset()
    """Node ports in use, health-check ports among them."""
