"""Namespaces that are sent after objects that live in them.

Only engines that send things as they are read or listed do that: kubectl, Skaffold,
and kustomize where its root says so. The API server answers 404 for what comes too
early (the ``NamespaceLifecycle`` admission plugin), and a second run succeeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cip_lint.model import OriginKind

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member, Unit
    from cip_lint.model import Resource
    from cip_lint.replay.table import ServiceTable

_ALWAYS_THERE = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_KUSTOMIZE = frozenset({"kubectl", "kubectl-server-side", "kustomize"})
"""Engines that send a kustomization as kustomize sorts it."""

_Made = dict[tuple[str, str, str, str], list["Member"]]


class LateNamespace(NamedTuple):
    """A Namespace, and what its unit sends before it."""

    namespace: Member
    earlier: tuple[Member, ...]
    """In the order in which they are sent; one or more."""

    @property
    def resource(self) -> Resource:
        """The Namespace as it was written."""
        return self.namespace.resource


def late_namespaces(table: ServiceTable) -> Iterator[LateNamespace]:
    """Yield the Namespaces that come too late, in the order of their files.

    Of a Namespace that is written several times, the first that can meet an object
    counts. Where nobody says what sends a folder, its files may be sent one by one
    in any order: then only what stands in one file is compared, and nothing where
    another file has the Namespace too.
    """
    cluster = table.cluster
    made = _made(cluster)
    late: dict[int, tuple[Member, list[Member]]] = {}
    for member in cluster.members if made else ():
        if not member.namespaced or member.partial:
            continue
        namespace = _needed(cluster, member, made)
        if namespace is None or not _is_sent_before(table, member, namespace):
            continue
        late.setdefault(id(namespace), (namespace, []))[1].append(member)
    for namespace, earlier in late.values():
        ordered = sorted(earlier, key=lambda one: _place(table, one))
        yield LateNamespace(namespace, tuple(ordered))


def _made(cluster: Cluster) -> _Made:
    """Return the Namespaces of units that sort nothing, by unit and name, in order."""
    snapshot = cluster.snapshot
    there = _ALWAYS_THERE if snapshot is None else _ALWAYS_THERE | snapshot.namespaces
    made: _Made = {}
    for member in cluster.judged("Namespace", ""):
        if member.name not in there and _sorts_nothing(member.unit):
            made.setdefault(_key(member.unit, member.name), []).append(member)
    return made


def _key(unit: Unit, namespace: str) -> tuple[str, str, str, str]:
    return unit.kind, unit.argument, unit.root, namespace


def _sorts_nothing(unit: Unit) -> bool:
    if not unit.whole:
        return False
    if unit.kind == "kustomization":
        return unit.engine in _KUSTOMIZE and bool(unit.sending.sort_options)
    return unit.sent_as_read or unit.engine == "skaffold"


def _needed(cluster: Cluster, member: Member, made: _Made) -> Member | None:
    """Return the Namespace that an object waits for; None where nobody knows."""
    found: Sequence[Member] = made.get(_key(member.unit, member.namespace), ())
    is_assumed = member.unit.engine_origin.kind is OriginKind.DEFAULT
    if is_assumed and any(one.path != member.path for one in found):
        return None
    return next((one for one in found if cluster.can_meet(one, member)), None)


def _is_sent_before(table: ServiceTable, member: Member, namespace: Member) -> bool:
    return _place(table, member) < _place(table, namespace)


def _place(table: ServiceTable, member: Member) -> tuple[int, ...]:
    """Return when an object is sent; what is sent as read needs no timeline."""
    if member.unit.sent_as_read:
        return (member.order,)
    return table.timeline.key(member)
