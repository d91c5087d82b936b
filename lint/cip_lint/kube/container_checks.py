"""What the API server refuses in the containers of a pod spec.

Follows ``validateContainers`` and ``validateInitContainers`` of
``pkg/apis/core/validation/validation.go``, for ports, probes, handlers and
variables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import Checks, number
from cip_lint.kube.grammar import PROTOCOLS, dns1123_label, port_name
from cip_lint.kube.probes import KINDS
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path
from cip_lint.patterns import pattern

PORT_NAME = "K-port-name"
PORT_NUMBER = "K-port-number"
PORT_PROTOCOL = "K-port-protocol"
HOST_PORT = "K-host-port"
CONTAINER = "K-container"
PROBE = "K-probe"
PROBE_PORT = "K-probe-port"
VARIABLE = "K-env"

_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_SCHEMES = ("HTTP", "HTTPS")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")

_ANY_CONTAINER_RESTARTS_SINCE = Version(1, 35)
_OTHER_RESTART_POLICIES_ARE_DROPPED_SINCE = Version(1, 34)
_RELAXED_VARIABLES_SINCE = Version(1, 32)
_FILE_KEYS_SINCE = Version(1, 35)

_STRICT_VARIABLE_TEXT = pattern(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
is_relaxed_variable = re.compile(r"[ -<>-~]*").fullmatch
"""Whether a text may name a variable since 1.32."""
_HEADER_TEXT = pattern(r"[-A-Za-z0-9]+")

_STRICT_VARIABLE = (
    "a valid environment variable name must consist of alphabetic characters,"
    " digits, '_', '-', or '.', and must not start with a digit (e.g."
    " 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation"
    " is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
_RELAXED_VARIABLE = (
    "a valid environment variable name must consist only of printable ASCII"
    " characters other than '='"
)
_HEADER = (
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g."
    " 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
)


def check_containers(
    checks: Checks, containers: Sequence[Any], path: Path, *, host_network: bool
) -> None:
    """Check the regular containers at ``path``.

    ``host_network`` tells that missing host ports have been filled in.
    """
    if not containers:
        checks.required(CONTAINER, path)
        return
    names: dict[str, int] = {}
    for index, entry in enumerate(containers):
        container = mapping(entry)
        place = (*path, index)
        _check_container(checks, container, place)
        name = text(container.get("name"))
        if name in names:
            other = (*path, names[name], "name")
            checks.duplicate(CONTAINER, (*place, "name"), name, other)
        else:
            names[name] = index
        _check_handlers(checks, container, place)
        restart = container.get("restartPolicy")
        if restart is not None:
            _check_restart_policy(checks, text(restart), (*place, "restartPolicy"))
    _check_host_ports(checks, containers, path, host_network=host_network)


def _check_restart_policy(checks: Checks, restart: str, path: Path) -> None:
    if checks.version >= _ANY_CONTAINER_RESTARTS_SINCE:
        if restart not in _RESTART_POLICIES:
            checks.not_supported(CONTAINER, path, restart, _RESTART_POLICIES)
    elif checks.version < _OTHER_RESTART_POLICIES_ARE_DROPPED_SINCE:
        checks.forbidden(CONTAINER, path, "may not be set for non-init containers")


def check_init_containers(
    checks: Checks,
    init_containers: Sequence[Any],
    containers: Sequence[Any],
    path: Path,
    *,
    host_network: bool,
) -> None:
    """Check the init containers at ``path``; ``containers`` are the regular ones."""
    names: dict[str, Path] = {}
    for index, entry in enumerate(containers):
        name = text(mapping(entry).get("name"))
        names[name] = (*path[:-1], "containers", index, "name")
    for index, entry in enumerate(init_containers):
        container = mapping(entry)
        place = (*path, index)
        _check_container(checks, container, place)
        restart = container.get("restartPolicy")
        if restart is not None:
            _check_init_restart_policy(checks, text(restart), place)
        name = text(container.get("name"))
        if name in names:
            checks.duplicate(CONTAINER, (*place, "name"), name, names[name])
        elif name:
            names[name] = (*place, "name")
        # The server counts the containers of this check from 0.
        _check_host_ports(
            checks, [container], path, host_network=host_network, at=index
        )
        if restart == "Always":
            _check_handlers(checks, container, place)
        else:
            _check_no_handlers(checks, container, place)


def _check_init_restart_policy(checks: Checks, restart: str, path: Path) -> None:
    place = (*path, "restartPolicy")
    if checks.version >= _ANY_CONTAINER_RESTARTS_SINCE:
        _check_restart_policy(checks, restart, place)
    elif (
        checks.version < _OTHER_RESTART_POLICIES_ARE_DROPPED_SINCE
        and restart != "Always"
    ):
        checks.not_supported(CONTAINER, place, restart, ("Always",))


def _check_no_handlers(checks: Checks, container: Body, path: Path) -> None:
    for field in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            checks.forbidden(
                PROBE,
                (*path, field),
                "may not be set for init containers without restartPolicy=Always",
            )


def _check_container(checks: Checks, container: Body, path: Path) -> None:
    """Check what all sorts of containers have in common."""
    name = text(container.get("name"))
    if not name:
        checks.required(CONTAINER, (*path, "name"))
    else:
        messages = dns1123_label(name)
        if messages:
            checks.invalid(CONTAINER, (*path, "name"), name, messages)
    if not container.get("image"):
        checks.required(CONTAINER, (*path, "image"))
    ports = container.get("ports")
    if ports:
        _check_ports(checks, items(ports), (*path, "ports"))
    variables = container.get("env")
    if variables:
        _check_variables(checks, items(variables), (*path, "env"))


def _check_ports(checks: Checks, ports: Sequence[Any], path: Path) -> None:
    names: dict[str, int] = {}
    for index, entry in enumerate(ports):
        port = mapping(entry)
        name = text(port.get("name"))
        if name:
            messages = port_name(name)
            place: Path = (*path, index, "name")
            if messages:
                checks.invalid(PORT_NAME, place, name, messages)
            elif name in names:
                other = (*path, names[name], "name")
                checks.duplicate(PORT_NAME, place, name, other)
            else:
                names[name] = index
        container_port = number(port.get("containerPort"))
        if not container_port:
            checks.required(PORT_NUMBER, (*path, index, "containerPort"))
        elif not 0 < container_port < 65536:
            place = (*path, index, "containerPort")
            checks.port_number(PORT_NUMBER, place, container_port)
        host_port = number(port.get("hostPort"))
        if host_port and not 0 < host_port < 65536:
            checks.port_number(HOST_PORT, (*path, index, "hostPort"), host_port)
        protocol = text(port.get("protocol"))
        if protocol and protocol not in PROTOCOLS:
            place = (*path, index, "protocol")
            checks.not_supported(PORT_PROTOCOL, place, protocol, PROTOCOLS)


def _check_host_ports(
    checks: Checks,
    containers: Sequence[Any],
    path: Path,
    *,
    host_network: bool,
    at: int = 0,
) -> None:
    """Check that no two ports want one port of the node.

    ``at`` is the true index of the first container where the server counts from 0.
    """
    taken: dict[str, Path] = {}
    for index, entry in enumerate(containers):
        for port_index, port_entry in enumerate(items(mapping(entry).get("ports"))):
            port = mapping(port_entry)
            host_port = number(port.get("hostPort"))
            if not host_port and host_network:
                host_port = number(port.get("containerPort"))
            if not host_port:
                continue
            protocol = text(port.get("protocol")) or "TCP"
            key = f"{protocol}/{text(port.get('hostIP'))}/{host_port}"
            place: Path = (*path, index + at, "ports", port_index, "hostPort")
            other = taken.setdefault(key, place)
            if other is not place:
                said = field_path((*path, index, "ports", port_index, "hostPort"))
                cause = causes.duplicate(said, f'"{key}"')
                checks.add(HOST_PORT, place, cause, key, other)


def check_host_network(checks: Checks, containers: Sequence[Any], path: Path) -> None:
    """Check that pods in their node's network ask for the ports they use."""
    for index, entry in enumerate(containers):
        for port_index, port_entry in enumerate(items(mapping(entry).get("ports"))):
            port = mapping(port_entry)
            host_port = number(port.get("hostPort"))
            # In a Pod it has been filled in by now, in a template it may stay 0.
            if host_port and host_port != number(port.get("containerPort")):
                checks.invalid(
                    HOST_PORT,
                    (*path, index, "ports", port_index, "hostPort"),
                    host_port,
                    ("must match `containerPort` when `hostNetwork` is true",),
                )


# Probes and lifecycle handlers.


def _check_handlers(checks: Checks, container: Body, path: Path) -> None:
    lifecycle = container.get("lifecycle")
    if lifecycle:
        for hook in ("postStart", "preStop"):
            handler = mapping(lifecycle).get(hook)
            if handler is not None:
                place = (*path, "lifecycle", hook)
                _check_handler(checks, mapping(handler), place)
    for kind in KINDS:
        probe = container.get(kind)
        if probe is not None:
            _check_probe(checks, mapping(probe), (*path, kind), kind)


def _check_probe(checks: Checks, probe: Body, path: Path, kind: str) -> None:
    _check_handler(checks, probe, path)
    for field in (
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ):
        if field in probe:
            checks.non_negative(PROBE, (*path, field), probe[field])
    grace = probe.get("terminationGracePeriodSeconds")
    place = (*path, "terminationGracePeriodSeconds")
    if grace is not None and number(grace) <= 0:
        checks.invalid(PROBE, place, number(grace), ("must be greater than 0",))
    if kind == "readinessProbe":
        if grace is not None:
            detail = "must not be set for readinessProbes"
            checks.invalid(PROBE, place, number(grace), (detail,))
    elif (number(probe.get("successThreshold")) or 1) != 1:
        threshold = number(probe["successThreshold"])
        place = (*path, "successThreshold")
        checks.invalid(PROBE, place, threshold, ("must be 1",))


def _check_handler(checks: Checks, handler: Body, path: Path) -> None:
    found = False
    for name in _HANDLERS:
        action = handler.get(name)
        if action is None:
            continue
        if found:
            place = (*path, name)
            checks.forbidden(PROBE, place, "may not specify more than 1 handler type")
            continue
        found = True
        _check_action(checks, name, mapping(action), (*path, name))
    if not found:
        checks.required(PROBE, path, "must specify a handler type")


def _check_action(checks: Checks, name: str, action: Body, path: Path) -> None:
    if name == "exec":
        if not action.get("command"):
            checks.required(PROBE, (*path, "command"))
        return
    if name == "sleep":
        return
    port = action.get("port")
    checks.port_number_or_name(PROBE_PORT, (*path, "port"), port)
    if name != "httpGet":
        return
    scheme = text(action.get("scheme"))
    if scheme and scheme not in _SCHEMES:
        checks.not_supported(PROBE, (*path, "scheme"), scheme, _SCHEMES)
    for header in items(action.get("httpHeaders")):
        header_name = text(mapping(header).get("name"))
        if not _HEADER_TEXT.fullmatch(header_name):
            checks.invalid(PROBE, (*path, "httpHeaders"), header_name, (_HEADER,))


# Variables.


def _check_variables(checks: Checks, variables: Sequence[Any], path: Path) -> None:
    relaxed = checks.version >= _RELAXED_VARIABLES_SINCE
    for index, entry in enumerate(variables):
        variable = mapping(entry)
        name = text(variable.get("name"))
        source = variable.get("valueFrom")
        if relaxed and name and source is None and is_relaxed_variable(name):
            continue
        place = (*path, index, "name")
        if not name:
            checks.required(VARIABLE, place)
        elif relaxed:
            if not is_relaxed_variable(name):
                checks.invalid(VARIABLE, place, name, (_RELAXED_VARIABLE,))
        elif not _STRICT_VARIABLE_TEXT.fullmatch(name):
            checks.invalid(VARIABLE, place, name, (_STRICT_VARIABLE,))
        if not relaxed and name.startswith(".."):
            said = "must not be '..'" if name == ".." else "must not start with '..'"
            checks.invalid(VARIABLE, place, name, (said,))
        elif not relaxed and name == ".":
            checks.invalid(VARIABLE, place, name, ("must not be '.'",))
        if source is not None:
            _check_source(checks, variable, mapping(source), (*path, index))


_SOURCES = (
    "fieldRef",
    "resourceFieldRef",
    "configMapKeyRef",
    "secretKeyRef",
    "fileKeyRef",
)


def _check_source(checks: Checks, variable: Body, source: Body, path: Path) -> None:
    count = sum(source.get(name) is not None for name in _SOURCES)
    place = (*path, "valueFrom")
    if not count:
        listed = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`"
        if checks.version >= _FILE_KEYS_SINCE:
            listed += " or `fileKeyRef`"
        else:
            listed = listed.replace(", `secretKeyRef`", " or `secretKeyRef`")
        detail = f"must specify one of: {listed}"
        checks.invalid(VARIABLE, place, "", (detail,))
        return
    if text(variable.get("value")):
        detail = "may not be specified when `value` is not empty"
        checks.invalid(VARIABLE, place, "", (detail,))
    elif count > 1:
        detail = "may not have more than one field specified at a time"
        checks.invalid(VARIABLE, place, "", (detail,))
