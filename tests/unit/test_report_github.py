"""Workflow commands: escaping, limits, order."""

from __future__ import annotations

import re

import pytest

from cip_lint.model import Finding, Label, Report, Severity, SourceFile, Span
from cip_lint.report import FORMATS
from support import worlds
from support.worlds import finding, label

COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^:]*)::(?P<data>.*)")


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Read the lines as the runner does."""
    text = FORMATS["github"].render(report, color=False, width=0)
    read = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None
        pairs = dict(
            pair.split("=", 1) for pair in match["properties"].split(",") if pair
        )
        read.append(
            (
                match["name"],
                {key: unescaped(value) for key, value in pairs.items()},
                unescaped(match["data"]),
            )
        )
    return read


def unescaped(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n")):
        text = text.replace(code, char)
    return text.replace("%25", "%")


def only(*findings: Finding) -> Report:
    return worlds.clean()._replace(findings=findings)


def test_a_finding_is_one_command_with_its_places_and_words() -> None:
    assert commands(only(worlds.taken())) == [
        (
            "error",
            {
                "file": "manifests/team-b/cache.yaml",
                "line": "8",
                "endLine": "8",
                "col": "14",
                "endColumn": "24",
                "title": "address.taken",
            },
            (
                "10.96.0.10 is asked for by 2 Services: asked for here\n"
                "see manifests/dns/coredns.yaml:7:14: "
                "Service kube-system/kube-dns already holds it\n"
                'note: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate '
                "IP 10.96.0.10: provided IP is already allocated\n"
                "help: leave clusterIP out, or take 10.96.0.11"
            ),
        )
    ]


@pytest.mark.parametrize(
    "path", ["a%b.yaml", "a:b.yaml", "a,b.yaml", "a\rb.yaml", "a\nb.yaml", "a%0A,b::c"]
)
def test_paths_round_trip(path: str) -> None:
    found = finding(label(SourceFile(path, "kind: Service\n"), "kind"))

    assert commands(only(found))[0][1]["file"] == path


@pytest.mark.parametrize("text", ["100 %", "a: b", "a, b", "a::b", "%0A", "%25"])
def test_messages_round_trip(text: str) -> None:
    found = finding(label(worlds.CACHE, "cache"), message=text)

    assert commands(only(found))[0][2] == text


def test_a_place_of_several_lines_has_no_columns() -> None:
    found = finding(Label(Span(worlds.CACHE, 0, 20)))

    assert commands(only(found))[0][1] == {
        "file": "manifests/team-b/cache.yaml",
        "line": "1",
        "endLine": "2",
        "title": "address.taken",
    }


@pytest.mark.parametrize(
    ("severity", "level", "shown"),
    [
        (Severity.ERROR, "error", 10),
        (Severity.WARNING, "warning", 10),
        (Severity.INFO, "notice", 9),
    ],
)
def test_ten_of_a_level_are_shown_and_the_rest_counted(
    severity: Severity, level: str, shown: int
) -> None:
    read = commands_and_rest(worlds.many(47, severity, files=20))

    assert [name for name, _ in read] == [level] * shown + ["notice"]
    assert (
        read[-1][1]
        == f"::notice title=cip-lint::{47 - shown} more: see the job summary"
    )


def commands_and_rest(report: Report) -> list[tuple[str, str]]:
    lines = FORMATS["github"].render(report, color=False, width=0).splitlines()
    return [(line[2:].partition(" ")[0], line) for line in lines]


def test_ten_are_shown_without_a_closing_notice() -> None:
    read = commands_and_rest(worlds.many(10, Severity.INFO, files=1))

    assert len(read) == 10
    assert "more" not in read[-1][1]


def test_every_file_is_named_once_before_any_twice() -> None:
    read = commands(worlds.many(30, Severity.ERROR, files=10))

    assert [properties["file"] for _, properties, _ in read[:10]] == [
        f"file-{index:05}.yaml" for index in range(10)
    ]


def test_failures_come_first_and_count() -> None:
    report = worlds.many(10, Severity.ERROR, files=10)._replace(
        errors=("plugin x: no",)
    )
    lines = FORMATS["github"].render(report, color=False, width=0).splitlines()

    assert lines[0] == "::error title=cip-lint::plugin x: no"
    assert len(lines) == 11
    assert lines[-1] == "::notice title=cip-lint::1 more: see the job summary"


def test_what_lies_in_no_file_is_shown_where_something_stands_for_it() -> None:
    source = SourceFile(
        "web/Chart.yaml (rendered)", "a: 1\nb: 2\n", file="web/Chart.yaml"
    )
    report = worlds.clean()._replace(findings=(finding(label(source, "2")),))
    ((_, properties, data),) = commands(report)

    assert (properties["file"], properties["line"]) == ("web/Chart.yaml", "1")
    assert "col" not in properties
    assert "at web/Chart.yaml (rendered):2:4" in data.splitlines()
