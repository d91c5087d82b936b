"""The seeded draw: one possible run of the creation of all Services."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.cluster import Cluster, Member, Unit
from cip_lint.cluster.environment import environment_of
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.version import Version
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.odds.row_draws import RowDraw
from support.clusters import FOLDER, cluster, settings
from support.snapshots import snapshot

SMALL = ("10.0.0.0/28",)
"""13 addresses beside that of ``default/kubernetes``, in one band."""


def _service(name: str, spec: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{ports: [{{port: 80}}], {spec}}}
"""


def _services(count: int, spec: str = "", prefix: str = "s") -> str:
    return "".join(_service(f"{prefix}{n:02}", spec) for n in range(count))


def _table(text: str, *cidrs: str, **chosen: Any) -> ServiceTable:
    return service_table(cluster(text, settings(cidrs, **chosen)))


def _drawn(table: ServiceTable, name: str, seed: int = 0) -> RowDraw | None:
    (row,) = (row for row in table.rows if row.ref.name == name)
    return table.draws(seed).of(row)


def _of(table: ServiceTable, name: str, seed: int = 0) -> RowDraw:
    drawn = _drawn(table, name, seed)
    assert drawn is not None
    return drawn


def _addresses(table: ServiceTable, seed: int = 0) -> list[str]:
    draws = table.draws(seed)
    found = (draws.of(row) for row in table.rows)
    return [
        address
        for one in found
        if one is not None
        for address in one.addresses.values()
    ]


def test_a_seed_decides_everything_and_another_one_something_else() -> None:
    text = _services(30, "type: NodePort")

    first, again, other = (
        [_of(_table(text, "10.96.0.0/16"), f"s{n:02}", seed) for n in range(30)]
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_every_service_gets_its_own_address_of_the_dynamic_band() -> None:
    drawn = _addresses(_table(_services(200, prefix="t"), "10.96.0.0/24"))

    assert len(set(drawn)) == 200
    numbers = [int(text.rpartition(".")[2]) for text in drawn]
    assert min(numbers) > 16


def test_the_address_of_the_api_server_is_never_drawn() -> None:
    table = _table(_services(14), *SMALL)

    refused = [_of(table, f"s{n:02}").refusal for n in range(14)]

    assert len(_addresses(table)) == 13
    assert "10.0.0.1" not in _addresses(table)
    assert refused[:13] == [None] * 13
    assert refused[13] is not None
    assert refused[13].message.endswith("range is full")


def test_who_comes_first_has_what_it_asks_for() -> None:
    dynamic, pinned = _services(6), _service("pin", "clusterIP: 10.0.0.9")
    before, after = _table(pinned + dynamic, *SMALL), _table(dynamic + pinned, *SMALL)

    lost = [_of(after, "pin", seed).refusal is not None for seed in range(300)]

    assert all(_of(before, "pin", seed).refusal is None for seed in range(300))
    assert 90 < sum(lost) < 170  # about 6 of 14
    refusal = _of(after, "pin", lost.index(True)).refusal
    assert refusal is not None
    assert refusal.causes[0].message.endswith(
        "failed to allocate IP 10.0.0.9: provided IP is already allocated"
    )


def test_what_is_sent_at_once_arrives_in_any_order() -> None:
    text = _service("pin", "clusterIP: 10.0.0.9") + _services(6)

    lost = {}
    for engine in ("kubectl", "argocd"):
        made = cluster(text, settings(SMALL), FOLDER._replace(engine=engine))
        table = service_table(made)
        refused = [_of(table, "pin", seed).refusal for seed in range(200)]
        lost[engine] = sum(one is not None for one in refused)

    assert lost["kubectl"] == 0
    assert 15 < lost["argocd"] < 80


def test_a_refused_service_leaves_everything_to_the_next() -> None:
    text = _services(2) + _service("pin", "clusterIP: 10.0.0.2, type: NodePort")
    for seed in range(40):
        table = _table(
            text + _service("last"), "10.0.0.0/29", node_ports=(30000, 30000)
        )
        lost = _of(table, "pin", seed)
        assert _of(table, "last", seed).refusal is None
        assert not (lost.refusal and (lost.addresses or lost.node_ports))


def test_headless_and_external_services_get_nothing() -> None:
    text = _service("h", "clusterIP: None") + _service(
        "e", "type: ExternalName, externalName: x.example"
    )
    table = _table(text, *SMALL)

    assert _of(table, "h") == RowDraw({}, {})
    assert _of(table, "e") == RowDraw({}, {})


def test_both_families_are_drawn() -> None:
    table = _table(
        _service("a", "ipFamilyPolicy: PreferDualStack"), "fd00::/64", "10.96.0.0/16"
    )

    drawn = _of(table, "a").addresses

    assert list(drawn) == ["IPv6", "IPv4"]
    address = parse_ip(drawn["IPv6"])
    assert address is not None
    assert address.number - (0xFD << 120) > 256


def test_node_ports_are_drawn_by_entry() -> None:
    text = """---
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports:
  - {name: a, port: 53, protocol: UDP}
  - {name: b, port: 53}
  - {name: c, port: 80, nodePort: 30080}
  - {name: d, port: 81}
"""
    drawn = _of(_table(text, "10.96.0.0/16"), "dns")

    ports = drawn.node_ports
    assert ports[0] == ports[1] >= 30086
    assert ports[2] == 30080
    assert len({ports[0], ports[2], ports[3], drawn.health_check_port}) == 4
    assert drawn.health_check_port >= 30086


def test_rows_of_which_too_little_is_known_take_no_part() -> None:
    text = _service("bad", "clusterIP: 10.1.2.3") + _service(
        "open", 'clusterIP: "{{ .Values.ip }}"'
    )
    table = _table(text + _service("good"), *SMALL)

    assert _drawn(table, "bad") is None
    assert _drawn(table, "open") is None
    assert _of(table, "good").addresses

    pieces = service_table(cluster(_service("p"), settings(SMALL), piece=True))
    assert _drawn(pieces, "p") is None


def test_an_assumed_range_refuses_nothing_outside_of_it() -> None:
    text = (
        _service("far", "clusterIP: 172.20.0.9")
        + _service("same", "clusterIP: 172.20.0.9")
        + _service("six", "ipFamilies: [IPv6]")
        + _service("near")
        + _service("port", "type: NodePort").replace(
            "port: 80", "nodePort: 8080, port: 80"
        )
    )
    table = _table(text)

    assert _of(table, "far").addresses == {"IPv4": "172.20.0.9"}
    assert _of(table, "same").refusal is not None
    assert _of(table, "six") == RowDraw({}, {})
    assert _of(table, "near").addresses["IPv4"].startswith("10.96.")
    assert _of(table, "port").node_ports == {0: 8080}


def test_assumed_ranges_are_never_full() -> None:
    ports = ", ".join(f"{{name: p{n}, port: {n}}}" for n in range(1, 2771))
    text = _service("a", "type: NodePort").replace("{port: 80}", ports)

    assumed, stated = (
        _of(_table(text, "10.96.0.0/16", **chosen), "a")
        for chosen in ({}, {"node_ports": (30000, 32767)})
    )

    assert (assumed.refusal, len(assumed.node_ports)) == (None, 2768)
    assert stated.refusal is not None


def test_ip_address_objects_and_further_ranges_count() -> None:
    text = "".join(
        f"""---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {{name: 10.0.0.{number}}}
spec: {{parentRef: {{group: x.example, resource: gateways, name: g}}}}
"""
        for number in range(2, 14)
    )
    table = _table(text + _services(2), *SMALL)
    assert _addresses(table) == ["10.0.0.14"]

    more = """---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.1.0.0/28]}
"""
    table = _table(text + more + _services(16), *SMALL)
    drawn = _addresses(table)
    assert len(drawn) == 15
    assert sum(address.startswith("10.1.") for address in drawn) == 14


def test_a_range_of_an_object_alone_is_drawn_from() -> None:
    only = """---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: kubernetes}
spec: {cidrs: [10.1.0.0/29]}
"""
    table = _table(only + _services(8) + _service("six", "ipFamilies: [IPv6]"))

    assert all(_of(table, f"s{n:02}").refusal is None for n in range(8))
    assert sorted(_addresses(table)) == [f"10.1.0.{number}" for number in range(1, 7)]
    assert _of(table, "six") == RowDraw({}, {})
    old = _table(only + _service("a"), version=Version(1, 32))
    assert _of(old, "a") == RowDraw({}, {})


def test_up_to_1_32_a_bitmap_has_a_part_of_a_wide_range() -> None:
    text = _services(300, "ipFamilies: [IPv6]", "t")
    old = _addresses(_table(text, "fd00::/108", version=Version(1, 32)))
    new = _addresses(_table(text, "fd00::/108"))

    assert all(len(address.split(":")) == 3 for address in old)
    assert any(len(address.split(":")) > 3 for address in new)


def _cluster_of(*parts: tuple[str, Unit, str]) -> Cluster:
    """Return a cluster of texts, each of one unit and one environment path."""
    members: list[Member] = []
    for text, unit, path in parts:
        for member in cluster(text, unit=unit).members:
            member.order = len(members)
            member.environment = environment_of(path)
            members.append(member)
    units = tuple({unit.path: unit for _, unit, _ in parts}.values())
    return Cluster(settings(SMALL), units, members)


def test_what_cannot_meet_shares_no_pool() -> None:
    other = FOLDER._replace(path="n", scope="n")
    scopes = _cluster_of(
        (_services(12, prefix="a"), FOLDER, "m"),
        (_services(12, prefix="b"), other, "n"),
    )
    environments = _cluster_of(
        (_services(3, prefix="c"), FOLDER, "m"),
        (_services(10, prefix="d"), FOLDER, "m/dev"),
        (_services(10, prefix="p"), FOLDER, "m/prod"),
    )

    for made in (scopes, environments):
        table = service_table(made)
        assert all(
            (drawn := table.draws(0).of(row)) is not None and drawn.refusal is None
            for row in table.rows
        )


def test_who_can_meet_shows_no_value_twice() -> None:
    pinned = _service("pin", "clusterIP: 10.0.0.9")
    made = _cluster_of(
        (_services(2, prefix="p"), FOLDER, "m/prod"),
        (_services(4, "type: NodePort", prefix="c"), FOLDER, "m"),
        (_services(8, "type: NodePort", prefix="d") + pinned, FOLDER, "m/dev"),
    )
    table = service_table(made)

    for seed in range(20):
        draws = table.draws(seed)
        found = {row.ref.name: draws.of(row) for row in table.rows}
        assert all(one is not None for one in found.values())
        assert [n for n, one in found.items() if one and one.refusal] in ([], ["pin"])
        for kept in ("pc", "dc"):
            shown = [
                value
                for name, one in found.items()
                if one is not None and name[0] in kept and name != "pin"
                for value in one.values
            ]
            assert len(set(shown)) == len(shown)


def test_an_object_that_is_written_twice_is_sent_last() -> None:
    table = _table(_service("a") + _services(3) + _service("a"), "10.0.0.0/29")

    draws = table.draws(0)
    same = [draws.of(row) for row in table.rows if row.ref.name == "a"]

    assert same[0] == same[1]
    assert len(set(_addresses(table))) == 4


LIVE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  clusterIP: 10.0.0.4
  clusterIPs: [10.0.0.4]
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  ports: [{name: http, protocol: TCP, port: 80, targetPort: 80, nodePort: 30001}]
"""


def test_what_lives_keeps_what_it_has_and_nobody_draws_it() -> None:
    text = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        "spec: {type: NodePort, ports: [{name: http, port: 80}, {name: b, port: 81}]}\n"
    ) + _services(12, "type: NodePort")
    members = cluster(text).members
    chosen = settings(SMALL, node_ports=(30000, 30015))
    table = service_table(Cluster(chosen, (FOLDER,), members, snapshot=snapshot(LIVE)))

    for seed in range(5):
        web = _of(table, "web", seed)
        assert web.addresses == {"IPv4": "10.0.0.4"}
        assert web.node_ports[0] == 30001
        assert web.node_ports[1] not in {0, 30001}
        draws = table.draws(seed)
        found = [draws.of(row) for row in table.rows]
        ports = [n for one in found if one for n in one.node_ports.values()]
        assert len(set(ports)) == len(ports) == 14
        assert len(set(_addresses(table, seed))) == 13


def test_what_lives_and_lets_go_makes_room() -> None:
    text = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        "spec: {type: ExternalName, externalName: x.example}\n"
    ) + _service("next", "clusterIP: 10.0.0.4")
    members = cluster(text).members
    table = service_table(
        Cluster(settings(SMALL), (FOLDER,), members, snapshot=snapshot(LIVE))
    )

    assert _of(table, "web").addresses == {}
    assert _of(table, "next").addresses == {"IPv4": "10.0.0.4"}


@pytest.mark.parametrize("count", [0, 1])
def test_a_table_of_few_rows_is_drawn_too(count: int) -> None:
    assert len(_addresses(_table(_services(count) or "{}", *SMALL))) == count


@pytest.mark.parametrize(
    "spec",
    [
        'type: "${TYPE}"',
        'type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: "${P}"',
        'ipFamilies: "${FAMILIES}"',
        'ipFamilyPolicy: "${POLICY}", clusterIP: 10.0.0.4',
        'selector: "${SELECTOR}", clusterIP: 10.0.0.4',
    ],
)
def test_a_placeholder_for_what_decides_leaves_a_service_out(spec: str) -> None:
    table = _table(
        _service("open", spec) + _service("a", "clusterIP: 10.0.0.4"), *SMALL
    )

    assert _drawn(table, "open") is None
    assert _of(table, "a").refusal is None


def test_a_living_service_that_cannot_be_read_leaves_its_name_out() -> None:
    members = cluster(_service("web", "clusterIP: 10.0.0.9")).members
    live = LIVE.replace("ports: [", "selector: [").replace("ipFamilies: [IPv4]", "x: 1")
    table = service_table(
        Cluster(settings(SMALL), (FOLDER,), members, snapshot=snapshot(live))
    )

    assert _drawn(table, "web") is None
