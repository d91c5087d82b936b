"""The plan over a snapshot: what is held, by whom, and what the set gets of it."""

from __future__ import annotations

from cip_lint.kube.addresses import parse_ip
from cip_lint.replay.planning.panels import State
from cip_lint.replay.planning.plan import Plan
from cip_lint.report.plan_words import value
from support.plans import plan_of, service


def living(name: str, address: str, more: str = "", port: str = "port: 80") -> str:
    """Return a Service as a cluster prints it."""
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec:
  clusterIP: {address}
  clusterIPs: [{address}]
  ipFamilies: [IPv4]
  ports: [{{{port}, protocol: TCP}}]
  {more}
"""


API_SERVER = living("kubernetes", "10.96.0.5").replace("shop", "default")


def _told(plan: Plan) -> list[tuple[str, str, str, str, str]]:
    return [
        (value(claim), claim.owner, claim.how, claim.outcome, claim.reason)
        for claim in plan.claims
    ]


def _state(plan: Plan, text: str, index: int = 0) -> State | None:
    address = parse_ip(text)
    number = int(text) if address is None else address.number
    mark = plan.ranges[index].marks.get(number)
    return None if mark is None else mark.state


def test_what_others_hold_is_held() -> None:
    live = living("old", "10.96.0.9") + living(
        "door", "10.96.4.4", "type: NodePort", "port: 80, nodePort: 30500"
    )

    plan = plan_of(service("new"), live=live)

    assert _told(plan) == [
        ("10.96.0.9", "Service shop/old", "snapshot", "placed", ""),
        ("10.96.4.4", "Service shop/door", "snapshot", "placed", ""),
        ("30500", "Service shop/door", "snapshot", "placed", ""),
        ("<IPv4>", "Service shop/new", "none", "placed", ""),
    ]
    assert _state(plan, "10.96.0.9") is State.HELD
    assert _state(plan, "30500", 1) is State.HELD


def test_a_claim_on_what_another_holds_collides() -> None:
    plan = plan_of(
        service("new", "clusterIP: 10.96.0.9"), live=living("old", "10.96.0.9")
    )

    assert _told(plan) == [
        (
            "10.96.0.9", "Service shop/new", "pinned", "collides",
            "Service shop/old of the snapshot has it first",
        ),
        ("10.96.0.9", "Service shop/old", "snapshot", "placed", ""),
    ]  # fmt: skip
    assert _state(plan, "10.96.0.9") is State.COLLISION
    assert plan.failed


def test_a_service_keeps_what_it_has() -> None:
    live = living("web", "10.96.4.4") + living("api", "10.96.0.9")

    plan = plan_of(service("web") + service("api", "clusterIP: 10.96.0.9"), live=live)

    assert _told(plan) == [
        ("10.96.0.9", "Service shop/api", "pinned", "placed", ""),
        ("10.96.4.4", "Service shop/web", "snapshot", "placed", ""),
    ]
    assert _state(plan, "10.96.4.4") is State.HELD


def test_another_address_than_the_living_one_cannot_be_had() -> None:
    plan = plan_of(
        service("web", "clusterIP: 10.96.0.9"), live=living("web", "10.96.4.4")
    )

    assert _told(plan) == [
        (
            "10.96.0.9", "Service shop/web", "pinned", "refused",
            "it holds 10.96.4.4, and a cluster IP cannot be changed",
        ),
        ("10.96.4.4", "Service shop/web", "snapshot", "placed", ""),
    ]  # fmt: skip


def test_a_service_that_is_refused_keeps_what_it_has() -> None:
    plan = plan_of(
        service("web", "sessionAffinity: Sometimes"), live=living("web", "10.96.4.4")
    )

    assert _told(plan) == [("10.96.4.4", "Service shop/web", "snapshot", "placed", "")]


def test_the_living_api_server_says_which_address_it_has() -> None:
    plan = plan_of(service("a", "clusterIP: 10.96.0.1"), live=API_SERVER)

    assert _state(plan, "10.96.0.1") is State.PINNED
    assert _state(plan, "10.96.0.5") is State.HELD
    assert not plan.failed
