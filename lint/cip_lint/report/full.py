"""The format ``full``: each finding with the code it speaks of, for people.

The grammar is that of rustc, cargo, ruff and zizmor, so that it needs no learning.
It is no interface: programs read ``json``, ``sarif`` or ``concise``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cip_lint.model import Finding, Label, Report, SourceFile, Suppressed
from cip_lint.report.entries import Entry, entries, place
from cip_lint.report.frames import Mark, frame, mark
from cip_lint.report.paint import FRAME, Paint, painter
from cip_lint.report.visible import shown, visible
from cip_lint.words import counted

RELATED_SHOWN: Final = 3

_WIDTH_UNKNOWN: Final = 120
_LEAST_ROOM: Final = 40
_SOURCE: Final = "# Source: "
_DOCUMENT: Final = 100_000
"""How far before a place its document is looked for: rendered ones are small."""


def render(report: Report, *, color: bool, width: int) -> str:
    """Return all findings; ``width`` is that of the terminal, 0 if there is none."""
    paint = painter(color=color)
    blocks = [_block(entry, paint, width) for entry in entries(report)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def render_finding(finding: Finding, *, color: bool = False, width: int = 0) -> str:
    """Return one finding, without a newline at its end."""
    return _block(Entry(finding), painter(color=color), width)


def _block(entry: Entry, paint: Paint, width: int) -> str:
    finding = entry.finding
    related = finding.related[:RELATED_SHOWN]
    windows = _windows(finding, related)
    gutter = len(str(max(each.last_line for _, marks in windows for each in marks)))
    room = max((width or _WIDTH_UNKNOWN) - gutter - 3, _LEAST_ROOM)
    lines = [_header(entry, paint)]
    bar = paint(f"{'':>{gutter}} |", FRAME)
    arrow = "-->"
    for source, marks in windows:
        if arrow == ":::":
            lines.append(bar)
        at = _named(source, marks, finding.primary if arrow == "-->" else None)
        lines.append(paint(f"{'':>{gutter}}{arrow} ", FRAME) + at)
        lines.append(bar)
        lines += frame(source, marks, gutter=gutter, room=room, paint=paint)
        arrow = ":::"
    notes = list(_notes(entry, len(finding.related) - len(related)))
    if notes:
        lines.append(bar)
    equals = paint(f"{'':>{gutter}} =", FRAME)
    lines += [f"{equals} {word}: {shown(text)}" for word, text in notes]
    return "\n".join(lines)


def _header(entry: Entry, paint: Paint) -> str:
    finding = entry.finding
    severity = finding.severity.value
    mark = "suppressed " if entry.suppressed else ""
    head = paint(f"{mark}{severity}[{visible(finding.rule)}]", severity)
    return f"{head}: {shown(finding.message)}"


def _windows(
    finding: Finding, related: Sequence[Label]
) -> list[tuple[SourceFile, list[Mark]]]:
    """Return each file with all its marks, that of the primary place first."""
    primary = mark(finding.primary, primary=True, style=finding.severity.value)
    windows = {
        finding.primary.span.source.path: (finding.primary.span.source, [primary])
    }
    for label in related:
        source = label.span.source
        _, marks = windows.setdefault(source.path, (source, []))
        marks.append(mark(label, primary=False, style=FRAME))
    return list(windows.values())


def _named(source: SourceFile, marks: Sequence[Mark], primary: Label | None) -> str:
    if primary is not None:
        return place(primary)
    line, column = min((each.first_line, each.first) for each in marks)
    return f"{visible(source.path)}:{line}:{column + 1}"


def _notes(entry: Entry, hidden: int) -> Iterator[tuple[str, str]]:
    finding = entry.finding
    if hidden:
        yield "note", counted(hidden, "more related place")
    for note in finding.notes:
        yield "note", note
    template = _template(finding.primary)
    if template:
        yield "note", f"rendered from {template}"
    if entry.suppressed is not None:
        yield "note", _suppression(entry.suppressed)
    if finding.help is not None:
        yield "help", finding.help
    if finding.fix is not None:
        yield f"fix ({finding.fix.safety.value})", finding.fix.title


def _suppression(suppressed: Suppressed) -> str:
    at = f" at {place(suppressed.place)}" if suppressed.place is not None else ""
    reason = f": {suppressed.reason}" if suppressed.reason else ""
    return f"suppressed by {suppressed.by}{at}{reason}"


def _template(label: Label) -> str:
    """Return the template that Helm names above the document of a label, if it does."""
    text, start = label.span.source.text, label.span.start
    document = text.rfind("\n---", max(0, start - _DOCUMENT), start) + 1
    if not document and start > _DOCUMENT:
        return ""
    begin = text.find("\n", document) + 1 if text.startswith("---", document) else 0
    if not text.startswith(_SOURCE, begin):
        return ""
    end = text.find("\n", begin)
    return text[begin + len(_SOURCE) : end].strip()
