"""What cluster DNS will answer once a Service table is in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.replay.dns.named_services import (
    ADDRESS_LABEL,
    has_known_endpoints,
    named_service,
)
from cip_lint.replay.dns.records import (
    AAAA,
    CNAME,
    SRV,
    A,
    NamedService,
    Record,
    names_of,
)
from cip_lint.replay.dns.server import DnsServer, DnsSettings

if TYPE_CHECKING:
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable


class TableDns:
    """The DNS of the cluster of a table."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self.zone = table.cluster.settings.cluster_domain.value
        """The zone of the cluster, without final dot."""

    def records_of(self, row: ServiceRow) -> tuple[Record, ...] | None:
        """Return the records of a Service, those that Kubernetes promises.

        Its own name, each named port, and the endpoints of a headless Service that
        have a name. Nothing where it is refused or nobody answers; None where
        nobody knows what will be created, or who stands behind a headless Service.
        """
        if row.reason:
            return None
        service = named_service(self._table, row)
        if service is None:
            return ()
        if service.headless and not service.endpoints and not has_known_endpoints(row):
            return None
        return tuple(dict.fromkeys(self._records(service)))

    def _records(self, service: NamedService) -> Iterator[Record]:
        server = DnsServer(names_of([service]), DnsSettings(self.zone, reverse=False))
        name = f"{service.name}.{service.namespace}.svc.{self.zone}"
        if service.external is not None:
            yield from server.ask(name, CNAME).records
            return
        yield from server.ask(name, A).records
        yield from server.ask(name, AAAA).records
        for port in service.ports:
            if port.name:
                full = f"_{port.name}._{port.protocol.lower()}.{name}"
                yield from server.ask(full, SRV).records
        if service.headless:
            for label in dict.fromkeys(one.label for one in service.endpoints):
                if label != ADDRESS_LABEL:
                    yield from server.ask(f"{label}.{name}", A).records
                    yield from server.ask(f"{label}.{name}", AAAA).records
