"""The difference of two Service tables for a terminal.

::

    ! shop/web  changed, refused  shop/web.yaml:1
        clusterIP  10.96.0.10 -> 10.96.0.11
        server     spec.clusterIPs[0]: Invalid value: ...
    + shop/relay  shop/relay.yaml:1
        type       ClusterIP
        clusterIP  10.96.0.26
    - shop/mail  abc1234:shop/mail.yaml:1
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from cip_lint.report.columns import columns
from cip_lint.report.diff import entries, summary
from cip_lint.report.diff_lines import (
    NONE,
    Fact,
    Line,
    freed_words,
    lines_of,
    passed_words,
)
from cip_lint.report.visible import shown

if TYPE_CHECKING:
    from cip_lint.replay.diff import Differences, TableDiff
    from cip_lint.report.diff import Entry

_VALUE: Final = 300
"""Code points of one value that a person is shown."""

_MARKS = {"added": "+", "removed": "-", "changed": "~"}


def render(diffs: Differences) -> str:
    """Return what differs, cluster by cluster; nothing where nothing does."""
    blocks = []
    for diff in diffs.clusters:
        lines = list(_lines(diff))
        if lines and len(diffs.clusters) > 1:
            lines.insert(0, f"cluster {shown(diff.cluster, _VALUE)}: {summary([diff])}")
        if lines:
            blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _lines(diff: TableDiff) -> Iterator[str]:
    for entry in entries(diff):
        yield _head(entry)
        yield from _aligned(
            (one.column, text) for one in lines_of(entry) for text in _texts(one)
        )
    for title, pairs in (
        ("free again", freed_words(diff)),
        ("passed on", passed_words(diff)),
    ):
        found = [(value, shown(said, 2 * _VALUE)) for value, said in pairs]
        if found:
            yield title
            yield from _aligned(found)


def _head(entry: Entry) -> str:
    mark = _MARKS[entry.kind] if entry.server is None else "!"
    refused = "" if entry.server is None else f"  {entry.kind}, refused"
    line = entry.resource.key_span("kind").first.line
    path = shown(entry.resource.path, _VALUE)
    return f"{mark} {shown(entry.name, _VALUE)}{refused}  {path}:{line}"


def _texts(one: Line | Fact) -> Iterator[str]:
    """Yield the lines of one column: a change, or what is gone and what is new."""
    if isinstance(one, Fact):
        if one.column == "server":
            yield from (shown(text) for text in one.texts)
        else:
            yield ", ".join(shown(text, _VALUE) for text in one.texts)
        return
    before = [shown(text, _VALUE) for text in one.before]
    after = [shown(text, _VALUE) for text in one.after]
    if len(before) < 2 and len(after) < 2 and (before or len(after) == 1):
        yield f"{''.join(before) or NONE} -> {''.join(after) or NONE}"
    elif sorted(before) == sorted(after):
        yield f"{', '.join(before)} -> {', '.join(after)}"
    else:
        yield from (f"- {text}" for text in before)
        yield from (f"+ {text}" for text in after)


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield lines with the names in one column; one that repeats stands once."""
    lines = list(pairs)
    width = max((columns(name) for name, _ in lines), default=0)
    last = ""
    for name, text in lines:
        head = "" if name == last else name
        yield f"    {head}{' ' * (width - columns(head))}  {text}"
        last = name
