"""One API server over many requests: what is held, freed, leaked and repaired."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.version import Version
from cip_lint.replay.allocation.api_server import ApiServer

IPV4, IPV6 = "10.96.0.0/16", "fd00:10:96::/112"
V132, V133, V134, V137 = (Version(1, minor) for minor in (32, 33, 34, 37))
TAKEN = "provided IP is already allocated"
PORT_TAKEN = "provided port is already allocated"
FULL = "Internal error occurred: failed to allocate a serviceIP: range is full"

Body = dict[str, Any]


def _server(
    *cidrs: str,
    seed: int = 0,
    version: Version = V137,
    ports: tuple[int, int] = (30000, 32767),
    guarded: bool = False,
) -> ApiServer:
    facts = ClusterFacts(version, cidrs or (IPV4,), node_port_range=ports)
    return ApiServer(facts, Random(seed), guarded=guarded)


def _service(service: str, *ports: int | Body, **spec: Any) -> Body:
    """Return a manifest; a port is its number, or the whole entry."""
    entries = [{"port": one} if isinstance(one, int) else one for one in ports or (80,)]
    if spec.get("type") == "ExternalName":
        spec["externalName"] = "x.example"
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service},
        "spec": {"selector": {"app": "web"}, "ports": entries, **spec},
    }


def _node_ports(name: str, *numbers: int | tuple[str, int], **spec: Any) -> Body:
    """Return a NodePort Service with entries of ports 80, 81 ...; 0: any number."""
    entries: list[Body] = []
    for index, number in enumerate(numbers):
        protocol, asked = number if isinstance(number, tuple) else ("TCP", number)
        entry = {"name": f"p{index}", "port": 80 + index, "protocol": protocol}
        entries.append({**entry, "nodePort": asked} if asked else entry)
    return _service(name, *entries, **{"type": "NodePort", **spec})


def _cidr(name: str, *cidrs: str) -> Body:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "ServiceCIDR",
        "metadata": {"name": name},
        "spec": {"cidrs": list(cidrs)},
    }


def _ip_address(name: str) -> Body:
    parent = {"group": "", "resource": "services", "namespace": "x", "name": "owner"}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IPAddress",
        "metadata": {"name": name},
        "spec": {"parentRef": parent},
    }


def _spec(admission: Admission) -> Body:
    assert admission.stored is not None, admission
    spec = admission.stored["spec"]
    assert isinstance(spec, dict)
    return spec


def _ports(admission: Admission) -> list[int]:
    return [port.get("nodePort", 0) for port in _spec(admission)["ports"]]


def _codes(server: ApiServer, *manifests: Body) -> list[int]:
    return [server.create(manifest).code for manifest in manifests]


def _said(admission: Admission) -> str:
    return admission.causes[0].message if admission.causes else admission.message


# Addresses


@pytest.mark.parametrize("version", [V132, V133, V137])
def test_an_address_is_given_once_whatever_its_spelling(version: Version) -> None:
    server = _server(IPV6, version=version)

    assert server.create(_service("a", clusterIP="FD00:10:96::A")).code == 201
    second = server.create(_service("b", clusterIP="fd00:10:96:0::a"))

    assert (second.code, TAKEN in _said(second)) == (422, True)
    assert server.delete("Service", "a").code == 200
    assert server.create(_service("b", clusterIP="fd00:10:96::a")).code == 201


def test_the_first_address_belongs_to_the_server_itself() -> None:
    server = _server()

    assert TAKEN in _said(server.create(_service("a", clusterIP="10.96.0.1")))
    own = _service("kubernetes")
    assert server.create(own).code == 409
    pinned = _service("kubernetes", clusterIP="10.96.0.1")
    assert server.create(pinned).code == 422


def test_a_service_that_exists_is_refused_for_its_pins_before_its_name() -> None:
    server = _server()
    first = server.create(_service("a", clusterIP="10.96.0.40"))
    assert first.code == 201

    again = server.create(_service("a", clusterIP="10.96.0.40"))
    plain = server.create(_service("a"))

    assert (again.code, TAKEN in _said(again)) == (422, True)
    assert (plain.code, plain.message) == (409, 'services "a" already exists')


def test_what_a_refused_service_took_is_free_again() -> None:
    server = _server("10.96.0.0/29", ports=(30000, 30001))

    for _ in range(20):
        assert server.create(_service("bad", 0, type="NodePort")).code == 422
        assert server.create(_node_ports("many", 0, 0, 0)).code == 500
    assert _codes(server, *(_service(f"s{n}") for n in range(6))) == [201] * 5 + [500]
    assert server.create(_service("s0", clusterIP="None")).code == 409


def test_an_allocation_that_fails_hides_what_else_is_wrong() -> None:
    server = _server()
    server.create(_service("a", clusterIP="10.96.0.40"))

    refused = server.create(_service("B_b", 0, clusterIP="10.96.0.40"))

    assert [cause.field for cause in refused.causes] == ["spec.clusterIPs"]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (V132, FULL),
        (V134, FULL),
        (V137, FULL.replace(": range", ' for Service "last": range')),
    ],
)
def test_a_full_range_is_told_in_the_words_of_the_version(
    version: Version, said: str
) -> None:
    server = _server("10.0.0.0/29", version=version)
    assert _codes(server, *(_service(f"s{n}") for n in range(5))) == [201] * 5

    last = server.create(_service("last"))

    assert (last.code, last.message) == (500, said)
    assert server.create(_service("h", clusterIP="None")).code == 201
    assert server.create(_service("e", type="ExternalName")).code == 201
    server.delete("Service", "s3")
    assert server.create(_service("last")).code == 201


def test_headless_and_external_services_hold_nothing() -> None:
    server = _server("10.0.0.0/29")
    kept = [_service(f"h{n}", clusterIP="None") for n in range(9)]
    kept += [_service(f"e{n}", type="ExternalName") for n in range(9)]

    assert _codes(server, *kept) == [201] * 18
    assert _codes(server, *(_service(f"s{n}") for n in range(5))) == [201] * 5


# Two families


def test_of_two_families_either_fails_first_and_the_first_one_mostly() -> None:
    named: Counter[str] = Counter()
    for seed in range(800):
        server = _server(IPV4, IPV6, seed=seed)
        server.create(_service("a", clusterIP="10.96.0.40"))
        server.create(_service("b", clusterIP="fd00:10:96::40"))
        both = ["fd00:10:96::40", "10.96.0.40"]
        refused = server.create(
            _service(
                "c",
                clusterIP=both[0],
                clusterIPs=both,
                ipFamilyPolicy="RequireDualStack",
            )
        )
        named[next(one for one in both if f"IP {one}:" in _said(refused))] += 1

    assert named["fd00:10:96::40"] + named["10.96.0.40"] == 800
    assert abs(named["fd00:10:96::40"] / 800 - 7 / 8) < 0.04


@pytest.mark.parametrize(
    ("taken", "leaking", "chance"),
    [("fd00:10:96::40", "10.96.0.40", 7 / 8), ("10.96.0.40", "fd00:10:96::40", 1 / 8)],
)
def test_the_family_that_was_served_first_leaks_when_the_other_fails(
    taken: str, leaking: str, chance: float
) -> None:
    left = 0
    for seed in range(600):
        server = _server(IPV4, IPV6, seed=seed)
        server.create(_service("a", clusterIP=taken))
        both = ["10.96.0.40", "fd00:10:96::40"]
        pinned = {"clusterIP": both[0], "clusterIPs": both}
        refused = server.create(
            _service("b", ipFamilyPolicy="PreferDualStack", **pinned)
        )
        assert refused.code == 422
        left += server.create(_service("c", clusterIP=leaking)).code == 422

    assert abs(left / 600 - chance) < 0.05


def test_failing_for_one_family_can_use_up_the_other() -> None:
    server = _server("10.0.0.0/27", "fd00:10:96::/124")
    only_6 = {"ipFamilies": ["IPv6"]}
    assert (
        _codes(server, *(_service(f"s{n}", **only_6) for n in range(15))) == [201] * 15
    )

    both = {"ipFamilyPolicy": "PreferDualStack"}
    assert set(_codes(server, *(_service(f"b{n}", **both) for n in range(120)))) == {
        500
    }

    assert server.create(_service("four")).code == 500
    server.wait(61)
    assert server.create(_service("four")).code == 201


def test_with_a_bitmap_a_leak_lasts_for_three_runs_of_the_repair_loop() -> None:
    server = _server(IPV4, IPV6, version=V132, seed=1)
    server.create(_service("a", clusterIP="fd00:10:96::40"))
    both = ["10.96.0.40", "fd00:10:96::40"]
    server.create(
        _service(
            "b", clusterIP=both[0], clusterIPs=both, ipFamilyPolicy="RequireDualStack"
        )
    )
    pinned = _service("c", clusterIP="10.96.0.40")
    assert server.create(pinned).code == 422
    server.wait(539)
    assert server.create(pinned).code == 422
    server.wait(1)
    assert server.create(pinned).code == 201


def test_giving_up_the_second_family_frees_it_alone() -> None:
    server = _server(IPV4, IPV6)
    both = ["10.96.0.40", "fd00:10:96::40"]
    server.create(
        _service(
            "a", clusterIP=both[0], clusterIPs=both, ipFamilyPolicy="PreferDualStack"
        )
    )

    single = _service("a", clusterIP=both[0], ipFamilyPolicy="SingleStack")
    assert _spec(server.replace(single))["clusterIPs"] == ["10.96.0.40"]

    assert server.create(_service("b", clusterIP=both[1])).code == 201
    assert server.create(_service("c", clusterIP=both[0])).code == 422


# Node ports


def test_node_ports_are_one_pool_for_all_protocols_and_services() -> None:
    server = _server()
    assert server.create(_node_ports("a", 30080)).code == 201

    other = server.create(_node_ports("b", ("UDP", 30080)))

    assert _said(other) == f"Invalid value: 30080: {PORT_TAKEN}"
    server.delete("Service", "a")
    assert server.create(_node_ports("b", ("UDP", 30080))).code == 201


@pytest.mark.parametrize(
    ("ports", "code", "distinct"),
    [
        ([{"port": 80, "name": "a"}, {"port": 443, "name": "b"}], 201, 2),
        (
            [
                {"port": 80, "name": "a", "nodePort": 30080},
                {"port": 443, "name": "b", "nodePort": 30080},
            ],
            422,
            0,
        ),
        (
            [
                {"port": 53, "name": "a", "protocol": "TCP"},
                {"port": 53, "name": "b", "protocol": "UDP"},
            ],
            201,
            1,
        ),
        (
            [
                {"port": 53, "name": "a", "nodePort": 30053},
                {"port": 53, "name": "b", "nodePort": 30053, "protocol": "UDP"},
            ],
            201,
            1,
        ),
        (
            [
                {"port": 53, "name": "a", "nodePort": 30053},
                {"port": 53, "name": "b", "nodePort": 30054, "protocol": "UDP"},
            ],
            201,
            2,
        ),
        (
            [
                {"port": 93, "name": "a", "nodePort": 30093},
                {"port": 76, "name": "b", "nodePort": 30093, "protocol": "UDP"},
            ],
            422,
            0,
        ),
        (
            [
                {"port": 53, "name": "a"},
                {"port": 53, "name": "b", "nodePort": 30053, "protocol": "UDP"},
            ],
            201,
            1,
        ),
    ],
)
@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
def test_entries_of_one_port_number_share_a_node_port(
    kind: str, ports: list[Body], code: int, distinct: int
) -> None:
    answer = _server().create(_service("a", *ports, type=kind))

    assert answer.code == code
    if distinct:
        assert len(set(_ports(answer))) == distinct
        assert all(_ports(answer))


def test_a_service_can_draw_the_node_port_that_it_asks_for_itself() -> None:
    codes = Counter(
        _server(seed=seed, ports=(30000, 30015)).create(_node_ports("a", 0, 30007)).code
        for seed in range(400)
    )

    assert set(codes) == {201, 422}
    assert 5 < codes[422] < 60


def test_a_load_balancer_without_allocation_holds_what_it_asks_for() -> None:
    server = _server()
    off = {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}

    assert _ports(server.create(_node_ports("a", 30081, 0, **off))) == [30081, 0]
    assert server.create(_node_ports("b", 30081)).code == 422


def test_a_port_for_health_checks_comes_from_the_pool_of_node_ports() -> None:
    server = _server()
    local = {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}
    given = server.create(_node_ports("a", 0, **local))
    number = _spec(given)["healthCheckNodePort"]

    assert server.create(_node_ports("b", number)).code == 422
    refused = server.create(_node_ports("c", 0, healthCheckNodePort=number, **local))
    assert (refused.code, PORT_TAKEN in refused.message) == (500, True)
    server.delete("Service", "a")
    assert server.create(_node_ports("b", number)).code == 201


def test_without_a_free_node_port_nothing_is_created() -> None:
    server = _server(ports=(30000, 30003))
    assert server.create(_node_ports("a", 0, 0, 0, 0)).code == 201

    node_port = server.create(_node_ports("b", 0))
    check = server.create(
        _service(
            "c",
            type="LoadBalancer",
            externalTrafficPolicy="Local",
            allocateLoadBalancerNodePorts=False,
        )
    )

    said = "Internal error occurred: failed to allocate a"
    assert node_port.message == f"{said} nodePort: range is full"
    assert check.message == f"{said} HealthCheck NodePort 0: range is full"


def test_deleting_an_external_name_frees_the_ports_that_it_lists() -> None:
    server = _server()
    listing = _service("e", {"port": 80, "nodePort": 30080}, type="ExternalName")
    server.create(_node_ports("a", 30080))
    assert server.create(listing).code == 201
    assert server.create(_node_ports("b", 30080)).code == 422

    server.delete("Service", "e")

    assert server.create(_node_ports("b", 30080)).code == 201
    server.delete("Service", "b")
    server.wait(180)
    assert server.create(_node_ports("c", 30080)).code == 422


# Changes, deletion, dry run


def test_a_change_of_type_frees_and_takes_addresses() -> None:
    server = _server()
    pinned = _service("a", clusterIP="10.96.0.40")
    server.create(pinned)
    assert server.replace(_service("a", type="ExternalName")).code == 200
    assert server.create(_service("b", clusterIP="10.96.0.40")).code == 201

    refused = server.replace(pinned)

    assert (refused.code, TAKEN in _said(refused)) == (422, True)
    assert server.replace(_service("a", clusterIP="10.96.0.41")).code == 200
    assert server.create(_service("c", clusterIP="10.96.0.41")).code == 422


def test_in_1_34_an_address_of_a_former_external_name_may_be_lost() -> None:
    codes: dict[Version, Counter[int]] = {}
    for version in (V134, V137):
        found = codes[version] = Counter()
        for seed in range(300):
            server = _server(seed=seed, version=version)
            server.create(_service("a", type="ExternalName"))
            server.replace(_service("a", clusterIP="10.96.0.40"))
            found[server.create(_service("b", clusterIP="10.96.0.40")).code] += 1
            assert server.create(_service("c", clusterIP="10.96.0.40")).code == 422

    assert codes[V137] == {422: 300}
    assert abs(codes[V134][201] / 300 - 107 / 150) < 0.08


def test_a_put_of_a_service_that_is_not_there_creates_it() -> None:
    server = _server()

    assert server.replace(_service("a", clusterIP="10.96.0.40")).code == 201
    assert server.create(_service("b", clusterIP="10.96.0.40")).code == 422


def test_a_service_with_a_finalizer_holds_its_values_until_that_is_gone() -> None:
    server = _server()
    body = _node_ports("a", 30080, clusterIP="10.96.0.40")
    body["metadata"]["finalizers"] = ["example.org/load-balancer"]
    server.create(body)
    server.delete("Service", "a")
    again = _node_ports("b", 30080, clusterIP="10.96.0.40")
    assert server.create(again).code == 422

    del body["metadata"]["finalizers"]
    assert server.replace(body).code == 200

    assert server.get("Service", "a").code == 404
    assert server.create(again).code == 201


@pytest.mark.parametrize("version", [V132, V137])
def test_a_dry_run_answers_with_placeholders_and_takes_nothing(
    version: Version,
) -> None:
    server = _server("10.0.0.0/28", version=version)
    server.create(_node_ports("a", 30080, clusterIP="10.0.0.5"))

    for _ in range(40):
        drawn = server.create(_node_ports("b", 0, 0, 29999), dry_run=True)
        assert _spec(drawn)["clusterIPs"] == ["10.0.0.0"]
        assert _ports(drawn) == [32769, 32770, 29999]
    held = server.create(_service("c", clusterIP="10.0.0.5"), dry_run=True)
    outside = server.create(_service("c", clusterIP="10.0.0.15"), dry_run=True)
    port = server.create(_node_ports("c", 30080), dry_run=True)
    twice = server.create(_node_ports("c", 30081, 30081), dry_run=True)

    assert held.code == 201
    assert _said(outside).endswith("The range of valid IPs is 10.0.0.0/28")
    assert PORT_TAKEN in _said(port)
    assert PORT_TAKEN in _said(twice)
    assert server.get("Service", "c").code == 404
    assert _codes(server, *(_service(f"s{n}") for n in range(13))) == [201] * 12 + [500]


def test_with_several_ranges_a_dry_run_asks_any_one_of_them() -> None:
    codes = set()
    for seed in range(60):
        server = _server(seed=seed)
        server.create(_cidr("more", "10.97.0.0/24"))
        server.wait(1)
        asked = _service("a", clusterIP="10.97.0.5")
        codes.add(server.create(asked, dry_run=True).code)
        assert server.create(asked).code == 201

    assert codes == {201, 422}


def test_a_name_is_generated_and_never_twice() -> None:
    server = _server(seed=4)
    body = _service("x")
    body["metadata"] = {"generateName": "web-"}

    stored = [server.create(body).stored for _ in range(50)]

    names = {one["metadata"]["name"] for one in stored if one is not None}
    assert len(names) == 50
    assert all(len(name) == 9 and name.startswith("web-") for name in names)
    assert server.get("Service", min(names)).code == 200


def test_nothing_is_known_of_what_was_never_created() -> None:
    server = _server()

    assert server.delete("Service", "a").message == 'services "a" not found'
    missing = 'servicecidrs.networking.k8s.io "a" not found'
    assert server.get("ServiceCIDR", "a").message == missing
    assert server.replace(_cidr("a", "10.97.0.0/24")).message == missing
    assert server.delete("IPAddress", "10.96.0.9").code == 404


# Objects of the allocators


def test_an_ip_address_object_holds_its_address_for_whomever() -> None:
    server = _server("10.0.0.0/29")
    for number in (2, 3, 4, 5):
        assert server.create(_ip_address(f"10.0.0.{number}")).code == 201

    assert TAKEN in _said(server.create(_service("a", clusterIP="10.0.0.4")))
    assert _spec(server.create(_service("a")))["clusterIP"] == "10.0.0.6"
    assert server.create(_service("b")).code == 500
    assert server.create(_ip_address("10.0.0.6")).code == 409
    server.delete("IPAddress", "10.0.0.4")
    assert _spec(server.create(_service("b")))["clusterIP"] == "10.0.0.4"


def test_the_object_of_a_service_shows_whose_address_it_is() -> None:
    server = _server()
    server.create(_service("a", clusterIP="10.96.0.40"))

    made = server.get("IPAddress", "10.96.0.40")

    assert _spec(made)["parentRef"]["name"] == "a"
    server.delete("IPAddress", "10.96.0.40")
    server.wait(1)
    assert server.create(_service("b", clusterIP="10.96.0.40")).code == 422


def test_what_an_ip_address_belongs_to_may_not_change() -> None:
    server = _server()
    body = _ip_address("10.96.0.40")
    server.create(body)
    assert server.replace(body).code == 200
    other = _ip_address("10.96.0.40")
    other["spec"]["parentRef"]["name"] = "other"

    assert [cause.field for cause in server.replace(other).causes] == ["spec.parentRef"]


def test_a_range_is_used_once_it_is_noticed_and_not_while_it_goes() -> None:
    server = _server()
    pinned = _service("a", clusterIP="10.97.0.10")
    assert server.create(pinned).code == 422
    assert server.create(_cidr("second", "10.97.0.0/24")).code == 201
    assert server.create(pinned).code == 422
    server.wait(1)
    assert server.create(pinned).code == 201

    server.delete("ServiceCIDR", "second")
    server.wait(1)

    assert server.create(_service("b", clusterIP="10.97.0.11")).code == 422


def test_an_equal_range_of_another_object_keeps_it_usable() -> None:
    server = _server()
    server.create(_cidr("second", "10.97.0.0/24"))
    server.create(_cidr("third", "10.97.0.0/24"))
    server.wait(1)
    server.delete("ServiceCIDR", "second")
    server.wait(5)

    assert server.create(_service("a", clusterIP="10.97.0.10")).code == 201


@pytest.mark.parametrize(
    ("address", "others", "stays"),
    [
        ("", [], False),
        ("192.168.0.24", [], True),
        ("192.168.0.23", ["192.168.0.0/24"], False),
        ("192.168.0.23", ["192.168.0.0/26"], False),
        ("192.168.0.23", ["192.168.0.0/16"], False),
        ("192.168.0.23", ["192.168.0.0/28"], True),
    ],
)
def test_a_range_that_is_guarded_goes_when_no_address_needs_it(
    address: str, others: list[str], *, stays: bool
) -> None:
    server = _server(guarded=True)
    server.create(_cidr("old", "192.168.0.0/24"))
    for number, cidr in enumerate(others):
        server.create(_cidr(f"other-{number}", cidr))
    server.wait(2)
    if address:
        assert server.create(_service("a", clusterIP=address)).code == 201
    assert server.delete("ServiceCIDR", "old").code == 200
    server.wait(2)
    found = server.get("ServiceCIDR", "old").stored
    assert found is not None
    assert found["status"]["conditions"][0]["status"] == ("False" if stays else "True")

    server.wait(20)

    assert server.get("ServiceCIDR", "old").code == (200 if stays else 404)
    server.delete("Service", "a")
    server.wait(1)
    assert server.get("ServiceCIDR", "old").code == 404


def test_ranges_may_not_change_but_get_a_second_family() -> None:
    server = _server()
    server.create(_cidr("a", "10.97.0.0/24"))

    def fields(*cidrs: str) -> list[str]:
        return [cause.field for cause in server.replace(_cidr("a", *cidrs)).causes]

    assert fields("10.97.0.0/24") == []
    assert fields("10.98.0.0/24") == ["spec.cidrs[0]"]
    assert fields("10.98.0.0/24", "fd00::/112") == ["spec.cidrs[0]"]
    assert fields("10.97.0.0/24", "bad") == ["spec.cidrs[1]"]
    assert fields("10.97.0.0/24", "fd00::/112") == []
    assert fields("10.97.0.0/24") == ["spec.cidrs"]
    server.wait(1)
    address = parse_ip("fd00::5")
    assert address is not None
    assert server.addresses.covers(address)


def test_a_range_of_a_further_family_does_not_make_a_cluster_dual_stack() -> None:
    server = _server()
    server.create(_cidr("six", "fd00:10:98::/112"))
    server.wait(1)

    refused = server.create(_service("a", clusterIP="fd00:10:98::10"))

    assert "IPv6 is not configured on this cluster" in _said(refused)


def test_a_second_range_is_drawn_from_when_the_first_is_full() -> None:
    server = _server("10.0.0.0/28")
    assert set(_codes(server, *(_service(f"x{n}") for n in range(13)))) == {201}
    server.create(_cidr("more", "10.0.1.0/28"))
    server.wait(1)

    codes = _codes(server, *(_service(f"y{n}") for n in range(15)))

    assert codes == [201] * 14 + [500]
