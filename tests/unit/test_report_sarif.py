"""SARIF: the schema of the standard, and what code scanning takes of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jsonschema
import pytest

from cip_lint.model import Label, Report, Severity, SourceFile, Span
from cip_lint.report import FORMATS
from cip_lint.report.json_report import place_object
from cip_lint_schemas import load
from support import worlds
from support.worlds import finding, label


def log(report: Report) -> Any:
    return json.loads(FORMATS["sarif"].render(report, color=True, width=9))


def run(report: Report) -> Any:
    (only,) = log(report)["runs"]
    return only


@pytest.mark.parametrize("case", ["small", "clean", "hostile"])
def test_logs_follow_the_schema_of_the_standard(case: str) -> None:
    jsonschema.Draft4Validator(load("sarif-2.1.0")).validate(
        log(getattr(worlds, case)())
    )


def test_all_rules_are_listed_whether_they_found_something_or_not() -> None:
    small = run(worlds.small())
    clean = run(worlds.small()._replace(findings=(), suppressed=()))

    assert small["tool"] == clean["tool"]
    rules = small["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [info.id for info in worlds.small().rules]
    assert rules[0]["fullDescription"] == {
        "text": "The server gives an address to one only."
    }
    assert rules[1]["defaultConfiguration"] == {"level": "note"}


def test_results_point_at_their_rule() -> None:
    whole = run(worlds.small())
    rules = whole["tool"]["driver"]["rules"]
    indexed = [result for result in whole["results"] if "ruleIndex" in result]

    assert len(indexed) == 2
    assert [rules[each["ruleIndex"]]["id"] for each in indexed] == [
        each["ruleId"] for each in indexed
    ]


def test_a_related_place_is_linked_by_its_id() -> None:
    result = run(worlds.small()._replace(findings=(worlds.taken(),)))["results"][-1]

    assert result["message"]["text"].splitlines()[:2] == [
        "10.96.0.10 is asked for by 2 Services.",
        (
            "See [manifests/dns/coredns.yaml:7:14 "
            "Service kube-system/kube-dns already holds it](1)."
        ),
    ]
    assert result["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "manifests/dns/coredns.yaml",
                    "uriBaseId": "%SRCROOT%",
                },
                "region": {
                    "startLine": 7,
                    "startColumn": 14,
                    "endLine": 7,
                    "endColumn": 24,
                },
            },
            "message": {"text": "Service kube-system/kube-dns already holds it"},
        }
    ]
    assert result["partialFingerprints"] == {
        "cipLint/v1": hashlib.sha256(b"address.taken-110").hexdigest()[:32]
    }


def test_unread_files_and_failures_are_notifications() -> None:
    (invocation,) = run(worlds.small())["invocations"]
    texts = [
        (each["level"], each["message"]["text"])
        for each in invocation["toolExecutionNotifications"]
    ]

    assert invocation["executionSuccessful"] is False
    assert texts == [
        ("error", "plugin example: rule example.broken raised ValueError: no"),
        ("warning", "not read: a tab indents the line"),
        ("note", "24 templates not rendered"),
        ("note", "2 patches not judged"),
    ]


def test_suppressed_results_carry_their_justification() -> None:
    suppressed = [
        each for each in run(worlds.small())["results"] if "suppressions" in each
    ]

    assert [each["suppressions"] for each in suppressed] == [
        [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": "it is the DNS Service",
            }
        ]
    ]


def test_results_are_cut_at_25_000_and_the_least_severe_go() -> None:
    many = worlds.many(25_000, Severity.INFO, files=10)
    worst = finding(label(SourceFile("z.yaml", "kind: Service\n"), "kind"))
    whole = run(many._replace(findings=(*many.findings, worst)))

    assert len(whole["results"]) == 25_000
    assert whole["results"][-1]["level"] == "error"
    assert whole["invocations"][0]["toolExecutionNotifications"] == [
        {
            "level": "warning",
            "descriptor": {"id": "results-cut"},
            "message": {"text": "left out, the least severe ones: 1 result"},
        }
    ]


def test_places_of_a_result_are_cut_at_1_000() -> None:
    places = [Label(Span(worlds.CACHE, index % 90, 95)) for index in range(2_000)]
    result = run(worlds.clean()._replace(findings=(finding(*places),)))["results"][0]

    assert len(result["locations"]) + len(result["relatedLocations"]) == 1_000


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("a b/c:d%.yaml", {"uri": "a%20b/c%3Ad%25.yaml", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.yaml", {"uri": "%FF.yaml", "uriBaseId": "%SRCROOT%"}),
        ("../x.yaml", {"uri": "../x.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/etc/x.yaml", {"uri": "file:///etc/x.yaml"}),
    ],
)
def test_paths_become_addresses(path: str, location: dict[str, str]) -> None:
    found = finding(label(SourceFile(path, "kind: Service\n"), "kind"))
    result = run(worlds.clean()._replace(findings=(found,)))["results"][0]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == location


def test_words_from_manifests_make_no_links() -> None:
    found = finding(
        label(worlds.CACHE, "cache"),
        label(worlds.CACHE, "spec", "x](https://evil.example) [y"),
        message="[a](https://evil.example)",
    )
    result = run(worlds.clean()._replace(findings=(found,)))["results"][0]

    assert result["message"]["text"] == (
        "[a\\](https://evil.example).\n"
        "See [manifests/team-b/cache.yaml:6:1 "
        "x\\](https://evil.example) \\[y](1)."
    )


def test_one_cluster_names_the_category() -> None:
    one, none = run(worlds.small()), run(worlds.clean())

    assert one["automationDetails"] == {"id": "cip-lint/default/"}
    assert none["automationDetails"] == {"id": "cip-lint/"}


def test_a_fix_is_told() -> None:
    result = run(worlds.small()._replace(findings=(worlds.unnamed(),)))["results"][-1]

    assert result["fixes"][0]["description"] == {"text": "Name it `port-9121`"}
    jsonschema.Draft4Validator(load("sarif-2.1.0")).validate(log(worlds.small()))


def test_what_lies_in_no_file_is_shown_where_something_stands_for_it() -> None:
    source = SourceFile(
        "web/Chart.yaml (rendered)", "a: 1\nb: 2\n", file="web/Chart.yaml"
    )
    earlier = label(SourceFile("abc:web.yaml", "b: 3\n", file=""), "3", "was said")
    here = label(source, "1", "is said")
    built = finding(label(source, "2"), earlier, here, message="wrong")
    report = worlds.clean()._replace(findings=(built,))
    (result,) = run(report)["results"]
    jsonschema.Draft4Validator(load("sarif-2.1.0")).validate(log(report))

    assert [one["physicalLocation"] for one in result["locations"]] == [
        {
            "artifactLocation": {"uri": "web/Chart.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 1},
        }
    ]
    assert [one["id"] for one in result["relatedLocations"]] == [1]
    assert result["message"]["text"].splitlines()[:3] == [
        "wrong.",
        "It is at web/Chart.yaml (rendered):2:4.",
        "See [web/Chart.yaml (rendered):1:4 is said](1), abc:web.yaml:1:4 was said.",
    ]


def test_places_of_revisions_have_no_file() -> None:
    source = SourceFile("abc:web.yaml", "a: 1\n", file="")
    built = SourceFile("k.yaml (built)", "a: 1\n", file="k.yaml")

    assert place_object(label(source, "1").span)["file"] is None
    assert place_object(label(built, "1").span)["file"] == "k.yaml"
    assert "file" not in place_object(label(SourceFile("a", "1"), "1").span)
