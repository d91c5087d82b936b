"""Host names are read as the DNS of a cluster reads them."""

from __future__ import annotations

import pytest

from cip_lint.kube.service_names import Form, ServiceName, service_names

ZONE = "k8s.example"


@pytest.mark.parametrize(
    ("host", "read"),
    [
        ("web", [(Form.SHORT, "web", None, "")]),
        ("WEB", [(Form.SHORT, "web", None, "")]),
        (
            "web.shop",
            [
                (Form.SHORT, "shop", None, "web"),
                (Form.WITH_NAMESPACE, "web", "shop", ""),
            ],
        ),
        ("db-0.db.shop", [(Form.WITH_NAMESPACE, "db", "shop", "db-0")]),
        ("web.shop.svc", [(Form.SVC, "web", "shop", "")]),
        ("db-0.db.shop.svc", [(Form.SVC, "db", "shop", "db-0")]),
        ("web.shop.svc.k8s.example", [(Form.FULL, "web", "shop", "")]),
        ("web.shop.svc.K8s.Example.", [(Form.FULL, "web", "shop", "")]),
        ("db-0.db.shop.svc.k8s.example", [(Form.FULL, "db", "shop", "db-0")]),
        ("_http._tcp.web.shop.svc", [(Form.SVC, "web", "shop", "")]),
        ("_http._tcp.web", [(Form.SHORT, "web", None, "")]),
        ("web.shop.svc.cluster.local", [(Form.OTHER_ZONE, "web", "shop", "")]),
        ("web.shop.k8s.example", [(Form.NO_SVC, "web", "shop", "")]),
        ("web.shop.cluster.local", [(Form.NO_SVC, "web", "shop", "")]),
        ("db-0.db.shop.k8s.example", [(Form.NO_SVC, "db", "shop", "db-0")]),
        ("web.svc.svc", [(Form.SVC, "web", "svc", "")]),
    ],
)
def test_what_a_host_may_be(host: str, read: list[tuple[object, ...]]) -> None:
    assert [tuple(one)[:4] for one in service_names(host, ZONE)] == read


@pytest.mark.parametrize(
    "host",
    [
        "web.",
        "web.shop.",
        "web.shop.svc.",
        "my_db",
        "www.shop.example.com",
        "a.b.c.d.svc",
        "web.k8s.example",
        "a-b-c-d.shop.pod.k8s.example",
        "1.2.3",
        "-web",
        "x" * 64,
        "",
        ".",
        "a..b.svc",
    ],
)
def test_what_no_service_can_be(host: str) -> None:
    assert service_names(host, ZONE) == ()


def test_the_zone_is_told_as_written() -> None:
    (name,) = service_names("web.shop.svc.cluster.local.", ZONE)

    assert name == ServiceName(Form.OTHER_ZONE, "web", "shop", zone="cluster.local")
