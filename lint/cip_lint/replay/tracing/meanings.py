"""Which Service a name is of, and which one a person means who writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cip_lint.kube.service_names import Form, service_names
from cip_lint.records import NamedTuple
from cip_lint.replay.dns.names import absolute

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_EXPLICIT = (Form.SVC, Form.FULL)


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
        for one in service_names(name, self.zone):
            if one.form is Form.FULL:
                return Meant(one.namespace or "", one.service, one.pod)
        return None

    def of_host(self, host: str) -> Meant | None:
        """Return the Service that somebody means by a host; None for one outside.

        ``a.b`` is the Service ``a`` of a namespace ``b`` that is known, else the
        endpoint ``a`` of a Service ``b`` of the own namespace.
        """
        lookups, own = self._table.lookups, self._member.ref.namespace
        readings = service_names(host, self.zone)
        for one in readings:
            namespace = one.namespace or ""
            known = one.form is Form.WITH_NAMESPACE and namespace in lookups.namespaces
            if one.form in _EXPLICIT or known:
                return Meant(namespace, one.service, one.pod)
        for one in readings:
            if one.form is Form.SHORT and (
                not one.pod or lookups.row(own, one.service, self._member) is not None
            ):
                return Meant(own, one.service, one.pod)
        return None

    def is_explicit(self, host: str) -> bool:
        """Whether a host can be nothing but a Service: it has the label ``svc``."""
        return any(one.form in _EXPLICIT for one in service_names(host, self.zone))

    def without_svc(self, host: str) -> Meant | None:
        """Return the Service that is meant by a name of the zone without ``svc``."""
        for one in service_names(host, self.zone):
            if one.form is Form.NO_SVC and one.zone == self.zone.lower():
                return Meant(one.namespace or "", one.service)
        return None

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
