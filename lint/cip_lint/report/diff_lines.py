"""What the text and the Markdown of a difference say of one Service, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cip_lint.kube.faults import words_of
from cip_lint.records import NamedTuple
from cip_lint.replay.cells import state_cells

if TYPE_CHECKING:
    from cip_lint.replay import ServiceRow
    from cip_lint.replay.diff import TableDiff
    from cip_lint.replay.updates import Kept
    from cip_lint.report.diff import Entry

NONE: Final = "(none)"
"""What stands for a column without any value."""

_OF_ONE_STATE = frozenset(
    {
        "type",
        "clusterIP",
        "ports",
        "nodePort",
        "selector",
        "externalName",
        "externalIPs",
        "loadBalancerIP",
        "endpoints",
    }
)
"""The columns that tell what a new or removed Service is."""


class Line(NamedTuple):
    """One column of one Service: what is gone of it and what is new."""

    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Fact(NamedTuple):
    """Something about a Service that is no change."""

    column: str
    texts: tuple[str, ...]


def lines_of(entry: Entry) -> Iterator[Line | Fact]:
    """Yield what is to be said of a Service."""
    if entry.change is None:
        yield from _state(entry.row)
    else:
        for one in entry.change.columns:
            if one.column != "verdict" or entry.server is None:
                yield Line(one.column, *_different(one.before, one.after))
        if entry.change.kept:
            yield Fact("kept", tuple(map(_kept, entry.change.kept)))
    if entry.row.reason and entry.kind != "removed":
        yield Fact("not judged", (entry.row.reason,))
    if entry.server is not None:
        said_now = tuple(map(words_of, entry.server.causes))
        yield Fact("server", said_now or (entry.server.message,))


def _kept(one: Kept) -> str:
    said = f"{one.field}: {one.value} is kept though the manifest does not say it"
    return f"{said}; it stays headless" if one.value == "None" else said


def _different(
    before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is in one of two lists only; both whole where the order differs."""
    if sorted(before) == sorted(after):
        return before, after
    return (
        tuple(one for one in before if one not in after),
        tuple(one for one in after if one not in before),
    )


def _state(row: ServiceRow) -> Iterator[Fact]:
    """Yield the columns of a Service that has no other state."""
    for column, cell in state_cells(row).items():
        if cell.texts and column in _OF_ONE_STATE:
            yield Fact(column, cell.texts)


def freed_words(diff: TableDiff) -> Iterator[tuple[str, str]]:
    """Yield each value that becomes free, and when."""
    for one in diff.freed:
        how = "changed" if one.changed else "deleted"
        yield one.value, f"once {one.row.display} is {how}"


def passed_words(diff: TableDiff) -> Iterator[tuple[str, str]]:
    """Yield each value that passes from one Service to another, and what that means."""
    for one in diff.passed_on:
        was, now = one.before.display, one.after.display
        yield one.value, f"from {was} to {now}: refused as long as {was} holds it"
