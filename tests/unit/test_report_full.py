"""The format for people: frames, marks, hostile text, colour."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.model import Finding, Label, SourceFile, Span, Suppressed
from cip_lint.report import FORMATS
from cip_lint.report.full import render_finding
from support import worlds
from support.golden import Golden
from support.worlds import finding, label

SOURCE = SourceFile(
    "a.yaml",
    """\
apiVersion: v1
metadata: {name: web, ns: x}
spec:
  ports:
    - name: http
      port: 80
    - port: 443
      a: 1
      b: 2
      c: 3
      d: 4
""",
)


def frame(*found: str, primary: Label, related: tuple[Label, ...] = ()) -> str:
    """Return the code frame alone, of the finding with these places."""
    text = render_finding(finding(primary, *related), width=80)
    return text.partition("\n")[2] + "\n"


@pytest.mark.parametrize("case", ["small", "clean", "hostile"])
def test_whole_reports_are_as_approved(case: str, golden: Golden) -> None:
    report = getattr(worlds, case)()

    golden.check("full", case, FORMATS["full"].render(report, color=False, width=100))


def test_colour_is_four_styles(golden: Golden) -> None:
    text = FORMATS["full"].render(worlds.small(), color=True, width=100)

    golden.check("full", "colour", text)
    assert set(re.findall(r"\x1b\[[\d;]*m", text)) == {
        "\x1b[1;31m",
        "\x1b[1;33m",
        "\x1b[1;36m",
        "\x1b[1;34m",
        "\x1b[0m",
    }
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == FORMATS["full"].render(
        worlds.small(), color=False, width=100
    )


def test_one_place_is_marked_and_the_label_continues_it() -> None:
    assert frame(primary=label(SOURCE, "port: 443", "here")) == (
        " --> a.yaml:7:7\n  |\n7 |     - port: 443\n  |       ^^^^^^^^^ here\n"
    )


def test_places_of_one_file_share_a_window_with_a_gap() -> None:
    text = frame(
        primary=label(SOURCE, "port: 443", "no name"),
        related=(label(SOURCE, "http", "has a name"),),
    )

    assert text == (
        " --> a.yaml:7:7\n"
        "  |\n"
        "5 |     - name: http\n"
        "  |             ---- has a name\n"
        "...\n"
        "7 |     - port: 443\n"
        "  |       ^^^^^^^^^ no name\n"
    )


def test_labels_of_one_line_hang_below_it() -> None:
    text = frame(
        primary=label(SOURCE, "ns", "the namespace"),
        related=(
            label(SOURCE, "name: web", "the name"),
            label(SOURCE, "metadata", "the object"),
        ),
    )

    assert text == (
        " --> a.yaml:2:23\n"
        "  |\n"
        "2 | metadata: {name: web, ns: x}\n"
        "  | --------   ---------  ^^ the namespace\n"
        "  | |          |\n"
        "  | |          the name\n"
        "  | the object\n"
    )


def test_nested_places_of_one_line_are_both_seen() -> None:
    text = frame(
        primary=label(SOURCE, "web", "inner"),
        related=(label(SOURCE, "{name: web, ns: x}", "outer"),),
    )

    assert text == (
        " --> a.yaml:2:18\n"
        "  |\n"
        "2 | metadata: {name: web, ns: x}\n"
        "  |           -------^^^--------\n"
        "  |           |      |\n"
        "  |           |      inner\n"
        "  |           outer\n"
    )


def test_two_labels_at_one_column_are_both_said() -> None:
    text = frame(
        primary=label(SOURCE, "web", "one"),
        related=(label(SOURCE, "web", "two"),),
    )

    assert text == (
        " --> a.yaml:2:18\n"
        "  |\n"
        "2 | metadata: {name: web, ns: x}\n"
        "  |                  ^^^ one\n"
        "  |                  |\n"
        "  |                  two\n"
    )


def test_a_place_of_several_lines_is_held_by_a_bar() -> None:
    text = frame(
        primary=label(SOURCE, "ports:\n    - name: http\n      port: 80\n", "these"),
        related=(label(SOURCE, "80", "this number"),),
    )

    assert text == (
        " --> a.yaml:4:3\n"
        "  |\n"
        "4 | /   ports:\n"
        "5 | |     - name: http\n"
        "6 | |       port: 80\n"
        "  | |             -- this number\n"
        "  | |______________^ these\n"
    )


def test_a_long_place_shows_its_ends() -> None:
    start = SOURCE.text.index("{name")
    text = frame(
        primary=Label(Span(SOURCE, start, len(SOURCE.text)), "all of it"),
    )

    assert text == (
        "  --> a.yaml:2:11\n"
        "   |\n"
        " 2 |   metadata: {name: web, ns: x}\n"
        "   |  ___________^\n"
        " 3 | | spec:\n"
        "...  |\n"
        "10 | |       c: 3\n"
        "11 | |       d: 4\n"
        "   | |__________^ all of it\n"
    )


def test_overlapping_places_of_several_lines_have_a_bar_each() -> None:
    text = frame(
        primary=label(SOURCE, "ports:\n    - name: http\n      port: 80\n    -", "a"),
        related=(label(SOURCE, "name: http\n      port: 80", "b"),),
    )

    assert text == (
        " --> a.yaml:4:3\n"
        "  |\n"
        "4 | /    ports:\n"
        "5 | |      - name: http\n"
        "  | | _______-\n"
        "6 | ||       port: 80\n"
        "  | ||______________- b\n"
        "7 | |      - port: 443\n"
        "  | |______^ a\n"
    )


def test_three_related_places_are_shown_and_the_rest_counted() -> None:
    names = ("apiVersion", "metadata", "spec", "ports", "http")
    text = render_finding(
        finding(label(SOURCE, "443"), *(label(SOURCE, name) for name in names))
    )

    assert text.endswith("\n  = note: 2 more related places")
    assert re.findall(r"-{3,} ?$", text, re.MULTILINE) == [
        "----------",
        "--------",
        "----",
    ]


def test_an_empty_place_is_one_caret() -> None:
    end = SOURCE.text.index("\nspec")

    assert frame(primary=Label(Span(SOURCE, end, end), "a comma is missing")) == (
        " --> a.yaml:2:29\n"
        "  |\n"
        "2 | metadata: {name: web, ns: x}\n"
        "  |                             ^ a comma is missing\n"
    )


def test_an_empty_file_has_a_place_too() -> None:
    empty = SourceFile("empty.yaml", "")

    assert frame(primary=Label(Span(empty, 0, 0), "nothing")) == (
        " --> empty.yaml:1:1\n  |\n1 |\n  | ^ nothing\n"
    )


@pytest.mark.parametrize(
    ("line", "code", "marks"),
    [
        ("a: \tport", "a:     port", "       ^^^^"),
        ("日本: port", "日本: port", "      ^^^^"),
        ("e\u0301: port", "e\u0301: port", "   ^^^^"),
        ("🚀: port", "🚀: port", "    ^^^^"),
        ("a\x1b[2Jport", "a\\x1b[2Jport", "        ^^^^"),
        ("a\u202eport", "a\\u202eport", "       ^^^^"),
        ("a\xa0port", "a\\xa0port", "     ^^^^"),
        ("\ufeffport", "\\ufeffport", "      ^^^^"),
        ("port\r", "port", "^^^^"),
    ],
)
def test_marks_stand_under_what_they_mark(line: str, code: str, marks: str) -> None:
    source = SourceFile("a.yaml", f"{line}\nb: c\n")

    assert frame(primary=label(source, "port")).splitlines()[2:] == [
        f"1 | {code}",
        f"  | {marks}",
    ]


def test_a_long_line_is_cut_around_its_place() -> None:
    source = SourceFile("a.yaml", f"{'x' * 500}port{'y' * 500}\n")
    _, _, code, marks = frame(primary=label(source, "port", "here")).splitlines()

    assert len(code) == 80
    assert (code[:7], code[-3:]) == ("1 | ...", "...")
    assert code[marks.index("^") : marks.rindex("^") + 1] == "port"


@pytest.mark.parametrize("at", [0, 10, 70, 930, 990, 996])
def test_a_long_line_is_cut_wherever_its_place_is(at: int) -> None:
    source = SourceFile("a.yaml", f"{'x' * at}port{'y' * (996 - at)}\n")
    _, _, code, marks = frame(primary=label(source, "port")).splitlines()

    assert len(code) <= 80
    assert code[marks.index("^") : marks.rindex("^") + 1] == "port"


def test_a_place_longer_than_the_terminal_is_cut_too() -> None:
    source = SourceFile("a.yaml", f"{'x' * 50_000_000}\n")
    _, _, code, marks = frame(
        primary=Label(Span(source, 10, 49_000_000), "much")
    ).splitlines()

    assert len(code) <= 80
    assert len(marks) <= 90
    assert marks.endswith("^ much")


@pytest.mark.parametrize("above", ["", "---\n", "a: b\n---\n", "---\na: b\n--- # x\n"])
def test_the_template_of_a_rendered_document_is_named(above: str) -> None:
    text = f"{above}# Source: shop/templates/web.yaml\nkind: Service\n---\nb: c\n"
    source = SourceFile("<stdin>", text)

    assert render_finding(finding(label(source, "Service"))).endswith(
        "\n  = note: rendered from shop/templates/web.yaml"
    )
    assert "note" not in render_finding(finding(label(source, "b: c")))


def test_a_suppressed_finding_says_by_what() -> None:
    hidden = Suppressed(worlds.taken(), "config", "known", None)
    report = worlds.clean()._replace(suppressed=(hidden,))
    text = FORMATS["full"].render(report, color=False, width=0)

    assert text.startswith("suppressed error[address.taken]: ")
    assert "\n  = note: suppressed by config: known\n" in text


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    text = draw(
        st.text(alphabet="ab -:\n\t\r{}\x1b\u202e日e\u0301\ud800", max_size=200)
    )
    source = SourceFile("a.yaml", text)
    offsets = st.integers(0, len(text))
    labels = []
    for _ in range(draw(st.integers(1, 5))):
        start, end = sorted((draw(offsets), draw(offsets)))
        labels.append(Label(Span(source, start, end), draw(st.text(max_size=5))))
    return finding(*labels)


@given(findings(), st.integers(0, 100))
def test_any_places_can_be_shown(found: Finding, width: int) -> None:
    text = render_finding(found, width=width)

    assert all(line.isprintable() for line in text.split("\n"))
    assert all(
        line == line.rstrip() for line in text.split("\n")[1:] if " = " not in line
    )
    assert "^" in text
