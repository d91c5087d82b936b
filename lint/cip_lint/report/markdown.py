"""The format ``markdown``: tables for a job summary or a comment on a change.

GitHub refuses a summary of more than 1 MiB, and nobody reads a table of a thousand
rows; so it is cut, the worst first, and says how much is left out. Every character
that Markdown or HTML could act on is written as an entity: names in manifests must
not make links, mention people or break out of their cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cip_lint.model import Report
from cip_lint.report.entries import Entry, entries, place, worst_first
from cip_lint.report.footer import footer, problems
from cip_lint.report.visible import shown, visible
from cip_lint.words import counted

ROWS: Final = 200
BYTES: Final = 1_000_000
"""Below the 1,048,576 that GitHub takes, so that a heading of others fits too."""

_CELL: Final = 500
_ENTITIES: Final = {
    **str.maketrans({char: f"&#{ord(char)};" for char in "&<>\"'`*_[](){}|~!\\$:^="}),
    # GitHub looks for these in the text of the rendered page, so an entity does not
    # hide them; a comment parts them from the name or number that follows.
    ord("@"): "&#64;<!-- -->",
    ord("#"): "&#35;<!-- -->",
}


def render(report: Report, *, color: bool, width: int) -> str:
    """Return the summary; colour and width do not matter."""
    text = f"## cip-lint: {problems(report)}\n\n"
    # A line break of the footer would be none in Markdown.
    text += "\n".join(f"{plain(line)}  " for line in footer(report).splitlines())
    text += "\n"
    sections = (_failures(report), _findings(report), _unread(report))
    for title, head, rows in sections:
        if rows:
            text += table(title, head, rows, BYTES - len(text.encode()))
    return text


def table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> str:
    """Return a table below a heading, cut where it exceeds ``ROWS`` or a room."""
    lines = ["", f"### {title}", "", row(head), row(["---"] * len(head))]
    used = sum(len(line.encode()) + 1 for line in lines) + 200
    shown_rows = 0
    for cells in rows[:ROWS]:
        line = row(cells)
        used += len(line.encode()) + 1
        if used > room:
            break
        lines.append(line)
        shown_rows += 1
    hidden = len(rows) - shown_rows
    if hidden:
        lines += ["", f"{hidden} more are not shown here."]
    return "".join(f"{line}\n" for line in lines)


def _failures(report: Report) -> tuple[str, list[str], list[list[str]]]:
    return "Failed", ["What"], [[_inline(text)] for text in report.errors]


def _findings(report: Report) -> tuple[str, list[str], list[list[str]]]:
    head = ["Severity", "Rule", "Place", "Problem"]
    return "Findings", head, [_finding(each) for each in worst_first(entries(report))]


def _finding(entry: Entry) -> list[str]:
    finding = entry.finding
    severity = finding.severity.value
    return [
        f"{severity} (suppressed)" if entry.suppressed else severity,
        code(finding.rule),
        code(place(finding.primary)),
        "<br>".join(_said(entry)),
    ]


def _said(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    yield _inline(finding.message)
    for related in finding.related[:3]:
        said = f": {_inline(related.text)}" if related.text else ""
        yield f"see {code(place(related))}{said}"
    if len(finding.related) > 3:
        yield f"and {counted(len(finding.related) - 3, 'more place')}"
    if entry.suppressed is not None and entry.suppressed.reason:
        yield f"suppressed: {_inline(entry.suppressed.reason)}"
    if finding.help is not None:
        yield f"help: {_inline(finding.help)}"


def _unread(report: Report) -> tuple[str, list[str], list[list[str]]]:
    rows = [
        [
            code(
                visible(f"{unread.path}:{unread.line}" if unread.line else unread.path)
            ),
            _inline(unread.reason),
        ]
        for unread in report.unread
    ]
    return "Not read", ["Place", "Reason"], rows


def row(cells: Sequence[str]) -> str:
    """Return a line of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is."""
    return shown(text, _CELL).translate(_ENTITIES)


def _inline(text: str) -> str:
    """Return text with what stands in backticks as code."""
    *pairs, last = shown(text, _CELL).split("`")
    if len(pairs) % 2:
        # The last backtick has no partner.
        pairs, last = pairs[:-1], f"{pairs[-1]}`{last}"
    pieces = [
        f"<code>{piece.translate(_ENTITIES)}</code>"
        if index % 2
        else piece.translate(_ENTITIES)
        for index, piece in enumerate([*pairs, last])
    ]
    return "".join(pieces)


def code(text: str) -> str:
    """Return Markdown that shows a text as code."""
    return f"<code>{shown(text, _CELL).translate(_ENTITIES)}</code>"
