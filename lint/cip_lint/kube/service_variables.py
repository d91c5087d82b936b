"""The variables by which the kubelet tells containers where a Service is.

Those of ``pkg/kubelet/envvars/envvars.go#FromServices``: Kubernetes' own, and those
that Docker made for linked containers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

_TERMINATED = 2
"""Bytes besides name and value: ``=`` and the terminator."""
_POINTER = 8
"""Bytes of the pointer to a variable in the memory of a new process."""


class NamedPort(Protocol):
    """What a port of a Service has to say; see ``ServicePort``."""

    @property
    def name(self) -> str:
        """Empty where it has none."""
        ...

    @property
    def port(self) -> int:
        """The port of the Service, which is no target port."""
        ...

    @property
    def protocol(self) -> str:
        """``TCP``, ``UDP`` or ``SCTP``."""
        ...


class ServiceVariable(NamedTuple):
    """One variable: its name, and its value around the cluster address."""

    name: str
    value: str


def variable_word(name: str) -> str:
    """Return a name of a Service or port as variables spell it."""
    return name.replace("-", "_").upper()


def service_variables(
    name: str, ports: Sequence[NamedPort], address: str, *, version6: bool | None = None
) -> Iterator[ServiceVariable]:
    """Yield the variables of a Service in the order in which the kubelet makes them.

    ``address`` is its first cluster address, or a word that stands for it; then
    ``version6`` says whether it is one of IPv6, which URLs put in brackets. A Service
    without ports is refused by the API server and has no variables.
    """
    if not ports:
        return
    prefix = variable_word(name)
    in_brackets = ":" in address if version6 is None else version6
    host = f"[{address}]" if in_brackets else address
    yield ServiceVariable(f"{prefix}_SERVICE_HOST", address)
    yield ServiceVariable(f"{prefix}_SERVICE_PORT", str(ports[0].port))
    for port in ports:
        if port.name:
            word = variable_word(port.name)
            yield ServiceVariable(f"{prefix}_SERVICE_PORT_{word}", str(port.port))
    yield ServiceVariable(f"{prefix}_PORT", _url(ports[0], host))
    for port in ports:
        start = f"{prefix}_PORT_{port.port}_{_protocol(port).upper()}"
        yield ServiceVariable(start, _url(port, host))
        yield ServiceVariable(f"{start}_PROTO", _protocol(port).lower())
        yield ServiceVariable(f"{start}_PORT", str(port.port))
        yield ServiceVariable(f"{start}_ADDR", address)


def has_variables(cluster_ip: str) -> bool:
    """Whether Services of a cluster IP count: not those without one or with ``None``.

    ``IsServiceIPSet`` of ``pkg/apis/core/v1/helper``; the type does not matter.
    """
    return cluster_ip not in {"", "None"}


def _url(port: NamedPort, host: str) -> str:
    return f"{_protocol(port).lower()}://{host}:{port.port}"


def _protocol(port: NamedPort) -> str:
    return port.protocol or "TCP"


def size_of(name: str, value: str) -> int:
    """Return the bytes that a variable takes of the space for a new process."""
    return (
        len(name.encode(errors="replace"))
        + len(value.encode(errors="replace"))
        + (_TERMINATED + _POINTER)
    )
