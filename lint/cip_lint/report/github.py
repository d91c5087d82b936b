"""The format ``github``: workflow commands that GitHub turns into annotations.

GitHub shows ten annotations of each level for a step and drops the rest without a
word. So the ten are chosen here, each file once before any file twice, and a closing
notice counts what was left out. Suppressed findings are no annotations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cip_lint.model import Finding, Report, Severity
from cip_lint.report.entries import place
from cip_lint.report.visible import escaped, shown, visible

SHOWN_PER_LEVEL: Final = 10

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def render(report: Report, *, color: bool, width: int) -> str:
    """Return the commands, errors first; colour and width do not matter."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    broken = report.errors[:SHOWN_PER_LEVEL]
    yield from (f"::error title=cip-lint::{_data([shown(text)])}" for text in broken)
    by_level = {
        severity: [each for each in report.findings if each.severity is severity]
        for severity in Severity
    }
    room = dict.fromkeys(Severity, SHOWN_PER_LEVEL)
    room[Severity.ERROR] -= len(broken)
    if any(len(by_level[severity]) > room[severity] for severity in Severity):
        # The closing notice is a notice itself.
        room[Severity.INFO] -= 1
    hidden = len(report.errors) - len(broken)
    for severity in Severity:
        chosen = _each_file_first(by_level[severity])[: room[severity]]
        hidden += len(by_level[severity]) - len(chosen)
        yield from map(_command, chosen)
    if hidden:
        yield f"::notice title=cip-lint::{hidden} more: see the job summary"


def _each_file_first(findings: Sequence[Finding]) -> list[Finding]:
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int, Finding]] = []
    for finding in findings:
        path = finding.primary.span.source.path
        turns.append((seen[path], len(turns), finding))
        seen[path] += 1
    return [finding for _, _, finding in sorted(turns, key=lambda turn: turn[:2])]


def _command(finding: Finding) -> str:
    span = finding.primary.span
    first, last = span.first, span.last
    properties = {"file": _path(span.source.file or span.source.path)}
    if span.source.file != span.source.path:
        # No file holds the text that it is about.
        properties["line"] = "1"
    else:
        properties |= {"line": str(first.line), "endLine": str(last.line)}
        if first.line == last.line:
            # Else the columns would be taken for those of the first line.
            properties |= {"col": str(first.column), "endColumn": str(last.column)}
    properties["title"] = visible(finding.rule).translate(_PROPERTY)
    stated = ",".join(f"{name}={value}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {stated}::{_data(_text(finding))}"


def _text(finding: Finding) -> Iterator[str]:
    label = finding.primary.text
    yield (
        f"{shown(finding.message)}: {shown(label)}" if label else shown(finding.message)
    )
    source = finding.primary.span.source
    if source.file != source.path:
        yield f"at {place(finding.primary)}"
    for related in finding.related[:3]:
        said = f": {shown(related.text)}" if related.text else ""
        yield f"see {place(related)}{said}"
    if len(finding.related) > 3:
        yield f"and {len(finding.related) - 3} more"
    yield from (f"note: {shown(note)}" for note in finding.notes)
    if finding.help is not None:
        yield f"help: {shown(finding.help)}"


def _path(path: str) -> str:
    """Return a path as a property: line ends survive, other controls are shown."""
    shown_path = "".join(
        char if char.isprintable() or char in "\r\n" else escaped(char) for char in path
    )
    return shown_path.translate(_PROPERTY)


def _data(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(lines).translate(_DATA)
