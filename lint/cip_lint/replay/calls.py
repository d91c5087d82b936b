"""Calls: the Services that texts of a set name as hosts, as the caller means them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.bodies import mapping
from cip_lint.cluster import ServiceMember, WorkloadMember
from cip_lint.cluster.calls import said_hosts
from cip_lint.cluster.literals import Literal, Mention
from cip_lint.kube.service_names import Form, ServiceName, service_names
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.kube.host_names import HostName
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_OWN_HOSTS = frozenset({"localhost", "localhost.localdomain"})
_RUN_ON = frozenset(
    {"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}
)
"""Workloads that ask DNS again where it did not answer."""
_OWN_DNS = frozenset({"dnsConfig", "dnsPolicy", "hostAliases", "hostNetwork"})
"""Fields of pods that ask DNS in another way than others."""
_ABSOLUTE = (Form.FULL, Form.NO_SVC, Form.OTHER_ZONE)


class Call(NamedTuple):
    """A host of a text that is, or looks like, a Service of the cluster."""

    mention: Mention
    host: HostName
    name: ServiceName
    """How the host is read."""
    row: ServiceRow | None
    """The Service of the set that it resolves to; None where there is none."""

    @property
    def member(self) -> Member:
        """The object whose text it is: a workload, a ConfigMap, a Service ..."""
        return self.mention.member

    @property
    def form(self) -> Form:
        """How much of its full name the Service is called by."""
        return self.name.form

    @property
    def service(self) -> str:
        """The name of the Service."""
        return self.name.service

    @property
    def namespace(self) -> str | None:
        """The namespace as written; None where the search list decides."""
        return self.name.namespace

    @property
    def pod(self) -> str:
        """The label of an endpoint before the Service; empty where there is none."""
        return self.name.pod


def _call(
    literal: Literal, host: HostName, name: ServiceName, row: ServiceRow | None
) -> Call:
    return Call(Mention(literal, host.start, host.end, host.host), host, name, row)


def _is_plain(
    literal: Literal, host: HostName, name: ServiceName, row: ServiceRow
) -> bool:
    """Whether a workload that runs on calls a port that a Service has, over DNS."""
    member, container = literal.member, literal.container
    return (
        isinstance(member, WorkloadMember)
        and member.kind in _RUN_ON
        and not member.piece
        and container is not None
        and not container.init
        and _OWN_DNS.isdisjoint(member.workload.pod_spec)
        and name.form is not Form.WITH_NAMESPACE
        and not name.pod
        and row.service.type != "ExternalName"
        and any(port.port == host.port for port in row.service.ports)
    )


class TableCalls:
    """The calls of a set; worked out once, when somebody asks."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._cluster = table.cluster
        self._zone = table.cluster.settings.cluster_domain.value
        self._searched: dict[int, tuple[str | None, ...]] = {}

    @cached_property
    def all(self) -> tuple[Call, ...]:
        """Every call, in the order of objects and their texts."""
        return tuple(_call(*read) for read in self._read())

    @property
    def notable(self) -> tuple[Call, ...]:
        """The calls of which there may be something to say, in the same order.

        Most calls of most sets lead where they should, and there may be a hundred
        thousand of them; such ones are not kept.
        """
        return self._looked_over[0]

    @property
    def called(self) -> frozenset[int]:
        """The identities of the members that some call leads to."""
        return self._looked_over[1]

    @cached_property
    def _looked_over(self) -> tuple[tuple[Call, ...], frozenset[int]]:
        notable: list[Call] = []
        called: set[int] = set()
        for literal, host, name, row in self._read():
            if row is not None:
                called.add(id(row.member))
                if _is_plain(literal, host, name, row):
                    continue
            notable.append(_call(literal, host, name, row))
        return tuple(notable), frozenset(called)

    def of(self, member: Member) -> tuple[Call, ...]:
        """Return the calls in the texts of one object."""
        return self._by_member.get(id(member), ())

    @cached_property
    def _by_member(self) -> Mapping[int, tuple[Call, ...]]:
        found: dict[int, list[Call]] = {}
        for call in self.all:
            found.setdefault(id(call.member), []).append(call)
        return {key: tuple(calls) for key, calls in found.items()}

    def _read(
        self,
    ) -> Iterator[tuple[Literal, HostName, ServiceName, ServiceRow | None]]:
        for literal, host in said_hosts(self._cluster):
            found = self._meaning(literal, host)
            if found is not None:
                yield literal, host, *found

    def _meaning(
        self, literal: Literal, host: HostName
    ) -> tuple[ServiceName, ServiceRow | None] | None:
        """Return how a host is read, and the Service; None where it is no Service."""
        member = literal.member
        readings = service_names(host.host, self._zone)
        if isinstance(member, ServiceMember):
            # A further name is asked for as it is written.
            readings = tuple(one for one in readings if one.form in _ABSOLUTE)
        elif member.kind == "Ingress":
            # Its controller asks, whose own namespace nobody knows.
            readings = tuple(one for one in readings if one.form is not Form.SHORT)
        if not readings or host.host.lower() in _OWN_HOSTS:
            return None
        if self._is_in_hosts_file(member, host.host):
            return None
        found = [(one, self._row(member, one)) for one in readings]
        answered = [(one, row) for one, row in found if row is not None]
        if answered:
            if len(answered) == 1:
                return answered[0]
            return min(answered, key=lambda pair: self._rank(*pair))
        return next(((one, None) for one in readings if self._may_be(one)), None)

    def _row(self, member: Member, name: ServiceName) -> ServiceRow | None:
        if name.form in (Form.NO_SVC, Form.OTHER_ZONE):
            return None
        namespaces = (
            self._searched_by(member) if name.namespace is None else (name.namespace,)
        )
        for namespace in namespaces:
            service = self._cluster.service(member, name.service, namespace)
            row = None if service is None else self._table.row_of(service)
            if row is not None and (
                name.form is not Form.SHORT or not name.pod or row.service.headless
            ):
                return row
        return None

    def _rank(self, name: ServiceName, row: ServiceRow) -> int:
        """Return how late DNS comes to a reading, of those that may be answered.

        An endpoint that nobody knows comes behind a Service that is there.
        """
        if not name.pod:
            return 1
        full = f"{name.pod}.{row.ref.name}.{row.ref.namespace}.svc.{self._zone}."
        records = self._table.dns.records_of(row) or ()
        return 0 if any(record.name == full for record in records) else 2

    def _may_be(self, name: ServiceName) -> bool:
        """Whether a name that nothing answers still looks like that of a Service.

        A name of two or three labels is one of the outside world, unless the last
        one is a namespace or a Service that is known.
        """
        if name.form is Form.SHORT and name.pod:
            return name.service not in self._cluster.outside.namespaces and bool(
                self._cluster.services_named(name.service)
            )
        if name.form is Form.WITH_NAMESPACE:
            return name.namespace in self._cluster.outside.namespaces
        return True

    def _searched_by(self, member: Member) -> tuple[str | None, ...]:
        """Return the namespaces in which single names are looked for; None: its own."""
        if not isinstance(member, WorkloadMember):
            return (None,)
        found = self._searched.get(id(member))
        if found is None:
            found = self._searched[id(member)] = self._searches(member)
        return found

    def _searches(self, member: WorkloadMember) -> tuple[str | None, ...]:
        config = mapping(member.workload.pod_spec.get("dnsConfig"))
        if not config.get("searches"):
            return (None,)
        domain = f".svc.{self._zone}"
        found: list[str | None] = []
        for search in self._table.lookups.resolver(member).searches:
            plain = search.removesuffix(".")
            if plain.endswith(domain) and plain.count(".") == domain.count("."):
                namespace = plain.removesuffix(domain)
                found.append(None if namespace == member.ref.namespace else namespace)
        return tuple(dict.fromkeys(found))

    def _is_in_hosts_file(self, member: Member, host: str) -> bool:
        if not isinstance(member, WorkloadMember):
            return False
        spec = member.workload.pod_spec
        if "hostAliases" not in spec:
            return False
        from cip_lint.kube.resolv_conf import pod_hosts  # noqa: PLC0415 - if needed

        return host.lower() in pod_hosts(spec)
