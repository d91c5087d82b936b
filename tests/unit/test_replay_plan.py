"""The plan: claims, the state of each value, cells, free values."""

from __future__ import annotations

import pytest

from cip_lint.kube.addresses import parse_ip
from cip_lint.replay.planning.claim import PlanClaim
from cip_lint.replay.planning.panels import Band, State
from cip_lint.replay.planning.plan import Plan, Zoom
from cip_lint.report.plan_words import value
from support.plans import plan_of, reserved, service, shop


def _number(text: str) -> int:
    address = parse_ip(text)
    assert address is not None
    return address.number


def _band(plan: Plan, name: str = "static", index: int = 0) -> Band:
    (found,) = (band for band in plan.ranges[index].bands if band.name == name)
    return found


def _told(claim: PlanClaim) -> tuple[str, str, str, str, str]:
    return value(claim), claim.member.name, claim.band, claim.outcome, claim.reason


def test_claims_are_sorted_by_value_and_say_what_becomes_of_them() -> None:
    refused = (
        'spec.clusterIPs: Invalid value: ["10.97.0.1"]: failed to allocate IP'
        " 10.97.0.1: the provided network does not match the current range"
    )
    affinity = (
        'spec.sessionAffinity: Unsupported value: "Sometimes":'
        ' supported values: "ClientIP", "None"'
    )
    assert [_told(claim) for claim in shop().claims] == [
        ("10.96.0.1", "first", "static", "collides", "default/kubernetes has it first"),
        ("10.96.0.25", "mail", "static", "collides", "so does Service shop/relay"),
        ("10.96.0.25", "relay", "static", "collides", "Service shop/mail has it first"),
        ("10.96.0.40", "web", "static", "placed", "reserved for ops/* (platform)"),
        ("10.96.0.70", "bad", "static", "refused", affinity),
        ("10.96.0.90", "10.96.0.90", "static", "placed", ""),
        ("10.96.7.4", "far", "dynamic", "placed", ""),
        ("10.97.0.1", "outside", "", "refused", refused),
        ("30080", "gate", "static", "placed", ""),
        ("<IPv4>", "door", "dynamic", "placed", ""),
        ("<IPv4>", "drawn", "dynamic", "placed", ""),
        ("<IPv4>", "gate", "dynamic", "placed", ""),
        ("<node port>", "door", "dynamic", "placed", ""),
    ]


def test_a_plan_fails_where_something_collides_or_is_refused() -> None:
    assert shop().failed
    assert not plan_of(service("a", "clusterIP: 10.96.0.20")).failed
    assert plan_of(service("a", "clusterIP: 10.97.0.20")).failed


def test_each_value_of_the_static_band_has_its_state() -> None:
    states = {
        value: mark.state
        for value in (1, 10, 20, 25, 33, 40, 70, 90)
        if (mark := shop().ranges[0].marks.get(_number(f"10.96.0.{value}")))
    }
    band = _band(shop())

    assert states == {
        1: State.COLLISION,
        10: State.DNS,
        20: State.RESERVED,
        25: State.COLLISION,
        40: State.PINNED,
        70: State.UNPLACED,
        90: State.PINNED,
    }
    assert (band.per_cell, len(band.cells)) == (1, 256)
    assert band.cells[32].state is State.RESERVED
    assert band.cells[39].state is State.PINNED
    assert band.counts == {
        State.COLLISION: 2,
        State.DNS: 1,
        State.RESERVED: 1 + 15,
        State.PINNED: 2,
        State.UNPLACED: 1,
    }
    assert (band.size, band.used, band.reserved) == (256, 4, 17)
    assert band.free == 256 - 2 - 1 - 16 - 2 - 1


def test_the_api_server_keeps_its_address_and_its_own_service_may_pin_it() -> None:
    free = plan_of(service("a"))
    own = plan_of(service("kubernetes", "clusterIP: 10.96.0.1", "default"))

    first = _number("10.96.0.1")
    assert free.ranges[0].marks[first].state is State.API_SERVER
    assert own.ranges[0].marks[first].state is State.PINNED
    assert not own.failed


def test_an_assumed_range_refuses_nothing() -> None:
    text = "".join(
        service(name, f"clusterIP: {address}")
        for name, address in (("a", "10.96.0.1"), ("b", "10.0.0.1"))
    )

    plan = plan_of(text, cidrs=())

    assert [_told(claim) for claim in plan.claims] == [
        ("10.0.0.1", "b", "", "unknown", "no known range holds it"),
        (
            "10.96.0.1", "a", "static", "unknown",
            "default/kubernetes has it if the service CIDR is as assumed",
        ),
    ]  # fmt: skip
    assert not plan.failed


@pytest.mark.parametrize(
    ("cidr", "cells", "per_cell"),
    [
        ("10.96.0.0/28", 14, 1),
        ("10.96.0.0/24", 238, 1),
        ("10.96.0.0/20", 256, 15),
        ("10.96.0.0/16", 256, 255),
        ("fd00::/112", 256, 255),
        ("fd00::/64", 256, (1 << 56) - 1),
    ],
)
def test_a_dynamic_band_has_at_most_256_cells_that_cover_it(
    cidr: str, cells: int, per_cell: int
) -> None:
    band = _band(plan_of(service("a"), cidrs=(cidr,)), "dynamic")

    assert (len(band.cells), band.per_cell) == (cells, per_cell)
    assert band.cells[0].first == band.first
    assert band.cells[-1].last == band.last
    assert all(
        one.last + 1 == other.first
        for one, other in zip(band.cells, band.cells[1:], strict=False)
    )


def test_node_ports_are_a_range_like_the_others() -> None:
    plan = shop()

    band = _band(plan, "static", 1)
    assert (band.first, band.last, band.size) == (30000, 30085, 86)
    assert plan.ranges[1].marks[30080].state is State.PINNED
    assert band.counts == {State.PINNED: 1, State.RESERVED: 3}
    assert _band(plan, "dynamic", 1).per_cell == 11


def test_wide_and_nested_reservations_count_each_value_once() -> None:
    entries = (
        reserved("10.96.0.0/20", "a/*"),
        reserved("10.96.0.16/28", "a/b"),
        reserved("10.96.0.20", "a/c"),
    )

    plan = plan_of(service("x", "clusterIP: 10.96.0.21"), entries=entries)

    static, dynamic = plan.ranges[0].bands
    assert static.counts == {State.API_SERVER: 1, State.PINNED: 1, State.RESERVED: 254}
    assert dynamic.counts == {State.RESERVED: 4096 - 257}
    assert dynamic.free == dynamic.size - (4096 - 257)


def test_a_zoom_shows_a_part_one_by_one() -> None:
    zoom = Zoom("IPv4", _number("10.96.7.0"), _number("10.96.7.127"))

    plan = shop(zoom)

    (only,) = plan.ranges
    (band,) = only.bands
    assert (band.name, band.per_cell, band.size) == ("dynamic", 1, 128)
    assert band.cells[4].state is State.PINNED
    assert [claim.member.name for claim in plan.claims] == ["far"]


def test_a_zoom_of_node_ports_leaves_the_addresses_out() -> None:
    plan = shop(Zoom("", 30080, 30089))

    (only,) = plan.ranges
    assert [(band.name, band.size) for band in only.bands] == [
        ("static", 6),
        ("dynamic", 4),
    ]
    assert [value(claim) for claim in plan.claims] == ["30080"]


def test_entries_of_one_service_share_a_node_port() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec:
  type: NodePort
  ports:
  - {name: a, port: 53, protocol: UDP, nodePort: 30053}
  - {name: b, port: 53, protocol: TCP, nodePort: 30053}
"""
    plan = plan_of(text)

    assert [value(claim) for claim in plan.claims] == ["30053", "<IPv4>"]


def test_an_owner_may_claim_what_is_reserved_for_it() -> None:
    entries = (reserved("10.96.0.32/28", "shop/*"), reserved("10.96.0.50"))
    text = service("a", "clusterIP: 10.96.0.33") + service("b", "clusterIP: 10.96.0.50")

    plan = plan_of(text, entries=entries)

    assert [claim.reason for claim in plan.claims] == ["", "reserved for nobody"]


def test_a_service_that_is_refused_draws_nothing() -> None:
    text = service("a", "sessionAffinity: Sometimes") + service("b", "clusterIP: None")

    assert plan_of(text).claims == ()


def test_what_is_not_known_of_a_service_leaves_its_claims_open() -> None:
    plan = plan_of(service("a", "clusterIP: 10.96.0.9", "'${NAMESPACE}'"))

    assert [(claim.outcome, claim.reason) for claim in plan.claims] == [
        ("unknown", "placeholders in it are not filled in")
    ]
