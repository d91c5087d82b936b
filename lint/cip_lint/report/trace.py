"""The formats of ``cip-lint trace FROM TO``: text for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cip_lint.model import Finding
from cip_lint.replay.tracing.hops import Detail, Hop, Place, State, Trace
from cip_lint.report.full import render_finding
from cip_lint.report.trace_findings import Said, said_of
from cip_lint.report.visible import shown

_MARKS: Final = MappingProxyType(
    {State.OK: "ok", State.UNKNOWN: "?", State.BROKEN: "BROKEN"}
)
_BEHIND_MARK: Final = 8
_BEHIND_STEP: Final = 11
_INDENT: Final = " " * (_BEHIND_MARK + _BEHIND_STEP)


def render_text(trace: Trace, findings: Sequence[Finding]) -> str:
    """Return the hops of a call for a person.

    The findings that speak of them follow: in full those of the hop that breaks.
    """
    said = said_of(trace, findings)
    lines = [_heading(trace), ""]
    for number, hop in enumerate(trace.hops):
        lines += _hop(hop)
        lines += (_finding(one.finding) for one in said if one.hop == number)
    lines += ["", _ending(trace)]
    for one in said:
        if trace.hops[one.hop].state is State.BROKEN:
            lines += ["", render_finding(one.finding)]
    return "".join(f"{line}\n" for line in lines)


def _heading(trace: Trace) -> str:
    caller = trace.caller
    line = caller.resource.key_span("kind").first.line
    where = f"{caller.path}:{line}"
    return shown(f"{caller.display} ({where}) calls {trace.target.text}")


def _hop(hop: Hop) -> Iterator[str]:
    mark, step = _MARKS[hop.state], hop.step.value
    words = shown(f"{hop.words}{_at(hop.place)}")
    yield f"{mark:<{_BEHIND_MARK}}{step:<{_BEHIND_STEP}}{words}"
    for one in hop.details:
        yield f"{_INDENT}{_detail(one)}"


def _detail(one: Detail) -> str:
    mark = "" if one.state is State.OK else f"{_MARKS[one.state]} "
    return f"{mark}{shown(f'{one.words}{_at(one.place)}')}"


def _at(place: Place | None) -> str:
    if place is None:
        return ""
    span = place.span
    return f" ({span.source.path}:{span.first.line})"


def _finding(finding: Finding) -> str:
    head = f"{finding.severity.value}[{finding.rule}]: {finding.message}"
    return f"{_INDENT}{shown(f'{head}{_at_finding(finding)}')}"


def _at_finding(finding: Finding) -> str:
    span = finding.primary.span
    return f" ({span.source.path}:{span.first.line})"


def _ending(trace: Trace) -> str:
    if trace.state is State.BROKEN:
        broken = next(one for one in trace.hops if one.state is State.BROKEN)
        return shown(f"breaks at {broken.step.value}: {broken.words}")
    ends = ", ".join(end.name for end in trace.ends)
    if trace.state is State.UNKNOWN:
        unknown = next(one for one in trace.hops if one.state is State.UNKNOWN)
        return shown(f"not known whether it arrives: {unknown.words}")
    return shown(f"arrives at {ends}" if ends else "arrives")


def render_json(trace: Trace, findings: Sequence[Finding]) -> str:
    """Return the hops of a call for programs."""
    from cip_lint.report.json_text import json_text  # noqa: PLC0415
    from cip_lint.report.trace_json import document  # noqa: PLC0415

    said: tuple[Said, ...] = said_of(trace, findings)
    return json_text(document(trace, said), 4)


TRACE_FORMATS: Final[Mapping[str, Callable[[Trace, Sequence[Finding]], str]]] = (
    MappingProxyType({"text": render_text, "json": render_json})
)
"""The formats of one call, by name."""
