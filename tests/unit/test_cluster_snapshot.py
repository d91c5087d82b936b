"""``cluster.snapshot``: what a cluster holds, and what follows for its settings."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, Setting, Snapshot, default_settings
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from support.clusters import FLAG, cluster
from support.snapshots import listed, snapshot

KUBERNETES = """\
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec:
  clusterIP: 10.43.0.1
  clusterIPs: [10.43.0.1]
  ports: [{name: https, port: 443, protocol: TCP, targetPort: 6443}]
"""
BALANCER = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 31000
  clusterIP: 10.43.7.9
  clusterIPs: [10.43.7.9, "FD00::0007"]
  ports:
  - {port: 80, nodePort: 30080, protocol: TCP}
  - {port: 443, nodePort: 30443, protocol: TCP}
"""
HEADLESS = """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, clusterIPs: [None], ports: [{port: 5432}]}
"""
RANGES = """\
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: extra}
spec: {cidrs: [10.44.0.0/24]}
status: {conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: kubernetes}
spec: {cidrs: [10.43.0.0/16, "fd00::/112"]}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: going, deletionTimestamp: "2026-01-01T00:00:00Z"}
spec: {cidrs: [10.45.0.0/24]}
status: {conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: ended}
spec: {cidrs: [10.46.0.0/24]}
status: {conditions: [{type: Ready, status: "False", reason: Terminating}]}
"""
PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web, tier: front}}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
status: {phase: Succeeded}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: other, labels: {app: web}}
"""
SLICE = """\
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: web-x
  namespace: shop
  labels: {kubernetes.io/service-name: web}
addressType: IPv4
"""


def _live(*texts: str) -> Snapshot:
    return snapshot(listed("\n---\n".join(texts)))


def test_addresses_are_held_by_their_canonical_spelling() -> None:
    live = _live(KUBERNETES, BALANCER, HEADLESS)

    assert {
        address: (held.owner, held.path) for address, held in live.addresses.items()
    } == {
        "10.43.0.1": (("default", "kubernetes"), ("spec", "clusterIP")),
        "10.43.7.9": (("shop", "web"), ("spec", "clusterIP")),
        "fd00::7": (("shop", "web"), ("spec", "clusterIPs", 1)),
    }


def test_an_ip_address_holds_for_its_parent() -> None:
    live = _live(
        BALANCER,
        "apiVersion: networking.k8s.io/v1\nkind: IPAddress\n"
        "metadata: {name: 10.43.7.9}\n"
        "spec: {parentRef: {group: '', resource: services, namespace: shop, name: web}}",
        "apiVersion: networking.k8s.io/v1\nkind: IPAddress\n"
        "metadata: {name: 10.43.7.10}\n"
        "spec: {parentRef: {resource: services, namespace: shop, name: gone}}",
        "apiVersion: networking.k8s.io/v1\nkind: IPAddress\n"
        "metadata: {name: 10.43.7.11}\n"
        "spec: {parentRef: {group: gateway.networking.k8s.io, resource: gateways,"
        " namespace: shop, name: web}}",
    )

    assert [
        (address, held.display, held.member.kind)
        for address, held in live.addresses.items()
    ] == [
        ("10.43.7.9", "Service shop/web", "Service"),
        ("fd00::7", "Service shop/web", "Service"),
        ("10.43.7.10", "Service shop/gone", "IPAddress"),
        ("10.43.7.11", "IPAddress 10.43.7.11", "IPAddress"),
    ]


def test_node_ports_are_held_with_those_of_health_checks() -> None:
    live = _live(KUBERNETES, BALANCER)

    assert {
        number: (held.port, held.path[-1]) for number, held in live.node_ports.items()
    } == {
        30080: (80, "nodePort"),
        30443: (443, "nodePort"),
        31000: (0, "healthCheckNodePort"),
    }


def test_node_ports_that_a_type_leaves_unused_are_not_held() -> None:
    assert _live(BALANCER.replace("LoadBalancer", "ExternalName")).node_ports == {}


def test_the_own_ranges_come_first_and_ready_is_what_the_allocators_use() -> None:
    assert [(one.cidr, one.ready) for one in _live(KUBERNETES, RANGES).ranges] == [
        ("10.43.0.0/16", True),
        ("fd00::/112", True),
        ("10.44.0.0/24", True),
        ("10.45.0.0/24", False),
        ("10.46.0.0/24", False),
    ]


def _informed(*texts: str, **stated: object) -> Cluster:
    settings = default_settings()._replace(**stated)  # type: ignore[arg-type]
    return Cluster(settings, (), (), snapshot=_live(*texts))


def test_the_own_ranges_replace_assumed_ones() -> None:
    settings = _informed(KUBERNETES, RANGES).settings

    assert settings.service_cidrs.value == ("10.43.0.0/16", "fd00::/112")
    assert settings.families.value == ("IPv4", "IPv6")
    assert settings.service_cidrs.stated
    assert (
        str(settings.families.origin)
        == str(settings.service_cidrs.origin)
        == "ServiceCIDR kubernetes of live0.yaml"
    )


def test_a_flag_wins_over_the_snapshot_and_the_snapshot_over_a_preset() -> None:
    stated = Setting(("10.0.0.0/24",), FLAG)
    preset = Setting(("10.96.0.0/12",), Origin(OriginKind.PRESET, "preset kubeadm"))

    by_flag = _informed(RANGES, service_cidrs=stated, families=Setting(("IPv4",), FLAG))
    by_preset = _informed(RANGES, service_cidrs=preset)

    assert by_flag.settings.service_cidrs == stated
    assert by_flag.settings.families.value == ("IPv4",)
    assert by_preset.settings.service_cidrs.value == ("10.43.0.0/16", "fd00::/112")


def test_the_dns_service_that_lives_says_where_dns_is() -> None:
    dns = KUBERNETES.replace(
        "name: kubernetes, namespace: default", "name: kube-dns, namespace: kube-system"
    ).replace("10.43.0.1", "10.43.0.99")

    found = _informed(dns).settings.dns_address

    assert (found.value, str(found.origin)) == (
        "10.43.0.99",
        "Service kube-system/kube-dns of live0.yaml",
    )


def test_without_the_own_range_nothing_is_concluded() -> None:
    assert _informed(KUBERNETES, BALANCER).settings == default_settings()


def test_a_range_that_is_not_ready_states_the_families_alone() -> None:
    going = RANGES.replace("name: kubernetes", "name: kubernetes, deletionTimestamp: x")

    settings = _informed(going).settings

    assert not settings.service_cidrs.stated
    assert settings.families.value == ("IPv4", "IPv6")


def test_a_service_is_found_by_its_name_and_namespace() -> None:
    live = _live(KUBERNETES, BALANCER)
    (web,) = cluster(BALANCER).services
    (other,) = cluster(BALANCER.replace("namespace: shop", "namespace: x")).services

    assert live.living(web) is live.services[1]
    assert live.find(web) is live.services[1].resource
    assert live.find(other) is None
    assert live.service("", "kubernetes") is live.services[0]


def test_pods_are_found_by_labels_but_those_that_have_ended() -> None:
    live = _live(PODS)

    assert [p.name for p in live.pods_for({"app": "web"}, "shop")] == ["web-1"]
    assert [p.name for p in live.pods_for({"app": "web"}, "other")] == ["web-2"]
    assert live.pods_for({"app": "web", "tier": "back"}, "shop") == ()
    assert live.pods_for({}, "shop") == ()
    assert [p.name for p in live.pods_for({"app": "web"}, None)] == ["web-1", "web-2"]


def test_endpoints_are_found_by_their_service() -> None:
    legacy = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: shop}"
    live = _live(SLICE, legacy)

    assert [one.kind for one in live.endpoints_of("shop", "web")] == [
        "EndpointSlice",
        "Endpoints",
    ]
    assert live.endpoints_of("", "web") == ()


@pytest.mark.parametrize(
    ("texts", "covered"),
    [
        ((BALANCER, PODS), {("Pod", "shop"), ("Service", "shop"), ("Pod", "other")}),
        ((BALANCER,), {("Service", "shop")}),
        ((KUBERNETES, BALANCER), {("Service", "shop")}),
        ((KUBERNETES,), set()),
        (
            (KUBERNETES, PODS),
            {
                (kind, namespace)
                for kind in ("Pod", "Service")
                for namespace in ("shop", "other")
            },
        ),
        ((PODS,), {("Pod", "shop"), ("Pod", "other")}),
    ],
)
def test_a_namespace_with_life_is_covered_for_the_kinds_that_were_asked_for(
    texts: tuple[str, ...], covered: set[tuple[str, str]]
) -> None:
    live = _live(*texts)

    assert {
        (kind, namespace)
        for kind in ("Pod", "Service", "EndpointSlice")
        for namespace in ("shop", "other", "new")
        if live.covers(kind, namespace)
    } == covered


def test_hostile_values_are_passed_over() -> None:
    live = _live(
        "apiVersion: v1\nkind: Service\nmetadata: [a]\nspec: {clusterIP: [1], ports: x}",
        "apiVersion: v1\nkind: Service\nmetadata: {name: 3, namespace: {}}\nspec: []",
        "apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: x}\nspec: 1",
        "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\n"
        "spec: {cidrs: [1, a, 10.0.0.0/8]}\nstatus: {conditions: {type: Ready}}",
        "apiVersion: v1\nkind: Pod\nmetadata: {labels: [a]}\nstatus: 7",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nstatus: {phase: {}}",
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {labels: 1}",
    )

    assert (live.addresses, live.node_ports) == ({}, {})
    assert [one.cidr for one in live.ranges] == ["10.0.0.0/8"]
    assert live.pods_for({"a": "b"}, "") == ()


def test_the_version_is_nothing_a_snapshot_says() -> None:
    version = Setting(Version(1, 30), FLAG)

    made = _informed(RANGES, kubernetes_version=version)

    assert made.facts.version == Version(1, 30)
    assert made.facts.service_cidrs == ("10.43.0.0/16", "fd00::/112")
