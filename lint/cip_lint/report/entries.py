"""What every format lists: the findings, and the suppressed ones where wanted."""

from __future__ import annotations

from cip_lint.model import Finding, Label, Report, Suppressed
from cip_lint.records import NamedTuple
from cip_lint.report.visible import visible


class Entry(NamedTuple):
    """A finding, and by what it was suppressed if it was."""

    finding: Finding
    suppressed: Suppressed | None = None


def entries(report: Report) -> list[Entry]:
    """Return findings and suppressed findings in the one order of every report."""
    listed = [Entry(finding) for finding in report.findings]
    if not report.suppressed:
        return listed
    listed += (Entry(hidden.finding, hidden) for hidden in report.suppressed)
    return sorted(listed, key=lambda entry: entry.finding.sort_key)


def worst_first(listed: list[Entry]) -> list[Entry]:
    """Return entries by severity; those of one severity keep their order."""
    return sorted(listed, key=lambda entry: entry.finding.severity.rank)


def place(label: Label) -> str:
    """Return ``path:line:column`` of the first character of a label."""
    position = label.span.first
    path = visible(label.span.source.path)
    return f"{path}:{position.line}:{position.column}"
