"""From what a rule says to what is reported, and what becomes of one that raises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cip_lint.config import Choices, Selector, SeverityEntry
from cip_lint.engine.alike import Told
from cip_lint.engine.candidates import Candidate, Owners, Runner
from cip_lint.engine.findings import finding
from cip_lint.engine.fingerprints import with_fingerprints
from cip_lint.engine.loading import asked
from cip_lint.kube.faults import Fault, required
from cip_lint.model import (
    Confidence,
    Finding,
    Label,
    ObjectRef,
    ServerAnswer,
    Severity,
    SourceFile,
    Span,
)
from cip_lint.replay import service_table
from cip_lint.rule import Context, Problem, Rule, Stage, objects, rule
from support.clusters import cluster

SOURCE = SourceFile("a/web.yaml", "kind: Service\nport: 80\n")
SPAN = Span(SOURCE, 14, 18)
REF = ObjectRef("v1", "Service", "shop", "web")
CHOICES = Choices((), frozenset())


@rule(
    "port.wrong",
    severity=Severity.ERROR,
    on=objects("Service"),
    stage=Stage.PORTS,
    since="0.1.0",
)
def wrong(_member: object, _cx: Context) -> Iterator[Problem]:
    """A port is wrong."""
    return iter(())


def fault(field: str, **rest: Any) -> Fault:
    return Fault("P1", ("spec",), required(field), **rest)


def made(problem: Problem, answer: ServerAnswer | None = None) -> Finding:
    found = finding(Candidate(wrong, problem, None, REF, answer), "east", CHOICES)
    assert found is not None
    return found


def test_a_finding_has_the_words_of_the_problem_and_the_name_of_the_rule() -> None:
    related = (Label(SPAN, "this one too"),)
    problem = Problem("port is wrong", SPAN, "here", related, ("a fact",), "mend it")

    assert made(problem) == Finding(
        rule="port.wrong",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        message="port is wrong",
        primary=Label(SPAN, "here"),
        related=related,
        notes=("a fact",),
        help="mend it",
        object=REF,
        cluster="east",
    )


def test_faults_that_the_server_names_now_are_its_answer() -> None:
    now, later = fault("spec.ports[0].name"), fault("spec.type", later=True)

    found = made(Problem("wrong", SPAN, faults=(now, later)))

    assert (found.server, found.notes) == (ServerAnswer(422, (now.cause,)), ())


def test_a_fault_that_the_server_names_later_is_a_note() -> None:
    found = made(Problem("wrong", SPAN, faults=(fault("spec.type", later=True),)))

    assert (found.server, found.notes) == (
        None,
        ("the API server would name this only after its earlier refusal is repaired",),
    )


@pytest.mark.parametrize(
    ("problem", "answer", "expected"),
    [
        (
            Problem("wrong", SPAN, faults=(fault("spec", stage="decode"),)),
            ServerAnswer(400, (), "cannot be handled"),
            ServerAnswer(400, (), "cannot be handled"),
        ),
        (
            Problem("wrong", SPAN, faults=(fault("spec", stage="decode"),)),
            None,
            ServerAnswer(400, (), "Required value"),
        ),
        (
            Problem("wrong", SPAN, answer=ServerAnswer(404, (), "no such kind")),
            None,
            ServerAnswer(404, (), "no such kind"),
        ),
    ],
)
def test_an_answer_without_causes_is_its_message(
    problem: Problem, answer: ServerAnswer | None, expected: ServerAnswer
) -> None:
    assert made(problem, answer).server == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), Severity.ERROR),
        ((SeverityEntry(Selector("port"), Severity.INFO),), Severity.INFO),
        ((SeverityEntry(Selector("address"), Severity.INFO),), Severity.ERROR),
        (
            (
                SeverityEntry(Selector("port"), Severity.INFO),
                SeverityEntry(Selector("port.wrong"), Severity.WARNING),
            ),
            Severity.WARNING,
        ),
        (
            (SeverityEntry(Selector("port"), None, lambda path: path == "a/web.yaml"),),
            None,
        ),
        (
            (SeverityEntry(Selector("port"), None, lambda path: path == "b.yaml"),),
            Severity.ERROR,
        ),
    ],
)
def test_settings_change_the_severity_of_a_rule(
    entries: tuple[SeverityEntry, ...], expected: Severity | None
) -> None:
    choices = CHOICES._replace(severities=entries)

    found = finding(
        Candidate(wrong, Problem("wrong", SPAN), None, None), "east", choices
    )

    assert (found.severity if found else None) == expected


SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: bad, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: good, namespace: shop}
"""


def _run(one: Rule[Any]) -> tuple[list[Candidate], list[str]]:
    shop = cluster(SERVICES)
    cx = Context(shop, service_table(shop))
    choices = CHOICES._replace(plugin_of={one.id: "acme"})
    runner = Runner(choices, lambda: 0.0)
    found = list(runner.run(one, cx, Owners(shop), asked(cx)))
    return found, [str(error) for error in runner.errors.values()]


def test_a_rule_that_raises_on_one_object_is_named_and_goes_on() -> None:
    @rule(
        "acme.odd",
        severity=Severity.ERROR,
        on=objects("Service"),
        stage=Stage.PORTS,
        since="1",
    )
    def odd(member: Any, _cx: Context) -> Iterator[Problem]:
        """It is odd."""
        if member.name == "bad":
            raise KeyError("ports")
        yield Problem("odd", member.resource.span())

    found, errors = _run(odd)

    assert [one.ref for one in found] == [ObjectRef("v1", "Service", "shop", "good")]
    assert [error.partition(" on ")[0] for error in errors] == [
        "plugin acme: rule acme.odd raised KeyError: 'ports'"
    ]


def test_a_rule_that_exits_is_named_and_goes_on() -> None:
    @rule(
        "acme.leaving",
        severity=Severity.ERROR,
        on=objects("Service"),
        stage=Stage.PORTS,
        since="1",
    )
    def leaving(member: Any, _cx: Context) -> Iterator[Problem]:
        """It leaves."""
        if member.name == "bad":
            raise SystemExit(0)
        yield Problem("odd", member.resource.span())

    def nowhere(_cx: Context) -> Iterator[Any]:
        raise SystemExit(0)

    found, errors = _run(leaving)
    _, of_subjects = _run(leaving._replace(on=nowhere))

    assert [one.ref for one in found] == [ObjectRef("v1", "Service", "shop", "good")]
    assert [error.partition(" on ")[0] for error in (*errors, *of_subjects)] == [
        "plugin acme: rule acme.leaving raised SystemExit: 0"
    ] * 2


def test_a_rule_whose_subjects_raise_is_named() -> None:
    def nothing(_cx: Context) -> Iterator[Any]:
        raise ValueError("no")

    found, errors = _run(wrong._replace(on=nothing))

    assert (found, errors) == (
        [],
        ["plugin acme: rule port.wrong raised ValueError: no"],
    )


def _finding(line: int, field: str = "spec.type") -> Finding:
    span = Span(SourceFile("a.yaml", "\n" * 20), line, line)
    label = Label(span, field=field)
    return Finding("r.s", Severity.ERROR, Confidence.CERTAIN, "m", label, object=REF)


def test_a_fingerprint_stays_when_the_lines_move() -> None:
    (before,) = with_fingerprints([Told(_finding(1))])
    (after,) = with_fingerprints([Told(_finding(9))])

    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 32


def test_equal_findings_differ_by_their_number() -> None:
    findings = [_finding(1), _finding(2), _finding(3, "spec.ports")]
    found = with_fingerprints([*map(Told, findings)])

    assert len({one.fingerprint for one in found}) == 3


@pytest.mark.parametrize("nonsense", ["a text", Problem("no place", at=None)])  # type: ignore[arg-type]
def test_a_rule_that_yields_nonsense_is_named(nonsense: Any) -> None:
    @rule(
        "acme.nonsense",
        severity=Severity.ERROR,
        on=objects("Service"),
        stage=Stage.PORTS,
        since="1",
    )
    def odd(_member: Any, _cx: Context) -> Iterator[Problem]:
        """It yields what is no problem."""
        yield nonsense

    found, errors = _run(odd)

    assert found == []
    assert [error.partition(": yielded")[0] for error in errors] == [
        "plugin acme: rule acme.nonsense raised TypeError"
    ]
