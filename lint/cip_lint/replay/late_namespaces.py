"""Namespaces that are sent after objects that live in them.

Only engines that send things as they are read or listed do that: kubectl, Skaffold,
and kustomize where its root says so. The API server answers 404 for what comes too
early (the ``NamespaceLifecycle`` admission plugin), and a second run succeeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import normpath
from typing import TYPE_CHECKING

from cip_lint.model import OriginKind
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member, Unit
    from cip_lint.model import Resource
    from cip_lint.replay.table import ServiceTable

_ALWAYS_THERE = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_KUSTOMIZE = frozenset({"kubectl", "kubectl-server-side", "kustomize"})
"""Engines that send a kustomization as kustomize sorts it."""

_Made = dict[tuple[str, str, str, str], list["Member"]]


_OWN_FILE = pattern(r"(?:.*[-_.])?(?:ns|namespaces?)\.(?:ya?ml|json)", re.IGNORECASE)
"""Names of files that hold the Namespace of what lies beside them."""


class LateNamespace(NamedTuple):
    """A Namespace, and what its unit sends before it."""

    namespace: Member
    earlier: tuple[Member, ...]
    """In the order in which they are sent; one or more."""
    assumed: bool
    """Whether nobody says that one command sends them."""

    @property
    def resource(self) -> Resource:
        """The Namespace as it was written."""
        return self.namespace.resource


def late_namespaces(table: ServiceTable) -> Iterator[LateNamespace]:
    """Yield the Namespaces that come too late, in the order of their files.

    Of a Namespace that is written several times, the first that can meet an object
    counts. Where nobody says what sends a folder, its files may be sent one by one
    in any order: then what stands in one file is compared, and nothing where another
    file has the Namespace too. A folder that is named itself, has no other below it
    and a file for its Namespace is taken to be sent as a whole.
    """
    cluster = table.cluster
    made = _made(cluster)
    flat = _flat_folders(cluster) if made else frozenset()
    late: dict[int, tuple[Member, list[Member]]] = {}
    for member in cluster.members if made else ():
        if not member.namespaced or member.partial:
            continue
        namespace = _needed(cluster, member, made, flat)
        if namespace is None or not _is_sent_before(table, member, namespace):
            continue
        late.setdefault(id(namespace), (namespace, []))[1].append(member)
    for namespace, earlier in late.values():
        ordered = sorted(earlier, key=lambda one: _place(table, one))
        assumed = _is_assumed(namespace.unit) and any(
            one.path != namespace.path for one in earlier
        )
        yield LateNamespace(namespace, tuple(ordered), assumed)


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


def _is_assumed(unit: Unit) -> bool:
    return unit.engine_origin.kind is OriginKind.DEFAULT


def _flat_folders(cluster: Cluster) -> frozenset[str]:
    """Return the command-line paths that are folders without others below them."""
    folders: dict[str, set[str]] = {}
    for member in cluster.members:
        if member.unit.kind == "folder":
            folder = member.path.rpartition("/")[0]
            folders.setdefault(member.unit.argument, set()).add(folder)
    return frozenset(
        argument
        for argument, found in folders.items()
        if len(found) == 1 and _is_named_by(argument, *found)
    )


def _is_named_by(argument: str, folder: str) -> bool:
    """Whether a path of the command line means a folder, as it is printed."""
    named = normpath(argument)
    return not folder or named.rpartition("/")[2] == folder.rpartition("/")[2]


def _needed(
    cluster: Cluster, member: Member, made: _Made, flat: frozenset[str]
) -> Member | None:
    """Return the Namespace that an object waits for; None where nobody knows."""
    unit = member.unit
    found: Sequence[Member] = made.get(_key(unit, member.namespace), ())
    if not found:
        return None
    if _is_assumed(unit) and any(one.path != member.path for one in found):
        own, *others = found
        has_own_file = _OWN_FILE.fullmatch(own.path.rpartition("/")[2]) is not None
        if others or unit.argument not in flat or not has_own_file:
            return None
    return next((one for one in found if cluster.can_meet(one, member)), None)


def _is_sent_before(table: ServiceTable, member: Member, namespace: Member) -> bool:
    return _place(table, member) < _place(table, namespace)


def _place(table: ServiceTable, member: Member) -> tuple[int, ...]:
    """Return when an object is sent; what is sent as read needs no timeline."""
    if member.unit.sent_as_read:
        return (member.order,)
    return table.timeline.key(member)
