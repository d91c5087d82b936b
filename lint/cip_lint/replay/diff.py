"""How one Service table differs from an earlier one.

Rows are the same where an API server would say so. What a change means is told with
it: what the server refuses, what it keeps although the manifest no longer says it,
what becomes free, and what one Service gives up and another one asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import mapping
from cip_lint.cluster.base import identity
from cip_lint.kube.faults import Drawn
from cip_lint.records import NamedTuple
from cip_lint.replay.cells import (
    NOTHING,
    UNKNOWN,
    Cell,
    endpoint_cells,
    in_order,
    spec_cells,
)
from cip_lint.replay.latecomers import Freed, Handover, Latecomers

if TYPE_CHECKING:
    from cip_lint.cluster import Base
    from cip_lint.model import Path, ServerAnswer
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.updates import Kept, Update

_OWN = frozenset({"type", "clusterIP", "nodePort", "endpoints"})
"""Columns that matter whether or not a manifest says something of them."""

IsHidden = Callable[[str], bool]
"""Whether a file may hold objects that nobody could read."""


class ColumnChange(NamedTuple):
    """One column in which two states of a row differ, and where the values stand."""

    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    before_path: Path
    path: Path


class RowChange(NamedTuple):
    """A Service that is another one than before."""

    before: ServiceRow
    after: ServiceRow
    columns: tuple[ColumnChange, ...]
    server: ServerAnswer | None
    """The refusal of the API server; None where it takes the change."""
    kept: tuple[Kept, ...]
    """What the manifest no longer says, and the server keeps."""
    released: tuple[str, ...] = ()
    """The addresses and node ports that the server takes back."""


class NewRow(NamedTuple):
    """A Service that was not there."""

    row: ServiceRow
    server: ServerAnswer | None
    """The refusal of the API server; None where it is created."""


@dataclass(frozen=True, slots=True)
class TableDiff:
    """What became of the Services of one cluster; all in the order of the table."""

    cluster: str
    base: Base
    """What they are compared with."""
    added: tuple[NewRow, ...]
    removed: tuple[ServiceRow, ...]
    """None where the earlier state lives: who knows what else is there for."""
    changed: tuple[RowChange, ...]
    unchanged: int
    not_compared: int
    """Services of files that could be read in one of the states only."""
    freed: tuple[Freed, ...]
    passed_on: tuple[Handover, ...]

    @property
    def refused(self) -> int:
        """How many of the new and changed Services the API server refuses."""
        new = sum(one.server is not None for one in self.added)
        return new + sum(one.server is not None for one in self.changed)

    @property
    def risky(self) -> bool:
        """Whether a change has no effect, or something passes to another Service."""
        return bool(self.passed_on) or any(one.kept for one in self.changed)

    @property
    def different(self) -> bool:
        """Whether there is any difference."""
        return bool(self.added or self.removed or self.changed)


class Differences(NamedTuple):
    """What became of the Services of all clusters."""

    base: str
    """What they are compared with: ``revision main (abc1234)``."""
    revision: str
    """The whole name of its commit; empty for what is no revision."""
    live: bool
    """Whether it is what lives in a cluster."""
    clusters: tuple[TableDiff, ...]


def compare(
    before: ServiceTable,
    after: ServiceTable,
    base: Base,
    *,
    hidden_before: IsHidden,
    hidden_after: IsHidden,
) -> TableDiff:
    """Return how a table differs from the earlier one, of which ``base`` has the rows.

    A file that is hidden in one state says nothing of what was added or removed.
    """
    matched = _match(before, after, base, hidden_before)
    removed, gone_hidden = (
        ((), 0) if base.live else _left(before, matched, hidden_after)
    )
    latecomers = Latecomers(before, after, matched.pairs, live=base.live)
    changed = [
        change
        for was, now in matched.pairs
        if (change := _change(was, now, after, latecomers, live=base.live)) is not None
    ]
    return TableDiff(
        after.cluster.name,
        base,
        tuple(NewRow(row, latecomers.answer(row)) for row in matched.added),
        tuple(removed),
        tuple(changed),
        len(matched.pairs) - len(changed),
        matched.hidden + gone_hidden,
        tuple(
            latecomers.freed(removed, ((one.before, one.released) for one in changed))
        ),
        tuple(latecomers.passed_on()),
    )


class _Matched(NamedTuple):
    """The rows of the later table and their earlier selves."""

    pairs: list[tuple[ServiceRow, ServiceRow]]
    added: list[ServiceRow]
    hidden: int
    """Rows that may be new or not."""


def _match(
    before: ServiceTable, after: ServiceTable, base: Base, hidden: IsHidden
) -> _Matched:
    """Pair the rows of two tables; of copies in one file, the last one counts."""
    added: dict[object, ServiceRow] = {}
    pairs: dict[int, tuple[ServiceRow, ServiceRow]] = {}
    unnamed = {_key(row): row for row in before.rows if identity(row.member) is None}
    count = 0
    for row in after.rows:
        member = base.earlier(row.member)
        was = unnamed.get(_key(row)) if member is None else before.row_of(member)
        if was is not None and _is_free(pairs.get(id(was)), row):
            pairs[id(was)] = (was, row)
        elif was is None and hidden(row.member.path):
            count += 1
        else:
            added[_key(row)] = row
    return _Matched(list(pairs.values()), list(added.values()), count)


def _is_free(pair: tuple[ServiceRow, ServiceRow] | None, row: ServiceRow) -> bool:
    """Whether no row of another file has this earlier self already."""
    return pair is None or pair[1].member.sent_by == row.member.sent_by


def _left(
    before: ServiceTable, matched: _Matched, hidden: IsHidden
) -> tuple[list[ServiceRow], int]:
    """Return the earlier rows that are gone, and how many may be gone or not."""
    known = {_key(was) for was, _ in matched.pairs}
    removed: dict[object, ServiceRow] = {}
    count = 0
    for row in before.rows:
        key = _key(row)
        if key in known:
            continue
        if hidden(row.member.path):
            count += 1
        else:
            removed[key] = row
    return list(removed.values()), count


def _key(row: ServiceRow) -> tuple[object, ...]:
    """Return what copies in one file have in common; without a name, the place."""
    member = row.member
    if identity(member) is None:
        return member.sent_by, member.resource.places.order
    return member.ref.namespace, member.name, member.sent_by


def _change(
    was: ServiceRow,
    now: ServiceRow,
    table: ServiceTable,
    latecomers: Latecomers,
    *,
    live: bool,
) -> RowChange | None:
    """Return how a row differs from its earlier self; None where it does not.

    What lives was not refused, and its pods are no workloads to compare with.
    """
    before, after = ({}, {}) if live else (endpoint_cells(was), endpoint_cells(now))
    update: Update | None = None
    server: ServerAnswer | None = None
    if was.resource.body != now.resource.body:
        lived = live or latecomers.lived(was)
        update = table.update_of(now, *latecomers.lost(now)) if lived else None
        old, new = _bodies(was, now, update)
        before |= spec_cells(old)
        after |= spec_cells(new)
        server = update.change.admission.answer() if update else latecomers.answer(now)
        before["verdict"] = _verdict(refused=not lived)
        after["verdict"] = _verdict(refused=server is not None)
    stated = {*mapping(was.resource.get("spec")), *mapping(now.resource.get("spec"))}
    columns = tuple(_columns(before, after, stated))
    kept = update.kept if update else ()
    if not (columns or kept or server):
        return None
    return RowChange(was, now, columns, server, kept, _released(update))


def _released(update: Update | None) -> tuple[str, ...]:
    """Return what the server takes back of what is known by its value."""
    if update is None:
        return ()
    values = (*update.change.released_addresses, *update.change.released_ports)
    return tuple(str(one) for one in values if not isinstance(one, Drawn))


def _bodies(
    was: ServiceRow, now: ServiceRow, update: Update | None
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return two states alike: as stored, or as written where one is not stored."""
    if update is not None:
        new = update.change.admission.stored or now.stored_whole
        if new:
            return update.stored, new
    old, new = was.stored_whole, now.stored_whole
    if old and new:
        return old, new
    return was.resource.body, now.resource.body


def _verdict(*, refused: bool) -> Cell:
    return Cell(("refused" if refused else "stored",), ("spec",))


def _columns(
    before: Mapping[str, Cell], after: Mapping[str, Cell], stated: set[str]
) -> Iterator[ColumnChange]:
    """Yield the columns in which two states of a row differ.

    A field of which the manifests say nothing, and that is in one state only, comes
    and goes with another one.
    """
    for column in in_order({*before, *after}):
        old, new = before.get(column, NOTHING), after.get(column, NOTHING)
        if old.texts == new.texts or not _is_told(column, before, after):
            continue
        if (old.texts and new.texts) or column in stated or column in _OWN:
            yield ColumnChange(
                column,
                old.texts,
                new.texts,
                old.path_of(frozenset(old.texts) - frozenset(new.texts)),
                new.path_of(frozenset(new.texts) - frozenset(old.texts)),
            )


def _is_told(
    column: str, before: Mapping[str, Cell], after: Mapping[str, Cell]
) -> bool:
    """Whether a difference of a column is one that no other column tells.

    Readiness is told of the same workloads, endpoints where both are known.
    """
    if column == "readiness":
        return before["endpoints"].texts == after["endpoints"].texts
    if column == "endpoints":
        return (UNKNOWN,) not in (before[column].texts, after[column].texts)
    return True
