"""The port of a probe is looked up in its own container."""

from __future__ import annotations

import pytest

from cip_lint.kube.probes import ProbePortError, handler_ports, resolve_port

CONTAINER = {"ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}]}


def test_a_name_counts_whatever_its_protocol() -> None:
    assert resolve_port("dns", CONTAINER) == 53


@pytest.mark.parametrize(
    ("port", "message"),
    [
        ("53", 'port "53" not found'),
        (0, "invalid port number: 0"),
        (65536, "invalid port number: 65536"),
    ],
)
def test_a_port_that_leads_nowhere_is_refused(port: int | str, message: str) -> None:
    with pytest.raises(ProbePortError) as raised:
        resolve_port(port, CONTAINER)

    assert str(raised.value) == message


def test_every_probe_and_hook_is_listed_with_its_path() -> None:
    container = {
        "readinessProbe": {"httpGet": {"port": "http"}},
        "livenessProbe": {"grpc": {"port": 9000}},
        "startupProbe": {"tcpSocket": {"port": True}},
        "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
    }

    assert list(handler_ports(container)) == [
        (("livenessProbe", "grpc", "port"), 9000),
        (("readinessProbe", "httpGet", "port"), "http"),
        (("lifecycle", "preStop", "httpGet", "port"), 80),
    ]
