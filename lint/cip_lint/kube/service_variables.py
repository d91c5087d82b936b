"""The variables by which the kubelet tells containers where a Service is.

Those of ``pkg/kubelet/envvars/envvars.go#FromServices``: Kubernetes' own, and those
that Docker made for linked containers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_TERMINATED = 2
"""Bytes besides name and value: ``=`` and the terminator."""
_POINTER = 8
"""Bytes of the pointer to a variable in the memory of a new process."""
_MOST_BESIDE_NAME = (
    len("_PORT_65535_SCTP_PROTO")
    + len("sctp://[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")
    + (_TERMINATED + _POINTER)
)
"""More than any variable takes besides the names of its Service and port."""
_LONGEST_PORT = 63
_LONGEST = 256
"""No Service makes a longer name: its own has 63 characters, and so have its ports'."""
_JOINT = pattern(r"_(?=SERVICE_|PORT)")
_REST = pattern(
    r"_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)"
    r"|_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?"
)
_SERVICE_WORD = pattern(r"[A-Z0-9](?:[A-Z0-9_]{0,61}[A-Z0-9])?")


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


class Reading(NamedTuple):
    """One way to read a name as that of a variable of a Service."""

    service: str
    """The name of the Service that would make it."""
    rest: str
    """What the kubelet adds: ``_SERVICE_HOST``, ``_PORT_80_TCP_ADDR`` ..."""

    @property
    def port(self) -> str:
        """Which port it asks for: a number with its protocol, or a name; else empty."""
        parts = self.rest.split("_")
        if self.rest.startswith("_SERVICE_PORT_"):
            return "-".join(parts[3:]).lower()
        return "/".join(parts[2:4]) if self.rest.startswith("_PORT_") else ""


def readings(variable: str) -> Iterator[Reading]:
    """Yield the Services that may make a variable, the shortest name first.

    ``METADATA_GRPC_SERVICE_PORT`` is made by ``metadata-grpc``, and by
    ``metadata-grpc-service`` as well. The spelling leads back to one name each, as
    names of Services hold no ``_`` and no capitals.
    """
    if len(variable) > _LONGEST or "_" not in variable:
        return
    for joint in _JOINT.finditer(variable):
        word, at = variable[: joint.start()], joint.start()
        if _REST.fullmatch(variable, at) and _SERVICE_WORD.fullmatch(word):
            yield Reading(word.lower().replace("_", "-"), variable[at:])


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


def bytes_of(
    name: str, ports: Sequence[NamedPort], address: str, *, version6: bool = False
) -> int:
    """Return the bytes that the variables of a Service take, without making them.

    The sum of ``size_of`` of what ``service_variables`` yields.
    """
    if not ports:
        return 0
    prefix, place = len(name.encode(errors="replace")), len(address)
    host = place + (2 if version6 else 0)
    first = len(str(ports[0].port))
    size = 3 * prefix + len("_SERVICE_HOST_SERVICE_PORT_PORT") + place + first
    size += len(_protocol(ports[0])) + len("://") + host + 1 + first
    number = 3
    for port in ports:
        digits, protocol = len(str(port.port)), len(_protocol(port))
        if port.name:
            word = len(port.name.encode(errors="replace"))
            size += prefix + len("_SERVICE_PORT_") + word + digits
            number += 1
        start = prefix + len("_PORT__") + digits + protocol
        size += 4 * start + len("_PROTO_PORT_ADDR") + protocol + digits + place
        size += protocol + len("://") + host + 1 + digits
        number += 4
    return size + number * (_TERMINATED + _POINTER)


def most_bytes(name: str, ports: int) -> int:
    """Return no less than what the variables of a Service of so many ports take.

    For names and ports that the API server allows.
    """
    number = 3 + 5 * ports
    return number * (len(name) + _MOST_BESIDE_NAME) + ports * _LONGEST_PORT


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
