"""How the pods of a workload find a host."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, Setting, WorkloadMember, default_settings
from cip_lint.replay import ServiceTable, service_table
from support.clusters import FLAG, FOLDER, cluster, settings
from support.snapshots import snapshot

SERVICES = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: a}
spec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: b}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: example, namespace: org}
spec: {clusterIP: 10.96.0.8, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: out, namespace: a}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: bad, namespace: a}
spec: {clusterIP: 192.0.2.1, ports: [{port: 80}]}
"""
POD = """---
apiVersion: v1
kind: Pod
metadata: {{name: p, namespace: a}}
spec: {{{spec} containers: [{{name: c, image: i}}]}}
"""
LIVING = """
apiVersion: v1
kind: Service
metadata: {name: old, namespace: a}
spec: {clusterIP: None, clusterIPs: [None], ports: [{name: p, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: old-1, namespace: a, labels: {kubernetes.io/service-name: old}}
addressType: IPv4
endpoints:
  - {addresses: [198.51.100.1], conditions: {ready: true}, hostname: old-0}
  - {addresses: [198.51.100.2], conditions: {ready: false}}
ports: [{name: p, port: 8080, protocol: TCP}]
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], ports: [{port: 443}]}
"""
SEARCHES = ("a.svc.c.test", "svc.c.test", "c.test")


def _asked(spec: str = "") -> tuple[ServiceTable, WorkloadMember]:
    chosen = settings(("10.96.0.0/16",))._replace(
        cluster_domain=Setting("c.test", FLAG)
    )
    table = service_table(cluster(SERVICES + POD.format(spec=spec), chosen))
    (member,) = (
        one for one in table.cluster.members if isinstance(one, WorkloadMember)
    )
    return table, member


def _own_dns(nameserver: str, search: str) -> str:
    config = f"{{nameservers: [{nameserver}], searches: [{search}]}}"
    return f"dnsPolicy: None, dnsConfig: {config},"


@pytest.mark.parametrize(
    ("host", "addresses", "canonical", "steps"),
    [
        ("web", ("10.96.0.9",), "web.a.svc.c.test", 1),
        ("web.b", ("clusterIP",), "web.b.svc.c.test", 2),
        ("web.b.svc", ("clusterIP",), "web.b.svc.c.test", 3),
        ("web.b.svc.c.test", ("clusterIP",), "web.b.svc.c.test", 4),
        ("web.b.svc.c.test.", ("clusterIP",), "web.b.svc.c.test", 1),
        ("example.org", ("10.96.0.8",), "example.org.svc.c.test", 2),
        ("kubernetes.default", ("10.96.0.1",), "kubernetes.default.svc.c.test", 2),
        ("out", (), "db.example.com", 1),
        ("bad", (), "", 4),
        ("localhost", ("127.0.0.1", "::1"), "localhost", 0),
        ("2001:db8::1", ("2001:db8::1",), "2001:db8::1", 0),
    ],
)
def test_a_pod_finds_services_by_its_search_list(
    host: str, addresses: tuple[str, ...], canonical: str, steps: int
) -> None:
    table, member = _asked()

    found = table.lookups.look_up(host, member)

    assert found.addresses == addresses
    assert found.canonical == canonical
    assert len(found.steps) == steps


def test_what_the_outside_world_answers_is_not_known() -> None:
    table, member = _asked()

    found = table.lookups.look_up("www.example.net", member)

    assert [(step.search, step.known) for step in found.steps] == [
        *((search, True) for search in SEARCHES),
        ("", False),
    ]
    assert not found.known
    assert table.lookups.look_up("web", member).known


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("hostNetwork: true,", False),
        ("hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet,", True),
        ("dnsPolicy: Default,", False),
        ("dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.53]},", False),
        (
            _own_dns("10.96.0.10", SEARCHES[0]),
            True,
        ),
        (
            _own_dns("169.254.20.10", SEARCHES[0]),
            True,
        ),
        ("dnsPolicy: None, dnsConfig: {nameservers: [10.96.0.10]},", False),
        ("hostNetwork: true, hostAliases: [{ip: 192.0.2.9, hostnames: [WEB]}],", True),
    ],
)
def test_the_pod_decides_whom_it_asks(spec: str, found: bool) -> None:
    table, member = _asked(spec)

    assert table.lookups.look_up("web", member).found == found


def test_services_that_live_are_found_as_they_are() -> None:
    made = cluster(SERVICES + POD.format(spec=""))
    living = Cluster(
        default_settings(), (FOLDER,), made.members, snapshot=snapshot(LIVING)
    )
    lookups = service_table(living).lookups
    (member,) = (one for one in living.members if isinstance(one, WorkloadMember))

    assert lookups.look_up("old", member).addresses == ("198.51.100.1",)
    assert lookups.look_up("old-0.old", member).addresses == ("198.51.100.1",)
    assert lookups.look_up("kubernetes.default", member).addresses == ("10.96.0.1",)
    assert len(lookups.server_for(member).names.services) == 7


def test_addresses_lead_back_to_what_a_pod_meets() -> None:
    table, member = _asked()
    server = table.lookups.server_for(member)

    assert [
        record.value for record in server.ask("9.0.96.10.in-addr.arpa", "PTR").records
    ] == ["web.a.svc.c.test."]
    assert len(server.names.services) == 5
