"""One finding for one root cause."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from cip_lint.engine.candidates import Candidate
from cip_lint.engine.precedence import decided
from cip_lint.model import Resource, Severity, SourceFile, Span
from cip_lint.rule import Context, Problem, Rule, Stage, rule, whole_cluster
from support.clusters import NoPlaces

SPAN = Span(SourceFile("x.yaml", ""), 0, 0)


def _resource(name: str) -> Resource:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}}
    return Resource(body, NoPlaces("x.yaml", 0))


WEB, API = _resource("web"), _resource("api")


def _rule(rule_id: str, stage: Stage, hides: Sequence[str] = ()) -> Rule[Any]:
    @rule(
        rule_id,
        severity=Severity.ERROR,
        on=whole_cluster,
        stage=stage,
        since="0.1.0",
        hides=hides,
    )
    def found(_subject: object, _cx: Context) -> Iterator[Problem]:
        """Something is wrong."""
        return iter(())

    return found


def said(
    by: Rule[Any],
    about: Resource | None,
    *,
    severity: Severity | None = None,
    topic: Hashable = None,
    covers: tuple[Resource, ...] = (),
    further: tuple[Hashable, ...] = (),
) -> Candidate:
    problem = Problem(
        "wrong",
        SPAN,
        severity=severity,
        topic=topic,
        covers=covers,
        further_topics=further,
    )
    return Candidate(by, problem, about, None)


REFUSED = _rule("service.refused", Stage.REFUSAL)
NOTHING = _rule("selector.matches-nothing", Stage.SELECTION, ["selector.tied"])
TIED = _rule("selector.tied", Stage.SELECTION)
TAKEN = _rule("address.taken", Stage.PLACEMENT, ["address.band"])
BAND = _rule("address.band", Stage.PLACEMENT)
NAMES = _rule("headless.missing", Stage.NAMES)
TYPE = _rule("manifest.type", Stage.DECODE, ["service.*"])
GONE = _rule("manifest.version", Stage.DECODE, ["ALL"])


def test_what_is_refused_is_not_asked_what_it_selects() -> None:
    all_said = [said(REFUSED, WEB), said(NOTHING, WEB), said(NOTHING, API)]

    assert decided(all_said) == [all_said[0], all_said[2]]


def test_what_is_refused_still_claims_its_address_and_its_name() -> None:
    all_said = [said(REFUSED, WEB), said(TAKEN, WEB), said(NAMES, WEB)]

    assert decided(all_said) == all_said


def test_a_warning_about_an_object_refuses_nothing() -> None:
    all_said = [said(REFUSED, WEB, severity=Severity.WARNING), said(NOTHING, WEB)]

    assert decided(all_said) == all_said


def test_a_rule_hides_those_it_names_on_the_same_object() -> None:
    all_said = [said(TIED, WEB), said(NOTHING, WEB), said(TIED, API)]

    assert decided(all_said) == all_said[1:]


def test_a_topic_hides_the_same_topic_alone() -> None:
    all_said = [
        said(TAKEN, WEB, topic="10.96.0.10"),
        said(BAND, WEB, topic="10.96.0.10"),
        said(BAND, WEB, topic="10.96.0.11"),
    ]

    assert decided(all_said) == [all_said[0], all_said[2]]


def test_a_problem_without_a_topic_is_about_the_whole_object() -> None:
    all_said = [said(TAKEN, WEB, topic="10.96.0.10"), said(BAND, WEB)]

    assert decided(all_said) == all_said[:1]


def test_a_problem_may_settle_further_topics() -> None:
    all_said = [
        said(TAKEN, WEB, topic="a", further=("b",)),
        *(said(BAND, WEB, topic=topic) for topic in "abc"),
    ]

    assert decided(all_said) == [all_said[0], all_said[3]]


def test_a_problem_covers_further_objects() -> None:
    all_said = [said(NOTHING, WEB, covers=(API,)), said(TIED, API)]

    assert decided(all_said) == all_said[:1]


def test_a_rule_may_hide_a_family_or_everything() -> None:
    wrong_type = [said(TYPE, WEB), said(REFUSED, WEB), said(TAKEN, WEB)]
    wrong_version = [said(GONE, WEB), said(TAKEN, WEB), said(TAKEN, API)]

    assert decided(wrong_type) == [wrong_type[0], wrong_type[2]]
    assert decided(wrong_version) == [wrong_version[0], wrong_version[2]]


def test_what_hides_may_be_hidden_itself() -> None:
    hidden = said(NOTHING, WEB)
    all_said = [said(REFUSED, WEB), hidden, said(TIED, API)]

    assert decided(all_said) == [all_said[0], all_said[2]]


def test_problems_without_an_object_hide_nothing() -> None:
    all_said = [said(GONE, None), said(BAND, WEB)]

    assert decided(all_said) == all_said
