"""Addresses are found where position and grammar make it certain that they are hosts."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.hosts import Host, hosts


def _found(text: str, name: str = "", **flags: Any) -> list[Host]:
    return list(hosts(text, name, lambda _: True, **flags))


def _written(text: str) -> list[str]:
    return [text[host.start : host.end] for host in _found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "10.96.0.9",
        "10.96.0.9:80",
        " 10.96.0.9 ",
        "10.96.0.9:$(PORT)",
        "10.96.0.9:${PORT}",
        "http://10.96.0.9",
        "https://10.96.0.9:8443/a?b=c#d",
        "https://10.96.0.9/24",
        "http://user:secret@10.96.0.9/",
        "jdbc:postgresql://10.96.0.9:5432/shop",
        "jdbc:oracle:thin:@//10.96.0.9:1521/x",
        "mongodb://a:27017,10.96.0.9:27017/shop",
        "root:pw@tcp(10.96.0.9:3306)/shop",
        "tcp:10.96.0.9:80",
        "--db=10.96.0.9",
        "--db=10.96.0.9:80",
        "--db 10.96.0.9 --verbose",
        "-Ddb.host=10.96.0.9 -Dx=y",
        "DB=10.96.0.9 exec run",
        "nc -z 10.96.0.9 80",
        "until curl -s http://10.96.0.9:80/health; do sleep 1; done",
        "db: 10.96.0.9",
        "db: '10.96.0.9'",
        "db: 10.96.0.9  # the old one",
        "db = 10.96.0.9",
        'db = "10.96.0.9"',
        '{"db": "10.96.0.9", "port": 1}',
        '{"db":"10.96.0.9"}',
        '{"db": ["a", "10.96.0.9"]}',
        "dbs: [a, 10.96.0.9]",
        "dbs:\n- 10.96.0.9\n",
        'x:\n  "dbs": [\n    "10.96.0.9"\n  ]',
        "server 10.96.0.9;",
        "server 10.96.0.9:80 weight=5;",
        "replicaof 10.96.0.9 6379",
        "proxy_pass http://10.96.0.9;",
        "a,10.96.0.9,b",
        "<host>10.96.0.9</host>",
        '<server address="10.96.0.9"/>',
        "a=b\n10.96.0.9\n",
        "url=http://a/?to=10.96.0.9:80&x=y",
        "db: 10.96.0.9\r\n",
    ],
)
def test_a_host_is_found(text: str) -> None:
    assert _written(text) == ["10.96.0.9"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.96.0.0/12",
        "10.96.0.9/32",
        "range=10.96.0.9/24",
        "110.96.0.9.1",
        "10.96.0.9.1",
        "1.10.96.0.9",
        "10.96.0.999",
        "10.96.0.9-rc1",
        "10.96.0.9rc1",
        "v10.96.0.9",
        "ip-10.96.0.9",
        "10.96.0.9_x",
        "app-10.96.0.9.tgz",
        "10.96.0.1-10.96.0.9",
        "010.096.000.009",
        "10.96.0.9:80-90",
        "10.96.0.9:0",
        "10.96.0.9:70000",
        "10.96.0.9:123456",
        "10.96.0.9:/export",
        "registry/10.96.0.9:80",
        "/logs/10.96.0.9/",
        "image:10.96.0.9",
        "# 10.96.0.9:80",
        "a: b\n# db: 10.96.0.9\n",
        "x = 1  # was http://10.96.0.9",
        "// http://10.96.0.9",
        "; db = 10.96.0.9",
        "the server used to be 10.96.0.9 until May",
        "Note: 10.96.0.9 was the address",
        "see 10.96.0.9.",
        "route add 10.96.0.9 mask 255.255.255.255",
        "10.96.0.9 db.shop",
        "!10.96.0.9",
        "${DB:-10.96.0.9}",
        "{{ x }}10.96.0.9",
        "aa:bb:cc:dd:ee:ff",
        "12:30:59",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert _written(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("fd00::9", "fd00::9"),
        ("db: fd00::9", "fd00::9"),
        ("[fd00::9]:80", "fd00::9"),
        ("http://[fd00::9]:80/", "fd00::9"),
        ("http://[fd00::9]/", "fd00::9"),
        ("--db=[FD00::9]:80", "FD00::9"),
    ],
)
def test_ipv6_is_found_with_and_without_brackets(text: str, written: str) -> None:
    assert _written(text) == [written]


@pytest.mark.parametrize("text", ["fd00::9/64", "fd00::9%eth0", "std::9", "a::b::c"])
def test_what_only_looks_like_ipv6_is_none(text: str) -> None:
    assert _written(text) == []


def test_ipv6_is_left_out_where_nobody_asks_for_it() -> None:
    found = _found("[fd00::9]:80,10.96.0.9:80", ipv6=False)

    assert [host.address.canonical for host in found] == ["10.96.0.9"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("10.96.0.9", ("ENV",)),
        ("--cluster-dns=10.96.0.9", ("--cluster-dns", "ENV")),
        ("--dns 10.96.0.9", ("--dns", "ENV")),
        ("resolver 10.96.0.9:53;", ("resolver", "ENV")),
        ('{"a": {"dns": "10.96.0.9"}}', ("dns", "ENV")),
        ("clusterDNS:\n- 10.96.0.9", ("clusterDNS", "ENV")),
        (
            "kubelet:\n  dns:\n    servers:\n    - 10.96.0.8\n    - 10.96.0.9",
            ("servers", "dns", "kubelet", "ENV"),
        ),
        ("a:\n  b: 1\nhost: 10.96.0.9", ("host", "ENV")),
        ("A=1 NO_PROXY=localhost,10.96.0.9", ("NO_PROXY", "ENV")),
    ],
)
def test_a_host_knows_the_names_it_stands_under(text: str, keys: tuple[str]) -> None:
    assert _found(text, "ENV")[-1].keys == keys


def test_the_port_is_read() -> None:
    assert [host.port for host in _found("10.96.0.9:80,10.96.0.8")] == [80, None]
