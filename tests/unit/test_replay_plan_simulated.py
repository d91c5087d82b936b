"""The plan with what the server draws: simulated, by a seed, and always said so."""

from __future__ import annotations

import json

from cip_lint.kube.addresses import parse_ip
from cip_lint.replay.planning.claim import PlanClaim
from cip_lint.replay.planning.panels import State
from cip_lint.replay.planning.plan import Plan
from cip_lint.report.plan import PLAN_FORMATS
from cip_lint.report.plan_text import Look
from cip_lint.report.plan_words import value
from support.plans import plan_of, service, shop

DUAL = ("10.96.0.0/16", "fd00::/112")
GATE = """---
apiVersion: v1
kind: Service
metadata: {name: gate, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  clusterIP: 10.96.0.9
  ports: [{name: a, port: 80}, {name: b, port: 81, nodePort: 30500}]
"""


def _simulated(plan: Plan) -> list[PlanClaim]:
    return [claim for claim in plan.claims if claim.how == "simulated"]


def test_a_draw_lies_in_the_dynamic_band_and_is_the_same_for_a_seed() -> None:
    one, again, other = (
        plan_of(service("a"), seed=seed).claims[0].number for seed in (0, 0, 1)
    )
    (claim,) = plan_of(service("a"), seed=0).claims

    assert one == again != other
    assert (claim.how, claim.band, claim.outcome) == ("simulated", "dynamic", "placed")
    assert claim.state is State.SIMULATED


def test_each_family_and_each_node_port_is_drawn() -> None:
    text = service("a", "ipFamilyPolicy: RequireDualStack") + GATE

    claims = _simulated(plan_of(text, DUAL, seed=3))

    assert sorted(
        (claim.member.name, claim.family, str(claim.path[-1])) for claim in claims
    ) == [
        ("a", "IPv4", "clusterIP"),
        ("a", "IPv6", "clusterIP"),
        ("gate", "", "healthCheckNodePort"),
        ("gate", "", "nodePort"),
    ]


def test_the_map_shows_what_is_drawn() -> None:
    plan = plan_of(service("a"), seed=0)

    (claim,) = plan.claims
    assert claim.number is not None
    assert plan.ranges[0].marks[claim.number].state is State.SIMULATED
    dynamic = plan.ranges[0].bands[1]
    assert dynamic.counts == {State.SIMULATED: 1}
    assert dynamic.used == 1


def test_what_a_service_keeps_is_not_drawn() -> None:
    live = """
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec: {clusterIP: 10.96.4.4, clusterIPs: [10.96.4.4], ports: [{port: 80}]}
"""
    plan = plan_of(service("a"), live=live, seed=0)

    assert [(value(claim), claim.how) for claim in plan.claims] == [
        ("10.96.4.4", "snapshot")
    ]


def test_a_pin_that_the_run_gives_away_is_said_but_is_no_failure() -> None:
    drawn = plan_of(service("a"), cidrs=("10.96.0.0/28",), seed=0).claims[0]

    plan = plan_of(
        service("a") + service("b", f"clusterIP: {value(drawn)}"),
        cidrs=("10.96.0.0/28",),
        seed=0,
    )

    pinned = next(claim for claim in plan.claims if claim.how == "pinned")
    assert pinned.outcome == "placed"
    assert pinned.reason == "refused in the simulated run, where others draw first"
    assert not plan.failed


def test_it_is_always_said_that_values_are_simulated() -> None:
    plan = shop(seed=7)
    said = "simulated, with seed 7: a real cluster draws others of the same bands"

    for name in ("text", "markdown", "svg"):
        assert said in PLAN_FORMATS[name]([plan], Look())
    assert ",simulated,dynamic," in PLAN_FORMATS["csv"]([plan], Look())
    (cluster,) = json.loads(PLAN_FORMATS["json"]([plan], Look()))["clusters"]
    assert cluster["seed"] == 7
    assert {claim["how"] for claim in cluster["claims"]} == {"pinned", "simulated"}


def test_text_marks_pins_below_cells_of_many_values() -> None:
    number = parse_ip("10.96.7.4")
    assert number is not None

    lines = PLAN_FORMATS["text"]([shop()], Look(width=120, unicode=False)).splitlines()

    (at,) = (
        i for i, line in enumerate(lines) if line.lstrip().startswith("10.96.1.1 ")
    )
    row, marks = lines[at], lines[at + 1]
    assert marks.strip() == "#"
    assert row[marks.index("#")] == "8"
