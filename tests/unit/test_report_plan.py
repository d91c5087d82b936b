"""A plan as text, JSON, CSV, Markdown and SVG."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft7Validator

from cip_lint.replay.planning.panels import State
from cip_lint.replay.planning.plan import Plan
from cip_lint.report.columns import columns
from cip_lint.report.plan import PLAN_FORMATS
from cip_lint.report.plan_text import Look
from cip_lint.report.plan_words import SAID
from cip_lint.report.svg_parts import SHAPES, text_width
from cip_lint_schemas import load
from support.golden import Golden
from support.plans import HOSTILE_NAME, plan_of, reserved, service, shop

SVG = "{http://www.w3.org/2000/svg}"
DUAL = ("10.96.0.0/16", "fd00:10:96::/112")


def _render(name: str, *plans: Plan, **look: Any) -> str:
    return PLAN_FORMATS[name](plans, Look(**look))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("unicode", [True, False], ids=["utf-8", "ascii"])
def test_text_fits_the_terminal(golden: Golden, width: int, *, unicode: bool) -> None:
    text = _render("text", shop(seed=0), width=width, unicode=unicode)

    longest = max(map(columns, text.splitlines()))
    assert longest <= width
    assert unicode or text.isascii()
    golden.check("plan", f"{'utf-8' if unicode else 'ascii'}-{width}", text)


@pytest.mark.parametrize("width", [48, 57, 80])
def test_long_addresses_stand_above_their_row_where_there_is_no_room(
    width: int,
) -> None:
    cidr = "fd00:1111:2222:3333:4444:5555:6666::/112"
    text = _render("text", plan_of(service("a"), cidrs=(cidr,)), width=width)

    assert max(map(columns, text.splitlines())) <= width
    assert "fd00:1111:2222:3333:4444:5555:6666:1" in text


def test_without_a_terminal_lines_are_as_long_as_they_are() -> None:
    text = _render("text", shop())

    (line,) = (line for line in text.splitlines() if "shop/far" in line)
    assert re.split(r" {3,}", line) == [
        "10.96.7.4", "Service shop/far", "pinned", "dynamic", "m/4.yaml:1", "placed",
    ]  # fmt: skip


def test_several_clusters_are_named() -> None:
    text = _render("text", shop(), shop())

    assert text.count("cluster default\n") == 2


def test_colours_change_nothing_but_colours() -> None:
    plain = _render("text", shop(), width=80)
    colored = _render("text", shop(), width=80, color=True)

    assert "\x1b[38;5;32m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_nothing_pinned_is_said() -> None:
    text = _render("text", plan_of(service("a")))

    assert "nothing is pinned" in text
    assert "1 more value is drawn by the server, from the dynamic bands" in text


def test_json_is_what_its_schema_says() -> None:
    schema = load("plan")
    document = json.loads(_render("json", shop(), plan_of(service("a"), cidrs=DUAL)))

    Draft7Validator.check_schema(schema)
    assert [one.message for one in Draft7Validator(schema).iter_errors(document)] == []
    assert document["version"] == 1
    assert [cluster["failed"] for cluster in document["clusters"]] == [True, False]


def test_json_leaves_free_cells_out_and_names_the_rest() -> None:
    (cluster,) = json.loads(_render("json", shop()))["clusters"]

    static = cluster["ranges"][0]["bands"][0]
    assert static["cells"][0] == {
        "first": "10.96.0.1",
        "last": "10.96.0.1",
        "state": "collision",
        "counts": {"collision": 1},
    }
    assert {cell["first"] for cell in static["cells"]} >= {"10.96.0.20", "10.96.0.90"}
    assert static["size"] == static["used"] + static["reserved"] + static["free"] + 1
    assert cluster["reserved"][0] == {
        "kind": "address",
        "value": "10.96.0.32/28",
        "owner": "ops/*",
        "purpose": "platform",
        "origin": "flag",
    }
    assert cluster["claims"][3] == {
        "kind": "address",
        "family": "IPv4",
        "value": "10.96.0.40",
        "asked": "10.96.0.40",
        "how": "pinned",
        "band": "static",
        "loss": {"p": 0.0, "sense": "=", "text": "impossible"},
        "outcome": "placed",
        "reason": "reserved for ops/* (platform)",
        "object": {"kind": "Service", "namespace": "shop", "name": "web"},
        "field": "spec.clusterIP",
        "path": "m/3.yaml",
        "line": 1,
        "unit": "m",
        "build": None,
    }


def test_the_words_of_the_schema_are_those_of_the_code() -> None:
    definitions = load("plan")["definitions"]

    assert definitions["state"]["enum"] == [state.value for state in State]
    assert set(SAID) == set(SHAPES) == set(State)


def test_csv_has_a_row_for_each_claim_and_no_formula() -> None:
    plan = plan_of(service("'=1+1'", "clusterIP: 10.96.0.9", "'@SUM(A1)'"))

    title, row = csv.reader(io.StringIO(_render("csv", plan)))

    named = dict(zip(title, row, strict=True))
    assert named["VALUE"] == "10.96.0.9"
    assert (named["NAMESPACE"], named["NAME"]) == ("'@SUM(A1)", "'=1+1")
    assert (named["FIELD"], named["FILE"], named["LINE"]) == (
        "spec.clusterIP", "m/0.yaml", "1",
    )  # fmt: skip


def test_markdown_shows_what_fails_before_it_cuts() -> None:
    many = "".join(service(f"s{n}", f"clusterIP: 10.96.1.{n}") for n in range(1, 210))
    late = service("late", "clusterIP: 10.97.0.1")

    text = _render("markdown", plan_of(many + late))

    rows = [line for line in text.splitlines() if "Service shop/" in line]
    assert "late" in rows[0]
    assert len(rows) == 200
    assert "10 more are left out." in text


def test_markdown_cannot_be_broken_by_names() -> None:
    text = _render(
        "markdown", plan_of(service(f'"{HOSTILE_NAME}"', "clusterIP: 10.96.0.9"))
    )

    (row,) = (line for line in text.splitlines() if "10.96.0.9" in line)
    assert "<script>" not in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 8


def _svg(*plans: Plan) -> ET.Element:
    return ET.fromstring(_render("svg", *plans))


def _cells(svg: ET.Element) -> dict[str, ET.Element]:
    """Return the cells of a drawing by what their tooltip begins with."""
    return {
        (group.findtext(f"{SVG}title") or "").partition(":")[0]: group
        for group in svg.iter(f"{SVG}g")
        if group.find(f"{SVG}title") is not None
    }


def _classes(group: ET.Element) -> set[str]:
    return {
        name
        for part in group.iter()
        for name in part.get("class", "").split()
        if name != "free"
    }


def test_svg_has_a_shape_and_a_tooltip_for_each_state() -> None:
    cells = _cells(_svg(shop()))

    assert {
        value: _classes(cells[f"10.96.0.{value}"])
        for value in (2, 10, 20, 25, 34, 40, 70)
    } == {
        2: set(),
        10: {"dns"},
        20: {"reserved"},
        25: {"collision"},
        34: {"reserved"},
        40: {"pinned"},
        70: {"unplaced"},
    }
    assert cells["10.96.0.25"].findtext(f"{SVG}title") == (
        "10.96.0.25: collision: Service shop/mail, Service shop/relay"
    )
    assert cells["10.96.0.34"].findtext(f"{SVG}title") == (
        "10.96.0.34: reserved, by the address plan: ops/* (platform)"
    )


def test_shapes_differ_without_their_colours() -> None:
    drawn = [re.sub(r'class="[^"]*"', "", shape) for shape in SHAPES.values()]

    assert len(set(drawn)) == len(State)


def test_svg_shows_pins_among_the_values_of_a_cell() -> None:
    (cell,) = (
        group
        for title, group in _cells(_svg(shop())).items()
        if title.startswith("10.96.6.251 ")
    )

    assert _classes(cell) == {"pinned", "bar", "pin"}
    assert (cell.findtext(f"{SVG}title") or "").endswith(
        "pinned: 10.96.7.4 Service shop/far"
    )


def test_simulated_bars_are_narrower_than_known_ones() -> None:
    live = """
apiVersion: v1
kind: Service
metadata: {name: old, namespace: infra}
spec: {clusterIP: 10.96.4.4, clusterIPs: [10.96.4.4], ports: [{port: 80}]}
"""
    svg = _svg(plan_of(service("a"), live=live, seed=0))

    widths = {
        bar.get("class"): bar.get("width")
        for bar in svg.iter(f"{SVG}rect")
        if "bar" in bar.get("class", "").split()
    }
    assert widths == {"held bar": "14", "simulated bar": "7"}
    legend = {text.text for text in svg.iter(f"{SVG}text")}
    assert {"how full: held, by the snapshot", "how full: simulated draw"} <= legend


def test_svg_has_nothing_that_runs_or_loads() -> None:
    text = _render("svg", shop())

    assert "<script" not in text
    assert re.findall(r"(?:href|src|url)\b", text) == []
    assert re.findall(r"\bon\w+=", text) == []


def test_svg_shows_hostile_names_as_text() -> None:
    svg = _svg(
        plan_of(
            service(f'"{HOSTILE_NAME}"', "clusterIP: 10.96.0.9"),
            entries=(reserved("10.96.0.20", "", "<b>\x00\ud800</b>"),),
        )
    )

    cells = _cells(svg)
    assert "<script>" in (cells["10.96.0.9"].findtext(f"{SVG}title") or "")
    assert (cells["10.96.0.20"].findtext(f"{SVG}title") or "").endswith(
        "<b>\\x00\\ud800</b>"
    )
    assert svg.findall(f".//{SVG}script") == []


def test_svg_lies_within_its_bounds() -> None:
    svg = _svg(shop(), plan_of(service("a"), cidrs=DUAL))

    _, _, width, height = map(float, svg.get("viewBox", "").split())
    for group in svg.iter(f"{SVG}g"):
        move = re.findall(r"translate\((\S+) (\S+)\)", group.get("transform", ""))
        for x, y in move:
            assert 0 <= float(x) <= width - 14
            assert 0 <= float(y) <= height - 14
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("y", "-1")) <= height


def test_the_legend_has_room_for_its_words() -> None:
    svg = _svg(shop())
    words = [
        (float(text.get("y", 0)), float(text.get("x", 0)), text.text or "")
        for text in svg.iter(f"{SVG}text")
        if (text.text or "").removeprefix("how full: ") in SAID.values()
    ]

    assert len(words) >= 7
    for (y, x, said), (other_y, other_x, _) in pairwise(words):
        assert other_y > y or x + text_width(said, 12) < other_x - 14


def test_svg_draws_a_bounded_number_of_ranges() -> None:
    objects = "".join(
        f"---\napiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\n"
        f"metadata: {{name: c{n}}}\nspec: {{cidrs: [10.{n}.0.0/24]}}\n"
        for n in range(40)
    )

    text = _render("svg", plan_of(service("a") + objects))

    assert text.count('class="ink big"') == 32
    assert "10 more ranges are not drawn" in text
