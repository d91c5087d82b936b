"""What objects call by name, and where in their texts the parts of a name stand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from cip_lint.cluster import Member, ServiceMember, WorkloadMember
from cip_lint.kube.resolv_conf import asks_cluster_dns
from cip_lint.kube.scheme_ports import SCHEME_PORTS
from cip_lint.kube.service_names import Form, service_names
from cip_lint.model import Label, Resource
from cip_lint.records import NamedTuple
from cip_lint.replay.calls import Call
from cip_lint.rule import Context
from cip_lint_rules._topics import called

if TYPE_CHECKING:
    from cip_lint.cluster.absence import Absence

OF_NO_CLUSTER = (Form.NO_SVC, Form.OTHER_ZONE)
"""The forms that are no names of Services of this cluster."""


class Spoken(NamedTuple):
    """A name that one object calls, and every place where it does."""

    calls: tuple[Call, ...]

    @property
    def call(self) -> Call:
        """The first of them."""
        return self.calls[0]

    @property
    def host(self) -> str:
        """The name as it is written first, without final dot."""
        return self.call.host.host.removesuffix(".")

    @property
    def resource(self) -> Resource:
        """The object whose texts they are in."""
        return self.call.member.resource

    @property
    def topic(self) -> Hashable:
        """What the rules that judge names have in common: what is called."""
        call = self.call
        return called(call.service, call.namespace, call.pod)

    def others(self, text: str) -> tuple[Label, ...]:
        """Return labels on all places but the first."""
        return tuple(call.mention.label(text) for call in self.calls[1:])


def spoken(
    cx: Context,
    is_wanted: Callable[[Call], bool],
    more: Callable[[Call], Hashable] | None = None,
    *,
    pieces: bool = False,
) -> Iterator[Spoken]:
    """Yield the wanted calls that may be judged, those of one name in one object.

    ``more`` tells apart what is not one problem though the name is the same. With
    ``pieces`` those in pieces of builds too.
    """
    found: dict[Hashable, list[Call]] = {}
    for call in cx.table.calls.notable:
        if (pieces or not call.member.piece) and is_wanted(call):
            key = id(call.member), call.service, call.namespace, call.pod
            found.setdefault((key, more(call) if more else None), []).append(call)
    for calls in found.values():
        yield Spoken(tuple(calls))


def part(call: Call, behind: int, count: int | None = 1) -> tuple[int, int]:
    """Return where labels of a host stand in its text.

    ``behind`` labels behind that of the Service; ``None``: up to the end.
    """
    host = call.host.host.removesuffix(".")
    labels = host.split(".")
    at = (2 if host.startswith("_") else 0) + bool(call.pod) + behind
    start = sum(len(label) + 1 for label in labels[:at])
    chosen = labels[at:] if count is None else labels[at : at + count]
    return call.host.start + start, call.host.start + start + len(".".join(chosen))


def part_label(call: Call, bounds: tuple[int, int], text: str = "") -> Label:
    """Return a label on a part of the text of a call."""
    return call.mention.literal.label(*bounds, text)


def asks_cluster(call: Call) -> bool:
    """Whether who calls asks the DNS of the cluster, as far as that is known."""
    member = call.member
    if not isinstance(member, WorkloadMember):
        return True
    return asks_cluster_dns(member.workload.pod_spec)


def is_alias_of_it(service: ServiceMember, call: Call, cx: Context) -> bool:
    """Whether a Service is an alias of the very name that is called.

    A namespace that has an alias of its own for a Service of another one says by it
    where that Service is, and an alias cannot be meant by its own text.
    """
    if service is call.member:
        return True
    if service.service.type != "ExternalName":
        return False
    host = service.service.external_name.removesuffix(".")
    readings = service_names(host, cx.settings.cluster_domain.value)
    return any(
        (one.service, one.namespace) == (call.service, call.namespace)
        for one in readings
    )


def dialled_port(call: Call) -> int | None:
    """Return the port that is dialled: as written, else that of the scheme."""
    return call.host.port or SCHEME_PORTS.get(call.host.scheme)


def written(call: Call) -> str:
    """Return a call as its text has it, without user, path and final dot."""
    host = call.host
    name = host.host.removesuffix(".")
    start = f"{host.scheme}://" if host.scheme else ""
    return f"{start}{name}:{host.port}" if host.port else f"{start}{name}"


def absences(cx: Context) -> Callable[[Call], Absence | None]:
    """Return what tells what it means that nothing of the set answers a call.

    None where what is called exists all the same: outside the set, or as a host
    that a ServiceEntry makes known to a mesh.
    """

    @cache
    def entries() -> frozenset[str]:
        if not cx.cluster.of_kind("ServiceEntry"):
            return frozenset()
        from cip_lint.cluster.references import mesh_entries  # noqa: PLC0415

        return mesh_entries(cx.cluster)

    zone = cx.settings.cluster_domain.value

    def of(call: Call) -> Absence | None:
        from cip_lint.cluster.absence import absence  # noqa: PLC0415 - if needed

        member, name = call.member, call.service
        gone = absence(cx.cluster, member, name, call.namespace)
        where = call.namespace or member.ref.namespace
        hosts = call.host.host.lower(), f"{name}.{where}.svc.{zone}"
        if gone.why_exists or not entries().isdisjoint(hosts):
            return None
        return gone

    return of


class Neighbours:
    """The Services that a caller may mean in a namespace, whatever their names."""

    def __init__(self, cx: Context) -> None:
        self._cluster = cx.cluster
        self._known: dict[Hashable, tuple[ServiceMember, ...]] = {}
        self._has_any: dict[Hashable, bool] = {}
        self._by_namespace: dict[tuple[str, str], list[ServiceMember]] = {}
        self._by_unit: dict[tuple[str, str], list[ServiceMember]] = {}
        """Both by the scope first: what is sent to other clusters is no neighbour."""
        for member in cx.cluster.services:
            if not member.partial:
                scope = member.unit.scope
                place, unit = (scope, member.namespace), (scope, member.unit.path)
                self._by_namespace.setdefault(place, []).append(member)
                self._by_unit.setdefault(unit, []).append(member)

    def of(self, member: Member, namespace: str | None) -> tuple[ServiceMember, ...]:
        """Return them; ``namespace`` where it is written, else that of the caller.

        A caller whose namespace nobody decides has those of its unit.
        """
        key = _point_of_view(member, namespace)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._meant(member, namespace))
        return found

    def has_any(self, member: Member, namespace: str | None) -> bool:
        """Return whether there are any, which the first of them tells."""
        key = _point_of_view(member, namespace)
        if key not in self._has_any:
            first = next(self._meant(member, namespace), None)
            self._has_any[key] = first is not None
        return self._has_any[key]

    def _meant(self, member: Member, namespace: str | None) -> Iterator[ServiceMember]:
        where = member.namespace if namespace is None else namespace
        scope, placed = member.unit.scope, self._by_namespace
        candidates = (
            chain(placed.get((scope, where), ()), placed.get((scope, ""), ()))
            if where
            else self._by_unit.get((scope, member.unit.path), ())
        )
        for one in candidates:
            if self._cluster.may_mean(member, one, namespace):
                yield one


def _point_of_view(member: Member, namespace: str | None) -> Hashable:
    """Return what decides which Services a caller may mean in a namespace."""
    unit = member.unit
    place = unit.scope, unit.path, member.alternative, member.environment
    return *place, member.namespace, namespace
