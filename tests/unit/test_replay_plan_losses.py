"""The plan with the chance that a pinned value is lost, and where it is certain."""

from __future__ import annotations

import json

import pytest

from cip_lint.replay.planning.plan import Plan
from cip_lint.report.plan import PLAN_FORMATS
from cip_lint.report.plan_text import Look
from support.plans import plan_of, service

SMALL = ("10.96.0.0/28",)


def _pinned(plan: Plan) -> dict[str, tuple[str, str, str]]:
    return {
        claim.asked: (claim.risk, claim.outcome, claim.reason)
        for claim in plan.claims
        if claim.how == "pinned"
    }


def _dynamic(count: int) -> str:
    return "".join(service(f"d{number}") for number in range(count))


def test_a_pin_behind_dynamic_services_has_its_chance() -> None:
    text = _dynamic(2) + service("late", "clusterIP: 10.96.0.9")

    plan = plan_of(text, SMALL)

    ((said, outcome, reason),) = _pinned(plan).values()
    assert said.startswith("p = 0.")
    assert (outcome, reason) == ("placed", "")
    assert not plan.failed
    (cluster,) = json.loads(PLAN_FORMATS["json"]([plan], Look()))["clusters"]
    assert cluster["claims"][0]["loss"]["text"] == said
    assert said in PLAN_FORMATS["text"]([plan], Look())
    assert f"Service shop/late (lost: {said})" in PLAN_FORMATS["svg"]([plan], Look())


def test_hardly_ever_is_not_said() -> None:
    plan = plan_of(service("a") + service("b", "clusterIP: 10.96.0.9"))

    assert _pinned(plan) == {"10.96.0.9": ("", "placed", "")}


@pytest.mark.parametrize("seed", [None, 0])
def test_a_service_for_which_no_address_is_left_fails(seed: int | None) -> None:
    plan = plan_of(_dynamic(7), ("10.96.0.0/29",), seed=seed)

    failed = [
        (claim.member.name, claim.reason) for claim in plan.claims if claim.failed
    ]
    assert failed == [
        (name, "no address is left for 1 Service of 1: the ranges hold 6")
        for name in ("d5", "d6")
    ]
    assert plan.failed
    assert "d6" in PLAN_FORMATS["text"]([plan], Look())


def test_a_pin_that_is_certainly_gone_cannot_be_placed() -> None:
    text = _dynamic(5) + service("late", "clusterIP: 10.96.0.3")

    plan = plan_of(text, ("10.96.0.0/29",))

    assert _pinned(plan) == {
        "10.96.0.3": ("certain", "refused", "others certainly draw it first")
    }
    assert plan.failed


def test_nothing_is_certain_of_an_assumed_range() -> None:
    ports = "".join(
        f"""---
apiVersion: v1
kind: Service
metadata: {{name: n{number}, namespace: shop}}
spec: {{type: NodePort, ports: [{{port: 80}}]}}
"""
        for number in range(3)
    )

    assert not plan_of(_dynamic(3) + ports, cidrs=()).failed
