"""Which variables of Services the containers of a set read, and what becomes of them.

A name is matched with what Services make, never taken apart at ``_SERVICE_``: there
may be two ways to read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from cip_lint.cluster.absence import absence
from cip_lint.cluster.variable_reads import VariableRead, variable_reads
from cip_lint.kube.service_variables import Reading, readings, service_variables
from cip_lint.kube.well_known import MASTER
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.kube.containers import Container
    from cip_lint.model import Path, Resource
    from cip_lint.replay.environment.links import Link
    from cip_lint.replay.table import ServiceTable


class Definitions(NamedTuple):
    """The names that a container itself gives values to."""

    given: frozenset[str]
    """By ``envFrom``, as far as that can be seen."""
    entries: Mapping[str, int]
    """By ``env``: the number of the first entry of each name."""
    unseen: tuple[str, ...]
    """The prefixes of what nobody sees: Secrets, ConfigMaps of somebody else."""

    def may_define(self, name: str) -> bool:
        """Whether something that nobody sees may define a name."""
        return any(name.startswith(prefix) for prefix in self.unseen)

    def define(self, name: str, entry: int | None) -> bool:
        """Whether a name has a value of the container's own.

        In the value of an entry of ``env`` those before it count.
        """
        if name in self.given:
            return True
        first = self.entries.get(name)
        return first is not None and (entry is None or first < entry)


class EarlyRead(NamedTuple):
    """A reference in a value of ``env`` to what is defined further down."""

    read: VariableRead
    later: Path
    """The entry that defines it."""
    maker: Link | None
    """The Service whose variable it takes instead; None: it stays as it is."""
    value: str
    """What that variable holds, with ``...`` for an address that is yet to be drawn."""

    @property
    def resource(self) -> Resource:
        """The workload that reads it."""
        return self.read.member.resource


Lack = Literal[
    "links-off",
    "headless",
    "external-name",
    "port",
    "other-namespace",
    "no-service",
]
"""Why no Service makes a variable that is read.

*links-off*: ``enableServiceLinks`` of the pod is false. *headless*, *external-name*:
the Service never has any. *port*: it has no port of that name or number.
*other-namespace*: only another namespace has the Service. *no-service*: none has.
"""


class ServiceRead(NamedTuple):
    """A variable that is read, that the container does not define, and a Service may."""

    read: VariableRead
    makers: tuple[Link, ...]
    """The Services that make it; several where nobody knows which one wins."""
    lack: Lack | None
    """Why none makes it; None where one does, or where nobody knows."""
    reading: Reading
    """How the name is read: the Service that is meant, and what of it."""
    service: ServiceMember | None
    """The Service that is meant, where the set has it."""
    certain: bool
    """False where something unseen may define the variable."""
    exists: str = ""
    """Why the Service exists though the set lacks it, as one clause."""

    @property
    def resource(self) -> Resource:
        """The workload that reads it."""
        return self.read.member.resource

    @property
    def names(self) -> tuple[str, ...]:
        """The Services that may be meant: there may be two ways to read a name."""
        return tuple(way.service for way in readings(self.read.name))

    @property
    def why(self) -> str:
        """Why no Service makes it, as one clause; empty where one may."""
        namespace = self.read.member.ref.namespace
        if self.lack == "links-off":
            return "enableServiceLinks is false"
        if self.lack == "no-service":
            return f"namespace {namespace} has no Service {' or '.join(self.names)}"
        if self.lack is None or self.service is None:
            return ""
        service = self.service
        if self.lack == "headless":
            return f"{service.display} is headless"
        if self.lack == "external-name":
            return f"{service.display} is of type ExternalName"
        if self.lack == "port":
            return f"{service.display} has no port {self.reading.port}"
        where = service.namespace
        return f"Service {service.name} is in namespace {where}, not in {namespace}"


class Reads:
    """What the workloads of a table read; worked out when asked for, once."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table

    @cached_property
    def all(self) -> tuple[ServiceRead, ...]:
        """The variables of Services that are read, in the order of the files."""
        return tuple(one for one in self._found if isinstance(one, ServiceRead))

    @cached_property
    def by_name(self) -> Mapping[str, list[ServiceRead]]:
        """The same, by the name of the variable."""
        found: dict[str, list[ServiceRead]] = {}
        for one in self.all:
            found.setdefault(one.read.name, []).append(one)
        return found

    @cached_property
    def early(self) -> tuple[EarlyRead, ...]:
        """The references to what is defined further down, in the order of the files."""
        return tuple(one for one in self._found if isinstance(one, EarlyRead))

    @cached_property
    def _found(self) -> tuple[ServiceRead | EarlyRead, ...]:
        return tuple(
            found
            for member in self._table.cluster.judged_workloads
            if not member.piece
            for found in self.of(member)
        )

    def of(self, member: WorkloadMember) -> Iterator[ServiceRead | EarlyRead]:
        """Yield what one workload reads of Services, or too early."""
        defined: dict[int, Definitions] = {}
        for read in variable_reads(member):
            own = defined.get(id(read.container))
            if own is None:
                own = self.definitions(member, read.container)
                defined[id(read.container)] = own
            if own.define(read.name, read.entry):
                continue
            later = own.entries.get(read.name)
            if later is None:
                found = self._of_service(read, certain=not own.may_define(read.name))
                if found is not None:
                    yield found
            elif later != read.entry and not own.may_define(read.name):
                yield self._early(read, later)

    def definitions(self, member: WorkloadMember, container: Container) -> Definitions:
        """Return the names that a container of a workload gives values to."""
        # Few containers read a variable that may be one of a Service.
        from cip_lint.kube.container_variables import (  # noqa: PLC0415
            env_entries,
            env_sources,
        )
        from cip_lint.replay.environment.assembly import (  # noqa: PLC0415
            Missing,
            Unseen,
        )
        from cip_lint.replay.environment.sources import MemberSources  # noqa: PLC0415

        sources = MemberSources(self._table.cluster, member)
        given: set[str] = set()
        unseen: list[str] = []
        for source in env_sources(container.body):
            keys = sources.keys(source.kind, source.name)
            if isinstance(keys, Unseen):
                unseen.append(source.prefix)
            elif not isinstance(keys, Missing):
                given.update(source.prefix + key for key in keys)
        entries: dict[str, int] = {}
        for entry in env_entries(container.body):
            number = entry.path[-1]
            assert isinstance(number, int)
            entries.setdefault(entry.name, number)
        return Definitions(frozenset(given), entries, tuple(unseen))

    def _early(self, read: VariableRead, later: int) -> EarlyRead:
        path = (*read.container.path, "env", later)
        makers = self._table.variables.makers(read.member, read.name)
        maker, value = makers[0] if makers else (None, "")
        if maker is not None and not maker.known:
            from cip_lint.replay.environment.links import (  # noqa: PLC0415
                UNKNOWN_ADDRESS,
            )

            value = value.replace(UNKNOWN_ADDRESS, "...")
        return EarlyRead(read, path, maker, value)

    def _of_service(self, read: VariableRead, *, certain: bool) -> ServiceRead | None:
        """Return what becomes of a read; None where no Service is meant."""
        ways = tuple(readings(read.name))
        if not ways or read.spared:
            return None
        if read.by_shell and all(way.rest == "_PORT" for way in ways):
            return None  # images call their own settings so
        makers = self._table.variables.makers(read.member, read.name)
        if makers:
            links = tuple(link for link, _ in makers)
            way = next((w for w in ways if w.service == links[0].name), ways[0])
            return ServiceRead(read, links, None, way, links[0].member, certain)
        if any(way.service == MASTER[1] for way in ways):
            return None
        return self._without(read, ways, certain=certain)

    def _without(
        self, read: VariableRead, ways: tuple[Reading, ...], *, certain: bool
    ) -> ServiceRead | None:
        """Return why no Service makes a variable; None where nobody knows."""
        found = [(way, self._meant(read.member, way)) for way in ways]
        if not read.member.workload.enable_service_links:
            way, service = next((one for one in found if one[1]), found[0])
            return ServiceRead(read, (), "links-off", way, service, certain)
        for way, service in found:
            if service is not None:
                lack = self._lack(service, read.name)
                if lack is None:
                    return None
                return ServiceRead(read, (), lack, way, service, certain)
        for way in ways:
            exists = self._exists(read.member, way)
            if exists:
                return ServiceRead(read, (), None, way, None, certain, exists)
        for way in ways:
            service = self._elsewhere(read.member, way)
            if service is not None:
                return ServiceRead(read, (), "other-namespace", way, service, certain)
        return ServiceRead(read, (), "no-service", ways[0], None, certain)

    def _exists(self, member: WorkloadMember, way: Reading) -> str:
        """Return why a Service that the set lacks is there; empty where it is not."""
        return absence(self._table.cluster, member, way.service).why_exists

    def _meant(self, member: WorkloadMember, way: Reading) -> ServiceMember | None:
        return self._table.cluster.service(member, way.service)

    def _lack(self, member: ServiceMember, name: str) -> Lack | None:
        """Return why a Service does not make a variable; None where it would."""
        service = member.service
        if self._table.cluster.unresolved(member):
            return None
        if service.type == "ExternalName":
            return "external-name"
        if service.headless:
            return "headless"
        made = service_variables(member.name, service.ports, "")
        return None if any(one.name == name for one in made) else "port"

    def _elsewhere(self, member: WorkloadMember, way: Reading) -> ServiceMember | None:
        """Return the Service of a name that all namespaces but the reader's own have.

        None where several have it, or where nobody decides a namespace.
        """
        cluster = self._table.cluster
        if not member.decided:
            return None
        found = [
            one
            for one in cluster.services_named(way.service, member)
            if not one.partial and cluster.can_meet(one, member)
        ]
        namespaces = {one.namespace for one in found}
        if len(namespaces) != 1 or not all(one.decided for one in found):
            return None
        return found[0]
