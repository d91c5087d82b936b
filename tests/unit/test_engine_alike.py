"""What several builds of one base say alike is one finding."""

from __future__ import annotations

from typing import Any

from cip_lint.engine.alike import merged
from cip_lint.engine.candidates import Candidate
from cip_lint.manifests.file_reading import read_text
from cip_lint.model import Resource, Severity, SourceFile
from cip_lint.rule import Problem, Rule, Stage, rule, services

BASE = SourceFile(
    "base/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
)
(WEB,) = read_text(BASE, None).resources


@rule(
    "port.test", severity=Severity.ERROR, on=services, stage=Stage.PORTS, since="0.1.0"
)
def port_test(_row: Any, _cx: Any) -> Any:
    """Is a rule."""


RULE: Rule[Any] = port_test


def said(message: str, built_by: str, *, field: str = "name") -> Candidate:
    resource = Resource(WEB.body, WEB.places, built_by=built_by)
    at = resource.label("metadata", field)
    return Candidate(RULE, Problem(message, at=at), resource, None)


def notes(candidates: list[Candidate]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.problem.message, one.problem.notes) for one in merged(candidates)]


def test_the_first_build_speaks_for_all() -> None:
    found = notes([said("in a", "a/k.yaml"), said("in b", "b/k.yaml")])

    assert found == [("in a", ("the same in 1 other build: b",))]


def test_many_builds_are_counted() -> None:
    found = notes([said("x", f"{name}/k.yaml") for name in "abcdefg"])

    assert found == [("x", ("the same in 6 other builds: b, c, d, 3 more",))]


def test_what_is_written_in_other_places_stays_apart() -> None:
    one = said("in a", "a/k.yaml")
    other = said("in b", "b/k.yaml", field="namespace")._replace()
    elsewhere = other._replace(problem=other.problem._replace(at=WEB.key_label("kind")))

    assert len(merged([one, elsewhere])) == 2


def test_objects_as_they_are_written_are_left_alone() -> None:
    assert len(merged([said("x", ""), said("x", "")])) == 2


def test_two_findings_of_one_build_at_one_place_are_one() -> None:
    assert notes([said("x", "a/k.yaml"), said("y", "a/k.yaml")]) == [("x", ())]
