"""Where the API server dials for a reference to a Service."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.replay.endpoints.objects import Endpoint, Slice, SlicePort
from cip_lint.replay.proxy.dialling import DialError, dial_cluster_ip, dial_endpoints

LABELS = {"kubernetes.io/service-name": "web"}


def service(**spec: Any) -> dict[str, Any]:
    ports = [{"name": "https", "port": 443, "protocol": "UDP"}]
    return {
        "metadata": {"name": "web"},
        "spec": {"clusterIP": "10.96.0.10", "ports": ports, **spec},
    }


def make_slice(address: str, family: str = "IPv4", *, ready: bool = True) -> Slice:
    endpoint = Endpoint((address,), ready=ready)
    return Slice(family, (SlicePort("https", "TCP", 8443),), LABELS, (endpoint,))


def test_cluster_mode_dials_the_cluster_ip_or_the_other_name() -> None:
    assert dial_cluster_ip(service(), 443) == "10.96.0.10:443"
    assert dial_cluster_ip(service(clusterIP="fd00::a"), 443) == "[fd00::a]:443"
    named = service(type="ExternalName", externalName="example.com")
    assert dial_cluster_ip(named, 9) == "example.com:9"


@pytest.mark.parametrize(
    ("spec", "number", "words"),
    [
        ({"clusterIP": "None"}, 443, 'cannot route to service with ClusterIP "None"'),
        ({}, 8443, 'no service port 8443 found for service "web"'),
    ],
)
def test_cluster_mode_says_why_it_cannot(
    spec: dict[str, Any], number: int, words: str
) -> None:
    with pytest.raises(DialError, match=words):
        dial_cluster_ip(service(**spec), number)


def test_endpoint_mode_finds_the_port_by_name_alone() -> None:
    slices = [
        make_slice("10.1.0.2"),
        make_slice("10.1.0.1"),
        make_slice("10.1.0.3", ready=False),
        make_slice("fd00::1", "IPv6"),
    ]
    headless = service(clusterIP="None")
    assert dial_endpoints(headless, slices, 443) == ("10.1.0.1:8443", "10.1.0.2:8443")


def test_endpoint_mode_needs_a_ready_endpoint_and_no_other_name() -> None:
    with pytest.raises(DialError, match="no endpoints available"):
        dial_endpoints(service(), [make_slice("10.1.0.1", ready=False)], 443)
    named = service(type="ExternalName", externalName="example.com")
    with pytest.raises(DialError, match='unsupported service type "ExternalName"'):
        dial_endpoints(named, [], 443)
