"""The last words of a run, for standard error: how much was read and found."""

from __future__ import annotations

from cip_lint.model import Report
from cip_lint.report.visible import shown
from cip_lint.words import counted


def footer(report: Report) -> str:
    """Return the counts as one line, and a second one for what was not judged."""
    lines = [_counts(report)]
    if report.footer:
        lines.append("; ".join(shown(clause) for clause in report.footer) + ".")
    return "".join(f"{line}\n" for line in lines)


def problems(report: Report) -> str:
    """Return ``3 problems (2 errors, 1 warning)``, or ``no problems``."""
    summary = report.summary
    total = summary.error + summary.warning + summary.info
    if not total:
        return "no problems"
    kinds = [
        counted(number, word)
        for number, word in (
            (summary.error, "error"),
            (summary.warning, "warning"),
            (summary.info, "info"),
        )
        if number
    ]
    return f"{counted(total, 'problem')} ({', '.join(kinds)})"


def _counts(report: Report) -> str:
    summary = report.summary
    files = counted(summary.files, "file")
    services = counted(summary.services, "Service")
    found = {finding.primary.span.source.path for finding in report.findings}
    if len(found) > summary.files:  # the settings file is none of those counted
        text = f"{problems(report)}; {files}, {services}"
    elif found:
        text = f"{problems(report)} in {len(found)} of {files}, {services}"
    else:
        text = f"{files}, {services}, {problems(report)}"
    hidden = []
    if summary.suppressed:
        hidden.append(f"{summary.suppressed} suppressed")
    if summary.baseline:
        hidden.append(f"{summary.baseline} in the baseline")
    fixable = sum(finding.fix is not None for finding in report.findings)
    end = f" {fixable} can be fixed with --fix." if fixable else ""
    return "; ".join([text, ", ".join(hidden)] if hidden else [text]) + "." + end
