"""A call as JSON, version 1; its schema is ``trace.schema.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.model import Finding
    from cip_lint.replay.tracing.hops import Detail, End, Hop, Place, Trace
    from cip_lint.report.trace_findings import Said

Json = dict[str, Any]


def document(trace: Trace, said: Sequence[Said]) -> Json:
    """Return a call, its hops and the findings that speak of them as plain values."""
    target = trace.target
    return {
        "version": 1,
        "cluster": trace.cluster,
        "from": _object(trace.caller),
        "to": {
            "text": target.text,
            "scheme": target.scheme or None,
            "host": target.host or None,
            "service": _service(target.service),
            "port": target.port,
        },
        "state": trace.state.value,
        "hops": [_hop(hop) for hop in trace.hops],
        "ends": [_end(end) for end in trace.ends],
        "findings": [_finding(one.finding, one.hop) for one in said],
    }


def _service(named: tuple[str, str] | None) -> Json | None:
    return None if named is None else {"namespace": named[0], "name": named[1]}


def _object(member: Member) -> Json:
    ref = member.ref
    return {
        "kind": ref.kind,
        "namespace": ref.namespace,
        "name": ref.name,
        **beginning(member),
    }


def beginning(member: Member) -> Json:
    """Return where an object begins."""
    line = member.resource.key_span("kind").first.line
    return {"path": member.path, "line": line}


def place_of(place: Place | None) -> Json | None:
    """Return a place with its line, column and field; null for none."""
    if place is None:
        return None
    span = place.span
    return {
        "path": span.source.path,
        "line": span.first.line,
        "column": span.first.column,
        "field": place.field,
    }


def _hop(hop: Hop) -> Json:
    return {
        "step": hop.step.value,
        **_said(hop),
        "details": [_said(one) for one in hop.details],
    }


def _said(one: Hop | Detail) -> Json:
    return {
        "state": one.state.value,
        "message": one.words,
        "place": place_of(one.place),
    }


def _end(end: End) -> Json:
    return {
        "name": end.name,
        "port": end.port,
        "pods": end.pods,
        "object": None if end.member is None else _object(end.member),
    }


def _finding(finding: Finding, hop: int) -> Json:
    first = finding.primary.span.first
    return {
        "hop": hop,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.primary.span.source.path,
        "line": first.line,
        "column": first.column,
    }
