"""Named target ports that no container answers to: what two rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.kube.grammar import port_name
from cip_lint.kube.service import ServicePort
from cip_lint.model import Label
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint_rules._pods import declared_ports, ports_label, readable, steady_or_all
from cip_lint_rules._sidecars import SIDECAR_PORTS
from cip_lint_rules._words import first_few

_MOST_PODS = 64
"""How many living pods of one Service are asked for their ports."""


class Unresolved(NamedTuple):
    """A named target port that resolves in none of the selected workloads.

    Where none of the set is selected, these are pods that live in the cluster.
    """

    row: ServiceRow
    port: ServicePort
    workloads: Sequence[WorkloadMember]
    names: Callable[[str], Sequence[str]]
    """Gives the port names there are of a protocol, each once, with their numbers."""
    notes: tuple[str, ...] = ()
    """From where the pods are known that live."""

    @property
    def label(self) -> Label:
        """The name, where it is written."""
        path = ("spec", "ports", self.port.index, "targetPort")
        return self.row.resource.label(*path, text="no container port has this name")

    @property
    def whose(self) -> str:
        """``Deployment shop/web``, or how many workloads were looked at."""
        names = [member.display for member in self.workloads]
        return names[0] if len(names) == 1 else first_few(names)

    @property
    def other_protocol(self) -> tuple[Label, str] | None:
        """A port of that name with another protocol: its place and the protocol."""
        for member in self.workloads:
            other = self.row.target(self.port, member).other
            if other is not None:
                text = f"declared for {other.protocol}"
                return member.resource.label(*other.path, text=text), other.protocol
        return None

    @property
    def related(self) -> tuple[Label, ...]:
        """The port lists of up to three workloads."""
        return tuple(
            ports_label(member, f"the ports of {member.display}")
            for member in self.workloads[:3]
        )

    @property
    def help(self) -> str:
        """Return what to write instead."""
        name = self.port.target_port
        choices = self.names(self.port.protocol)
        if choices:
            listed = first_few(choices, last="or")
            return f"use {listed}, or name the container port {name}"
        return f"name the container port {name}, or write its number"


def unresolved(row: ServiceRow, cluster: Cluster) -> Iterator[Unresolved]:
    """Yield the named target ports that lead nowhere."""
    workloads = steady_or_all(row)
    notes: tuple[str, ...] = ()
    if row.selection.living:
        workloads = row.selection.living[:_MOST_PODS]
        notes = (f"as of {cluster.snapshot.origin}",) if cluster.snapshot else ()
    if not workloads:
        return
    names = _port_names(workloads)
    for port in row.service.ports:
        if not isinstance(port.target_port, str) or port_name(port.target_port):
            # A name that breaks the grammar is refused, or a placeholder.
            continue
        if port.target_port in SIDECAR_PORTS:
            continue
        if any(row.target(port, member).resolved for member in workloads):
            continue
        if not readable(workloads):
            return
        path = ("spec", "ports", port.index, "targetPort")
        if not cluster.unresolved(row.member, path):
            yield Unresolved(row, port, workloads, names, notes)


def _port_names(
    workloads: Sequence[WorkloadMember],
) -> Callable[[str], Sequence[str]]:
    """Return what gives the names of their ports; each protocol is gathered once."""

    @cache
    def of(protocol: str) -> Sequence[str]:
        names: dict[str, None] = {}
        for member in workloads:
            for _, port in declared_ports(member):
                if port.name and port.protocol == protocol:
                    names[f"{port.name} ({port.number})"] = None
        return tuple(names)

    return of
