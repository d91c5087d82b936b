"""A Service is viewed with its defaults, and whatever it holds."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.service import AskedAddress, Service, ServicePort, misspells_none
from support.services import service


def view(**spec: Any) -> Service:
    return Service(service(**spec))


def test_a_port_has_its_defaults() -> None:
    assert view(ports=[{"port": 80}]).ports == (
        ServicePort("", "TCP", 80, 80, False, None, 0, 0),
    )


def test_a_port_has_what_is_written() -> None:
    port = {
        "name": "dns",
        "protocol": "UDP",
        "port": 53,
        "targetPort": "dns",
        "appProtocol": "kubernetes.io/h2c",
        "nodePort": 30053,
    }

    assert view(ports=[port]).ports == (
        ServicePort("dns", "UDP", 53, "dns", True, "kubernetes.io/h2c", 30053, 0),
    )


@pytest.mark.parametrize("target", [None, 0, "", True, 1.5, [], {}])
def test_a_target_that_says_nothing_is_the_port(target: Any) -> None:
    (port,) = view(ports=[{"port": 80, "targetPort": target}]).ports

    assert (port.target_port, port.target_given) == (80, False)


def test_an_entry_keeps_its_place_behind_one_that_is_no_port() -> None:
    ports = view(ports=["80", {"port": "81"}, {"port": 82}]).ports

    assert [(port.index, port.port) for port in ports] == [(1, 0), (2, 82)]


@pytest.mark.parametrize(
    ("spec", "headless"),
    [
        ({}, False),
        ({"clusterIP": ""}, False),
        ({"clusterIP": "None"}, True),
        ({"clusterIP": "none"}, True),
        ({"clusterIP": " None"}, True),
        ({"clusterIPs": ["None"]}, True),
        ({"clusterIP": "10.96.0.9"}, False),
        ({"clusterIP": 0}, False),
        ({"clusterIP": ["None"]}, False),
        ({"clusterIP": "None", "type": "ExternalName"}, False),
    ],
)
def test_a_service_is_headless_by_any_spelling(
    spec: dict[str, Any], headless: bool
) -> None:
    assert view(**spec).headless == headless


@pytest.mark.parametrize(
    ("text", "misspelt"),
    [("None", False), ("none", True), ("NULL", True), ("", False), ("10.0.0.1", False)],
)
def test_only_other_spellings_of_none_are_misspelt(text: str, misspelt: bool) -> None:
    assert misspells_none(text) == misspelt


def test_an_address_is_asked_for_where_it_is_written() -> None:
    asked = view(clusterIP="10.96.0.9", clusterIPs=["10.96.0.9", "FD00::9"])

    assert asked.cluster_ips == (
        AskedAddress("10.96.0.9", "10.96.0.9", "IPv4", ("spec", "clusterIP")),
        AskedAddress("FD00::9", "fd00::9", "IPv6", ("spec", "clusterIPs", 1)),
    )


@pytest.mark.parametrize(
    "spec",
    [
        {"clusterIP": "None"},
        {"clusterIP": "10.96.0"},
        {"clusterIPs": [None, 7, ""]},
        {"clusterIP": "10.96.0.9", "type": "ExternalName"},
    ],
)
def test_what_is_no_address_is_not_asked_for(spec: dict[str, Any]) -> None:
    assert view(**spec).cluster_ips == ()


def test_a_selector_is_absent_or_a_map_of_texts() -> None:
    selectors: list[Any] = [None, "app=web", {}, {"app": "web"}, {"app": "a", "v": 1}]

    assert [view(selector=selector).selector for selector in selectors] == [
        None,
        None,
        {},
        {"app": "web"},
        {"app": "a", "v": ""},
    ]


@pytest.mark.parametrize(
    ("spec", "policy", "needs_check"),
    [
        ({}, "", False),
        ({"type": "NodePort"}, "Cluster", False),
        ({"type": "LoadBalancer"}, "Cluster", False),
        ({"type": "LoadBalancer", "externalTrafficPolicy": "Local"}, "Local", True),
        ({"type": "NodePort", "externalTrafficPolicy": "Local"}, "Local", False),
    ],
)
def test_an_exposed_service_has_a_traffic_policy(
    spec: dict[str, Any], policy: str, needs_check: bool
) -> None:
    seen = view(**spec)

    assert (seen.external_traffic_policy, seen.needs_health_check) == (
        policy,
        needs_check,
    )


@pytest.mark.parametrize(
    "body",
    [{}, {"metadata": [], "spec": "x"}, {"metadata": {"name": 1}, "spec": {"type": 1}}],
)
def test_a_value_of_another_type_counts_as_absent(body: dict[str, Any]) -> None:
    seen = Service(body)

    assert (seen.name, seen.type, seen.ports, seen.selector) == (
        "",
        "ClusterIP",
        (),
        None,
    )
    assert (seen.labels, seen.annotations, seen.cluster_ips) == ({}, {}, ())
