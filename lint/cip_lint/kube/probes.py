"""The number behind the port of a probe or of a lifecycle handler.

The kubelet looks a name up among the ports of the probe's own container,
whatever their protocol (``pkg/probe/util.go#ResolveContainerPort``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube.go_text import quoted
from cip_lint.kube.grammar import port_number
from cip_lint.model import Path

KINDS = ("livenessProbe", "readinessProbe", "startupProbe")
"""The probes that a container can have."""


class ProbePortError(ValueError):
    """The port leads nowhere; the text is the kubelet's."""


def resolve_port(port: int | str, container: Mapping[str, Any]) -> int:
    """Return the number that the kubelet asks.

    Raises ``ProbePortError`` for a name that the container does not declare and
    for a number out of range. A text of digits is a name.
    """
    number = port if isinstance(port, int) else _named_port(port, container)
    if port_number(number):
        raise ProbePortError(f"invalid port number: {number}")
    return number


def _named_port(name: str, container: Mapping[str, Any]) -> int:
    ports = container.get("ports")
    for port in ports if isinstance(ports, list) else ():
        if isinstance(port, dict) and (port.get("name") or "") == name:
            number = port.get("containerPort")
            return number if isinstance(number, int) else 0
    raise ProbePortError(f"port {quoted(name)} not found")


def handler_ports(
    container: Mapping[str, Any],
) -> Iterator[tuple[Path, int | str]]:
    """Yield the ports of all probes and lifecycle handlers of a container.

    Each with its path below the container. Values of another type than a
    number or a text are left out.
    """
    for kind in KINDS:
        probe = container.get(kind)
        if probe is not None:
            yield from _action_ports(probe, (kind,))
    lifecycle = container.get("lifecycle")
    if isinstance(lifecycle, dict):
        for hook in ("postStart", "preStop"):
            yield from _action_ports(lifecycle.get(hook), ("lifecycle", hook))


def _action_ports(handler: object, path: Path) -> Iterator[tuple[Path, int | str]]:
    if not isinstance(handler, dict):
        return
    for action in ("httpGet", "tcpSocket", "grpc"):
        body = handler.get(action)
        port = body.get("port") if isinstance(body, dict) else None
        if isinstance(port, int | str) and not isinstance(port, bool):
            yield (*path, action, "port"), port
