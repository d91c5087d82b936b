"""What a ``targetPort`` leads to in a pod, as the endpoint controllers find it.

Follows ``pkg/api/v1/pod#FindPort``: a number is taken as it is; a name is looked
up, with its protocol, in the containers and then in the native sidecars.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from cip_lint.records import NamedTuple
from cip_lint.replay.endpoints.objects import SlicePort

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cip_lint.kube.containers import Container, ContainerPort
    from cip_lint.kube.service import ServicePort


class HasContainers(Protocol):
    """A pod or a pod template: what can be asked for container ports."""

    @property
    def containers(self) -> Sequence[Container]:
        """Containers and init containers, in the order of the manifest."""
        ...


class ResolvedTarget(NamedTuple):
    """Where a Service port ends in one pod.

    ``number`` is None where the name is unresolved: ``other`` is then the port
    that has the name with another protocol, where there is one. ``same`` are
    further ports of that name and protocol, which lose.
    """

    number: int | None
    container: Container | None = None
    """The container that declares the port; None for a number nobody declares."""
    port: ContainerPort | None = None
    other: ContainerPort | None = None
    same: tuple[tuple[Container, ContainerPort], ...] = ()

    @property
    def resolved(self) -> bool:
        """Whether traffic for the port has a place to go."""
        return self.number is not None


def find_target(pod: HasContainers, target: int | str, protocol: str) -> ResolvedTarget:
    """Return what a target port leads to in a pod of this shape."""
    if isinstance(target, int):
        for container, port in serving_ports(pod):
            if port.number == target and port.protocol == protocol:
                return ResolvedTarget(target, container, port)
        return ResolvedTarget(target)
    found: list[tuple[Container, ContainerPort]] = []
    other: ContainerPort | None = None
    for container, port in serving_ports(pod):
        if port.name == target:
            if port.protocol == protocol:
                found.append((container, port))
            elif other is None:
                other = port
    if not found:
        return ResolvedTarget(None, other=other)
    container, port = found[0]
    return ResolvedTarget(port.number, container, port, other, tuple(found[1:]))


def resolved_ports(
    ports: Iterable[ServicePort], pod: HasContainers
) -> tuple[SlicePort, ...]:
    """Return the ports of the slice that such a pod goes to.

    A name that the pod does not resolve is left out.
    """
    found = []
    for port in ports:
        target = find_target(pod, port.target_port, port.protocol)
        if target.number is not None:
            found.append(
                SlicePort(
                    port.name, port.protocol, target.number, port.app_protocol or None
                )
            )
    return tuple(found)


def serving_ports(pod: HasContainers) -> Iterator[tuple[Container, ContainerPort]]:
    """Yield the ports that may be looked up, in the order of the look-up.

    Plain init containers and ephemeral containers never count.
    """
    sidecars: list[Container] = []
    for container in pod.containers:
        if not container.init:
            for port in container.ports:
                yield container, port
        elif container.sidecar:
            sidecars.append(container)
    for container in sidecars:
        for port in container.ports:
            yield container, port
