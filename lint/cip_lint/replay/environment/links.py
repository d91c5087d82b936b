"""Which Services give variables to the containers of a namespace.

Follows ``getServiceEnvVarMap`` of ``pkg/kubelet/kubelet_pods.go``. Where two Services
make a variable of one name the kubelet takes the last one of a map, which is another
one at each start of a container.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.kube.service_variables import (
    NamedPort,
    ServiceVariable,
    bytes_of,
    has_variables,
    service_variables,
    size_of,
)
from cip_lint.kube.well_known import MASTER
from cip_lint.records import NamedTuple
from cip_lint.replay.environment.assembly import Value

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember

UNKNOWN_ADDRESS = "clusterIP"
"""Stands for an address that the API server is yet to draw."""
_AS_LONG = "10.101.234.105"
"""As long as such an address mostly is."""


class Link(NamedTuple):
    """A Service that has a cluster address, and the variables that it makes."""

    namespace: str
    name: str
    ports: Sequence[NamedPort]
    address: str
    """Its first cluster address, or ``UNKNOWN_ADDRESS``."""
    version6: bool
    member: ServiceMember | None = None
    """The object; None where a cluster makes it by itself."""

    @property
    def known(self) -> bool:
        """Whether its address is known."""
        return self.address != UNKNOWN_ADDRESS

    @property
    def variables(self) -> tuple[ServiceVariable, ...]:
        """The variables that it makes; they are many, and not kept."""
        return tuple(
            service_variables(
                self.name, self.ports, self.address, version6=self.version6
            )
        )

    @property
    def size(self) -> int:
        """The bytes that its variables take of the space for a new process."""
        address = self.address if self.known else _AS_LONG
        return bytes_of(self.name, self.ports, address, version6=self.version6)


class Contest(NamedTuple):
    """A variable that several Services make, with different values."""

    name: str
    claims: tuple[tuple[Link, str], ...]
    """Who makes it, with which value; any of them may win."""


def link(
    namespace: str,
    name: str,
    ports: Sequence[NamedPort],
    cluster_ip: str,
    member: ServiceMember | None = None,
) -> Link | None:
    """Return a Service with an address that is known; None where it has none."""
    if not has_variables(cluster_ip):
        return None
    return Link(namespace, name, ports, cluster_ip, ":" in cluster_ip, member)


def linked(
    services: Iterable[Link], namespace: str, *, enabled: bool
) -> tuple[Link, ...]:
    """Return the Services that the containers of a pod are told of.

    ``enabled`` is ``enableServiceLinks`` of the pod. A Service ``kubernetes`` in the
    pod's own namespace takes the place of the API server's.
    """
    found: dict[str, Link] = {}
    for one in services:
        if (one.namespace, one.name) == MASTER:
            found.setdefault(one.name, one)
        elif enabled and one.namespace == namespace:
            found[one.name] = one
    return tuple(found.values())


def merged(links: Iterable[Link]) -> dict[str, tuple[Value, Link]]:
    """Return the variables of Services by name; the last one that makes it counts."""
    return {
        one.name: (Value(one.value, known=is_known(link_, one)), link_)
        for link_ in links
        for one in link_.variables
    }


def is_known(link_: Link, variable: ServiceVariable) -> bool:
    """Whether the value of a variable is what a container will find."""
    return link_.known or UNKNOWN_ADDRESS not in variable.value


def contests(links: Sequence[Link]) -> Iterator[Contest]:
    """Yield the variables on which Services disagree, in linear time.

    Two addresses that are yet to be drawn differ.
    """
    claims: dict[str, dict[int, tuple[Link, str]]] = {}
    for index, one in enumerate(links):
        for variable in one.variables:
            claims.setdefault(variable.name, {})[index] = (one, variable.value)
    for name, found in claims.items():
        if len(found) > 1 and _differ(list(found.values())):
            yield Contest(name, tuple(found.values()))


def _differ(claims: Sequence[tuple[Link, str]]) -> bool:
    values = {value for _, value in claims}
    return len(values) > 1 or UNKNOWN_ADDRESS in next(iter(values))


def total_size(variables: Mapping[str, Value]) -> int:
    """Return the bytes that variables take of the space for a new process."""
    return sum(
        _size(name, value.text, known=value.known) for name, value in variables.items()
    )


def _size(name: str, value: str, *, known: bool) -> int:
    written = value if known else value.replace(UNKNOWN_ADDRESS, _AS_LONG)
    return size_of(name, written)
