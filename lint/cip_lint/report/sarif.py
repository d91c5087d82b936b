"""The format ``sarif``: SARIF 2.1.0 as GitHub code scanning reads it.

All rules of the run are listed, whether they found something or not; every related
place has an id that the message links to; what could not be read is a notification,
so that a reader of the file alone knows what was not checked. Addresses are relative
to the root of the sources, columns are code points. What lies in no file, as a built
text, is shown at the top of the file that stands for it, and named in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from cip_lint.model import Finding, Fix, Label, Report, RuleInfo, Severity, Span
from cip_lint.report.entries import Entry, entries, place, worst_first
from cip_lint.report.json_text import json_text
from cip_lint.report.pages import MANUAL, rule_url
from cip_lint.report.visible import shown
from cip_lint.words import counted

# What GitHub takes: more results make it refuse the file, more places of one result
# are dropped.
RESULTS: Final = 25_000
PLACES: Final = 1_000

_LINKS: Final = 10
_TOP: Final = {"startLine": 1}
_SUMMARY: Final = 1_024
_NAME: Final = 255
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"

_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_PROBLEMS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
# An error is what the API server or the data plane does; an info is advice.
_PRECISIONS: Final = {
    Severity.ERROR: "very-high",
    Severity.WARNING: "high",
    Severity.INFO: "medium",
}

Object = dict[str, Any]


def render(report: Report, *, color: bool, width: int) -> str:
    """Return the log; colour and width do not matter."""
    return json_text(log(report), levels=5)


def log(report: Report) -> Object:
    """Return the log as plain JSON values, with one run."""
    listed = entries(report)
    chosen = _chosen(listed)
    indexes = {info.id: index for index, info in enumerate(report.rules)}
    names = [cluster.name for cluster in report.clusters]
    # Uploads of several clusters one by one do not replace each other.
    category = f"cip-lint/{names[0]}/" if len(names) == 1 else "cip-lint/"
    run: Object = {
        "tool": {
            "driver": {
                "name": "cip-lint",
                "version": report.version,
                "semanticVersion": report.version,
                "informationUri": MANUAL,
                "rules": [_rule(info) for info in report.rules],
            }
        },
        "automationDetails": {"id": category},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The folder in which cip-lint was run."}}
        },
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": list(
                    _notifications(report, len(listed) - len(chosen))
                ),
            }
        ],
        "results": [_result(entry, indexes) for entry in chosen],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _chosen(listed: list[Entry]) -> list[Entry]:
    """Return what fits; the least severe are left out, the order stays."""
    if len(listed) <= RESULTS:
        return listed
    worst = worst_first(listed)[:RESULTS]
    return sorted(worst, key=lambda entry: entry.finding.sort_key)


def _notifications(report: Report, cut: int) -> Iterator[Object]:
    for error in report.errors:
        yield _notification("error", "failed", error)
    for unread in report.unread:
        about = _notification("warning", "not-read", f"not read: {unread.reason}")
        region = {"region": {"startLine": unread.line}} if unread.line > 0 else {}
        physical = {"artifactLocation": _artifact(unread.path), **region}
        yield {**about, "locations": [{"physicalLocation": physical}]}
    if cut:
        text = f"left out, the least severe ones: {counted(cut, 'result')}"
        yield _notification("warning", "results-cut", text)
    for clause in report.footer:
        yield _notification("note", "not-judged", clause)


def _notification(level: str, name: str, text: str) -> Object:
    return {"level": level, "descriptor": {"id": name}, "message": {"text": text}}


def _rule(info: RuleInfo) -> Object:
    return {
        "id": info.id,
        "name": info.id[:_NAME],
        "shortDescription": {"text": info.summary[:_SUMMARY]},
        "fullDescription": {"text": (_why(info.page) or info.summary)[:_SUMMARY]},
        "helpUri": rule_url(info.id),
        "help": {"text": info.page or info.summary, "markdown": info.page},
        "defaultConfiguration": {"level": _LEVELS[info.severity]},
        "properties": {
            "precision": _PRECISIONS[info.severity],
            "problem.severity": _PROBLEMS[info.severity],
            "since": info.since,
            "tags": ["kubernetes", info.id.partition(".")[0]],
        },
    }


def _why(page: str) -> str:
    """Return the section of a page that says why the rule matters, as one line."""
    _, _, rest = page.partition("## Why it matters\n")
    return " ".join(re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].split())


def _result(entry: Entry, indexes: dict[str, int]) -> Object:
    finding = entry.finding
    related = [one for one in finding.related if one.span.source.file][: PLACES - 1]
    result: Object = {"ruleId": finding.rule}
    if finding.rule in indexes:
        result["ruleIndex"] = indexes[finding.rule]
    result |= {
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.primary)],
    }
    if related:
        result["relatedLocations"] = [
            {"id": index, **_location(label)} for index, label in enumerate(related, 1)
        ]
    if finding.fingerprint:
        result["partialFingerprints"] = {"cipLint/v1": finding.fingerprint}
    if entry.suppressed is not None:
        kind = "external" if entry.suppressed.by == "config" else "inSource"
        reason = entry.suppressed.reason
        why = {"justification": reason} if reason else {}
        result["suppressions"] = [{"kind": kind, "status": "accepted", **why}]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix)]
    result["properties"] = _properties(finding)
    return result


def _properties(finding: Finding) -> Object:
    values: Object = {
        "cluster": finding.cluster,
        "confidence": finding.confidence.value,
    }
    if finding.object is not None:
        values["object"] = str(finding.object)
    return values


def _message(finding: Finding) -> str:
    """Return the message, then links to the related places, notes and help.

    GitHub shows the first sentence alone where space is short.
    """
    sentences = [_unlinked(finding.message)]
    if _stands_for_another(finding.primary):
        sentences.append(f"It is at {_unlinked(place(finding.primary))}")
    in_files = [one for one in finding.related if one.span.source.file]
    links = [
        f"[{_link(label)}]({index})" for index, label in enumerate(in_files[:_LINKS], 1)
    ]
    elsewhere = [one for one in finding.related if not one.span.source.file]
    links += map(_link, elsewhere[: _LINKS - len(links)])
    hidden = len(finding.related) - len(links)
    if hidden:
        links.append(f"{hidden} more")
    if links:
        sentences.append(f"See {', '.join(links)}")
    sentences += (_unlinked(note) for note in finding.notes)
    if finding.help is not None:
        sentences.append(f"Help: {_unlinked(finding.help)}")
    return ".\n".join(sentences) + "."


def _unlinked(text: str) -> str:
    r"""Return text in which no link can begin: ``](`` is written ``\](``."""
    return shown(text).replace("](", "\\](")


def _link(label: Label) -> str:
    text = f"{place(label)} {shown(label.text)}".rstrip()
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _location(label: Label) -> Object:
    region = _region(label.span) if not _stands_for_another(label) else _TOP
    location: Object = {
        "physicalLocation": {
            "artifactLocation": _artifact(
                label.span.source.file or label.span.source.path
            ),
            "region": region,
        }
    }
    if label.text:
        location["message"] = {"text": shown(label.text)}
    return location


def _stands_for_another(label: Label) -> bool:
    """Whether the file of a label is not the text that it is about."""
    return label.span.source.file != label.span.source.path


def _region(span: Span) -> Object:
    first, last = span.first, span.last
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
    }


def _artifact(path: str) -> Object:
    from urllib.parse import quote  # noqa: PLC0415 - only reports that name files

    # A name that is no UTF-8 was read with surrogates, one for each byte.
    uri = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": _ROOT}


def _fix(fix: Fix) -> Object:
    changes: dict[str, list[Object]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.span.source.path, []).append(
            {
                "deletedRegion": _region(edit.span),
                "insertedContent": {"text": edit.text},
            }
        )
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }
