"""Which ports a proxy serves, and what becomes of packets to them."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.replay.proxy.endpoints import EndpointSets, ProxyEndpoint
from cip_lint.replay.proxy.packets import (
    Kind,
    Source,
    Verdict,
    destinations,
    fate,
)
from cip_lint.replay.proxy.ports import ProxyPort, proxy_ports

POD = Source("10.1.0.9", inside=True)
NODE = Source("192.168.0.2", inside=True, node=True)
OUTSIDE = Source("198.51.100.9", inside=False)
HERE = ProxyEndpoint("10.1.0.1:8080", local=True)
THERE = ProxyEndpoint("10.1.1.1:8080", local=False)
BOTH = EndpointSets((HERE, THERE), (HERE,), (HERE, THERE), anywhere=True)
NONE = EndpointSets()


def service(*, status: Any = None, labels: Any = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "namespace": "shop", "labels": labels or {}},
        "spec": {
            "clusterIP": "10.96.0.10",
            "clusterIPs": ["10.96.0.10"],
            "ipFamilies": ["IPv4"],
            "ports": [{"name": "http", "port": 80, "nodePort": 30080}],
            **spec,
        },
        "status": status,
    }


def port_of(**spec: Any) -> ProxyPort:
    (port,) = proxy_ports(service(**spec), "IPv4")
    return port


@pytest.mark.parametrize(
    "manifest",
    [
        service(clusterIP="None", clusterIPs=["None"]),
        service(type="ExternalName"),
        service(labels={"service.kubernetes.io/service-proxy-name": ""}),
        service(clusterIPs=["fd00::10"], ipFamilies=["IPv6"]),
        {"metadata": [], "spec": 7},
    ],
    ids=["headless", "external-name", "other-proxy", "other-family", "hostile"],
)
def test_some_services_are_not_served(manifest: dict[str, Any]) -> None:
    assert list(proxy_ports(manifest, "IPv4")) == []


def test_every_address_leads_to_the_port() -> None:
    status = {
        "loadBalancer": {
            "ingress": [{"ip": "203.0.113.8"}, {"ip": "203.0.113.9", "ipMode": "Proxy"}]
        }
    }
    port = port_of(type="LoadBalancer", externalIPs=["203.0.113.5"], status=status)
    assert [(one.kind.value, one.address) for one in destinations(port, "node")] == [
        ("clusterIP", "10.96.0.10"),
        ("externalIP", "203.0.113.5"),
        ("loadBalancerIP", "203.0.113.8"),
        ("nodePort", "node"),
    ]


def test_local_traffic_from_outside_stays_on_the_node() -> None:
    port = port_of(type="NodePort", externalTrafficPolicy="Local")
    assert fate(port, BOTH, Kind.NODE_PORT, OUTSIDE).endpoints == (HERE,)
    assert fate(port, BOTH, Kind.NODE_PORT, POD).endpoints == (HERE, THERE)
    elsewhere = EndpointSets((THERE,), None, (THERE,), anywhere=True)
    assert fate(port, elsewhere, Kind.NODE_PORT, OUTSIDE).verdict is Verdict.DROP


def test_nothing_behind_an_address_is_a_refusal() -> None:
    port = port_of(externalIPs=["203.0.113.5"])
    assert fate(port, NONE, Kind.CLUSTER_IP, NODE).verdict is Verdict.REJECT
    assert fate(port, NONE, Kind.EXTERNAL_IP, POD).verdict is Verdict.REJECT
    assert fate(port, NONE, Kind.EXTERNAL_IP, NODE).verdict is Verdict.NOT_HANDLED
    with_nftables = fate(port, NONE, Kind.EXTERNAL_IP, NODE, "nftables")
    assert with_nftables.verdict is Verdict.REJECT


def test_source_ranges_guard_load_balancer_addresses_only() -> None:
    port = port_of(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8"])
    assert fate(port, BOTH, Kind.LOAD_BALANCER_IP, OUTSIDE).verdict is Verdict.DROP
    assert fate(port, BOTH, Kind.LOAD_BALANCER_IP, POD).verdict is Verdict.DNAT
    assert fate(port, BOTH, Kind.NODE_PORT, OUTSIDE).verdict is Verdict.DNAT


def test_a_range_of_all_addresses_guards_nothing() -> None:
    ranges = ["10.0.0.0/8", "0.0.0.0/0"]
    port = port_of(type="LoadBalancer", loadBalancerSourceRanges=ranges)
    assert port.source_ranges == ()


def test_rules_share_packets_evenly() -> None:
    found = fate(port_of(), BOTH, Kind.CLUSTER_IP, POD)
    assert found.probabilities == ("0.5000000000", "1")


def test_affinity_lasts_as_long_as_it_says() -> None:
    assert port_of().affinity_seconds == 0
    assert port_of(sessionAffinity="ClientIP").affinity_seconds == 10800
    config = {"clientIP": {"timeoutSeconds": 60}}
    port = port_of(sessionAffinity="ClientIP", sessionAffinityConfig=config)
    assert port.affinity_seconds == 60
