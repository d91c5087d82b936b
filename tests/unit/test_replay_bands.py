"""Service ranges and node port ranges."""

from __future__ import annotations

import pytest

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.bands import (
    NodePortRange,
    Range,
    node_port_range,
    service_range,
)

FLAG = Origin(OriginKind.FLAG, "--service-cidr")
NOW = Version(1, 37)


def _range(cidr: str, version: Version = NOW, *, from_flag: bool = True) -> Range:
    made = service_range(cidr, version, FLAG, from_flag=from_flag)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("cidr", "usable", "static", "dynamic"),
    [
        ("10.96.0.0/30", 2, None, ("10.96.0.1", "10.96.0.2")),
        ("10.96.0.0/28", 14, None, ("10.96.0.1", "10.96.0.14")),
        ("10.96.0.0/27", 30, ("10.96.0.1", "10.96.0.16"), ("10.96.0.17", "10.96.0.30")),
        ("10.96.0.0/22", 1022, ("10.96.0.1", "10.96.0.64"), ("10.96.0.65", "10.96.3.254")),
        ("10.96.0.0/16", 65534, ("10.96.0.1", "10.96.1.0"), ("10.96.1.1", "10.96.255.254")),
        ("10.96.7.7/12", 1048574, ("10.96.0.1", "10.96.1.0"), ("10.96.1.1", "10.111.255.254")),
        ("fd00::/124", 15, None, ("fd00::1", "fd00::f")),
        ("fd00::/123", 31, ("fd00::1", "fd00::10"), ("fd00::11", "fd00::1f")),
        ("fd00::/108", 1048575, ("fd00::1", "fd00::100"), ("fd00::101", "fd00::f:ffff")),
        (
            "fd00::/64",
            2**64 - 1,
            ("fd00::1", "fd00::100"),
            ("fd00::101", "fd00::ffff:ffff:ffff:ffff"),
        ),
        ("10.0.0.0/31", 0, None, None),
        ("10.0.0.0/32", 0, None, None),
        ("fd00::/127", 1, None, ("fd00::1", "fd00::1")),
        ("fd00::/128", 0, None, None),
        ("fd00::/63", 0, None, None),
    ],
)  # fmt: skip
def test_a_range_has_a_static_band_of_a_sixteenth_within_bounds(
    cidr: str,
    usable: int,
    static: tuple[str, str] | None,
    dynamic: tuple[str, str] | None,
) -> None:
    made = _range(cidr)

    assert (made.usable, made.static, made.dynamic) == (usable, static, dynamic)


def test_a_text_that_is_no_cidr_makes_no_range() -> None:
    assert service_range("10.96.0.0", NOW, FLAG) is None


def test_there_is_no_band_before_the_version_that_brings_it() -> None:
    assert _range("10.96.0.0/16", Version(1, 24)).offset == 0


def test_the_bitmap_allocator_knows_the_lowest_addresses_of_an_ipv6_range_only() -> (
    None
):
    old = _range("fd00::/108", Version(1, 33))
    added = _range("fd00::/108", Version(1, 33), from_flag=False)

    assert (old.dynamic, added.dynamic) == (
        ("fd00::101", "fd00::ffff"),
        ("fd00::101", "fd00::f:ffff"),
    )


@pytest.mark.parametrize(
    ("address", "band"),
    [
        ("10.96.0.0", None),
        ("10.96.0.1", "static"),
        ("10.96.1.0", "static"),
        ("10.96.1.1", "dynamic"),
        ("10.96.255.254", "dynamic"),
        ("10.96.255.255", None),
        ("10.97.0.1", None),
        ("fd00::1", None),
    ],
)
def test_an_address_lies_in_a_band_or_outside(address: str, band: str | None) -> None:
    parsed = parse_ip(address)
    assert parsed is not None

    assert _range("10.96.0.0/16").band(parsed) == band


def test_the_next_free_address_is_searched_behind_the_one_that_is_taken() -> None:
    made = _range("10.96.0.0/16")
    taken = {"10.96.0.10", "10.96.0.11"}
    asked = parse_ip("10.96.0.10")
    assert asked is not None

    assert made.next_free(taken) == "10.96.0.2"
    assert made.next_free(taken, asked.number) == "10.96.0.12"


def test_the_search_begins_again_at_the_start_and_stays_in_the_static_band() -> None:
    made = _range("10.96.0.0/27")
    last = parse_ip("10.96.0.16")
    assert last is not None

    assert made.next_free(set(), last.number) == "10.96.0.2"
    assert made.next_free({f"10.96.0.{n}" for n in range(2, 17)}) is None


@pytest.mark.parametrize(
    ("bounds", "static", "dynamic"),
    [
        ((30000, 32767), (30000, 30085), (30086, 32767)),
        ((30000, 30015), None, (30000, 30015)),
        ((30000, 30016), (30000, 30015), (30016, 30016)),
        ((30000, 30999), (30000, 30030), (30031, 30999)),
        ((20000, 32767), (20000, 20127), (20128, 32767)),
        ((32567, 32767), (32567, 32582), (32583, 32767)),
        ((1, 65535), (1, 128), (129, 65535)),
    ],
)
def test_node_ports_have_a_static_band_of_a_thirty_second_within_bounds(
    bounds: tuple[int, int],
    static: tuple[int, int] | None,
    dynamic: tuple[int, int],
) -> None:
    made = node_port_range(bounds, NOW, FLAG)

    assert (made.static, made.dynamic) == (static, dynamic)


def test_node_ports_have_no_band_before_the_version_that_brings_it() -> None:
    made = node_port_range((30000, 32767), Version(1, 27), FLAG)

    assert made == NodePortRange(30000, 32767, 0, FLAG)


@pytest.mark.parametrize(
    ("port", "band"),
    [(29999, None), (30000, "static"), (30086, "dynamic"), (32768, None)],
)
def test_a_node_port_lies_in_a_band_or_outside(port: int, band: str | None) -> None:
    assert node_port_range((30000, 32767), NOW, FLAG).band(port) == band


def test_the_next_free_node_port_is_one_of_the_static_band() -> None:
    made = node_port_range((30000, 32767), NOW, FLAG)

    assert made.next_free({30080}) == 30001
    assert made.next_free({30001, 30002}) == 30003
    assert made.next_free({30080}, after=30080) == 30081
    assert made.next_free(set(range(30001, 30086))) == 30000
    assert made.next_free(set(range(30000, 30086))) is None
