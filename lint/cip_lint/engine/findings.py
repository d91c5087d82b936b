"""From a candidate to a finding: severity, the server's answer, notes."""

from __future__ import annotations

from cip_lint.config import Choices
from cip_lint.engine.alike import build_of
from cip_lint.engine.candidates import Candidate
from cip_lint.kube.faults import Fault
from cip_lint.model import Build, Finding, Label, ServerAnswer, Severity

_LATER = "the API server would name this only after its earlier refusal is repaired"


def finding(candidate: Candidate, cluster: str, choices: Choices) -> Finding | None:
    """Return what is reported; None where a setting switches it off for its path."""
    problem, rule = candidate.problem, candidate.rule
    primary = problem.at if isinstance(problem.at, Label) else Label(problem.at)
    if problem.label and not primary.text:
        primary = Label(primary.span, problem.label, primary.field)
    resource = candidate.resource
    builds: tuple[Build, ...] = ()
    if resource is not None and (resource.built_by or resource.release):
        builds = (build_of(resource),)
    paths = (primary.span.source.path, *(one.path for one in builds))
    severity = _severity(candidate, paths, choices)
    if severity is None:
        return None
    return Finding(
        rule=rule.id,
        severity=severity,
        confidence=problem.confidence,
        message=problem.message,
        primary=primary,
        related=(*problem.related, *_because(candidate, primary)),
        notes=problem.notes + _later(problem.faults),
        help=problem.help,
        server=_server(candidate),
        object=candidate.ref,
        cluster=cluster,
        builds=builds,
    )


def _because(candidate: Candidate, primary: Label) -> tuple[Label, ...]:
    """Return what set the variables that stand in the place of a finding."""
    if candidate.resource is None or "${" not in primary.span.text:
        return ()
    return candidate.resource.places.because(primary.span)


def _severity(
    candidate: Candidate, paths: tuple[str, ...], choices: Choices
) -> Severity | None:
    """Return the severity that the settings give, by the place or what is built."""
    severity: Severity | None = candidate.severity
    for entry in choices.severities:
        if entry.rule.names(candidate.rule.id) and (
            entry.matches is None or any(map(entry.matches, paths))
        ):
            severity = entry.severity
    return severity


def _server(candidate: Candidate) -> ServerAnswer | None:
    """Return the part of the API server's answer that the problem explains."""
    if candidate.problem.answer is not None:
        return candidate.problem.answer
    now = [fault for fault in candidate.problem.faults if not fault.later]
    if not now:
        return None
    answer = candidate.answer
    if answer is not None and answer.code != 422:
        return ServerAnswer(answer.code, (), answer.message)
    if any(fault.stage == "decode" for fault in now):
        return ServerAnswer(400, (), now[0].cause.message)
    return ServerAnswer(422, tuple(fault.cause for fault in now))


def _later(faults: tuple[Fault, ...]) -> tuple[str, ...]:
    """Say of a refusal that the server hides behind another one."""
    if not faults or not all(fault.later for fault in faults):
        return ()
    return (_LATER,)
