"""How the pods of a workload find a host, once a Service table is in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.resolv_conf import NodeDns, ResolverConfig, pod_hosts, pod_resolver
from cip_lint.kube.well_known import MASTER
from cip_lint.replay.dns.lookups import Ask, Lookup, look_up
from cip_lint.replay.dns.named_services import (
    api_server_service,
    living_service,
    named_service,
)
from cip_lint.replay.dns.records import NamedService, Names
from cip_lint.replay.dns.server import DnsServer, DnsSettings, unseen_outside

if TYPE_CHECKING:
    from cip_lint.bodies import Body
    from cip_lint.cluster import WorkloadMember
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

CLUSTER_DNS = "<cluster DNS>"
"""Stands for the address of the cluster's DNS, where nobody states it."""

NODE_LOCAL_DNS = "169.254.20.10"
"""Where the cache of a node answers for the cluster's DNS."""


class TableLookups:
    """The look-ups of workloads, as far as the set and the snapshot say.

    What exists elsewhere, in the cluster or outside, is not seen: ``Cluster.world``
    tells whether there may be such Services.
    """

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._zone = table.cluster.settings.cluster_domain.value
        self._named: dict[int, NamedService | None] = {}

    def resolver(
        self, member: WorkloadMember, pod_spec: Body | None = None
    ) -> ResolverConfig:
        """Return the resolver configuration of the pods of a workload.

        That of their node is not known, so only what comes from elsewhere is there.
        ``pod_spec`` where it should be another one than their own.
        """
        settings = self._table.cluster.settings
        node = NodeDns(self._zone, (settings.dns_address.value or CLUSTER_DNS,), "")
        return pod_resolver(
            member.workload.pod_spec if pod_spec is None else pod_spec,
            member.ref.namespace,
            node,
            settings.kubernetes_version.value,
            member.name,
        )

    def asks_cluster(self, config: ResolverConfig) -> bool:
        """Whether the first name server is the cluster's DNS; only that one counts.

        An address of the Service ranges is taken for it.
        """
        first = next(iter(config.nameservers), "")
        if first in (CLUSTER_DNS, NODE_LOCAL_DNS):
            return True
        address = parse_ip(first)
        return address is not None and self._table.range_of(address) is not None

    def look_up(
        self, host: str, member: WorkloadMember, config: ResolverConfig | None = None
    ) -> Lookup:
        """Return how the pods of a workload resolve a host, each step of it.

        ``config`` where they should have another configuration than their own.
        """
        if config is None:
            config = self.resolver(member)
        ask: Ask = unseen_outside
        if self.asks_cluster(config):
            ask = self.server_for(member).ask
        hosts = pod_hosts(member.workload.pod_spec)
        return look_up(host, config.searches, config.ndots, ask, hosts)

    def server_for(self, member: WorkloadMember) -> DnsServer:
        """Return the DNS of a cluster that a workload lives in."""
        names = Names(_Seen(self, member), self.namespaces)
        return DnsServer(names, DnsSettings(self._zone), unseen_outside)

    def service(
        self, namespace: str, name: str, member: WorkloadMember
    ) -> NamedService | None:
        """Return the Service of a name that can be there with a workload.

        One of the set, else one that lives, else the API server's own.
        """
        cluster = self._table.cluster
        row = self.row(namespace, name, member)
        found = None if row is None else self._of_row(row)
        snapshot = cluster.snapshot
        if found is None and snapshot is not None and cluster.outside.concerns(member):
            living = snapshot.service(namespace, name)
            found = None if living is None else living_service(self._table, living)
        if found is None and (namespace, name) == MASTER:
            return api_server_service(self._table)
        return found

    def row(
        self, namespace: str, name: str, member: WorkloadMember
    ) -> ServiceRow | None:
        """Return the Service of the set of a name that can be there with a workload.

        Refused or not.
        """
        cluster = self._table.cluster
        rows = [
            row
            for row in self.rows_by_name.get((namespace, name), ())
            if cluster.can_meet(member, row.member)
        ]
        if len(rows) > 1:
            chosen = cluster.service(member, name, rows[0].member.namespace)
            rows = [row for row in rows if row.member is chosen] or rows
        return rows[0] if rows else None

    def _of_row(self, row: ServiceRow) -> NamedService | None:
        key = id(row)
        if key not in self._named:
            self._named[key] = named_service(self._table, row)
        return self._named[key]

    @cached_property
    def rows_by_name(self) -> Mapping[tuple[str, str], list[ServiceRow]]:
        """Namespace and name -> the rows of Services that are called so."""
        found: dict[tuple[str, str], list[ServiceRow]] = {}
        for row in self._table.rows:
            found.setdefault(
                (row.member.effective_namespace, row.member.name), []
            ).append(row)
        return found

    @cached_property
    def namespaces_of_services(self) -> frozenset[str]:
        """The namespaces in which the set has Services."""
        return frozenset(namespace for namespace, _ in self.rows_by_name)

    @cached_property
    def all_names(self) -> tuple[tuple[str, str], ...]:
        """Namespace and name of every Service there may be, sorted."""
        snapshot = self._table.cluster.snapshot
        services = () if snapshot is None else snapshot.services
        living = ((one.ref.namespace, one.ref.name) for one in services)
        return tuple(sorted({MASTER, *self.rows_by_name, *living}))

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that are known to be there, and those of every cluster."""
        return self._table.cluster.outside.namespaces


class _Seen(Mapping[tuple[str, str], NamedService]):
    """The Services that a workload meets; each is worked out when it is asked for."""

    def __init__(self, lookups: TableLookups, member: WorkloadMember) -> None:
        self._lookups = lookups
        self._member = member

    def __getitem__(self, key: tuple[str, str]) -> NamedService:
        found = self._lookups.service(*key, self._member)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return (key for key in self._lookups.all_names if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
