"""What the containers of a workload find in their environment, and what they miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cip_lint.records import NamedTuple
from cip_lint.replay.environment.assembly import (
    Environment,
    Given,
    Value,
    Variable,
    assemble,
)
from cip_lint.replay.environment.links import (
    Contest,
    Link,
    contests,
    merged,
    total_size,
)
from cip_lint.replay.environment.reads import EarlyRead, ServiceRead
from cip_lint.replay.environment.sources import MemberSources

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.kube.containers import Container
    from cip_lint.replay.environment.variables import Late
    from cip_lint.replay.table import ServiceTable


class Linked(NamedTuple):
    """A Service whose variables a workload gets."""

    link: Link
    late: Late | None
    """None where it is there in time, or lives already."""


class Masked(NamedTuple):
    """A variable of a Service that the container gives another value."""

    variable: Variable
    """What the container has instead."""
    value: Value
    link: Link


class ContainerEnvironment(NamedTuple):
    """The environment of one container."""

    container: Container
    environment: Environment
    origins: Mapping[str, Link]
    """The Service of each variable that comes from one, by the variable's name."""
    contested: Mapping[str, Contest]
    """The variables of Services that have one of several values, by name."""
    masked: tuple[Masked, ...]
    injected: int
    """How many variables come from Services."""
    size: int
    """The bytes that those take of the space for arguments and environment."""
    reads: tuple[ServiceRead, ...]
    """Where it reads variables of Services, by the kubelet or in a shell."""
    early: tuple[EarlyRead, ...]
    """Where it refers to what is defined further down."""


class WorkloadEnvironment(NamedTuple):
    """The environments of the containers of one workload."""

    cluster: str
    member: WorkloadMember
    services: tuple[Linked, ...]
    containers: tuple[ContainerEnvironment, ...]

    @property
    def late(self) -> tuple[Linked, ...]:
        """The Services whose variables may be missing."""
        return tuple(one for one in self.services if one.late is not None)


def environment_of(
    table: ServiceTable, member: WorkloadMember, container: str = ""
) -> WorkloadEnvironment:
    """Return what the containers of a workload get; all of them, or one by its name."""
    links = table.variables.links_of(member)
    values = merged(links)
    disputed = {one.name: one for one in contests(links)}
    sources = MemberSources(table.cluster, member)
    services = {name: value for name, (value, _) in values.items()}
    services |= {name: _one_of(contest) for name, contest in disputed.items()}
    reads = tuple(table.reads.of(member))
    made = tuple(
        _of_container(
            one,
            assemble(one.body, services, sources, one.path),
            values,
            disputed,
            [read for read in reads if read.read.container is one],
        )
        for one in member.workload.containers
        if container in {"", one.name}
    )
    linked = tuple(Linked(one, table.variables.late(member, one)) for one in links)
    return WorkloadEnvironment(table.cluster.name, member, linked, made)


def _one_of(contest: Contest) -> Value:
    """Return what stands for a value that is another one at each start."""
    values = dict.fromkeys(value for _, value in contest.claims)
    return Value(f"<{' or '.join(values)}>", known=False)


def _of_container(
    container: Container,
    environment: Environment,
    values: Mapping[str, tuple[Value, Link]],
    disputed: Mapping[str, Contest],
    reads: Sequence[ServiceRead | EarlyRead],
) -> ContainerEnvironment:
    origins = {
        name: values[name][1]
        for name, one in environment.variables.items()
        if one.given is Given.SERVICE
    }
    injected = {name: values[name][0] for name in origins}
    return ContainerEnvironment(
        container,
        environment,
        origins,
        {name: one for name, one in disputed.items() if name in origins},
        tuple(_masked(environment, values)),
        len(injected),
        total_size(injected),
        tuple(one for one in reads if isinstance(one, ServiceRead)),
        tuple(one for one in reads if isinstance(one, EarlyRead)),
    )


def _masked(
    environment: Environment, values: Mapping[str, tuple[Value, Link]]
) -> Iterator[Masked]:
    for name, one in environment.variables.items():
        if one.given is not Given.SERVICE and name in values:
            value, link = values[name]
            yield Masked(one, value, link)
