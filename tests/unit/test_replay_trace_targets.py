"""What a person means by the target of a call."""

from __future__ import annotations

import pytest

from cip_lint.replay.tracing.targets import TargetError, read_target


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("backend", "backend", None),
        ("backend:80", "backend", 80),
        ("backend:http", "backend", "http"),
        ("backend:", "backend", None),
        ("backend:80/path", "backend", 80),
        ("backend.shop.svc.cluster.local.:80", "backend.shop.svc.cluster.local.", 80),
        ("10.96.0.7:80", "10.96.0.7", 80),
        ("[fd00::7]:80", "fd00::7", 80),
        ("fd00::7", "fd00::7", None),
        ("user:secret@db:5432", "db", 5432),
        ("kafka-0.kafka:9092,kafka-1.kafka:9092", "kafka-0.kafka", 9092),
    ],
)
def test_a_host(text: str, host: str, port: int | str | None) -> None:
    target = read_target(text)

    assert (target.host, target.port, target.scheme) == (host, port, "")
    assert target.service is None
    assert target.protocol is None


@pytest.mark.parametrize(
    ("text", "host", "port", "by_scheme"),
    [
        ("http://backend", "backend", 80, True),
        ("HTTPS://backend/a/b?c=d:e@f#g", "backend", 443, True),
        ("http://user:a%2fb@backend:8080/", "backend", 8080, False),
        ("postgres://u:p@db/shop", "db", 5432, True),
        ("jdbc:mysql://db:3307/shop", "db", 3307, False),
        ("grpc://backend", "backend", None, False),
        ("http://[::1]:80", "::1", 80, False),
    ],
)
def test_a_url(text: str, host: str, port: int | None, by_scheme: bool) -> None:
    target = read_target(text)

    assert (target.host, target.port, target.by_scheme) == (host, port, by_scheme)
    assert target.protocol == "TCP"


def test_a_url_of_datagrams() -> None:
    assert read_target("udp://dns:53").protocol == "UDP"


@pytest.mark.parametrize(
    ("text", "service", "port"),
    [
        ("shop/backend", ("shop", "backend"), None),
        ("shop/backend:80", ("shop", "backend"), 80),
        ("shop/backend:http", ("shop", "backend"), "http"),
    ],
)
def test_a_service(text: str, service: tuple[str, str], port: int | str | None) -> None:
    target = read_target(text)

    assert (target.service, target.port, target.host) == (service, port, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("a" * 3000, "it is too long"),
        ("http://", "no host is in it"),
        ("http://:80", "no host is in it"),
        ("http://[]:80", "no host is in it"),
        ("backend:0", "0 is no port"),
        ("backend:65536", "65536 is no port"),
        ("backend:" + "9" * 500, "is no port"),
    ],
)
def test_what_names_no_target_is_told(text: str, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        read_target(text)
