"""Each thing that the API server refuses in a Service: code, place and words."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Path, ServerAnswer
from support.services import DUAL_STACK_CLUSTER, IPV4_CLUSTER, PORT, admit, service

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
    " '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or"
    " '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
DNS1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
    " with an alphabetic character, and end with an alphanumeric character (e.g."
    " 'my-name',  or 'abc-123', regex used for validation is"
    " '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
NUMBER = "must be between 1 and 65535, inclusive"
ONLY_LB = "Forbidden: may only be used when `type` is 'LoadBalancer'"
NOT_EXTERNAL = "Forbidden: may not be set for ExternalName services"
OUTSIDE = (
    "provided port is not in the valid range. The range of valid ports is 30000-32767"
)
TAKEN = "provided port is already allocated"
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
MODE = "service.kubernetes.io/topology-mode"
HINTS = "service.kubernetes.io/topology-aware-hints"
OLD = Version(1, 34)

Case = tuple[dict[str, Any], str, Path, str, str]


def port(**fields: Any) -> list[dict[str, Any]]:
    return [{**PORT, **fields}]


def spec(*path: str | int) -> Path:
    return ("spec", *path)


def external(**fields: Any) -> dict[str, Any]:
    named = {"type": "ExternalName", "externalName": "db.example.com", **fields}
    return service(ports=None, selector=None, **named)


def balancer(**fields: Any) -> dict[str, Any]:
    return service(type="LoadBalancer", **fields)


CASES: dict[str, Case] = {
    "M1": (
        service({"name": None}, clusterIP="None"),
        "M1",
        ("metadata", "name"),
        "metadata.name",
        "Required value: name or generateName is required",
    ),
    "M2": (
        service({"name": "Web"}),
        "M2",
        ("metadata", "name"),
        "metadata.name",
        f'Invalid value: "Web": {LABEL}',
    ),
    "M2 dots": (
        service({"name": "a.b"}),
        "M2",
        ("metadata", "name"),
        "metadata.name",
        'Invalid value: "a.b": must not contain dots',
    ),
    "M3": (
        service({"generateName": "w" * 64}),
        "M3",
        ("metadata", "generateName"),
        "metadata.generateName",
        f'Invalid value: "{"w" * 64}": must be no more than 63 characters',
    ),
    "M5 key": (
        service({"labels": {"/a": "b"}}),
        "M5",
        ("metadata", "labels", "/a"),
        "metadata.labels",
        'Invalid value: "/a": prefix part must be non-empty',
    ),
    "M5 value": (
        service({"labels": {"a": "b" * 64}}),
        "M5",
        ("metadata", "labels", "a"),
        "metadata.labels",
        f'Invalid value: "{"b" * 64}": must be no more than 63 bytes',
    ),
    "M6": (
        service({"annotations": {"a": "x" * (1 << 18)}}),
        "M6",
        ("metadata", "annotations"),
        "metadata.annotations",
        "Too long: may not be more than 262144 bytes",
    ),
    "M7": (
        service({"annotations": {MODE: "Auto", HINTS: "auto"}}),
        "M7",
        ("metadata", "annotations", MODE),
        f"metadata.annotations[{MODE}]",
        (
            f'Invalid value: "Auto": must match annotations[{HINTS}] when both are'
            " specified"
        ),
    ),
    "M8": (
        service({"finalizers": ["x"]}),
        "M8",
        ("metadata", "finalizers", 0),
        "metadata.finalizers[0]",
        (
            'Invalid value: "x": name is neither a standard finalizer name nor is it fully'
            " qualified"
        ),
    ),
    "T1": (
        service(type="Loadbalancer"),
        "T1",
        spec("type"),
        "spec.type",
        (
            'Unsupported value: "Loadbalancer": supported values: "ClusterIP",'
            ' "ExternalName", "LoadBalancer", "NodePort"'
        ),
    ),
    "T2": (service(ports=[]), "T2", spec("ports"), "spec.ports", "Required value"),
    "T3": (
        service(type="NodePort", clusterIP="None"),
        "T3",
        spec("clusterIP"),
        "spec.clusterIPs[0]",
        "Invalid value: \"None\": may not be set to 'None' for NodePort services",
    ),
    "T4 address": (
        external(clusterIP="None"),
        "T4",
        spec("clusterIP"),
        "spec.clusterIPs",
        NOT_EXTERNAL,
    ),
    "T4 families": (
        external(ipFamilies=["IPv4"]),
        "T4",
        spec("ipFamilies"),
        "spec.ipFamilies",
        NOT_EXTERNAL,
    ),
    "T4 policy": (
        external(ipFamilyPolicy="SingleStack"),
        "T4",
        spec("ipFamilyPolicy"),
        "spec.ipFamilyPolicy",
        NOT_EXTERNAL,
    ),
    "T5": (
        external(externalName="."),
        "T5",
        spec("externalName"),
        "spec.externalName",
        "Required value",
    ),
    "T6": (
        external(externalName=f"{'a.' * 127}a"),
        "T6",
        spec("externalName"),
        "spec.externalName",
        f'Invalid value: "{"a." * 127}a": must be no more than 253 characters',
    ),
    "P1": (
        service(ports=[PORT, {"port": 81}]),
        "P1",
        spec("ports", 1, "name"),
        "spec.ports[1].name",
        "Required value",
    ),
    "P2": (
        service(ports=port(name="HTTP")),
        "P2",
        spec("ports", 0, "name"),
        "spec.ports[0].name",
        f'Invalid value: "HTTP": {LABEL}',
    ),
    "P3": (
        service(ports=[PORT, {**PORT, "port": 81}]),
        "P3",
        spec("ports", 1, "name"),
        "spec.ports[1].name",
        'Duplicate value: "http"',
    ),
    "P4": (
        service(ports=port(port=70000, targetPort=80)),
        "P4",
        spec("ports", 0, "port"),
        "spec.ports[0].port",
        f"Invalid value: 70000: {NUMBER}",
    ),
    "P5": (
        service(ports=port(protocol="HTTP")),
        "P5",
        spec("ports", 0, "protocol"),
        "spec.ports[0].protocol",
        'Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ),
    "P6 number": (
        service(ports=port(targetPort=-1)),
        "P6",
        spec("ports", 0, "targetPort"),
        "spec.ports[0].targetPort",
        f"Invalid value: -1: {NUMBER}",
    ),
    "P6 name": (
        service(ports=port(targetPort="8080")),
        "P6",
        spec("ports", 0, "targetPort"),
        "spec.ports[0].targetPort",
        'Invalid value: "8080": must contain at least one letter (a-z)',
    ),
    "P7": (
        service(ports=port(appProtocol="/h2c")),
        "P7",
        spec("ports", 0, "appProtocol"),
        "spec.ports[0].appProtocol",
        'Invalid value: "/h2c": prefix part must be non-empty',
    ),
    "P8": (
        service(ports=port(nodePort=30080)),
        "P8",
        spec("ports", 0, "nodePort"),
        "spec.ports[0].nodePort",
        "Forbidden: may not be used when `type` is 'ClusterIP'",
    ),
    "P9": (
        service(
            type="ExternalName",
            externalName="x.example",
            ports=[
                {"name": "a", "port": 1, "nodePort": 30080},
                {"name": "b", "port": 2, "nodePort": 30080},
            ],
        ),
        "P9",
        spec("ports", 1, "nodePort"),
        "spec.ports[1].nodePort",
        "Duplicate value: 30080",
    ),
    "P10": (
        service(ports=[PORT, {**PORT, "name": "b"}]),
        "P10",
        spec("ports", 1, "port"),
        "spec.ports[1]",
        (
            'Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,'
            '"TargetPort":0,"NodePort":0}'
        ),
    ),
    "S1": (
        service(selector={"/a": "b"}),
        "S1",
        spec("selector", "/a"),
        "spec.selector",
        'Invalid value: "/a": prefix part must be non-empty',
    ),
    "S2": (
        service(selector={"a": "b" * 64}),
        "S2",
        spec("selector", "a"),
        "spec.selector",
        f'Invalid value: "{"b" * 64}": must be no more than 63 bytes',
    ),
    "F1": (
        service(sessionAffinity="clientIP"),
        "F1",
        spec("sessionAffinity"),
        "spec.sessionAffinity",
        'Unsupported value: "clientIP": supported values: "ClientIP", "None"',
    ),
    "F2": (
        service(
            sessionAffinity="ClientIP",
            sessionAffinityConfig={"clientIP": {"timeoutSeconds": 86401}},
        ),
        "F2",
        spec("sessionAffinityConfig", "clientIP", "timeoutSeconds"),
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
        "Invalid value: 86401: must be greater than 0 and less than 86400",
    ),
    "C2": (
        service(clusterIP="10.96.0.9", clusterIPs=["10.96.0.8"]),
        "C2",
        spec("clusterIPs"),
        "spec.clusterIPs",
        'Invalid value: ["10.96.0.8"]: first value must match `clusterIP`',
    ),
    "C3": (
        service(clusterIPs=["10.96.0.8"]),
        "C3",
        spec("clusterIPs"),
        "spec.clusterIPs",
        'Invalid value: ["10.96.0.8"]: must be empty when `clusterIP` is not specified',
    ),
    "C4 unknown": (
        service(ipFamilies=["ipv4"]),
        "C4",
        spec("ipFamilies", 0),
        "spec.ipFamilies[0]",
        'Unsupported value: "ipv4": supported values: "IPv4", "IPv6"',
    ),
    "C4 repeated": (
        service(ipFamilies=["IPv4", "IPv4"]),
        "C4",
        spec("ipFamilies", 1),
        "spec.ipFamilies[1]",
        'Duplicate value: "IPv4"',
    ),
    "C5": (
        service(ipFamilyPolicy="DualStack"),
        "C5",
        spec("ipFamilyPolicy"),
        "spec.ipFamilyPolicy",
        (
            'Unsupported value: "DualStack": supported values: "PreferDualStack",'
            ' "RequireDualStack", "SingleStack"'
        ),
    ),
    "C6": (
        service(clusterIP="None", clusterIPs=["None", "10.96.0.8"]),
        "C6",
        spec("clusterIPs", 0),
        "spec.clusterIPs",
        (
            'Invalid value: ["None","10.96.0.8"]: \'None\' must be the first and only'
            " value"
        ),
    ),
    "C7": (
        service(clusterIP="none"),
        "C7",
        spec("clusterIP"),
        "spec.clusterIPs[0]",
        f'Invalid value: "none": {ADDRESS}',
    ),
    "C9": (
        service(
            clusterIP="10.96.0.8",
            clusterIPs=["10.96.0.8", "10.96.0.9"],
            ipFamilyPolicy="PreferDualStack",
        ),
        "C9",
        spec("clusterIPs"),
        "spec.clusterIPs",
        (
            'Invalid value: ["10.96.0.8","10.96.0.9"]: may specify no more than one IP for'
            " each IP family"
        ),
    ),
    "C10": (
        service(clusterIP="10.96.0.8", ipFamilies=["IPv6"]),
        "C10",
        spec("clusterIP"),
        "spec.clusterIPs[0]",
        (
            'Invalid value: "10.96.0.8": expected an IPv6 value as indicated by'
            " `ipFamilies[0]`"
        ),
    ),
    "X1": (
        service(externalIPs=["1.2.3"]),
        "X1",
        spec("externalIPs", 0),
        "spec.externalIPs[0]",
        f'Invalid value: "1.2.3": {ADDRESS}',
    ),
    "X2": (
        service(externalIPs=["127.0.0.1"]),
        "X2",
        spec("externalIPs", 0),
        "spec.externalIPs[0]",
        (
            'Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8,'
            " ::1/128)"
        ),
    ),
    "X3": (
        service(loadBalancerSourceRanges=["10.0.0.0/8"]),
        "X3",
        spec("loadBalancerSourceRanges"),
        "spec.LoadBalancerSourceRanges",
        ONLY_LB,
    ),
    "X4": (
        balancer(loadBalancerSourceRanges=["10.0.0.0"]),
        "X4",
        spec("loadBalancerSourceRanges", 0),
        "spec.LoadBalancerSourceRanges[0]",
        f'Invalid value: "10.0.0.0": {CIDR}',
    ),
    "X5": (
        service({"annotations": {RANGES: ""}}),
        "X5",
        ("metadata", "annotations", RANGES),
        f"metadata.annotations[{RANGES}]",
        ONLY_LB,
    ),
    "X6": (
        balancer(metadata={"annotations": {RANGES: "10.0.0.0/8, x"}}),
        "X6",
        ("metadata", "annotations", RANGES),
        f"metadata.annotations[{RANGES}]",
        f'Invalid value: "x": {CIDR}',
    ),
    "X7": (
        service(allocateLoadBalancerNodePorts=False),
        "X7",
        spec("allocateLoadBalancerNodePorts"),
        "spec.allocateLoadBalancerNodePorts",
        ONLY_LB,
    ),
    "X8 malformed": (
        balancer(loadBalancerClass="/x"),
        "X8",
        spec("loadBalancerClass"),
        "spec.loadBalancerClass",
        'Invalid value: "/x": prefix part must be non-empty',
    ),
    "X8 other type": (
        service(loadBalancerClass="x"),
        "X8",
        spec("loadBalancerClass"),
        "spec.loadBalancerClass",
        ONLY_LB,
    ),
    "X9 inaccessible": (
        service(externalTrafficPolicy="Local"),
        "X9",
        spec("externalTrafficPolicy"),
        "spec.externalTrafficPolicy",
        'Invalid value: "Local": may only be set for externally-accessible services',
    ),
    "X9 unknown": (
        service(type="NodePort", externalTrafficPolicy="local"),
        "X9",
        spec("externalTrafficPolicy"),
        "spec.externalTrafficPolicy",
        'Unsupported value: "local": supported values: "Cluster", "Local"',
    ),
    "X10": (
        balancer(healthCheckNodePort=30081),
        "X10",
        spec("healthCheckNodePort"),
        "spec.healthCheckNodePort",
        (
            "Invalid value: 30081: may only be set when `type` is 'LoadBalancer' and"
            " `externalTrafficPolicy` is 'Local'"
        ),
    ),
    "X11": (
        service(internalTrafficPolicy=""),
        "X11",
        spec("internalTrafficPolicy"),
        "spec.internalTrafficPolicy",
        'Unsupported value: "": supported values: "Cluster", "Local"',
    ),
    "X12": (
        service(trafficDistribution="Near"),
        "X12",
        spec("trafficDistribution"),
        "spec.trafficDistribution",
        (
            'Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone",'
            ' "PreferSameNode"'
        ),
    ),
    "L1": (
        service(ipFamilies=["IPv4", "IPv6"]),
        "L1",
        spec("ipFamilyPolicy"),
        "spec.ipFamilyPolicy",
        (
            "Invalid value: \"SingleStack\": must be 'RequireDualStack' or"
            " 'PreferDualStack' when multiple IP families are specified"
        ),
    ),
    "L2 policy": (
        service(ipFamilyPolicy="RequireDualStack"),
        "L2",
        spec("ipFamilyPolicy"),
        "spec.ipFamilyPolicy",
        (
            'Invalid value: "RequireDualStack": this cluster is not configured for'
            " dual-stack services"
        ),
    ),
    "L2 family": (
        service(ipFamilies=["IPv6"]),
        "L2",
        spec("ipFamilies", 0),
        "spec.ipFamilies[0]",
        'Invalid value: "IPv6": not configured on this cluster',
    ),
    "L2 address": (
        service(clusterIP="fd00::1"),
        "L2",
        spec("clusterIP"),
        "spec.clusterIPs[0]",
        'Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
    ),
    "L3 outside": (
        service(clusterIP="10.97.0.1"),
        "L3",
        spec("clusterIP"),
        "spec.clusterIPs",
        (
            'Invalid value: ["10.97.0.1"]: failed to allocate IP 10.97.0.1: the provided'
            " network does not match the current range"
        ),
    ),
    "L3 broadcast": (
        service(clusterIP="10.96.255.255"),
        "L3",
        spec("clusterIP"),
        "spec.clusterIPs",
        (
            'Invalid value: ["10.96.255.255"]: failed to allocate IP 10.96.255.255: the'
            " provided network does not match the current range"
        ),
    ),
    "L3 taken": (
        service(clusterIP="10.96.0.1"),
        "L3",
        spec("clusterIP"),
        "spec.clusterIPs",
        (
            'Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is'
            " already allocated"
        ),
    ),
    "L4": (
        service(type="NodePort", ports=port(nodePort=80)),
        "L4",
        spec("ports", 0, "nodePort"),
        "spec.ports[0].nodePort",
        f"Invalid value: 80: {OUTSIDE}",
    ),
    "L6": (
        service(
            type="NodePort",
            ports=[
                {"name": "a", "port": 1, "nodePort": 30080},
                {"name": "b", "port": 2, "nodePort": 30080, "protocol": "UDP"},
            ],
        ),
        "L6",
        spec("ports", 1, "nodePort"),
        "spec.ports[1].nodePort",
        f"Invalid value: 30080: {TAKEN}",
    ),
    "nameless": (
        service({"name": "a/b"}, clusterIP="10.96.0.9"),
        "M1",
        ("metadata", "name"),
        "spec.clusterIPs",
        (
            'Invalid value: ["10.96.0.9"]: failed to allocate IP 10.96.0.9:'
            ' IPAddress.networking.k8s.io "10.96.0.9" is invalid: spec.parentRef.name:'
            " Invalid value: \"a/b\": may not contain '/'"
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_fault_has_its_code_its_place_and_the_words_of_the_server(case: Case) -> None:
    manifest, code, path, field, message = case

    admission = admit(manifest)

    first = admission.faults[0]
    assert admission.code == 422
    assert (first.code, first.path) == (code, path)
    assert (first.cause.field, first.cause.message) == (field, message)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_refusal_that_is_named_alone_is_the_whole_message(case: Case) -> None:
    manifest, _, _, field, message = case

    admission = admit(manifest)

    answer = admission.answer()
    assert isinstance(answer, ServerAnswer)
    assert answer.causes == admission.causes
    assert f"{field}: {message}" in admission.message


def test_a_leading_digit_is_refused_up_to_1_35() -> None:
    manifest = service({"name": "1web"})

    codes = [admit(manifest, Version(1, minor)).code for minor in (34, 35, 36, 37)]

    assert codes == [422, 422, 201, 201]
    assert admit(manifest, OLD).causes[0].message == (
        f'Invalid value: "1web": {DNS1035}'
    )


def test_ambiguous_spellings_of_addresses_are_refused_from_1_36() -> None:
    spellings = ("010.096.0.9", "::ffff:10.96.0.9")

    messages = [
        [cause.message for cause in admit(service(clusterIP=text), version).causes]
        for version in (OLD, NEWEST)
        for text in spellings
    ]

    assert messages == [
        [],
        [],
        ['Invalid value: "010.096.0.9": must not have leading 0s'],
        ['Invalid value: "::ffff:10.96.0.9": must not be an IPv4-mapped IPv6 address'],
    ]


def test_a_canonical_address_is_taken_however_it_is_spelt() -> None:
    admission = admit(service(clusterIP="010.096.000.001"), OLD)

    assert [fault.code for fault in admission.faults] == ["L3"]


def test_lists_are_shown_in_go_syntax_up_to_1_33() -> None:
    manifest = service(clusterIPs=["10.96.0.8", "x<y"])

    shown = [
        admit(manifest, Version(1, minor)).causes[0].message.partition(": must be")[0]
        for minor in (33, 34)
    ]

    assert shown == [
        'Invalid value: []string{"10.96.0.8", "x<y"}',
        'Invalid value: ["10.96.0.8","x\\u003cy"]',
    ]


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (32, "the provided IP (10.97.0.1) is not in the valid range. The range of"),
        (33, "the provided network does not match the current range"),
    ],
)
def test_an_address_outside_is_refused_in_the_words_of_its_allocator(
    minor: int, words: str
) -> None:
    admission = admit(service(clusterIP="10.97.0.1"), Version(1, minor))

    assert f"failed to allocate IP 10.97.0.1: {words}" in admission.message


def test_a_node_port_in_use_is_refused() -> None:
    facts = ClusterFacts(held_node_ports=frozenset((30080,)))

    admission = admit(service(type="NodePort", ports=port(nodePort=30080)), facts=facts)

    assert [(fault.code, fault.value) for fault in admission.faults] == [("L5", 30080)]


def test_entries_with_one_port_number_share_a_node_port() -> None:
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "nodePort": 30053},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
    ]

    admission = admit(service(type="NodePort", ports=ports))

    assert admission.stored is not None
    stored = admission.stored["spec"]["ports"]
    assert [entry["nodePort"] for entry in stored] == [30053, 30053]


def test_a_health_check_port_outside_the_range_is_an_internal_error() -> None:
    manifest = balancer(externalTrafficPolicy="Local", healthCheckNodePort=80)

    admission = admit(manifest)

    text = f"failed to allocate requested HealthCheck NodePort 80: {OUTSIDE}"
    assert admission.answer() == ServerAnswer(
        500, (), f"Internal error occurred: {text}"
    )
    assert [fault.code for fault in admission.faults] == ["L7"]


def test_a_namespace_that_cannot_be_is_not_found() -> None:
    admission = admit(service({"namespace": "Shop"}))

    assert (admission.code, admission.message) == (404, 'namespaces "Shop" not found')
    assert admission.faults[0].code == "M4"


def test_a_resource_version_is_refused_when_all_else_is_well() -> None:
    admission = admit(service({"resourceVersion": "7"}))

    assert admission.answer() == ServerAnswer(
        500, (), "resourceVersion should not be set on objects to be created"
    )


def test_external_addresses_are_denied_where_the_plugin_is_on() -> None:
    facts = ClusterFacts(deny_external_ips=True)

    admission = admit(service(externalIPs=["1.2.3.4"]), facts=facts)

    assert (admission.code, admission.message) == (
        403,
        (
            'services "web" is forbidden: Use of external IPs is denied by admission'
            " control"
        ),
    )


def test_faults_of_a_later_step_are_kept_for_later() -> None:
    manifest = service(clusterIP="10.97.0.1", ports=port(name="HTTP"))

    admission = admit(manifest)

    found = [(fault.code, fault.stage, fault.later) for fault in admission.faults]
    assert found == [("L3", "allocation", False), ("P2", "validation", True)]
    assert [cause.field for cause in admission.causes] == ["spec.clusterIPs"]


def test_what_is_unknown_of_a_cluster_refuses_nothing() -> None:
    manifest = service(
        type="NodePort",
        clusterIP="192.0.2.1",
        ipFamilyPolicy="RequireDualStack",
        ports=port(nodePort=9090),
    )

    assert admit(manifest, facts=ClusterFacts()).code == 201


def test_a_cause_is_listed_once_from_1_37() -> None:
    manifest = service(selector={"a": "-", "b": "-"})

    counts = [len(admit(manifest, Version(1, minor)).causes) for minor in (36, 37)]

    assert counts == [2, 1]


@pytest.mark.parametrize(
    ("minor", "codes"), [(23, ["P5"]), (24, [])], ids=["1.23", "1.24"]
)
def test_mixed_protocols_are_refused_on_old_load_balancers(
    minor: int, codes: list[str]
) -> None:
    ports = [PORT, {"name": "quic", "port": 80, "protocol": "UDP"}]

    admission = admit(balancer(ports=ports), Version(1, minor))

    assert [fault.code for fault in admission.faults] == codes


@pytest.mark.parametrize(
    ("minor", "codes"), [(32, ["P4"]), (33, [])], ids=["1.32", "1.33"]
)
def test_the_port_of_the_kubelet_is_refused_on_old_load_balancers(
    minor: int, codes: list[str]
) -> None:
    admission = admit(balancer(ports=port(port=10250)), Version(1, minor))

    assert [fault.code for fault in admission.faults] == codes


@pytest.mark.parametrize(
    ("api_version", "old", "new"),
    [
        (
            "",
            'Invalid value: "": version must not be empty',
            "Required value: must not be empty",
        ),
        (
            "apps/",
            'Invalid value: "apps/": version must not be empty',
            'Invalid value: "apps/": must be <group>/<version> or <version>',
        ),
    ],
)
def test_an_owner_is_named_by_its_index_from_1_37(
    api_version: str, old: str, new: str
) -> None:
    owner = {"apiVersion": api_version, "kind": "ReplicaSet", "name": "a", "uid": "b"}
    manifest = service({"ownerReferences": [owner]})

    causes = [admit(manifest, Version(1, minor)).causes for minor in (36, 37)]

    assert [(cause.field, cause.message) for (cause,) in causes] == [
        ("metadata.ownerReferences.apiVersion", old),
        ("metadata.ownerReferences[0].apiVersion", new),
    ]


def test_only_one_owner_is_the_controller() -> None:
    owners = [
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": name,
            "uid": "u",
            "controller": True,
        }
        for name in ("a", "b")
    ]

    admission = admit(service({"ownerReferences": owners}))

    (fault,) = admission.faults
    assert fault.path == ("metadata", "ownerReferences", 1, "controller")
    assert fault.cause.message.endswith(
        'Found "true" in references for ReplicaSet/a and ReplicaSet/b'
    )


def test_dual_stack_families_are_completed_where_the_cluster_has_both() -> None:
    manifest = service(ipFamilyPolicy="PreferDualStack")

    families = [
        stored["spec"]["ipFamilies"]
        for facts in (IPV4_CLUSTER, DUAL_STACK_CLUSTER)
        if (stored := admit(manifest, facts=facts).stored) is not None
    ]

    assert families == [["IPv4"], ["IPv4", "IPv6"]]


def test_a_reader_is_told_in_words_of_values_that_the_server_draws() -> None:
    fault = admit(service({"name": "a/b"})).faults[0]

    assert '"<ip:v4 dynamic-band #1>" is invalid' in fault.cause.message
    assert fault.words == (
        'spec.clusterIPs: Invalid value: [""]: failed to allocate IP: '
        'IPAddress.networking.k8s.io "<allocated address>" is invalid: '
        "spec.parentRef.name: Invalid value: \"a/b\": may not contain '/'"
    )
