"""What holds for every format, and the small ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cip_lint.model import Severity, SourceFile, Summary
from cip_lint.report import FORMATS, footer, problems
from support import worlds
from support.golden import Golden
from support.worlds import finding, label

_SCRIPT = """\
import sys
from cip_lint.report import prepare
before = set(sys.modules)
prepare(sys.argv[1])
print(*sorted(set(sys.modules) - before))
"""


def rendered(name: str, case: str) -> str:
    return FORMATS[name].render(getattr(worlds, case)(), color=False, width=100)


@pytest.mark.parametrize("case", ["small", "clean", "hostile"])
@pytest.mark.parametrize("name", ["concise", "json", "sarif", "github", "markdown"])
def test_whole_reports_are_as_approved(name: str, case: str, golden: Golden) -> None:
    golden.check(name, case, rendered(name, case))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_the_related_place(name: str) -> None:
    text = rendered(name, "small")

    assert "manifests/team-b/cache.yaml" in text
    assert "manifests/dns/coredns.yaml" in text
    assert "Service kube-system/kube-dns already holds it" in text


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_hostile_characters_through(name: str) -> None:
    text = rendered(name, "hostile")

    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("name", ["full", "concise"])
def test_a_hostile_name_forges_no_line(name: str) -> None:
    harmless = worlds.hostile()._replace(
        findings=(
            finding(label(worlds.CACHE, "cache", "x"), label(worlds.DNS, "kube-dns")),
        ),
    )
    expected = len(FORMATS[name].render(harmless, color=False, width=0).splitlines())
    lines = rendered(name, "hostile").splitlines()

    assert not [line for line in lines if line.startswith(("::", "##["))]
    assert len(lines) <= expected + 4


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_in_a_newline_or_is_empty(name: str) -> None:
    for case in ("small", "clean", "hostile"):
        text = rendered(name, case)

        assert text == "" or text.endswith("\n")


def test_concise_lines_begin_no_workflow_command() -> None:
    source = SourceFile("::error::x.yaml", "kind: Service\n")
    report = worlds.clean()._replace(findings=(finding(label(source, "kind")),))

    assert FORMATS["concise"].render(report, color=False, width=0) == (
        "./::error::x.yaml:1:1: error[address.taken]: "
        "10.96.0.10 is asked for by 2 Services\n"
    )


def test_concise_counts_the_fourth_related_place() -> None:
    places = [label(worlds.CACHE, name) for name in ("v1", "Service", "cache", "team")]
    report = worlds.clean()._replace(
        findings=(finding(label(worlds.CACHE, "spec"), *places),)
    )

    assert (
        FORMATS["concise"]
        .render(report, color=False, width=0)
        .endswith("[manifests/team-b/cache.yaml:4:9] [1 more]\n")
    )


def test_the_footer_counts_everything() -> None:
    summary = Summary(41, 130, 126, 118, 2, 1, 0, 1, 12)
    report = worlds.small()._replace(summary=summary)

    assert footer(report) == (
        "3 problems (2 errors, 1 warning) in 1 of 41 files, 118 Services; "
        "1 suppressed, 12 in the baseline. 1 can be fixed with --fix.\n"
        "24 templates not rendered; 2 patches not judged.\n"
    )


def test_the_footer_of_a_clean_run() -> None:
    assert footer(worlds.clean()) == "41 files, 118 Services, no problems.\n"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((0, 0, 0), "no problems"),
        ((1, 0, 0), "1 problem (1 error)"),
        ((0, 0, 2), "2 problems (2 infos)"),
        ((1, 1, 1), "3 problems (1 error, 1 warning, 1 info)"),
    ],
)
def test_problems_are_counted_by_severity(
    counts: tuple[int, int, int], text: str
) -> None:
    report = worlds.clean()._replace(summary=Summary(1, 1, 1, 1, *counts, 0))

    assert problems(report) == text


def test_markdown_makes_nothing_of_words_from_manifests() -> None:
    words = "@octocat #1 a@b.example <b> `|` [a](b) ![a](b) https://a.example **b** $x$"
    found = finding(label(worlds.CACHE, "cache"), message=words)
    report = worlds.clean()._replace(findings=(found,))
    text = FORMATS["markdown"].render(report, color=False, width=0)
    (row,) = [line for line in text.splitlines() if line.startswith("| error ")]
    cell = row.split(" | ")[3].removesuffix(" |")

    assert cell == (
        "&#64;<!-- -->octocat &#35;<!-- -->1 a&#64;<!-- -->b.example &#60;b&#62; "
        "<code>&#124;</code> &#91;a&#93;&#40;b&#41; &#33;&#91;a&#93;&#40;b&#41; "
        "https&#58;//a.example &#42;&#42;b&#42;&#42; &#36;x&#36;"
    )


def test_markdown_is_cut_at_200_rows_the_worst_first() -> None:
    many = worlds.many(300, Severity.INFO, files=3)
    worst = finding(label(worlds.CACHE, "cache"), message="the worst")
    text = FORMATS["markdown"].render(
        many._replace(findings=(*many.findings, worst)), color=False, width=0
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")]

    assert len(rows) == 2 + 200
    assert "the worst" in rows[2]
    assert text.endswith("\n101 more are not shown here.\n")


def test_markdown_stays_below_the_limit_of_github() -> None:
    long = "\u202e&" * 10_000
    places = [label(worlds.CACHE, "cache", long)] * 3
    found = finding(*places, message=long, help_text=long)
    report = worlds.clean()._replace(findings=(found,) * 200, errors=(long,) * 10_000)
    text = FORMATS["markdown"].render(report, color=False, width=0)

    assert len(text.encode()) < 2**20
    assert "more are not shown here." in text


def test_a_format_is_imported_when_it_is_used() -> None:
    code = (
        "import sys, cip_lint.report as r; from support import worlds;"
        "r.FORMATS['full'].render(worlds.small(), color=False, width=0);"
        "print([m for m in ('json', 'cip_lint.report.sarif', 'urllib.parse',"
        " 'unicodedata') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert done.stdout == "[]\n"


def _imported(name: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, name],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_can_be_prepared(name: str) -> None:
    imported = _imported(name)

    assert f"cip_lint.report.{name.replace('json', 'json_report')}" in imported
    assert ("hashlib" in imported) == (name in {"json", "sarif"})


def test_a_format_of_a_plugin_is_none_of_ours() -> None:
    assert _imported("acme") == set()
