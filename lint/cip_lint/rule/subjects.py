"""The subjects of rules: for each of them a rule is called.

A rule module is imported where its subjects are there. So what stands here imports
nothing, and is quick to say that there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from cip_lint.cluster import Base, Cluster, Member
from cip_lint.model import Loss
from cip_lint.replay import Range, ServiceRow
from cip_lint.replay.claims import Claim, PortClaim
from cip_lint.rule.context import Context, Directive, Refusal

S = TypeVar("S")

Subjects = Callable[[Context], Iterable[S]]
"""Names the subjects of a rule; several are given below."""


def services(cx: Context) -> Iterable[ServiceRow]:
    """Every Service of the cluster that may be judged, as a row of the table."""
    return cx.table.judged


def workloads(cx: Context) -> Iterable[Member]:
    """Every workload of the cluster that may be judged."""
    return cx.cluster.judged_workloads


_TOLD = frozenset({"args", "command", "env"})
"""What a container is told in texts of its own."""


def text_holders(cx: Context) -> Iterator[Member]:
    """Every object with texts in which hosts may stand.

    Workloads whose containers are given variables, commands or arguments, ConfigMaps,
    Ingresses, the names of Certificates, and aliases.
    """
    cluster = cx.cluster
    for member in cluster.judged_workloads:
        if any(not _TOLD.isdisjoint(one.body) for one in member.workload.containers):
            yield member
    yield from cluster.judged("ConfigMap")
    yield from cluster.judged("Ingress")
    yield from cluster.judged("Certificate", "cert-manager.io")
    yield from (row.member for row in external_names(cx))


def variable_readers(cx: Context) -> Iterator[Member]:
    """Every workload that may read a variable: by a look at its containers."""
    from cip_lint.cluster.literals import may_read_variables  # noqa: PLC0415

    return filter(may_read_variables, cx.cluster.judged_workloads)


class _Objects:
    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds

    def __call__(self, cx: Context) -> Iterator[Member]:
        """Yield the objects."""
        for kind in self.kinds:
            yield from cx.cluster.judged(kind)

    def __repr__(self) -> str:
        """Write it as an index does."""
        return f"objects({_quoted(self.kinds)})"


def objects(*kinds: str) -> Subjects[Member]:
    """Every object of some built-in kinds that may be judged."""
    return _Objects(kinds)


class _Refusals:
    def __init__(self, codes: tuple[str, ...], *, of_services: bool) -> None:
        self.codes = codes
        self.of_services = of_services
        self._exact = frozenset(code for code in codes if not code.endswith("*"))
        self._prefixes = tuple(code[:-1] for code in codes if code.endswith("*"))

    def __call__(self, cx: Context) -> Iterator[Refusal]:
        """Yield the refusals."""
        exact, prefixes = self._exact, self._prefixes
        for member, row, faults in cx.table.refused:
            if row is None and self.of_services:
                continue
            chosen = tuple(
                fault
                for fault in faults
                if fault.code in exact or (prefixes and fault.code.startswith(prefixes))
            )
            if chosen:
                yield Refusal(member, chosen, row)

    def __repr__(self) -> str:
        """Write it as an index does."""
        name = "service_refusals" if self.of_services else "refusals"
        return f"{name}({_quoted(self.codes)})"


def refusals(*codes: str) -> Subjects[Refusal]:
    """Each refused object that has faults of these codes, with those faults.

    A code that ends in ``*`` stands for all codes that begin so.
    """
    return _Refusals(codes, of_services=False)


def service_refusals(*codes: str) -> Subjects[Refusal]:
    """Each refused Service that has faults of these codes, with those.

    Other kinds share codes with Services: those of names, labels, annotations.
    """
    return _Refusals(codes, of_services=True)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def losses(cx: Context) -> Iterable[Loss]:
    """Return what cannot be read, or is dropped without a word, in any file."""
    return cx.losses


def directives(cx: Context) -> Iterable[Directive]:
    """Every suppression of the run, once all other rules have spoken."""
    return cx.directives


def whole_cluster(cx: Context) -> Iterable[Cluster]:
    """Return the cluster itself, once: for rules that compare objects."""
    return (cx.cluster,)


def address_claims(cx: Context) -> Iterator[Claim]:
    """Every cluster address that somebody asks for or has."""
    for claims in cx.table.all_claims.values():
        yield from claims


def node_port_claims(cx: Context) -> Iterator[PortClaim]:
    """Every node port that somebody asks for or has."""
    for claims in cx.table.all_node_port_claims.values():
        yield from claims


def stated_ranges(cx: Context) -> Iterator[Range]:
    """Every range of cluster addresses that somebody states."""
    return (one for one in cx.table.ranges if one.stated)


def external_names(cx: Context) -> Iterator[ServiceRow]:
    """Every Service of type ExternalName that may be judged."""
    return (row for row in cx.table.judged if row.service.type == "ExternalName")


def earlier_state(cx: Context) -> Iterable[Base]:
    """Return what the cluster is compared with, if it is compared."""
    return () if cx.cluster.base is None else (cx.cluster.base,)


_NAME_NO_SERVICE = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Namespace",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "Secret",
        "Service",
        "ServiceAccount",
        "StatefulSet",
    }
)
"""Kinds without a place for a Service, but for the one that governs their pods."""


def referring(cx: Context) -> Iterable[Member]:
    """Every object of a kind that may name a Service, in a place made for that.

    Whatever the settings teach may be such a kind. The Service that governs pods is
    not meant, nor what stands in texts.
    """
    if cx.settings.reference_kinds:
        return cx.cluster.members
    return (
        member for member in cx.cluster.members if member.kind not in _NAME_NO_SERVICE
    )


PLAIN: tuple[Subjects[Any], ...] = (
    services,
    workloads,
    text_holders,
    variable_readers,
    losses,
    directives,
    whole_cluster,
    address_claims,
    node_port_claims,
    stated_ranges,
    external_names,
    earlier_state,
    referring,
)
"""Subjects without arguments: all that an index may name."""


def is_of_refusals(on: Subjects[Any]) -> bool:
    """Whether these are refusals, which are told of pieces where no build mends them."""
    return isinstance(on, _Refusals)


def needs_of(on: Subjects[Any]) -> Subjects[Any]:
    """Return what a rule on these subjects needs to be there.

    What a rule module chooses itself can only be asked once it is imported.
    """
    known = isinstance(on, _Objects | _Refusals) or any(on is one for one in PLAIN)
    return on if known else whole_cluster
