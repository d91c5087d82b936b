"""What the API server makes of a Service that it stores, and what it warns of."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Drawn
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import NEWEST, Version
from support.services import DUAL_STACK_CLUSTER, IPV4_CLUSTER, admit, service

FIRST_IPV4 = "<ip:v4 dynamic-band #1>"
FIRST_IPV6 = "<ip:v6 dynamic-band #1>"
FIRST_PORT = "<nodePort:dynamic-band #1>"


def stored(
    manifest: dict[str, Any],
    version: Version = NEWEST,
    facts: ClusterFacts = IPV4_CLUSTER,
) -> dict[str, Any]:
    kept = admit(manifest, version, facts).stored
    assert kept is not None
    spec: dict[str, Any] = kept["spec"]
    return spec


def picked(spec: dict[str, Any], *names: str) -> list[Any]:
    return [spec.get(name) for name in names]


def test_a_plain_service_gets_type_policies_families_and_an_address() -> None:
    assert stored(service()) == {
        "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 80}],
        "selector": {"app": "web"},
        "clusterIP": FIRST_IPV4,
        "clusterIPs": [FIRST_IPV4],
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "internalTrafficPolicy": "Cluster",
    }


def test_names_labels_and_annotations_are_kept() -> None:
    metadata = {"namespace": "shop", "labels": {"a": None}, "annotations": {"b": "c"}}

    kept = admit(service(metadata)).stored

    assert kept is not None
    assert kept["metadata"] == {
        "name": "web",
        "namespace": "shop",
        "labels": {"a": ""},
        "annotations": {"b": "c"},
    }


def test_a_generated_name_ends_in_five_characters_nobody_knows() -> None:
    kept = admit(service({"name": None, "generateName": "w" * 60})).stored

    assert kept is not None
    assert kept["metadata"]["name"] == "w" * 58 + "<5 random>"


@pytest.mark.parametrize(
    ("affinity", "config", "expected"),
    [
        ("None", {"clientIP": {"timeoutSeconds": 5}}, None),
        ("ClientIP", None, {"clientIP": {"timeoutSeconds": 10800}}),
        ("ClientIP", {"clientIP": {}}, {"clientIP": {"timeoutSeconds": 10800}}),
        (
            "ClientIP",
            {"clientIP": {"timeoutSeconds": 5}},
            {"clientIP": {"timeoutSeconds": 5}},
        ),
    ],
)
def test_affinity_is_completed_or_erased(
    affinity: str, config: Any, expected: Any
) -> None:
    manifest = service(sessionAffinity=affinity, sessionAffinityConfig=config)

    assert stored(manifest).get("sessionAffinityConfig") == expected


@pytest.mark.parametrize(
    ("target", "expected"), [(None, 80), (0, 80), ("", 80), (8080, 8080), ("a", "a")]
)
def test_a_target_port_without_value_is_the_port(target: Any, expected: Any) -> None:
    ports = [{"port": 80, "targetPort": target}]

    assert stored(service(ports=ports))["ports"][0]["targetPort"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"type": "NodePort"}, "Cluster"),
        ({"type": "LoadBalancer"}, "Cluster"),
        ({"externalIPs": ["1.2.3.4"]}, "Cluster"),
    ],
)
def test_what_is_reached_from_outside_has_a_policy_for_it(
    fields: dict[str, Any], expected: str | None
) -> None:
    assert stored(service(**fields)).get("externalTrafficPolicy") == expected


def test_external_addresses_alone_gave_no_policy_before_1_29() -> None:
    spec = stored(service(externalIPs=["1.2.3.4"]), Version(1, 28))

    assert "externalTrafficPolicy" not in spec


def test_a_load_balancer_gets_node_ports_and_a_check_port() -> None:
    spec = stored(service(type="LoadBalancer", externalTrafficPolicy="Local"))

    assert spec["allocateLoadBalancerNodePorts"] is True
    assert spec["ports"][0]["nodePort"] == FIRST_PORT
    assert spec["healthCheckNodePort"] == "<nodePort:dynamic-band #2>"
    assert isinstance(spec["healthCheckNodePort"], Drawn)


def test_a_load_balancer_may_go_without_node_ports() -> None:
    spec = stored(service(type="LoadBalancer", allocateLoadBalancerNodePorts=False))

    assert "nodePort" not in spec["ports"][0]


def test_an_external_name_gets_nothing_and_shows_no_internal_policy() -> None:
    manifest = service(
        type="ExternalName",
        externalName="db.example.com",
        internalTrafficPolicy="Local",
        selector=None,
        ports=None,
    )

    assert stored(manifest) == {
        "type": "ExternalName",
        "sessionAffinity": "None",
        "externalName": "db.example.com",
    }


@pytest.mark.parametrize(
    ("fields", "single", "dual"),
    [
        ({}, ["SingleStack", ["IPv4"]], ["SingleStack", ["IPv4"]]),
        (
            {"ipFamilyPolicy": "PreferDualStack"},
            ["PreferDualStack", ["IPv4"]],
            ["PreferDualStack", ["IPv4", "IPv6"]],
        ),
        (
            {"clusterIP": "None"},
            ["SingleStack", ["IPv4"]],
            ["SingleStack", ["IPv4"]],
        ),
        (
            {"clusterIP": "None", "selector": {}},
            ["RequireDualStack", ["IPv4", "IPv6"]],
            ["RequireDualStack", ["IPv4", "IPv6"]],
        ),
        (
            {"clusterIP": "None", "selector": None, "ipFamilies": ["IPv6"]},
            ["RequireDualStack", ["IPv6", "IPv4"]],
            ["RequireDualStack", ["IPv6", "IPv4"]],
        ),
    ],
)
def test_policy_and_families_follow_the_cluster(
    fields: dict[str, Any], single: list[Any], dual: list[Any]
) -> None:
    found = [
        picked(stored(service(**fields), facts=facts), "ipFamilyPolicy", "ipFamilies")
        for facts in (IPV4_CLUSTER, DUAL_STACK_CLUSTER)
    ]

    assert found == [single, dual]


def test_a_pinned_address_stands_before_a_drawn_one() -> None:
    manifest = service(clusterIP="fd00:10:96::9", ipFamilyPolicy="PreferDualStack")

    spec = stored(manifest, facts=DUAL_STACK_CLUSTER)

    assert picked(spec, "clusterIP", "clusterIPs", "ipFamilies") == [
        "fd00:10:96::9",
        ["fd00:10:96::9", FIRST_IPV4],
        ["IPv6", "IPv4"],
    ]


def test_an_ipv6_cluster_draws_ipv6_addresses() -> None:
    facts = ClusterFacts(families=("IPv6",))

    assert stored(service(), facts=facts)["clusterIPs"] == [FIRST_IPV6]


def test_families_stay_open_where_nothing_is_known_of_the_cluster() -> None:
    spec = stored(service(), facts=ClusterFacts())

    assert picked(spec, "clusterIPs", "ipFamilies") == [["<ip dynamic-band #1>"], None]


def test_the_stored_object_is_left_out_unless_somebody_asks() -> None:
    assert admit_service(service(), IPV4_CLUSTER).stored is None


EXTERNAL = "spec.externalIPs is deprecated and may no longer be implemented in some"
WARNINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "topology hints": (
        service(
            {"annotations": {"service.kubernetes.io/topology-aware-hints": "auto"}}
        ),
        [
            (
                "annotation service.kubernetes.io/topology-aware-hints is deprecated,"
                " please use service.kubernetes.io/topology-mode instead"
            )
        ],
    ),
    "headless affinity": (
        service(clusterIP="None", sessionAffinity="ClientIP"),
        ["spec.SessionAffinity is ignored for headless services"],
    ),
    "headless external address": (
        service(clusterIP="None", externalIPs=["1.2.3.4"]),
        ["spec.externalIPs is ignored for headless services"],
    ),
    "external address": (
        service(externalIPs=["1.2.3.4"]),
        [EXTERNAL + " clusters"],
    ),
    "external name of another type": (
        service(externalName="x"),
        ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    ),
    "external address of an external name": (
        service(type="ExternalName", externalName="x", externalIPs=["1.2.3.4"]),
        ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ),
    "load balancer address": (
        service(loadBalancerIP="01.2.3.4"),
        [
            (
                'spec.loadBalancerIP: non-standard IP address "01.2.3.4" is invalid:'
                ' use "1.2.3.4"'
            )
        ],
    ),
    "long address": (
        service(externalIPs=["2001:DB8:0::1"], clusterIP="None"),
        [
            "spec.externalIPs is ignored for headless services",
            (
                'spec.externalIPs[0]: IPv6 address "2001:DB8:0::1" should be in RFC 5952'
                ' canonical format ("2001:db8::1")'
            ),
        ],
    ),
    "long range": (
        service(type="LoadBalancer", loadBalancerSourceRanges=["fd00:0::/64"]),
        [
            (
                'spec.loadBalancerSourceRanges[0]: IPv6 CIDR value "fd00:0::/64" should be'
                ' in RFC 5952 canonical format ("fd00::/64")'
            )
        ],
    ),
    "traffic distribution": (
        service(trafficDistribution="PreferClose"),
        [
            (
                'spec.trafficDistribution: "PreferClose" is deprecated; use'
                ' "PreferSameZone"'
            )
        ],
    ),
}


@pytest.mark.parametrize("case", WARNINGS.values(), ids=list(WARNINGS))
def test_the_server_warns_of_what_is_idle_old_or_oddly_spelt(
    case: tuple[dict[str, Any], list[str]],
) -> None:
    manifest, expected = case

    admission = admit(manifest)

    assert (admission.code, list(admission.warnings)) == (201, expected)


def test_deprecations_are_warned_of_from_1_36() -> None:
    manifest = service(externalIPs=["1.2.3.4"], trafficDistribution="PreferClose")

    assert admit(manifest, Version(1, 34)).warnings == ()


def test_a_range_with_host_bits_was_called_ambiguous() -> None:
    manifest = service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.1/8"])

    assert admit(manifest, Version(1, 34)).warnings == (
        (
            'spec.loadBalancerSourceRanges[0]: CIDR value "10.0.0.1/8" is ambiguous in'
            ' this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)'
        ),
    )
