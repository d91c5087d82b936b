"""External addresses that several Services claim: who meets whom, in which groups."""

from __future__ import annotations

import pytest

from cip_lint.replay import service_table
from cip_lint.replay.external_addresses import shared_addresses
from support.clusters import cluster

Found = tuple[str, list[str], list[tuple[int, str]]]


def _service(name: str, *ports: int, **spec: str) -> str:
    entries = ", ".join(f"{{name: p{port}, port: {port}}}" for port in ports)
    fields = "".join(f"{key}: {value}, " for key, value in spec.items())
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: edge}}
spec: {{{fields}ports: [{entries}]}}
"""


def _found(*services: str) -> list[Found]:
    made = cluster("".join(services))
    return [
        (
            shared.canonical,
            [claim.member.name for claim in shared.claims],
            list(shared.ports),
        )
        for shared in shared_addresses(service_table(made))
    ]


class TestExternalAddresses:
    def test_of_two_services_are_one_group_whatever_ports_they_share(self) -> None:
        services = [
            _service(name, 443, 80, externalIPs="[192.0.2.1]") for name in ("a", "b")
        ]
        assert _found(*services) == [
            ("192.0.2.1", ["a", "b"], [(80, "TCP"), (443, "TCP")])
        ]

    def test_that_meet_on_different_ports_are_groups_of_their_own(self) -> None:
        assert _found(
            _service("a", 80, 443, externalIPs="[192.0.2.1]"),
            _service("b", 80, externalIPs="[192.0.2.1]"),
            _service("c", 443, externalIPs="[192.0.2.1]"),
        ) == [
            ("192.0.2.1", ["a", "b"], [(80, "TCP")]),
            ("192.0.2.1", ["a", "c"], [(443, "TCP")]),
        ]

    def test_are_no_matter_of_cluster_addresses_that_meet_alone(self) -> None:
        assert not _found(
            _service("a", 80, clusterIP="10.96.0.10"),
            _service("b", 80, clusterIP="10.96.0.10"),
            _service("c", 81, externalIPs="[10.96.0.10]"),
        )

    def test_that_are_no_addresses_are_passed_over(self) -> None:
        wrong = '[{a: b}, "", 7, null, 192.0.2.300, [192.0.2.1]]'
        assert not _found(
            _service("a", 80, externalIPs=wrong),
            _service("b", 80, externalIPs=wrong),
            _service("c", 80, externalIPs="192.0.2.1"),
        )


class TestLoadBalancerAddresses:
    def test_without_a_known_controller_meet_by_ports(self) -> None:
        asked = {"type": "LoadBalancer", "loadBalancerIP": "192.0.2.1"}
        assert _found(
            _service("a", 80, **asked),
            _service("b", 443, **asked),
            _service("c", 443, **asked),
        ) == [("192.0.2.1", ["b", "c"], [(443, "TCP")])]

    def test_of_two_controllers_do_not_meet(self) -> None:
        asked = {"type": "LoadBalancer", "loadBalancerIP": "192.0.2.1"}
        assert not _found(
            _service("a", 80, loadBalancerClass="example.com/a", **asked),
            _service("b", 80, loadBalancerClass="example.com/b", **asked),
        )

    @pytest.mark.parametrize(
        ("first", "second", "shared"),
        [
            ("Cluster {app: a}", "Cluster {app: b}", True),
            ("Local {app: a}", "Local {app: a}", True),
            ("Local {app: a}", "Local {app: b}", False),
            ("Local {app: a}", "Cluster {app: a}", False),
            ("Local {}", "Cluster {app: a}", True),
            ("Local {app: a}", '"${POLICY}" {app: b}', True),
            ("Local {app: a}", 'Local {app: "${APP}"}', True),
        ],
    )
    def test_are_shared_by_the_same_pods_where_nodes_count(
        self, first: str, second: str, *, shared: bool
    ) -> None:
        def asking(name: str, port: int, policy: str) -> str:
            stated, selector = policy.split(" ", 1)
            return _service(
                name,
                port,
                type="LoadBalancer",
                loadBalancerIP="192.0.2.1",
                externalTrafficPolicy=stated,
                selector=selector,
            ).replace("metadata: {", "metadata: {annotations: {" + key + "}, ")

        key = "lbipam.cilium.io/sharing-key: one"
        found = _found(asking("a", 80, first), asking("b", 443, second))
        assert bool(found) is not shared
