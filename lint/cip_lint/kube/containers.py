"""The containers of a pod template, read defensively.

A value of another type than Kubernetes wants counts as absent; what the API
server says to it is the business of ``admission``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cip_lint.bodies import integer, items, text
from cip_lint.kube import probes
from cip_lint.model import Path
from cip_lint.records import NamedTuple


class ContainerPort(NamedTuple):
    """One entry of ``ports``: declared, which opens nothing by itself."""

    name: str
    """Empty where it has none."""
    number: int
    """0 where it has none."""
    protocol: str
    """Defaulted: ``TCP``, ``UDP`` or ``SCTP``, or whatever is written."""
    host_port: int
    """0 where it has none."""
    path: Path


class Container:
    """One container or init container of a pod template."""

    __slots__ = ("_ports", "body", "index", "init", "name", "path")

    def __init__(
        self,
        body: Mapping[str, Any],
        index: int,
        path: Path,
        *,
        init: bool,
        ports: tuple[ContainerPort, ...] | None = None,
    ) -> None:
        self.body = body
        self.index = index
        """Its place among the containers, or among the init containers."""
        self.init = init
        self.path = path
        self.name = text(body.get("name"))
        self._ports = ports

    @property
    def sidecar(self) -> bool:
        """Whether it is an init container that keeps running (native sidecar)."""
        return self.init and self.body.get("restartPolicy") == "Always"

    @property
    def image(self) -> str:
        """The image, as written."""
        return text(self.body.get("image"))

    @property
    def ports(self) -> tuple[ContainerPort, ...]:
        """The declared ports, in order."""
        if self._ports is None:
            read = tuple(_ports(self.body.get("ports"), self.path))
            self._ports = _one_of_equal(read)
        return self._ports

    def probe(self, kind: str) -> Mapping[str, Any] | None:
        """Return a probe by its field: ``readinessProbe``, ..."""
        body = self.body.get(kind)
        return body if isinstance(body, dict) else None

    def handler_ports(self) -> Iterator[tuple[Path, int | str]]:
        """Yield path and port of everything that the kubelet asks or calls."""
        for path, port in probes.handler_ports(self.body):
            yield (*self.path, *path), port

    def __repr__(self) -> str:
        return f"<container {self.name}>"


@lru_cache(maxsize=1024)
def _entry(path: Path, field: str, index: int) -> Path:
    """Return the path of an entry of a list; one tuple for all objects of a shape."""
    return (*path, field, index)


@lru_cache(maxsize=1024)
def _one_of_equal(ports: tuple[ContainerPort, ...]) -> tuple[ContainerPort, ...]:
    """Return the ports that stand for all equal ones: most containers have the same."""
    return ports


def _ports(entries: object, path: Path) -> Iterator[ContainerPort]:
    for index, entry in enumerate(items(entries)):
        if isinstance(entry, dict):
            yield ContainerPort(
                text(entry.get("name")),
                _number(entry.get("containerPort")),
                text(entry.get("protocol")) or "TCP",
                _number(entry.get("hostPort")),
                _entry(path, "ports", index),
            )


def read_containers(spec: Mapping[str, Any], path: Path) -> Iterator[Container]:
    """Yield the containers of a pod spec at ``path``, then its init containers."""
    for field, init in (("containers", False), ("initContainers", True)):
        for index, entry in enumerate(items(spec.get(field))):
            if isinstance(entry, dict):
                yield Container(entry, index, _entry(path, field, index), init=init)


def read_machine(spec: Mapping[str, Any], path: Path) -> Iterator[Container]:
    """Yield the one container of a virtual machine: ports of its interfaces.

    KubeVirt keeps them at ``domain.devices.interfaces[].ports``, with ``port``
    for the number.
    """
    interfaces: Any = spec
    steps = ("domain", "devices", "interfaces")
    for step in steps:
        interfaces = interfaces.get(step) if isinstance(interfaces, dict) else None
    ports = tuple(
        port
        for index, interface in enumerate(
            interfaces if isinstance(interfaces, list) else ()
        )
        if isinstance(interface, dict)
        for port in _machine_ports(
            interface.get("ports"), (*path, *steps, index, "ports")
        )
    )
    yield Container({"name": "compute"}, 0, (*path, "domain"), init=False, ports=ports)


def _machine_ports(entries: object, path: Path) -> Iterator[ContainerPort]:
    for index, entry in enumerate(items(entries)):
        if isinstance(entry, dict):
            yield ContainerPort(
                text(entry.get("name")),
                _number(entry.get("port")),
                text(entry.get("protocol")) or "TCP",
                0,
                (*path, index),
            )


def _number(value: object) -> int:
    return integer(value) or 0
