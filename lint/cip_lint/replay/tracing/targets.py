"""What a person means by the target of a call: a URL, a host, a Service."""

from __future__ import annotations

import re

from cip_lint.kube.scheme_ports import SCHEME_PORTS
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_LAST_PORT = 65535
_LONGEST = 2048

_URL = pattern(r"(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*).*", re.DOTALL)
_SERVICE = pattern(r"([^/:\[\]]+)/([^/:\[\]]+)(?::([^/:]+))?")
_HOST = pattern(r"(\[[^\]/]*\]|[^/:\[\]]+)(?::([^/:]*))?(?:/.*)?", re.DOTALL)


class TargetError(ValueError):
    """A text that names no target; its message is one clause."""


class NoPortError(TargetError):
    """No port is named, of several that a Service has."""

    def __init__(self, message: str, ports: tuple[int, ...]) -> None:
        super().__init__(message)
        self.ports = ports


class Target(NamedTuple):
    """Where a call goes."""

    text: str
    """As it was typed."""
    host: str
    """The name or address that is called; empty where a Service is meant itself."""
    port: int | str | None
    """A number, the name of a Service port, or None where none is given."""
    scheme: str = ""
    by_scheme: bool = False
    """Whether the port is that of the scheme, since the text names none."""
    service: tuple[str, str] | None = None
    """Namespace and name, where a Service is meant itself."""

    @property
    def protocol(self) -> str | None:
        """The protocol of the transport; None where nothing says it."""
        if self.scheme in {"udp", "dns"}:
            return "UDP"
        return "TCP" if self.scheme else None


def read_target(text: str) -> Target:
    """Return what a text means: a URL, ``host[:port]`` or ``namespace/service[:port]``.

    Raises ``TargetError``.
    """
    if not text.strip() or len(text) > _LONGEST:
        raise TargetError("it is empty" if not text.strip() else "it is too long")
    url = _URL.fullmatch(text)
    if url is not None:
        scheme = url[1].lower()
        host, port = _authority(url[2])
        known = SCHEME_PORTS.get(scheme)
        if port is None and known is not None:
            return Target(text, host, known, scheme, by_scheme=True)
        return Target(text, host, port, scheme)
    meant = _SERVICE.fullmatch(text)
    if meant is not None:
        return Target(text, "", _port(meant[3]), service=(meant[1], meant[2]))
    host, port = _authority(text)
    return Target(text, host, port)


def _authority(text: str) -> tuple[str, int | str | None]:
    """Return host and port of ``user@host:port``; of several hosts the first."""
    first = text.rpartition("@")[2].partition(",")[0]
    if first.count(":") > 1 and not first.startswith("["):
        return first, None  # an IPv6 address as it is
    match = _HOST.fullmatch(first)
    host = "" if match is None else match[1].strip("[]")
    if match is None or not host:
        raise TargetError("no host is in it")
    return host, _port(match[2])


def _port(text: str | None) -> int | str | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit()):
        return text
    number = int(text) if len(text) <= len(str(_LAST_PORT)) else 0
    if not 0 < number <= _LAST_PORT:
        raise TargetError(f"{text} is no port")
    return number
