"""The allocators: what is taken, what is drawn next, and when nothing is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import product
from random import Random

import pytest

from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.pools import (
    FULL,
    NO_RANGE,
    NOT_READY,
    TAKEN_ADDRESS,
    TAKEN_PORT,
    NotDrawn,
    port_outside,
)
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.allocators import PortAllocator, visiting_order
from cip_lint.replay.allocation.bands import node_port_range
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.allocation.held_numbers import HeldNumbers
from cip_lint.replay.allocation.transactions import DryRun

BITMAP, BOTH, OBJECTS = Version(1, 32), Version(1, 33), Version(1, 37)
ALL = (BITMAP, BOTH, OBJECTS)
FLAG = Origin(OriginKind.FLAG, "--node-port-range")


def _ip(text: str) -> Address:
    address = parse_ip(text)
    assert address is not None
    return address


def _draw(pool: AddressAllocators, random: Random, family: str = "") -> str:
    drawn = pool.draw(family, random)
    return drawn if isinstance(drawn, NotDrawn) else drawn.canonical


def _drain(pool: AddressAllocators, random: Random, family: str = "") -> list[str]:
    """Draw until nothing is left; return what was drawn, in order."""
    found: list[str] = []
    while (drawn := _draw(pool, random, family)) != FULL:
        found.append(drawn)
    return found


def _outside(address: str, cidr: str) -> str:
    return (
        f"the provided IP ({address}) is not in the valid range."
        f" The range of valid IPs is {cidr}"
    )


def _ports(first: int, last: int, version: Version = OBJECTS) -> PortAllocator:
    return PortAllocator(node_port_range((first, last), version, FLAG))


def test_numbers_are_held_and_freed_and_the_next_free_one_is_found() -> None:
    random, held, model = Random(1), HeldNumbers(), set[int]()
    for _ in range(20_000):
        number = random.randrange(3000)
        if random.random() < 0.7:
            held.add(number)
            model.add(number)
        else:
            held.discard(number)
            model.discard(number)
        asked = random.randrange(3200)
        expected = asked
        while expected in model:
            expected += 1
        assert held.next_free(asked) == expected
        assert (asked in held) == (asked in model)
    assert {number for number in range(3200) if number in held} == model


def test_a_run_of_held_numbers_of_any_length_is_passed_over() -> None:
    held = HeldNumbers(range(10, 300_000))

    assert held.next_free(9) == 9
    assert held.next_free(10) == 300_000
    held.discard(70_000)
    assert held.next_free(10) == 70_000
    held.add(70_000)
    assert held.next_free(69_999) == 300_000


def test_numbers_of_the_widest_ranges_are_held() -> None:
    base = 0xFD00 << 112
    held = HeldNumbers((base + 5, base + (1 << 64) - 1))

    assert base + 5 in held
    assert held.next_free(base + 5) == base + 6
    assert held.next_free(base + (1 << 64) - 1) == base + (1 << 64)


@pytest.mark.parametrize("version", ALL)
def test_every_address_of_a_range_is_drawn_once_and_then_it_is_full(
    version: Version,
) -> None:
    random = Random(7)
    pool = AddressAllocators(version, ["192.168.1.0/24"])

    drawn = _drain(pool, random)

    assert sorted(drawn, key=lambda text: _ip(text).number) == [
        f"192.168.1.{n}" for n in range(1, 255)
    ]
    assert {int(text.rpartition(".")[2]) for text in drawn[:238]} == set(range(17, 255))
    pool.release(_ip("192.168.1.5"))
    assert _draw(pool, random) == "192.168.1.5"
    pool.release(_ip("192.168.1.5"))
    assert pool.take(_ip("192.168.1.1")) == TAKEN_ADDRESS
    assert pool.take(_ip("192.168.1.5")) == ""
    assert _draw(pool, random) == FULL


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    "address", ["192.168.0.1", "192.168.1.0", "192.168.1.255", "192.168.2.2"]
)
def test_an_address_outside_its_range_is_refused_in_the_words_of_its_allocator(
    version: Version, address: str
) -> None:
    pool = AddressAllocators(version, ["192.168.1.0/24"])

    said = pool.take(_ip(address))

    inside = address.startswith("192.168.1.")
    by_bitmap = version == BITMAP or (version == BOTH and inside)
    assert said == (_outside(address, "192.168.1.0/24") if by_bitmap else NO_RANGE)
    assert not pool.holds(_ip(address))


@pytest.mark.parametrize("version", ALL)
def test_a_wide_ipv4_range_has_its_edges(version: Version) -> None:
    pool = AddressAllocators(version, ["10.0.0.0/15"])

    assert pool.take(_ip("10.0.0.0"))
    assert pool.take(_ip("10.15.255.255"))
    assert pool.take(_ip("10.1.255.255"))
    assert pool.take(_ip("10.1.255.254")) == ""
    assert pool.take(_ip("10.0.0.1")) == ""
    assert pool.take(_ip("10.0.0.1")) == TAKEN_ADDRESS


def test_a_bitmap_has_only_the_lowest_part_of_a_wide_ipv6_range() -> None:
    random = Random(3)
    pool = AddressAllocators(BITMAP, ["2001:db8:1::/48"])

    for outside in ("2001:db8::1", "2001:db8:1::", "2001:db8:1::1:0", "2001:db8:2::2"):
        assert pool.take(_ip(outside)) == _outside(outside, "2001:db8:1::/48")
    assert len(_drain(pool, random)) == 65_535
    pool.release(_ip("2001:db8:1::5"))
    assert _draw(pool, random) == "2001:db8:1::5"


def test_objects_have_all_of_an_ipv6_range_but_the_network_address() -> None:
    random = Random(3)
    pool = AddressAllocators(OBJECTS, ["2001:db8:1::/116"])

    for outside in ("2001:db8::1", "2001:db8:1::", "2001:db8:2::2"):
        assert pool.take(_ip(outside)) == NO_RANGE
    assert len(_drain(pool, random)) == 4095
    pool.release(_ip("2001:db8:1::5"))
    assert _draw(pool, random) == "2001:db8:1::5"


def test_the_top_of_a_64_bit_range_can_be_had_and_drawing_costs_no_memory() -> None:
    random = Random(9)
    pool = AddressAllocators(OBJECTS, ["2001:db8::/64"])

    assert pool.take(_ip("2001:db8::ffff:ffff:ffff:ffff")) == ""
    drawn = {_draw(pool, random) for _ in range(2000)}
    assert len(drawn) == 2000
    assert all(_ip(text).number - _ip("2001:db8::").number > 256 for text in drawn)


@pytest.mark.parametrize("version", [BITMAP, OBJECTS])
@pytest.mark.parametrize("cidr", ["192.168.1.0/32", "192.168.1.0/31", "fd00::/128"])
def test_a_tiny_range_has_nothing_to_draw(version: Version, cidr: str) -> None:
    assert _drain(AddressAllocators(version, [cidr]), Random(0)) == []


def test_an_ipv6_range_shorter_than_64_is_never_allocated_from() -> None:
    pool = AddressAllocators(OBJECTS, ["10.0.0.0/28", "fd00:10::/48"])

    assert pool.families == ["IPv4", "IPv6"]
    assert pool.take(_ip("fd00:10::5")) == NO_RANGE
    assert _draw(pool, Random(0), "IPv6") == FULL


@pytest.mark.parametrize("version", ALL)
def test_a_range_of_two_gives_two(version: Version) -> None:
    random = Random(5)
    pool = AddressAllocators(version, ["192.168.1.240/30"])

    assert set(_drain(pool, random)) == {"192.168.1.241", "192.168.1.242"}
    assert {_draw(pool, random) for _ in range(100)} == {FULL}


@pytest.mark.parametrize("version", ALL)
def test_the_static_band_is_left_alone_while_anything_above_is_free(
    version: Version,
) -> None:
    random = Random(11)
    pool = AddressAllocators(version, ["192.168.1.0/25"])

    drawn = {_draw(pool, random) for _ in range(110)}
    assert drawn == {f"192.168.1.{n}" for n in range(17, 127)}
    for number in range(1, 17):
        assert pool.take(_ip(f"192.168.1.{number}")) == ""
    assert _draw(pool, random) == FULL
    pool.release(_ip("192.168.1.10"))
    assert _draw(pool, random) == "192.168.1.10"


def test_before_the_static_band_the_whole_range_is_one() -> None:
    pool = AddressAllocators(Version(1, 24), ["192.168.1.0/25"])
    random = Random(2)

    first = {_draw(pool, random) for _ in range(60)}

    assert any(_ip(text).number & 0x7F <= 16 for text in first)


def test_the_address_behind_a_run_is_hit_as_often_as_the_run_is_long() -> None:
    counted: Counter[str] = Counter()
    for seed in range(6000):
        pool = AddressAllocators(OBJECTS, ["10.0.0.0/28"])
        for number in range(1, 7):
            pool.hold(_ip(f"10.0.0.{number}"))
        counted[_draw(pool, Random(seed))] += 1

    assert set(counted) == {f"10.0.0.{number}" for number in range(7, 15)}
    assert 0.45 < counted["10.0.0.7"] / 6000 < 0.55
    assert all(0.05 < counted[f"10.0.0.{n}"] / 6000 < 0.095 for n in range(8, 15))


@pytest.mark.parametrize(
    ("spellings", "version"),
    [
        (["2001:DB8::A", "2001:db8:0::a", "2001:db8::a"], OBJECTS),
        (["10.96.0.40", "010.096.000.040", "::ffff:10.96.0.40"], BITMAP),
    ],
)
def test_all_spellings_of_an_address_are_one(
    spellings: list[str], version: Version
) -> None:
    pool = AddressAllocators(version, ["10.96.0.0/16", "2001:db8::/112"])

    assert pool.take(_ip(spellings[0])) == ""
    assert [pool.take(_ip(text)) for text in spellings] == [TAKEN_ADDRESS] * 3


def test_a_range_that_is_added_helps_when_the_first_is_full() -> None:
    random = Random(1)
    pool = AddressAllocators(OBJECTS, [])
    assert _draw(pool, random, "IPv4") == FULL
    pool.add_range("192.168.0.0/28")
    assert len(_drain(pool, random, "IPv4")) == 14
    pool.add_range("10.0.0.0/28")

    assert pool.take(_ip("10.0.0.11")) == ""
    assert len(_drain(pool, random, "IPv4")) == 13


def test_a_wider_range_has_the_network_address_of_a_narrower_one() -> None:
    pool = AddressAllocators(OBJECTS, ["192.168.1.0/24"])
    assert pool.take(_ip("192.168.1.0")) == NO_RANGE

    pool.add_range("192.168.0.0/16")

    assert pool.take(_ip("192.168.1.0")) == ""
    assert pool.take(_ip("192.168.1.255")) == ""
    assert pool.take(_ip("192.168.0.0")) == NO_RANGE


def test_a_range_grows_by_a_wider_one_and_shrinks_by_deleting_it() -> None:
    random = Random(4)
    pool = AddressAllocators(OBJECTS, ["192.168.0.0/28"])
    held = _drain(pool, random)
    pool.add_range("192.168.0.0/24")
    held += _drain(pool, random)
    assert len(held) == 254

    for text in held:
        pool.release(_ip(text))
    pool.remove_range("192.168.0.0/24")

    assert len(_drain(pool, random)) == 14


def test_nothing_is_drawn_from_a_range_that_is_not_ready() -> None:
    random = Random(6)
    pool = AddressAllocators(OBJECTS, [])
    pool.add_range("192.168.0.0/24")
    pool.set_unready("192.168.0.0/24")
    pool.add_range("192.168.1.0/24")

    drawn = [_draw(pool, random, "IPv4") for _ in range(200)]

    assert all(text.startswith("192.168.1.") for text in drawn)
    assert pool.take(_ip("192.168.0.5")) == NO_RANGE


def test_ranges_of_any_size_add_up() -> None:
    random = Random(8)
    pool = AddressAllocators(OBJECTS, ["192.168.1.0/30"])
    pool.add_range("10.0.0.0/29")

    assert len(_drain(pool, random)) == 8


def test_an_address_of_a_range_that_is_gone_is_not_freed() -> None:
    pool = AddressAllocators(OBJECTS, ["10.96.0.0/16"])
    pool.add_range("10.97.0.0/24")
    assert pool.take(_ip("10.97.0.10")) == ""
    pool.set_unready("10.97.0.0/24")
    pool.release(_ip("10.97.0.10"))
    assert not pool.holds(_ip("10.97.0.10"))

    pool.hold(_ip("10.97.0.10"))
    pool.remove_range("10.97.0.0/24")
    pool.release(_ip("10.97.0.10"))

    assert pool.holds(_ip("10.97.0.10"))


def test_in_1_33_bitmap_and_objects_fill_together_and_both_refuse() -> None:
    random = Random(2)
    pool = AddressAllocators(BOTH, ["192.168.0.0/28"])
    pool.hold_object(_ip("192.168.0.5"))

    assert pool.take(_ip("192.168.0.5")) == TAKEN_ADDRESS
    assert len(_drain(pool, random)) == 13

    pool.add_range("10.0.0.0/28")
    assert len(_drain(pool, random)) == 14


def test_up_to_1_32_objects_hold_nothing_and_add_no_range() -> None:
    random = Random(2)
    pool = AddressAllocators(BITMAP, ["192.168.0.0/28"])
    pool.hold_object(_ip("192.168.0.5"))
    pool.add_range("10.0.0.0/28")

    assert pool.take(_ip("192.168.0.5")) == ""
    assert len(_drain(pool, random)) == 13


@pytest.mark.parametrize("count", [2, 3, 4, 8])
def test_the_first_of_several_ranges_is_drawn_from_most_often(count: int) -> None:
    first: Counter[int] = Counter(
        visiting_order(count, Random(seed))[0] for seed in range(8000)
    )

    assert abs(first[0] / 8000 - (9 - count) / 8) < 0.03
    assert all(abs(first[slot] / 8000 - 1 / 8) < 0.03 for slot in range(1, count))


def test_every_order_holds_every_range_once() -> None:
    for count in range(12):
        for seed in range(40):
            order = visiting_order(count, Random(seed))
            assert sorted(order) == list(range(count))


def test_ranges_beyond_the_first_are_drawn_from_too() -> None:
    counted: Counter[str] = Counter()
    for seed in range(4000):
        pool = AddressAllocators(OBJECTS, ["10.96.0.0/16"])
        pool.add_range("10.97.0.0/24")
        counted[_draw(pool, Random(seed))[:6]] += 1

    assert abs(counted["10.97."] / 4000 - 1 / 8) < 0.02


def test_node_ports_are_drawn_once_each_and_then_the_range_is_full() -> None:
    random, ports = Random(1), _ports(10000, 10200)

    drawn = [ports.draw(random) for _ in range(201)]

    assert set(drawn) == set(range(10000, 10201))
    assert ports.draw(random) == FULL
    ports.release(10005)
    assert ports.draw(random) == 10005


@pytest.mark.parametrize("number", [1, 20000, 10201, 9999])
def test_a_node_port_outside_the_range_is_refused(number: int) -> None:
    assert _ports(10000, 10200).take(number) == port_outside(10000, 10200)


def test_a_node_port_is_taken_once_and_freed() -> None:
    ports = _ports(10000, 10200)

    assert ports.take(10001) == ""
    assert ports.take(10001) == TAKEN_PORT
    ports.release(10001)
    ports.release(1)
    assert ports.take(10001) == ""


def test_the_static_band_of_node_ports_is_left_alone() -> None:
    random, ports = Random(5), _ports(30000, 30128)

    assert {ports.draw(random) for _ in range(113)} == set(range(30016, 30129))
    assert all(ports.take(number) == "" for number in range(30000, 30016))
    ports.release(30053)
    assert ports.draw(random) == 30053
    assert ports.draw(random) == FULL


@pytest.mark.parametrize(
    ("size", "reserved"),
    [(8, 0), (16, 0), (17, 16), (32, 16), (128, 16), (1024, 32), (4096, 128)],
)
def test_what_is_drawn_last_comes_from_the_static_band(
    size: int, reserved: int
) -> None:
    random = Random(size)
    ports = _ports(1, size)

    drawn = [int(ports.draw(random)) for _ in range(size)]

    assert ports.range.offset == reserved
    assert all(number > reserved for number in drawn[: size - reserved])
    assert set(drawn[size - reserved :]) == set(range(1, reserved + 1))


def test_before_1_28_node_ports_have_one_band() -> None:
    random, ports = Random(3), _ports(30000, 30127, Version(1, 27))

    assert any(int(ports.draw(random)) < 30016 for _ in range(40))


def test_a_dry_run_looks_at_what_is_held_and_asked_for_and_at_no_range() -> None:
    ports = _ports(10000, 10200)
    for number in (10000, 10010, 10020):
        assert ports.take(number) == ""
    dry = DryRun(AddressAllocators(OBJECTS, ["10.0.0.0/28"]), ports, Random(0))

    assert dry.take_port(10000) == TAKEN_PORT
    assert dry.take_port(10030) == ""
    assert dry.take_port(10030) == TAKEN_PORT
    assert dry.take_port(12345) == ""
    drawn = dry.draw_port()
    assert drawn == 12346
    assert dry.take_port(int(drawn)) == TAKEN_PORT
    numbers = range(9000, 14000)
    assert [one for one in numbers if one in ports.held] == [10000, 10010, 10020]


def test_a_dry_run_needs_a_range_that_is_ready() -> None:
    addresses = AddressAllocators(OBJECTS, ["10.0.0.0/28"])
    addresses.set_unready("10.0.0.0/28")
    dry = DryRun(addresses, _ports(1, 9), Random(0))

    assert dry.take_address("10.0.0.5", _ip("10.0.0.5")) == NOT_READY
    assert dry.draw_address("IPv4") == NOT_READY


class _Scripted(Random):
    """A generator of which each number is told beforehand."""

    def __init__(self, starts: Iterable[int]) -> None:
        super().__init__(0)
        self._starts = iter(starts)

    def randrange(self, *_: int) -> int:  # type: ignore[override]
        """Return the next of them."""
        return next(self._starts)


def test_every_run_of_two_draws_from_six_addresses_is_equally_likely() -> None:
    taken: Counter[str] = Counter()
    for starts in product(range(6), repeat=2):
        pool, random = AddressAllocators(OBJECTS, ["10.0.0.0/29"]), _Scripted(starts)
        pool.hold(_ip("10.0.0.1"))
        taken.update({_draw(pool, random) for _ in range(2)})

    assert taken == {
        "10.0.0.2": 21,  # of 36
        "10.0.0.3": 15,
        "10.0.0.4": 12,
        "10.0.0.5": 12,
        "10.0.0.6": 12,
    }


def test_what_spills_into_the_static_band_hits_behind_what_is_held() -> None:
    taken: Counter[str] = Counter()
    for start in range(16):
        pool = AddressAllocators(OBJECTS, ["10.0.0.0/27"])
        pool.hold(_ip("10.0.0.1"))
        for number in range(17, 31):
            pool.hold(_ip(f"10.0.0.{number}"))
        taken[_draw(pool, _Scripted([0, start]))] += 1

    assert taken.pop("10.0.0.2") == 2
    assert set(taken) == {f"10.0.0.{number}" for number in range(3, 17)}
    assert set(taken.values()) == {1}


def test_both_allocators_draw_what_only_the_wider_range_has_inside() -> None:
    pool, random = AddressAllocators(BOTH, ["10.0.0.0/30"]), Random(0)
    pool.add_range("10.0.0.0/28")

    asked = pool.take(_ip("10.0.0.3"))
    drawn = _drain(pool, random)

    assert asked == _outside("10.0.0.3", "10.0.0.0/30")
    assert sorted(drawn, key=lambda text: _ip(text).number) == [
        f"10.0.0.{number}" for number in range(1, 15)
    ]
