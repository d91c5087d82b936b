"""Ports that objects ask for, against the ports of the Service that they mean."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from cip_lint.bodies import mapping
from cip_lint.cluster import Member
from cip_lint.cluster.monitors import Monitors
from cip_lint.cluster.references import Reference
from cip_lint.kube.discovery import is_built_in_group
from cip_lint.kube.placeholders import is_shouted
from cip_lint.kube.reference_kinds import PortSense, Purpose
from cip_lint.kube.service import ServicePort
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.references import Use
from cip_lint.rule import Context
from cip_lint_rules._refusals import refused_ports
from cip_lint_rules.reference._uses import is_route, joined, topic

Port = int | str | None
_HIGHEST = 65535

_COMPARED = 64
"""How many Services of one name are asked for a port."""


class Asked(NamedTuple):
    """A port that an object asks a Service for, which has none that fits."""

    member: Member
    row: ServiceRow
    port: Port
    """None where the kind needs one and none is written."""
    sense: PortSense
    paths: tuple[Path, ...]
    """Where it is asked for; the name of the Service where no port is written."""
    topic: Hashable
    reference: Reference | None = None
    """None for a ServiceMonitor, which names no Service."""

    @property
    def resource(self) -> Resource:
        """The object that asks."""
        return self.member.resource

    @property
    def written(self) -> bool:
        """Whether the port is written, and not a default or missing."""
        return self.reference is None or bool(self.reference.said.port_path)

    @property
    def as_target(self) -> ServicePort | None:
        """The port of the Service whose target port is asked for."""
        return next(
            (
                one
                for one in self.row.service.ports
                if str(one.target_port) == str(self.port) != str(one.port)
            ),
            None,
        )


def asked_in_vain(cx: Context) -> Iterator[Asked]:
    """Yield what is asked for in vain, once for each object, Service and port."""
    for use in joined(cx):
        row = use.row
        assert row is not None
        if _has_own_ports(row):
            yield from _of_use(use, row, cx)
    yield from _of_monitors(cx)


def _has_own_ports(row: ServiceRow) -> bool:
    """Whether it is the ports of a Service that decide.

    Nobody asks an ExternalName Service for its ports, and one that needs ports and
    has none is refused.
    """
    service = row.service
    if service.type == "ExternalName":
        return False
    return bool(service.ports) or service.headless


def _of_use(use: Use, row: ServiceRow, cx: Context) -> Iterator[Asked]:
    found: dict[tuple[Port, PortSense], list[Reference]] = {}
    for one in use.references:
        said = one.said
        if _is_unclear(row, said.port) or _is_refused(one):
            continue
        if said.port is None:
            # A route without a port is refused: manifest.refused speaks of it.
            if said.row.needs_port and _says_nothing(one) and not is_route(one):
                found.setdefault((None, said.row.ports[0].sense), []).append(one)
        elif (
            said.sense is not None
            and not _is_open(one, cx)
            and not has_port(row, said.port, said.sense)
            and not _has_another(one, row, cx)
        ):
            found.setdefault((said.port, said.sense), []).append(one)
    for (port, sense), some in found.items():
        paths = dict.fromkeys(one.said.port_path or one.said.name_path for one in some)
        yield Asked(use.member, row, port, sense, tuple(paths), topic(use), some[0])


def _is_unclear(row: ServiceRow, port: Port) -> bool:
    """Whether a port that is asked for may be one that the Service is to have.

    One that the server refuses will be another one; nobody knows which.
    """
    fields = ("port", "name") if isinstance(port, str) else ("port",)
    return bool(refused_ports(row, *fields))


def _is_refused(one: Reference) -> bool:
    """Whether the API server refuses the number that a reference asks for.

    Of its own stable kinds and of routes manifest.refused speaks then; others may
    ask for anything.
    """
    port, version = one.said.port, one.member.resource.api_version
    return (
        isinstance(port, int)
        and not 0 < port <= _HIGHEST
        and (is_route(one) or (version.endswith("/v1") and is_built_in_group(version)))
    )


def _has_another(one: Reference, row: ServiceRow, cx: Context) -> bool:
    """Whether another Service of that name, as alternatives have, has the port."""
    said = one.said
    if said.port is None or said.sense is None:
        return False
    named = cx.cluster.services_in(said.name, one.namespace, one.member)
    for other in named[:_COMPARED]:
        if other is not row.member and cx.cluster.may_mean(
            one.member, other, said.namespace
        ):
            found = cx.table.row_of(other)
            if found is not None and has_port(found, said.port, said.sense):
                return True
    return False


def _says_nothing(one: Reference) -> bool:
    """Whether no port stands there at all, not even one of a wrong type."""
    place = mapping(one.member.resource.get(*one.said.path))
    return not any(field.path in place for field in one.said.row.ports)


def _is_open(one: Reference, cx: Context) -> bool:
    """Whether the port is yet to be filled in."""
    said = one.said
    if isinstance(said.port, str) and is_shouted(said.port):
        return True
    return bool(said.port_path) and cx.cluster.unresolved(one.member, said.port_path)


def has_port(row: ServiceRow, port: int | str, sense: PortSense) -> bool:
    """Whether a Service has a port that is asked for; also where nobody can know."""
    ports = row.service.ports
    if sense is PortSense.TARGET:
        return _has_target(row, port)
    if isinstance(port, int):
        return any(one.port == port for one in ports)
    return any(one.name == port for one in ports)


def _has_target(row: ServiceRow, port: int | str) -> bool:
    """Whether endpoints listen on a port, or a port of the Service has this name.

    Where a name stands for the number, or somebody else than the selector decides
    about the endpoints, nobody can know.
    """
    ports = row.service.ports
    if not row.service.selector or any(isinstance(p.target_port, str) for p in ports):
        return isinstance(port, int) or any(one.name == port for one in ports)
    return any(str(port) in {one.name, str(one.target_port)} for one in ports)


def _of_monitors(cx: Context) -> Iterator[Asked]:
    """Yield the port names of ServiceMonitors that select exactly one Service."""
    monitors = Monitors(cx.cluster)
    for monitor in monitors.all:
        if monitor.member.piece:
            continue
        services = monitors.services_of(monitor)
        row = cx.table.row_of(services[0]) if len(services) == 1 else None
        if row is None or row.reason or not _has_own_ports(row):
            continue
        for index, endpoint in monitor.resource.each("spec", "endpoints"):
            port = mapping(endpoint).get("port")
            if not isinstance(port, str) or not port or is_shouted(port):
                continue
            if not (has_port(row, port, PortSense.NAME) or _is_unclear(row, port)):
                path: Path = ("spec", "endpoints", index, "port")
                yield Asked(monitor.member, row, port, PortSense.NAME, (path,), path)


def is_callback(asked: Asked) -> bool:
    """Whether the API server itself calls the Service."""
    reference = asked.reference
    return reference is not None and reference.said.row.purpose is Purpose.CALLBACK
