"""How likely static addresses and node ports of a set are lost."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
import yaml

from cip_lint.cluster import Cluster, Setting, Unit
from cip_lint.cluster.environment import environment_of
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.pools import NotDrawn
from cip_lint.kube.version import NEWEST, Version
from cip_lint.replay import Loss, ServiceTable, service_table
from cip_lint.replay.allocation.api_server import ApiServer
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.odds import turns
from cip_lint.replay.odds.certain import node_ports_are_safe
from cip_lint.replay.odds.sweep import _Held
from support.clusters import FLAG, FOLDER, cluster, numbered, settings
from support.snapshots import listed, snapshot

SMALL = ("10.96.0.0/24",)
P = "ports: [{port: 80}]"


def _service(name: str, spec: str = P, namespace: str = "shop") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{{spec}}}
"""


def _pinned(name: str, address: str, more: str = "") -> str:
    return _service(name, f"clusterIP: '{address}', {P}, {more}")


def _dynamic(count: int, start: int = 0) -> str:
    return "".join(_service(f"d{number}") for number in range(start, start + count))


def _table(text: str, cidrs: tuple[str, ...] = SMALL, **more: Any) -> ServiceTable:
    return service_table(cluster(text, settings(cidrs, **more)))


def _said(table: ServiceTable) -> dict[str, str]:
    return {loss.claim.text: loss.chance.words for loss in table.losses.addresses}


def _ports(table: ServiceTable) -> dict[int, str]:
    return {loss.claim.port: loss.chance.words for loss in table.losses.node_ports}


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("10.96.0.0/28", "p = 0.21"),
        ("10.96.0.0/24", "impossible"),
        ("10.96.0.0/20", "impossible"),
        ("10.96.0.0/16", "impossible"),
    ],
)
def test_cluster_dns_among_dynamic_services(cidr: str, words: str) -> None:
    text = _dynamic(3) + _pinned("kube-dns", "10.96.0.10") + _dynamic(2, 3)

    assert _said(_table(text, (cidr,))) == {"10.96.0.10": words}


def test_what_is_known_of_a_loss() -> None:
    (loss,) = _table(_dynamic(50) + _pinned("r", "10.96.0.200")).losses.addresses

    assert loss.claim.member.name == "r"
    assert loss.chance.p == pytest.approx(50 / 238)
    assert (loss.before, loss.beside, loss.own, loss.services) == (50, 0, 0, 50)
    assert (loss.size, loss.free, loss.left_out) == (238, 238, 0)
    assert loss.first is not None
    assert loss.first.display == "Service shop/d0"
    assert not loss.certain


def test_only_what_comes_before_counts() -> None:
    text = _dynamic(1) + _pinned("r", "10.96.0.200") + _dynamic(40, 1)

    assert _said(_table(text)) == {"10.96.0.200": "p = 0.0042"}


def test_what_draws_nothing_does_not_count() -> None:
    text = (
        _service("a", f"clusterIP: None, {P}")
        + _service("b", "type: ExternalName, externalName: db.example.com")
        + _service("refused", "ports: [{port: 80}, {port: 81}]")
        + _pinned("c", "10.96.0.7")
        + _pinned("r", "10.96.0.200")
    )

    assert _said(_table(text))["10.96.0.200"] == "impossible"


def test_a_service_that_is_written_twice_draws_once() -> None:
    text = _dynamic(1) * 3 + _pinned("r", "10.96.0.200")

    (loss,) = _table(text).losses.addresses

    assert loss.before == 1


def test_each_family_is_counted_by_itself() -> None:
    text = (
        _service("a", f"ipFamilyPolicy: RequireDualStack, {P}")
        + _pinned("b", "10.96.0.200", "ipFamilyPolicy: PreferDualStack")
        + _service("c", f"ipFamilies: [IPv6], {P}")
        + _pinned("r", "10.96.0.201")
        + _pinned("s", "fd00::80", "ipFamilies: [IPv6]")
    )

    losses = _table(text, ("10.96.0.0/24", "fd00::/120")).losses.addresses

    assert [(loss.claim.text, loss.before) for loss in losses] == [
        ("10.96.0.200", 1),
        ("10.96.0.201", 1),
        ("fd00::80", 3),
    ]


def test_a_spill_into_the_static_band() -> None:
    text = _dynamic(15) + _pinned("r", "10.96.0.2") + _pinned("s", "10.96.0.3")

    assert _said(_table(text, ("10.96.0.0/27",))) == {
        "10.96.0.2": "p = 0.12",
        "10.96.0.3": "p = 0.062",
    }


def test_certain_is_only_what_comes_first_in_any_case() -> None:
    range_of_14 = ("10.96.0.0/27",)
    full = _dynamic(14) + _pinned("r", "10.96.0.20")

    (certain,) = _table(full, range_of_14).losses.addresses
    helm = cluster(full, settings(range_of_14), FOLDER._replace(engine="helm"))
    (open_,) = service_table(helm).losses.addresses

    assert (certain.chance.words, certain.certain) == ("certain", True)
    assert (open_.chance.words, open_.certain, open_.beside) == ("p <= 1", False, 14)


def test_static_addresses_matter_by_what_is_drawn_behind_them() -> None:
    """Of neighbours that are asked for in a row, none makes another less likely."""
    row = "".join(_pinned(f"r{n}", f"10.96.0.{200 + n}") for n in range(4))

    together = _said(_table(_dynamic(50) + row))
    apart = _said(_table(row + _dynamic(10) + _pinned("last", "10.96.0.204")))

    assert set(together.values()) == {"p = 0.21"}
    # Five places lead to it: one of ten starts lies there, 1 - (1 - 5 / 238) ** 10.
    assert apart["10.96.0.204"] == "p = 0.19"


def test_several_ranges_give_a_bound() -> None:
    more = """---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.97.0.0/24]}
"""
    text = more + _dynamic(50) + _pinned("r", "10.96.0.200")

    assert _said(_table(text)) == {"10.96.0.200": "p <= 0.21"}


def test_units_in_no_known_order_are_left_out() -> None:
    one, two = (FOLDER._replace(path=path) for path in ("m/one", "m/two"))
    first = cluster(_dynamic(5) + _pinned("r", "10.96.0.200"), unit=one).members
    second = cluster(_dynamic(7, 5), unit=two).members
    together = Cluster(settings(SMALL), (one, two), numbered(first, second))

    (loss,) = service_table(together).losses.addresses

    assert (loss.before, loss.left_out, loss.chance.words) == (5, 7, "p >= 0.021")


def test_a_unit_that_is_waited_for_comes_first() -> None:
    base = Unit("m/one", "flux", "Kustomization", "flux", "m", scope="m")
    one = base._replace(sending=base.sending._replace(name="flux-system/one"))
    two = base._replace(
        path="m/two",
        sending=base.sending._replace(
            name="flux-system/two",
            depends_on=("flux-system/one",),
        ),
    )
    first = cluster(_dynamic(5), unit=one).members
    second = cluster(_pinned("r", "10.96.0.200"), unit=two).members
    together = Cluster(settings(SMALL), (one, two), numbered(first, second))

    (loss,) = service_table(together).losses.addresses

    assert (loss.before, loss.left_out, loss.chance.words) == (5, 0, "p = 0.021")


def test_more_units_than_are_compared_are_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(*, depend: bool) -> tuple[int, int, tuple[str, ...]]:
        units = [
            Unit(f"m/{n}", "flux", "Kustomization", "flux", f"m/{n}", scope="m")
            for n in range(3)
        ]
        if depend:
            first = units[0].sending._replace(name="flux-system/one")
            last = first._replace(name="", depends_on=("flux-system/one",))
            units[0] = units[0]._replace(sending=first)
            units[2] = units[2]._replace(sending=last)
        texts = (_dynamic(5), _dynamic(2, 5), _pinned("r", "10.96.0.200"))
        made = [
            cluster(text, unit=unit).members
            for unit, text in zip(units, texts, strict=True)
        ]
        members = numbered(*made)
        table = service_table(Cluster(settings(SMALL), units, members))
        (loss,) = table.losses.addresses
        return loss.before, loss.left_out, table.notices

    assert found(depend=True) == (5, 2, ())
    monkeypatch.setattr(turns, "MOST_UNITS", 2)
    assert found(depend=False) == (0, 7, ())
    assert found(depend=True) == (
        0,
        7,
        ("which of 3 units wait for others not counted in chances",),
    )


def test_a_unit_whose_engine_cannot_be_followed_says_nothing() -> None:
    unit = FOLDER._replace(engine="terraform")
    text = _dynamic(5) + _pinned("r", "10.96.0.200")

    assert service_table(cluster(text, settings(SMALL), unit)).losses.addresses == ()


def test_what_placeholders_hide_is_left_out() -> None:
    text = (
        _dynamic(1)
        + _service("a", "clusterIP: '${ADDRESS}', ports: [{port: 80}]")
        + _service("b", "ports: [{port: 80, targetPort: '{{ port }}'}]")
        + _pinned("r", "10.96.0.200")
    )

    (loss,) = _table(text).losses.addresses

    assert loss.before == 1
    assert loss.chance.words == "p >= 0.0042"


def test_where_the_addresses_run_out() -> None:
    table = _table(_dynamic(8), ("10.96.0.0/29",))

    shortages = table.losses.shortages

    assert [one.rows[0].display for one in shortages] == [
        "Service shop/d5",
        "Service shop/d6",
        "Service shop/d7",
    ]
    assert {(one.family, one.missing, one.capacity) for one in shortages} == {
        ("IPv4", 1, 6)
    }


def _ip_address(address: str) -> str:
    return f"""---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {{name: {address}}}
spec: {{parentRef: {{group: gateway.x, resource: gateways, namespace: a, name: b}}}}
"""


def test_an_address_that_an_object_holds_is_used_as_one_of_a_service() -> None:
    held, pinned = _ip_address("10.96.0.199"), _pinned("r", "10.96.0.200")
    service = _pinned("s", "10.96.0.199")

    first = _said(_table(held + _dynamic(1) + pinned))
    last = _said(_table(_dynamic(1) + pinned + held))
    old = _said(_table(held + _dynamic(1) + pinned, version=Version(1, 32)))
    as_service = _said(_table(service + _dynamic(1) + pinned))

    assert first == {"10.96.0.200": "p = 0.0084"}
    assert first["10.96.0.200"] == as_service["10.96.0.200"]
    assert last == old == {"10.96.0.200": "p = 0.0042"}


def test_an_address_that_an_object_holds_is_missing_where_they_run_out() -> None:
    whole, one_less = _dynamic(13), _ip_address("10.96.0.9") + _dynamic(13)

    full = _table(whole, ("10.96.0.0/28",)).losses.shortages
    (shortage,) = _table(one_less, ("10.96.0.0/28",)).losses.shortages

    assert full == ()
    assert [row.member.name for row in shortage.rows] == ["d12"]


def test_a_static_address_that_may_be_lost_is_no_certain_place() -> None:
    text = _dynamic(3) + _pinned("r", "10.96.0.4") + _dynamic(2, 3)

    assert _table(text, ("10.96.0.0/29",)).losses.shortages == ()
    first = _pinned("r", "10.96.0.4") + _dynamic(5)
    assert len(_table(first, ("10.96.0.0/29",)).losses.shortages) == 1


def test_nothing_is_worked_out_of_a_range_that_is_large_enough() -> None:
    losses = _table(_dynamic(3), ("10.96.0.0/16",)).losses

    assert (losses.addresses, losses.shortages, losses.node_ports) == ((), (), ())


def test_the_band_of_old_versions_is_the_whole_range() -> None:
    text = _dynamic(3) + _pinned("dns", "10.96.0.10")

    (loss,) = _table(text, version=Version(1, 22)).losses.addresses

    assert (loss.chance.words, loss.size, loss.free) == ("p = 0.012", 254, 253)


# Node ports


def _node_port(name: str, ports: str, more: str = "") -> str:
    return _service(name, f"type: NodePort, ports: [{ports}], {more}")


def test_node_ports_are_one_pool() -> None:
    text = (
        _node_port("a", "{name: x, port: 80}, {name: y, port: 81, protocol: UDP}")
        + _service("b", f"type: LoadBalancer, {P}")
        + _service(
            "c", f"type: LoadBalancer, allocateLoadBalancerNodePorts: false, {P}"
        )
        + _node_port("d", "{port: 80, nodePort: 31000}")
        + _node_port("e", "{port: 80, nodePort: 30001}")
    )

    (loss, static) = _table(text).losses.node_ports

    assert (loss.before, loss.services, loss.size) == (3, 2, 2682)
    assert loss.chance.p == pytest.approx(3 / 2682)
    assert static.chance.impossible


def test_a_service_is_refused_for_any_of_its_numbers() -> None:
    text = "".join(_node_port(f"d{n}", "{port: 80}") for n in range(50)) + _node_port(
        "r",
        "{name: x, port: 80, nodePort: 31000}, {name: y, port: 81, nodePort: 32000},"
        " {name: z, port: 82, nodePort: 30001}",
    )

    losses = _table(text).losses.node_ports

    assert [loss.chance.words for loss in losses] == [
        "p = 0.019",
        "p = 0.019",
        "impossible",
    ]
    both = {loss.together for loss in losses}
    (together,) = both
    assert together is not None
    assert together.p == pytest.approx(0.036944, abs=1e-5)


def test_entries_of_one_port_number_share() -> None:
    both = "{name: t, port: 53}, {name: u, port: 53, protocol: UDP}"
    text = _node_port("a", both) + _node_port("d", "{port: 80, nodePort: 31000}")

    (loss,) = _table(text).losses.node_ports

    assert loss.before == 1


def test_a_service_can_lose_to_itself() -> None:
    text = _node_port(
        "a",
        "{name: x, port: 80}, {name: y, port: 81, nodePort: 31000}, {name: z, port: 82}",
    ) + _service(
        "b",
        "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 32000,"
        " ports: [{name: x, port: 80}, {name: y, port: 81}]",
    )

    own, check = _table(text).losses.node_ports

    assert (own.before, own.own, own.services) == (1, 1, 0)
    assert own.chance.p == pytest.approx(1 / 2682)
    assert (check.before, check.own, check.services) == (4, 2, 1)


@pytest.mark.parametrize("engine", ["kubectl", "helm"])
@pytest.mark.parametrize(("before", "own"), [("", 0), ("{name: x, port: 80}, ", 1)])
def test_entries_that_share_a_node_port_do_not_lose_to_each_other(
    engine: str, before: str, own: int
) -> None:
    both = (
        "{name: t, port: 53, nodePort: 31000}, "
        "{name: u, port: 53, protocol: UDP, nodePort: 31000}"
    )
    text = "".join(_node_port(f"d{n}", "{port: 80}") for n in range(20))
    text += _node_port("dns", before + both)
    text += _node_port("last", "{port: 80, nodePort: 32000}")

    found = cluster(text, settings(), FOLDER._replace(engine=engine))
    one, other, last = service_table(found).losses.node_ports

    assert one.chance == other.chance
    assert (one.before, one.own) == (other.before, other.own) == (20 + own, own)
    assert one.chance.p == pytest.approx(1 - (1 - 1 / 2682) ** (20 + own), rel=1e-2)
    assert one.chance.sense == ("=" if engine == "kubectl" else "<=")
    assert last.before == 20 + own


@pytest.mark.parametrize("engine", ["kubectl", "helm"])
@pytest.mark.parametrize("draws", [False, True])
def test_the_cost_of_a_service_grows_as_its_ports_do(
    engine: str, draws: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def counted(of: Any, name: str) -> None:
        inner = getattr(of, name)

        def outer(*arguments: Any) -> Any:
            calls[name] += 1
            return inner(*arguments)

        monkeypatch.setattr(of, name, outer)

    counted(_Held, "add")
    counted(_Held, "remove")
    counted(Cluster, "unresolved")

    def cost(count: int) -> Counter[str]:
        ports = [
            f"{{name: p{n}, port: {n + 1}, nodePort: {31000 + n}}}"
            for n in range(count)
        ]
        if draws:
            ports.insert(0, "{name: drawn, port: 999}")
        drawn = _node_port("d", "{port: 80}") + _node_port("e", "{port: 80}")
        text = _node_port("big", ", ".join(ports)) + drawn
        found = cluster(text, settings(), FOLDER._replace(engine=engine))
        table = service_table(found)
        calls.clear()
        assert len(table.losses.node_ports) == count
        return calls.copy()

    few, many = cost(50), cost(100)

    assert few["add"] > 50
    assert few["add"] < many["add"] < 2.1 * few["add"]
    assert many["remove"] <= 2.1 * few["remove"]
    assert many["unresolved"] == few["unresolved"]


def test_what_is_asked_for_by_a_later_entry_of_the_number_is_no_draw() -> None:
    text = _node_port(
        "a",
        "{name: t, port: 53}, {name: u, port: 53, protocol: UDP, nodePort: 31000}",
    )

    (loss,) = _table(text).losses.node_ports

    assert (loss.before, loss.chance.impossible) == (0, True)


def test_the_range_of_node_ports_and_its_version() -> None:
    text = _node_port("a", "{port: 80}") + _node_port(
        "b", "{port: 80, nodePort: 30007}"
    )

    assert _ports(_table(text)) == {30007: "impossible"}
    old = _table(text, node_ports=(30000, 30099), version=Version(1, 27))
    assert _ports(old) == {30007: "p = 0.010"}


# What lives in the cluster already


def _living(text: str, *services: str, **more: Any) -> ServiceTable:
    live = snapshot(listed("".join(services)))
    plain = cluster(text, settings(SMALL, **more))
    return service_table(
        Cluster(plain.settings, plain.units, plain.members, snapshot=live)
    )


def test_what_lives_is_used_and_draws_nothing_again() -> None:
    text = (
        _service("old")
        + _pinned("kept", "10.96.0.199")
        + _service("new")
        + _pinned("r", "10.96.0.202")
    )
    table = _living(
        text,
        _pinned("old", "10.96.0.200"),
        _pinned("other", "10.96.0.201"),
        _pinned("kept", "10.96.0.199"),
    )

    (loss,) = table.losses.addresses

    assert (loss.claim.text, loss.before, loss.free) == ("10.96.0.202", 1, 235)
    assert loss.chance.p == pytest.approx(4 / 238)


def test_node_ports_that_live_are_kept() -> None:
    text = _node_port("old", "{port: 80}") + _node_port(
        "r", "{port: 80, nodePort: 31000}"
    )

    other = _living(text, _service("other"))
    assert _ports(other) == {31000: "p = 0.00037"}
    table = _living(text, _node_port("old", "{port: 80, nodePort: 30999}"))
    assert _ports(table) == {31000: "impossible"}


# Files that never meet


def _with_places(text: str, places: dict[str, dict[str, Any]]) -> ServiceTable:
    made = cluster(text, settings(SMALL))
    for member in made.members:
        for key, value in places.get(member.name, {}).items():
            setattr(member, key, value)
    return service_table(made)


def test_files_of_other_environments_draw_nothing() -> None:
    dev, prod = (
        {"environment": environment_of(f"m/{word}/a.yaml")} for word in ("dev", "prod")
    )
    text = _dynamic(3) + _pinned("r", "10.96.0.200")

    table = _with_places(text, {"d0": dev, "d1": prod, "r": prod})
    anywhere = _with_places(text, {"d0": dev, "d1": prod})

    assert [loss.before for loss in table.losses.addresses] == [2]
    # Either of them may be there, but never both.
    assert [loss.before for loss in anywhere.losses.addresses] == [2]


# The allocators themselves as witnesses

CASES = [
    ("10.96.0.0/28", "dds5ddds6ds7"),
    ("10.96.0.0/28", "s3ddds4dds5dds6"),
    ("10.96.0.0/29", "ds2ds3ds4"),
    ("10.96.0.0/27", "ddddds20ddddds21ddddds22s2"),
    ("10.96.0.0/27", "ddddddddddddddddds2s3s9"),
    ("fd00::/124", "dddds6dds7"),
]


def _steps(case: str) -> list[int | None]:
    """Return what is asked for, None for any address: ``ds5`` is any, then the fifth."""
    return [int(one[1:]) if one[0] == "s" else None for one in _words(case)]


def _words(case: str) -> list[str]:
    return case.replace("d", " d ").replace("s", " s").split()


@pytest.mark.parametrize(("cidr", "case"), CASES)
def test_the_allocators_lose_as_often(cidr: str, case: str) -> None:
    steps = _steps(case)
    network = cidr.partition("/")[0]
    base = parse_ip(network)
    assert base is not None
    asked = {
        number: base._replace(number=base.number + step)
        for number, step in enumerate(steps)
        if step is not None
    }
    text = "".join(
        _pinned(f"n{number}", asked[number].canonical)
        if number in asked
        else _service(f"n{number}")
        for number in range(len(steps))
    )
    runs, lost = 4_000, dict.fromkeys(asked, 0)
    random = Random(case)
    first = base._replace(number=base.number + 1)
    for _ in range(runs):
        addresses = AddressAllocators(NEWEST, (cidr,))
        assert addresses.take(first) == ""
        for number in range(len(steps)):
            if number in asked:
                lost[number] += addresses.take(asked[number]) != ""
            else:
                drawn = addresses.draw(base.family, random)
                assert not isinstance(drawn, NotDrawn)

    losses = _table(text, (cidr,)).losses.addresses
    assert len(losses) == len(asked)
    for loss in losses:
        _agrees(loss, lost[int(loss.claim.member.name[1:])] / runs)


def _agrees(loss: Loss[Any], seen: float) -> None:
    """Five standard deviations, and what two digits leave open."""
    slack = 5 * 0.5 / 4_000**0.5
    p, sense = loss.chance.p, loss.chance.sense
    if sense != ">=":
        assert seen <= p + slack
    if sense != "<=":
        assert seen >= p - slack


def test_the_api_server_refuses_as_often() -> None:
    cidrs = ("10.96.0.0/28",)
    text = _dynamic(3) + _pinned("dns", "10.96.0.10") + _dynamic(2, 3)
    manifests = list(yaml.safe_load_all(text))
    runs, lost = 400, 0
    for seed in range(runs):
        server = ApiServer(ClusterFacts(service_cidrs=cidrs), Random(seed))
        answers = [server.create(manifest) for manifest in manifests]
        lost += answers[3].code == 422
        assert {answer.code for answer in answers} <= {201, 422}

    (loss,) = _table(text, cidrs).losses.addresses

    assert loss.chance.words == "p = 0.21"
    assert abs(lost / runs - loss.chance.p) < 5 * 0.5 / runs**0.5


def test_settings_with_families_decide_which_is_first() -> None:
    text = _dynamic(2) + _pinned("r", "fd00::80", "ipFamilies: [IPv6]")
    both = settings(("10.96.0.0/24", "fd00::/120"))
    first = both._replace(families=Setting(("IPv6", "IPv4"), FLAG))

    assert service_table(cluster(text, both)).losses.addresses[0].before == 0
    assert service_table(cluster(text, first)).losses.addresses[0].before == 2


def test_node_ports_of_the_static_band_are_safe_while_there_is_room() -> None:
    bounds = (30000, 30031)
    found = {}
    for drawn in range(40):
        text = "".join(_node_port(f"d{n}", "{port: 80}") for n in range(drawn))
        text += _node_port("e", "{port: 80, nodePort: 30001}")
        table = _table(text, node_ports=bounds)
        (loss,) = table.losses.node_ports
        found[drawn] = node_ports_are_safe(table), loss.chance.p > 0

    room = table.node_ports.size - table.node_ports.offset
    assert [drawn for drawn, (safe, _) in found.items() if safe] == list(range(room))
    assert not any(safe and may_be_lost for safe, may_be_lost in found.values())
    assert found[39] == (False, True)


def test_node_ports_of_the_dynamic_band_are_not_safe() -> None:
    assert not node_ports_are_safe(
        _table(_node_port("e", "{port: 80, nodePort: 31000}"))
    )
    assert node_ports_are_safe(_table(_node_port("e", "{port: 80, nodePort: 30001}")))


def test_living_node_ports_take_room() -> None:
    living = [
        _node_port(f"l{n}", f"{{port: 80, nodePort: {30010 + n}}}") for n in range(20)
    ]
    text = _node_port("e", "{port: 80, nodePort: 30001}") + _node_port(
        "d", "{port: 80}"
    )

    assert node_ports_are_safe(_table(text, node_ports=(30000, 30031)))
    assert not node_ports_are_safe(_living(text, *living, node_ports=(30000, 30031)))
