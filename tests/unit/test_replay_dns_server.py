"""What cluster DNS answers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cip_lint.replay.dns.records import (
    A,
    NamedEndpoint,
    NamedService,
    Record,
    endpoints_of,
    host_of,
    names_of,
)
from cip_lint.replay.dns.server import Answer, DnsServer, DnsSettings
from cip_lint.replay.endpoints.objects import Endpoint, Slice, SlicePort

HTTP = SlicePort("http", "TCP", 80)
ADMIN = SlicePort("Admin", "TCP", 90)
UNNAMED = SlicePort("", "UDP", 53)


def _endpoint(label: str, address: str, *ports: SlicePort) -> NamedEndpoint:
    return NamedEndpoint(label, host_of(address), ports)


def _external(name: str, target: str) -> NamedService:
    return NamedService("a", name, external=host_of(target))


SERVICES = [
    NamedService("a", "web", (HTTP, ADMIN), (host_of("192.0.2.1"),)),
    NamedService(
        "a", "dual", (UNNAMED,), (host_of("192.0.2.2"), host_of("2001:db8::2"))
    ),
    NamedService(
        "a",
        "set",
        (HTTP,),
        headless=True,
        endpoints=(
            _endpoint("set-0", "198.51.100.1", SlicePort("http", "TCP", 8080)),
            _endpoint("198-51-100-2", "198.51.100.2", SlicePort("http", "TCP", 8080)),
        ),
    ),
    NamedService(
        "a", "bare", headless=True, endpoints=(_endpoint("b", "198.51.100.3"),)
    ),
    NamedService("a", "empty", (HTTP,), headless=True),
    _external("out", "www.example.org"),
    _external("in", "web.a.svc.c.test"),
    _external("twice", "in.a.svc.c.test"),
    _external("gone", "nobody.a.svc.c.test"),
    _external("self", "self.a.svc.c.test"),
    _external("address", "192.0.2.9"),
]


def _outside(name: str, record_type: str) -> Answer:
    if (name, record_type) == ("www.example.org.", A):
        return Answer("NOERROR", (Record(name, 60, A, "203.0.113.1"),))
    return Answer("NXDOMAIN")


def _server(**settings: object) -> DnsServer:
    names = names_of(SERVICES, ["b"], [("198.51.100.1", "a")])
    setup = DnsSettings("c.test")._replace(**settings)  # type: ignore[arg-type]
    return DnsServer(names, setup, _outside)


SERVER = _server()


def _values(name: str, record_type: str, server: DnsServer = SERVER) -> list[str]:
    answer = server.ask(name, record_type)
    if answer.rcode == "NXDOMAIN":
        return ["NXDOMAIN"]
    return [record.value for record in answer.records]


@pytest.mark.parametrize(
    ("name", "record_type", "values"),
    [
        ("web.a.svc.c.test", "A", ["192.0.2.1"]),
        ("WEB.A.svc.c.test.", "A", ["192.0.2.1"]),
        ("web.a.svc.c.test", "AAAA", []),
        ("web.a.svc.c.test", "MX", []),
        ("dual.a.svc.c.test", "AAAA", ["2001:db8::2"]),
        ("set.a.svc.c.test", "A", ["198.51.100.1", "198.51.100.2"]),
        ("set-0.set.a.svc.c.test", "A", ["198.51.100.1"]),
        ("198-51-100-1.set.a.svc.c.test", "A", ["NXDOMAIN"]),
        ("198-51-100-2.set.a.svc.c.test", "A", ["198.51.100.2"]),
        ("bare.a.svc.c.test", "A", ["198.51.100.3"]),
        ("empty.a.svc.c.test", "A", ["NXDOMAIN"]),
        ("a.svc.c.test", "A", []),
        ("b.svc.c.test", "A", []),
        ("x.svc.c.test", "A", ["NXDOMAIN"]),
        ("web.b.svc.c.test", "A", ["NXDOMAIN"]),
        ("web.a.c.test", "A", ["NXDOMAIN"]),
        ("c.test", "A", []),
        ("ac.test", "A", ["NXDOMAIN"]),
        ("x.y.set-0.set.a.svc.c.test", "A", ["NXDOMAIN"]),
        ("web..svc.c.test", "A", ["NXDOMAIN"]),
        (
            "c.test",
            "SOA",
            ["ns.dns.c.test. hostmaster.c.test. * 7200 1800 86400 30"],
        ),
        ("web.a.svc.c.test", "SOA", []),
        ("x.c.test", "SOA", []),
        ("dns-version.c.test", "TXT", ['"1.1.0"']),
        ("www.example.org", "A", ["203.0.113.1"]),
        (".", "A", ["NXDOMAIN"]),
        ("", "A", ["NXDOMAIN"]),
    ],
)
def test_names_lead_to_addresses(
    name: str, record_type: str, values: list[str]
) -> None:
    assert _values(name, record_type) == values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("_http._tcp.web.a.svc.c.test", ["0 100 80 web.a.svc.c.test."]),
        ("_admin._TCP.web.a.svc.c.test", ["0 100 90 web.a.svc.c.test."]),
        ("_http._tcp.WEB.a.svc.C.test", ["0 100 80 web.a.svc.C.test."]),
        ("_http._udp.web.a.svc.c.test", ["NXDOMAIN"]),
        ("_._udp.dual.a.svc.c.test", ["0 50 53 dual.a.svc.c.test."]),
        (
            "web.a.svc.c.test",
            ["0 50 80 web.a.svc.c.test.", "0 50 90 web.a.svc.c.test."],
        ),
        (
            "_http._tcp.set.a.svc.c.test",
            [
                "0 50 8080 set-0.set.a.svc.c.test.",
                "0 50 8080 198-51-100-2.set.a.svc.c.test.",
            ],
        ),
        ("bare.a.svc.c.test", []),
        ("out.a.svc.c.test", []),
        ("_http._tcp.out.a.svc.c.test", ["NXDOMAIN"]),
    ],
)
def test_ports_have_service_records(name: str, values: list[str]) -> None:
    assert _values(name, "SRV") == values


def test_service_records_come_with_the_addresses_of_their_targets() -> None:
    found = SERVER.ask("_http._tcp.set.a.svc.c.test", "SRV")

    assert [record.text for record in found.additional] == [
        "set-0.set.a.svc.c.test. 30 A 198.51.100.1",
        "198-51-100-2.set.a.svc.c.test. 30 A 198.51.100.2",
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("out", ["www.example.org.", "203.0.113.1"]),
        ("in", ["web.a.svc.c.test.", "192.0.2.1"]),
        ("twice", ["in.a.svc.c.test.", "web.a.svc.c.test.", "192.0.2.1"]),
        ("gone", []),
        ("self", []),
        ("address", ["NXDOMAIN"]),
    ],
)
def test_external_names_are_followed(name: str, values: list[str]) -> None:
    assert _values(f"{name}.a.svc.c.test", "A") == values


def test_a_chain_of_external_names_is_followed_eight_times() -> None:
    links = [f"n{number}" for number in range(10)]
    services = [
        _external(one, f"{following}.a.svc.c.test")
        for one, following in pairwise(links)
    ]
    last = NamedService("a", links[-1], (HTTP,), (host_of("192.0.2.1"),))
    server = DnsServer(names_of([*services, last]), DnsSettings("c.test"))

    assert _values("n0.a.svc.c.test", "A", server) == []
    assert len(_values("n1.a.svc.c.test", "A", server)) == 9


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("1.2.0.192.in-addr.arpa", ["web.a.svc.c.test."]),
        ("1.100.51.198.in-addr.arpa", ["set-0.set.a.svc.c.test."]),
        ("9.9.9.9.in-addr.arpa", ["NXDOMAIN"]),
        ("2.0.192.in-addr.arpa", ["NXDOMAIN"]),
        ("2." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa", ["dual.a.svc.c.test."]),
    ],
)
def test_addresses_lead_back_to_names(address: str, values: list[str]) -> None:
    assert _values(address, "PTR") == values
    assert _values(address, "PTR", _server(reverse=False)) == ["NXDOMAIN"]


@pytest.mark.parametrize(
    ("name", "insecure", "verified"),
    [
        ("198-51-100-1.a", ["198.51.100.1"], ["198.51.100.1"]),
        ("198-51-100-1.b", ["198.51.100.1"], ["NXDOMAIN"]),
        ("1-2-3-4.a", ["1.2.3.4"], ["NXDOMAIN"]),
        ("1-2-3-4.x", ["NXDOMAIN"], ["NXDOMAIN"]),
        ("01-2-3-4.a", ["NXDOMAIN"], ["NXDOMAIN"]),
        ("web.a", ["NXDOMAIN"], ["NXDOMAIN"]),
    ],
)
def test_pods_have_names_made_of_their_addresses(
    name: str, insecure: list[str], verified: list[str]
) -> None:
    full = f"{name}.pod.c.test"

    assert _values(full, "A") == insecure
    assert _values(full, "A", _server(pods="verified")) == verified
    assert _values(full, "A", _server(pods="disabled")) == ["NXDOMAIN"]


def test_endpoints_come_from_what_is_not_said_to_be_unready() -> None:
    found = endpoints_of(
        [
            Slice(
                "IPv4",
                (HTTP,),
                {},
                (
                    Endpoint(("192.0.2.1",), ready=True, hostname="h", pod="p"),
                    Endpoint(("192.0.2.2",), pod="p"),
                    Endpoint(("192.0.2.3",), ready=False),
                ),
            ),
            Slice("IPv6", (), {}, (Endpoint(("2001:db8::1",)),)),
        ]
    )

    assert [one.label for one in found] == ["h", "192-0-2-2", "2001-db8--1"]
    assert [one.ports for one in found] == [(HTTP,), (HTTP,), ()]
