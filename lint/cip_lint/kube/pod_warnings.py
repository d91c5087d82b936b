"""What the API server warns of in a pod spec that it accepts.

Follows ``pkg/api/pod/warnings.go#warningsForPodSpecAndMeta`` for ports, variables
and addresses, in its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube.checks import Checks, name_of, number
from cip_lint.kube.go_text import quoted
from cip_lint.kube.grammar import dns1123_label
from cip_lint.model import Path, field_path

_IN_POD_NAMES = "this is used in Pod names and hostnames"
_IN_HOSTNAME = "this is used in the Pod's hostname"


def warn_of_name(checks: Checks, body: Body, *, pod: bool = False) -> None:
    """Warn of a name that is no DNS label."""
    messages = dns1123_label(name_of(body).checked)
    if messages:
        used = _IN_HOSTNAME if pod else _IN_POD_NAMES
        checks.warnings.append(
            f"metadata.name: {used}, which can result in surprising behavior; a DNS"
            f" label is recommended: [{' '.join(messages)}]"
        )


def warn_of_pod_spec(checks: Checks, spec: Body, path: Path, *, pod: bool) -> None:
    """Add the warnings of a pod spec at ``path``."""
    containers = list(_containers(spec, path))
    aliases = items(spec.get("hostAliases"))
    if len(aliases) > 1:
        _warn_of_aliases(checks, aliases, (*path, "hostAliases"))
    for container, place in containers:
        variables = items(container.get("env"))
        if len(variables) > 1:
            _warn_of_variables(checks, variables, (*place, "env"))
    ports = [
        (mapping(port), (*place, "ports", index))
        for container, place in containers
        for index, port in enumerate(items(container.get("ports")))
    ]
    if ports:
        filled = pod and spec.get("hostNetwork") is True
        _warn_of_ports(checks, ports, host_ports_filled=filled)
    settings = mapping(spec.get("dnsConfig"))
    for index, server in enumerate(items(settings.get("nameservers"))):
        place = (*path, "dnsConfig", "nameservers", index)
        checks.warn_of_address(text(server), place)
    for index, alias in enumerate(aliases):
        place = (*path, "hostAliases", index, "ip")
        checks.warn_of_address(text(mapping(alias).get("ip")), place)


def _containers(spec: Body, path: Path) -> Iterator[tuple[Body, Path]]:
    """Yield init containers, then containers: the order of the server's walk."""
    for field in ("initContainers", "containers"):
        for index, container in enumerate(items(spec.get(field))):
            yield mapping(container), (*path, field, index)


def _warn_of_aliases(checks: Checks, aliases: Any, path: Path) -> None:
    seen: set[str] = set()
    for index, alias in enumerate(aliases):
        address = text(mapping(alias).get("ip"))
        if address in seen:
            field = field_path((*path, index, "ip"))
            checks.warnings.append(f"{field}: duplicate ip {quoted(address)}")
        seen.add(address)


def _warn_of_variables(checks: Checks, variables: Any, path: Path) -> None:
    seen: set[str] = set()
    for index, entry in enumerate(variables):
        variable = mapping(entry)
        name, value = text(variable.get("name")), text(variable.get("value"))
        if name in seen:
            reference = f"$({name})"
            extends = reference in value and value != reference
            if variable.get("valueFrom") is not None or not extends:
                checks.warnings.append(
                    f"{field_path((*path, index))}: hides previous definition of"
                    f" {quoted(name)}, which may be dropped when using apply"
                )
        seen.add(name)


def _warn_of_ports(
    checks: Checks, ports: list[tuple[Body, Path]], *, host_ports_filled: bool
) -> None:
    taken: dict[tuple[int, str], list[tuple[str, int, Path]]] = {}
    for port, path in ports:
        protocol = text(port.get("protocol")) or "TCP"
        number_, host_ip = number(port.get("containerPort")), text(port.get("hostIP"))
        host_port = number(port.get("hostPort"))
        if not host_port and host_ports_filled:
            host_port = number_
        if host_ip and not host_port:
            checks.warnings.append(
                f"{field_path(path)}: hostIP set without hostPort:"
                f" {{Name:{text(port.get('name'))} HostPort:0 ContainerPort:{number_}"
                f" Protocol:{protocol} HostIP:{host_ip}}}"
            )
        others = taken.setdefault((number_, protocol), [])
        for other_ip, other_host_port, other in others:
            said = _overlap(host_ip, host_port, other_ip, other_host_port)
            if said:
                first, second = field_path(path), field_path(other)
                checks.warnings.append(f"{first}: {said} port definition with {second}")
        others.append((host_ip, host_port, path))
    _warn_of_port_names(checks, ports)


def _overlap(ip: str, port: int, other_ip: str, other_port: int) -> str:
    if (ip, port) == (other_ip, other_port):
        return "duplicate"
    if not port or not other_port:
        return "overlapping"
    if port == other_port and bool(ip) != bool(other_ip):
        return "dangerously ambiguous"
    return ""


def _warn_of_port_names(checks: Checks, ports: list[tuple[Body, Path]]) -> None:
    names: dict[str, str] = {}
    for port, path in ports:
        name = text(port.get("name"))
        if not name:
            continue
        field = field_path(path)
        other = names.setdefault(name, field)
        if other != field:
            checks.warnings.append(
                f"{field}: duplicate port name {quoted(name)} with {other}, services"
                f" and probes that select ports by name will use {other}"
            )
