"""The format ``concise``: one line for each finding, for editors and ``grep``.

The line is an interface: ``path:line:column: severity[rule]: message``, then each
related place as ``[path:line:column: label]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cip_lint.model import Report
from cip_lint.report.entries import Entry, entries, place
from cip_lint.report.paint import FRAME, Paint, painter
from cip_lint.report.visible import shown, visible

RELATED_SHOWN: Final = 3


def render(report: Report, *, color: bool, width: int) -> str:
    """Return a line for each finding; a line is never wrapped or cut to a width."""
    paint = painter(color=color)
    return "".join(f"{_line(entry, paint)}\n" for entry in entries(report))


def _line(entry: Entry, paint: Paint) -> str:
    finding = entry.finding
    severity = finding.severity.value
    at = place(finding.primary)
    if at.startswith((":", "#")):
        # At the start of a line, `::` and `##[` are commands to a CI runner.
        at = f"./{at}"
    mark = "suppressed " if entry.suppressed else ""
    head = paint(f"{mark}{severity}[{visible(finding.rule)}]", severity)
    parts = [f"{at}: {head}: {shown(finding.message)}", *_related(entry, paint)]
    return " ".join(parts)


def _related(entry: Entry, paint: Paint) -> Iterator[str]:
    related = entry.finding.related
    for label in related[:RELATED_SHOWN]:
        said = f": {shown(label.text)}" if label.text else ""
        yield paint(f"[{place(label)}{said}]", FRAME)
    hidden = len(related) - RELATED_SHOWN
    if hidden > 0:
        yield paint(f"[{hidden} more]", FRAME)
