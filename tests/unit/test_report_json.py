"""The JSON report: its schema, its places, its promises."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from cip_lint.model import ServerAnswer, Suppressed
from cip_lint.report import FORMATS
from cip_lint_schemas import load
from support import worlds


def document(case: str) -> Any:
    return json.loads(
        FORMATS["json"].render(getattr(worlds, case)(), color=True, width=9)
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(load("report"))


@pytest.mark.parametrize("case", ["small", "clean", "hostile"])
def test_reports_follow_the_schema(case: str) -> None:
    jsonschema.Draft7Validator(load("report")).validate(document(case))


def test_the_schema_refuses_what_is_missing() -> None:
    whole = document("small")
    validator = jsonschema.Draft7Validator(load("report"))

    for key in whole:
        assert not validator.is_valid({k: v for k, v in whole.items() if k != key})
    for key in set(whole["findings"][1]) - {"server"}:
        broken = document("small")
        del broken["findings"][1][key]
        assert not validator.is_valid(broken)


def test_offsets_are_the_text_that_is_meant() -> None:
    primary = document("small")["findings"][1]["primary"]
    start, end = primary["start"]["offset"], primary["end"]["offset"]

    assert worlds.CACHE.text[start:end] == "10.96.0.10"
    assert primary == {
        "path": "manifests/team-b/cache.yaml",
        "start": {"line": 8, "column": 14, "offset": start},
        "end": {"line": 8, "column": 24, "offset": end},
        "label": "asked for here",
        "field": "spec.clusterIP",
    }


def test_server_is_there_exactly_for_refusals() -> None:
    findings = document("small")["findings"]

    assert ["server" in found for found in findings] == [False, True, True]
    assert findings[2]["server"] == {
        "code": 422,
        "causes": [
            {
                "reason": "FieldValueRequired",
                "field": "spec.ports[1].name",
                "message": "Required value",
            }
        ],
    }


def test_an_answer_without_causes_has_a_message() -> None:
    refused = worlds.taken()._replace(server=ServerAnswer(400, (), "cannot decode"))
    report = worlds.clean()._replace(findings=(refused,))
    text = FORMATS["json"].render(report, color=False, width=0)

    assert json.loads(text)["findings"][0]["server"] == {
        "code": 400,
        "message": "cannot decode",
    }
    jsonschema.Draft7Validator(load("report")).validate(json.loads(text))


def test_a_suppressed_finding_says_by_what() -> None:
    hidden = Suppressed(worlds.taken(), "annotation", "")
    report = worlds.clean()._replace(suppressed=(hidden,))
    whole = json.loads(FORMATS["json"].render(report, color=False, width=0))

    assert whole["suppressed"][0]["suppression"] == {
        "by": "annotation",
        "reason": "",
        "place": None,
    }


def test_texts_round_trip() -> None:
    found = document("hostile")["findings"][0]

    assert found["message"] == worlds.HOSTILE_TEXT
    assert found["primary"]["path"] == worlds.HOSTILE_PATH


def test_every_finding_has_a_line_of_its_own() -> None:
    lines = FORMATS["json"].render(worlds.small(), color=False, width=0).splitlines()

    assert len([line for line in lines if line.startswith('  {"rule": ')]) == 4
