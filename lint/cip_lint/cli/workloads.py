"""Which workload a person means: ``web``, ``deploy/web``, ``shop/web`` ..."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cip_lint.config.nearest import nearest
from cip_lint.errors import UsageError
from cip_lint.report.visible import shown

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.replay import ServiceTable

_SHORT = {
    "cj": "cronjob",
    "deploy": "deployment",
    "ds": "daemonset",
    "po": "pod",
    "rc": "replicationcontroller",
    "rs": "replicaset",
    "sts": "statefulset",
}
"""What kubectl calls the kinds in short."""
_NAMED = 5
"""So many workloads are named where several are meant."""
_LONG = 100

Found = tuple["ServiceTable", "WorkloadMember"]


class _Wanted(NamedTuple):
    """One reading of what was typed; an empty part fits everything."""

    namespace: str
    kind: str
    name: str

    def fits(self, member: WorkloadMember) -> bool:
        return (
            member.name == self.name
            and (not self.kind or member.kind.lower() == self.kind)
            and (not self.namespace or member.ref.namespace == self.namespace)
        )


def _kind(word: str) -> str:
    lower = word.lower()
    return _SHORT.get(lower, lower.removesuffix("s"))


def _readings(text: str) -> Iterator[_Wanted]:
    parts = text.split("/")
    if not all(parts):
        return
    if len(parts) == 1:
        yield _Wanted("", "", text)
    elif len(parts) == 2:
        yield _Wanted("", _kind(parts[0]), parts[1])
        yield _Wanted(parts[0], "", parts[1])
    elif len(parts) == 3:
        yield _Wanted(parts[0], _kind(parts[1]), parts[2])


def workload(tables: Sequence[ServiceTable], text: str) -> Found:
    """Return the one workload that is meant, and the table of its cluster.

    Raises ``UsageError`` where none is, or several are.
    """
    readings = tuple(_readings(text))
    if not readings:
        raise UsageError(
            f"'{shown(text, _LONG)}' names no workload; write NAME, KIND/NAME, "
            "NAMESPACE/NAME or NAMESPACE/KIND/NAME"
        )
    known = [
        (table, member)
        for table in tables
        for member in table.cluster.workloads
        if not member.partial and member.name
    ]
    found = [one for one in known if any(wanted.fits(one[1]) for wanted in readings)]
    if len(found) == 1:
        return found[0]
    names = len(tables) > 1
    said = (
        _several(text, found, names=names) if found else _none(text, known, names=names)
    )
    raise UsageError(said)


def _several(text: str, found: Sequence[Found], *, names: bool) -> str:
    shown_ = [_display(*one, names=names) for one in found[:_NAMED]]
    if len(found) > _NAMED:
        shown_.append(f"{len(found) - _NAMED} more")
    help_ = "write NAMESPACE/KIND/NAME, name their file, or choose by --cluster"
    said = shown(text, _LONG)
    return f"{len(found)} workloads are called {said}: {', '.join(shown_)}; {help_}"


def _display(table: ServiceTable, member: WorkloadMember, *, names: bool) -> str:
    """Return what a workload is called and where it stands; its cluster by ``names``."""
    place = f"{member.path}:{member.resource.key_span('kind').first.line}"
    cluster = f" of cluster {table.cluster.name}" if names else ""
    return shown(f"{member.display} in {place}{cluster}", 2 * _LONG)


def _none(text: str, known: Sequence[Found], *, names: bool) -> str:
    if not known:
        return (
            f"no workload {shown(text, _LONG)} here: the files hold no workload at all"
        )
    name = text.rpartition("/")[2]
    by_name = {member.name: (table, member) for table, member in reversed(known)}
    near = by_name.get(name) or by_name.get(nearest(name, by_name))
    hint = f"; the nearest is {_display(*near, names=names)}" if near else ""
    return f"no workload {shown(text, _LONG)} in the files{hint}"


def container(member: WorkloadMember, name: str) -> str:
    """Return the name of a container of a workload; raises ``UsageError``."""
    names = [one.name for one in member.workload.containers]
    if not name or name in names:
        return name
    near = nearest(name, names)
    known = ", ".join(names[:_NAMED]) or "none"
    hint = f"the nearest is {near}" if near else f"it has {known}"
    raise UsageError(
        f"{shown(member.display, _LONG)} has no container {shown(name, _LONG)}; "
        f"{shown(hint, _LONG)}"
    )
