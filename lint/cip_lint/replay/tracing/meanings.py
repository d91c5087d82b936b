"""Which Service a name is of, and which one a person means who writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cip_lint.replay.dns.names import absolute, is_below, labels

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable


class Meant(NamedTuple):
    """A Service by its name, or one endpoint of it."""

    namespace: str
    name: str
    endpoint: str = ""

    def __str__(self) -> str:
        return f"Service {self.namespace}/{self.name}"


class Destination(NamedTuple):
    """Where a name or an address leads to, inside the cluster.

    Neither a row nor a living Service: the one that the API server makes of itself.
    """

    row: ServiceRow | None = None
    """A Service of the set."""
    living: ServiceMember | None = None
    """One that lives, and is not in the set."""
    endpoint: str = ""
    """The label of one of its endpoints, where only that is meant."""


class Meanings:
    """What names mean to the pods of one workload."""

    def __init__(self, table: ServiceTable, member: WorkloadMember) -> None:
        self._table = table
        self._member = member
        self.zone = table.cluster.settings.cluster_domain.value

    def full_name(self, namespace: str, name: str) -> str:
        """Return the name by which every pod of the cluster finds a Service."""
        return absolute(f"{name}.{namespace}.svc.{self.zone}")

    def of_name(self, name: str) -> Meant | None:
        """Return the Service that an absolute name of the zone is of."""
        full, services = absolute(name).lower(), absolute(f"svc.{self.zone}").lower()
        if not is_below(full, services):
            return None
        parts = labels(full.removesuffix(services))
        if len(parts) < 2:
            return None
        *before, service, namespace = parts
        return Meant(namespace, service, before[0] if len(before) == 1 else "")

    def of_host(self, host: str) -> Meant | None:
        """Return the Service that somebody means by a host; None for one outside.

        ``a.b`` is the Service ``a`` of a namespace ``b`` that is known, else the
        endpoint ``a`` of a Service ``b`` of the own namespace.
        """
        parts, zone = labels(host.lower()), labels(self.zone.lower())
        if len(parts) > len(zone) and parts[-len(zone) :] == zone:
            parts = parts[: -len(zone)]
            return self._in_zone(parts) if parts[-1] == "svc" else None
        if len(parts) > 2 and parts[-1] == "svc":
            return self._in_zone(parts)
        own = self._member.ref.namespace
        if len(parts) == 1:
            return Meant(own, parts[0])
        lookups = self._table.lookups
        if len(parts) in (2, 3) and parts[-1] in lookups.namespaces:
            return self._in_zone([*parts, "svc"])
        if len(parts) == 2 and lookups.row(own, parts[1], self._member) is not None:
            return Meant(own, parts[1], parts[0])
        return None

    def is_explicit(self, host: str) -> bool:
        """Whether a host can be nothing but a Service: it has the label ``svc``."""
        parts, zone = labels(host.lower()), labels(self.zone.lower())
        if parts[-len(zone) :] == zone:
            parts = parts[: -len(zone)]
        return len(parts) > 2 and parts[-1] == "svc"

    def _in_zone(self, parts: list[str]) -> Meant | None:
        return self.of_name(f"{'.'.join(parts)}.{self.zone}")

    def destination(self, meant: Meant) -> Destination:
        """Return what is there under the name of a Service that exists."""
        row = self._table.lookups.row(meant.namespace, meant.name, self._member)
        if row is not None:
            return Destination(row, endpoint=meant.endpoint)
        snapshot = self._table.cluster.snapshot
        living = None
        if snapshot is not None:
            living = snapshot.service(meant.namespace, meant.name)
        return Destination(living=living, endpoint=meant.endpoint)
