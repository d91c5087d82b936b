"""Which object a person means: ``web``, ``deploy/web``, ``shop/web`` ...

Workloads, and what else may call a Service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from posixpath import dirname
from typing import TYPE_CHECKING

from cip_lint.config.nearest import nearest
from cip_lint.errors import UsageError
from cip_lint.records import NamedTuple
from cip_lint.report.visible import shown
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import Member, WorkloadMember
    from cip_lint.cluster.references import Reference
    from cip_lint.replay import ServiceTable

_SHORT = {
    "cj": "cronjob",
    "deploy": "deployment",
    "ds": "daemonset",
    "ing": "ingress",
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
_Found = tuple["ServiceTable", "Member"]


class _Wanted(NamedTuple):
    """One reading of what was typed; an empty part fits everything."""

    namespace: str
    kind: str
    name: str

    def fits(self, member: Member) -> bool:
        return (
            member.name == self.name
            and (not self.kind or member.kind.lower() == self.kind)
            and (not self.namespace or member.ref.namespace == self.namespace)
        )


def _kind(word: str) -> str:
    lower = word.lower()
    if lower.endswith("sses"):
        return lower.removesuffix("es")
    plural = lower.endswith("s") and not lower.endswith("ss")
    return _SHORT.get(lower, lower.removesuffix("s") if plural else lower)


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


def workload(
    tables: Sequence[ServiceTable], text: str, note: Callable[[str], None]
) -> Found:
    """Return the one workload that is meant, and the table of its cluster.

    Of one that several send, it is that of the first, and ``note`` is told so. Raises
    ``UsageError`` where none is meant, or several are.
    """
    readings = _read(text)
    known = _workloads(tables)
    found = [one for one in known if any(wanted.fits(one[1]) for wanted in readings)]
    if len(found) == 1 or _are_one([member for _, member in found], note):
        return found[0]
    names = len(tables) > 1
    said = (
        _several(text, found, names=names) if found else _none(text, known, names=names)
    )
    raise UsageError(said)


def referrer(
    tables: Sequence[ServiceTable],
    text: str,
    references: Callable[[Reference], bool],
    note: Callable[[str], None],
) -> tuple[ServiceTable, tuple[Reference, ...]] | None:
    """Return the references of the one object that is meant, beside the workloads.

    Those that ``references`` says to count; ``note`` as in ``workload``. None where no
    such object is called so; raises ``UsageError`` where several are.
    """
    readings = _read(text)
    known: dict[int, tuple[ServiceTable, list[Reference]]] = {}
    for table in tables:
        for one in table.references.all:
            if references(one) and any(fit.fits(one.member) for fit in readings):
                known.setdefault(id(one.member), (table, []))[1].append(one)
    found = list(known.values())
    members = [some[0].member for _, some in found]
    if len(found) > 1 and not _are_one(members, note):
        objects = [(table, some[0].member) for table, some in found]
        raise UsageError(_several(text, objects, names=len(tables) > 1, what="objects"))
    return (found[0][0], tuple(found[0][1])) if found else None


def _are_one(members: Sequence[Member], note: Callable[[str], None]) -> bool:
    """Whether several send the object of one place; then ``note`` is told who is meant."""
    places = {
        (one.sent_by, one.path, one.resource.key_span("kind").start) for one in members
    }
    if len(places) != 1 or not all(one.unit.sender for one in members):
        return False
    first = members[0]
    said = shown(f"{first.display} as {first.unit.sender} sends it", 2 * _LONG)
    others = counted(len(members) - 1, "other sends", "others send")
    note(f"cip-lint: this is {said}; {others} it, too")
    return True


def is_workload(tables: Sequence[ServiceTable], text: str) -> bool:
    """Whether a workload is called so."""
    readings = _read(text)
    return any(fit.fits(one) for _, one in _workloads(tables) for fit in readings)


def _read(text: str) -> tuple[_Wanted, ...]:
    readings = tuple(_readings(text))
    if not readings:
        raise UsageError(
            f"'{shown(text, _LONG)}' names no workload; write NAME, KIND/NAME, "
            "NAMESPACE/NAME or NAMESPACE/KIND/NAME"
        )
    return readings


def _workloads(tables: Sequence[ServiceTable]) -> list[Found]:
    return [
        (table, member)
        for table in tables
        for member in table.cluster.workloads
        if not member.partial and member.name
    ]


def _several(
    text: str, found: Sequence[_Found], *, names: bool, what: str = "workloads"
) -> str:
    shown_ = [_display(*one, names=names) for one in found[:_NAMED]]
    if len(found) > _NAMED:
        shown_.append(f"{len(found) - _NAMED} more")
    help_ = "write NAMESPACE/KIND/NAME, name their file, or choose by --cluster"
    files = tuple(dict.fromkeys(member.sent_by for _, member in found))
    if len({member.display for _, member in found}) == 1 < len(files):
        folders = " or ".join(dirname(one) or one for one in files[:_NAMED])
        help_ = f"name one place in PATHS: {shown(folders, 2 * _LONG)}"
    said = shown(text, _LONG)
    return f"{len(found)} {what} are called {said}: {', '.join(shown_)}; {help_}"


def _display(table: ServiceTable, member: Member, *, names: bool) -> str:
    """Return what an object is called and where it stands; its cluster by ``names``."""
    place = f"{member.path}:{member.resource.key_span('kind').first.line}"
    if member.sent_by != member.path:
        place += f", built by {member.sent_by}"
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
