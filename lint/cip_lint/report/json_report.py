"""The format ``json``: the whole report, as ``report.schema.json`` describes it.

An interface of version 1: fields may be added, none is changed or removed. Lines and
columns are one-based code points and offsets zero-based ones; every end is exclusive.
"""

from __future__ import annotations

from typing import Any, Final

from cip_lint.model import (
    ClusterReport,
    Finding,
    Fix,
    Label,
    Report,
    ServerAnswer,
    Span,
    Suppressed,
)
from cip_lint.report.json_text import json_text
from cip_lint.report.pages import rule_url

VERSION: Final = 1

Object = dict[str, Any]


def render(report: Report, *, color: bool, width: int) -> str:
    """Return the document; colour and width do not matter."""
    return json_text(document(report), levels=2)


def document(report: Report) -> Object:
    """Return the report as plain JSON values."""
    summary = report.summary
    return {
        "version": VERSION,
        "tool": {"name": "cip-lint", "version": report.version},
        "clusters": [cluster_object(cluster) for cluster in report.clusters],
        "summary": {
            "files": summary.files,
            "documents": summary.documents,
            "objects": summary.objects,
            "services": summary.services,
            "error": summary.error,
            "warning": summary.warning,
            "info": summary.info,
            "suppressed": summary.suppressed,
            "baseline": summary.baseline,
        },
        "findings": [finding_object(finding) for finding in report.findings],
        "suppressed": [_suppressed(hidden) for hidden in report.suppressed],
        "unread": [
            {"path": unread.path, "line": unread.line, "reason": unread.reason}
            for unread in report.unread
        ],
        "skipped": dict(sorted(report.skipped.items())),
        "notices": list(report.footer),
        "errors": list(report.errors),
    }


def finding_object(finding: Finding) -> Object:
    """Return a finding as plain JSON values.

    ``server`` is there exactly when the API server would refuse the object; of the
    other parts, what a finding does not have is null or empty.
    """
    about = finding.object
    value = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "cluster": finding.cluster,
        "message": finding.message,
        "object": None
        if about is None
        else {
            "apiVersion": about.api_version,
            "kind": about.kind,
            "namespace": about.namespace,
            "name": about.name,
        },
        "primary": _label(finding.primary),
        "related": [_label(label) for label in finding.related],
        "notes": list(finding.notes),
        "help": finding.help,
        "fix": None if finding.fix is None else _fix(finding.fix),
        "fingerprint": finding.fingerprint,
        "builds": [
            {"path": build.path, "release": build.release or None}
            for build in finding.builds
        ],
        "url": rule_url(finding.rule),
    }
    if finding.server is not None:
        value["server"] = server_object(finding.server)
    return value


def server_object(answer: ServerAnswer) -> Object:
    """Return an answer of the API server: its causes, or its message alone."""
    if not answer.causes:
        return {"code": answer.code, "message": answer.message}
    return {
        "code": answer.code,
        "causes": [
            {"reason": cause.reason, "field": cause.field, "message": cause.message}
            for cause in answer.causes
        ],
    }


def cluster_object(cluster: ClusterReport) -> Object:
    """Return a cluster: its settings with their origins, its units and its base."""
    base = cluster.base
    return {
        "name": cluster.name,
        "settings": {
            name: {"value": value, "origin": origin}
            for name, (value, origin) in cluster.settings.items()
        },
        "units": [
            {"path": unit.path, "engine": unit.engine, "why": unit.why}
            for unit in cluster.units
        ],
        "base": None
        if base is None
        else {
            "words": base.words,
            "revision": base.revision or None,
            "live": base.live,
        },
    }


def place_object(span: Span) -> Object:
    """Return a place: its file, its first character and the one behind its last.

    ``file`` is there where no file of the working folder has that path.
    """
    first, last, source = span.first, span.last, span.source
    place: Object = {"path": source.path}
    if source.file != source.path:
        place["file"] = source.file or None
    place["start"] = {
        "line": first.line,
        "column": first.column,
        "offset": span.start,
    }
    place["end"] = {"line": last.line, "column": last.column, "offset": span.end}
    return place


def _label(label: Label) -> Object:
    return {**place_object(label.span), "label": label.text, "field": label.field}


def _fix(fix: Fix) -> Object:
    return {
        "title": fix.title,
        "safety": fix.safety.value,
        "edits": [{**place_object(edit.span), "text": edit.text} for edit in fix.edits],
    }


def _suppressed(hidden: Suppressed) -> Object:
    place = None if hidden.place is None else _label(hidden.place)
    return {
        **finding_object(hidden.finding),
        "suppression": {"by": hidden.by, "reason": hidden.reason, "place": place},
    }
