"""Bodies that cannot be decoded: wrong types, unknown and repeated fields."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.decoding import (
    NumberLiteral,
    UnknownField,
    decode,
    unknown_fields_of,
)
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Path
from support.services import service

REFUSED = 'Service in version "v1" cannot be handled as a Service: '

Case = tuple[dict[str, Any], Path, str, str]
CASES: dict[str, Case] = {
    "text for a number": (
        service(ports=[{"port": "80"}]),
        ("spec", "ports", 0, "port"),
        "integer",
        (
            "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port"
            " of type int32"
        ),
    ),
    "fraction": (
        service(ports=[{"port": 80.5}]),
        ("spec", "ports", 0, "port"),
        "integer",
        (
            "json: cannot unmarshal number 80.5 into Go struct field"
            " ServicePort.spec.ports.port of type int32"
        ),
    ),
    "number as it was written": (
        service(ports=[{"port": NumberLiteral("8e1")}]),
        ("spec", "ports", 0, "port"),
        "integer",
        (
            "json: cannot unmarshal number 8e1 into Go struct field"
            " ServicePort.spec.ports.port of type int32"
        ),
    ),
    "number too large": (
        service(ports=[{"port": 80, "targetPort": 3000000000}]),
        ("spec", "ports", 0, "targetPort"),
        "integer or text",
        (
            "json: cannot unmarshal number 3000000000 into Go struct field"
            " ServicePort.spec.ports.targetPort of type int32"
        ),
    ),
    "boolean for a label": (
        service(selector={"app": "web", "canary": True}),
        ("spec", "selector", "canary"),
        "text",
        (
            "json: cannot unmarshal bool into Go struct field ServiceSpec.spec.selector of"
            " type string"
        ),
    ),
    "map for a label": (
        service(selector={"matchLabels": {"app": "web"}}),
        ("spec", "selector", "matchLabels"),
        "text",
        (
            "json: cannot unmarshal object into Go struct field ServiceSpec.spec.selector"
            " of type string"
        ),
    ),
    "list for a map": (
        service(selector=[{"app": "web"}]),
        ("spec", "selector"),
        "map",
        (
            "json: cannot unmarshal array into Go struct field ServiceSpec.spec.selector of"
            " type map[string]string"
        ),
    ),
    "map for a list": (
        service(ports={"port": 80}),
        ("spec", "ports"),
        "list",
        (
            "json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of"
            " type []v1.ServicePort"
        ),
    ),
    "number for a named text": (
        service(type=80),
        ("spec", "type"),
        "text",
        (
            "json: cannot unmarshal number into Go struct field ServiceSpec.spec.type of"
            " type v1.ServiceType"
        ),
    ),
    "text for a boolean": (
        service(publishNotReadyAddresses="yes"),
        ("spec", "publishNotReadyAddresses"),
        "boolean",
        (
            "json: cannot unmarshal string into Go struct field"
            " ServiceSpec.spec.publishNotReadyAddresses of type bool"
        ),
    ),
    "no time": (
        service({"creationTimestamp": "yesterday"}),
        ("metadata", "creationTimestamp"),
        "time",
        (
            'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse'
            ' "yesterday" as "2006"'
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_wrong_type_is_named_as_the_decoder_names_it(case: Case) -> None:
    manifest, path, wanted, text = case

    admission = admit_service(manifest, ClusterFacts())

    (fault,) = admission.faults
    assert (admission.code, admission.message) == (400, REFUSED + text)
    assert (fault.code, fault.path, fault.wanted) == ("400", path, wanted)


def test_every_wrong_type_is_found_and_the_first_of_sorted_keys_is_named() -> None:
    manifest = service(type=1, clusterIP=2, ports=[{"port": "80", "nodePort": "81"}])

    faults = admit_service(manifest, ClusterFacts()).faults
    found = [(fault.path[1:], fault.later) for fault in faults]

    assert found == [
        (("clusterIP",), False),
        (("ports", 0, "nodePort"), True),
        (("ports", 0, "port"), True),
        (("type",), True),
    ]


def test_a_value_that_is_read_by_its_own_type_ends_decoding() -> None:
    manifest = service(ports=[{"port": "80", "targetPort": True}])

    faults = admit_service(manifest, ClusterFacts()).faults
    found = [fault.path[-1] for fault in faults]

    assert found == ["targetPort", "port"]


def test_a_json_body_keeps_its_order() -> None:
    manifest = service(type=1, clusterIP=2)

    admission = admit_service(manifest, ClusterFacts(), in_order=True)

    assert admission.faults[0].path == ("spec", "type")


def test_null_is_the_absent_value_everywhere() -> None:
    manifest = service(
        {"labels": None, "creationTimestamp": None},
        ports=[{"name": None, "port": 80, "targetPort": None, "protocol": None}],
    )
    manifest["spec"] |= {"type": None, "selector": {"app": None}, "clusterIP": None}

    assert admit_service(manifest, ClusterFacts()).code == 201


def test_unknown_fields_matter_only_to_who_is_strict() -> None:
    manifest = service(prots=[{"port": 80}], ports=[{"Port": 80, "port": 80}])
    manifest["Kind"] = "Service"
    said = (
        'unknown field "Kind"',
        'unknown field "spec.ports[0].Port"',
        'unknown field "spec.prots"',
    )

    answers = {
        validation: admit_service(manifest, ClusterFacts(), validation=validation)
        for validation in ("Ignore", "Warn", "Strict")
    }

    assert [answer.code for answer in answers.values()] == [201, 201, 400]
    assert answers["Warn"].warnings == said
    assert answers["Strict"].message == (
        f"{REFUSED}strict decoding error: {', '.join(said)}"
    )


def test_repeated_keys_are_named_before_unknown_ones() -> None:
    wanted = type_of("v1", "Service")
    assert wanted is not None
    repeated = ('line 3: key "name" already set in map',)

    decoded = decode(service(x=1), wanted, validation="Strict", repeated=repeated)

    assert decoded.message == (
        f"{REFUSED}strict decoding error: yaml: unmarshal errors:\n"
        '  line 3: key "name" already set in map, unknown field "spec.x"'
    )


def test_a_field_of_another_version_says_when_it_was_there() -> None:
    manifest = service(ipFamily="IPv4", topologyKeys=["*"], prots=[])

    assert unknown_fields_of(manifest) == (
        UnknownField(("spec", "ipFamily"), None, Version(1, 20)),
        UnknownField(("spec", "prots")),
        UnknownField(("spec", "topologyKeys"), None, Version(1, 22)),
    )


def test_a_field_is_unknown_before_its_version() -> None:
    manifest = service(trafficDistribution="PreferClose")

    found = [unknown_fields_of(manifest, Version(1, minor)) for minor in (29, 30)]

    path: Path = ("spec", "trafficDistribution")
    assert found == [(UnknownField(path, Version(1, 30)),), ()]


def test_a_field_that_a_version_does_not_have_may_hold_anything() -> None:
    manifest = service(ipFamilyPolicy=["x"])

    codes = [
        admit_service(manifest, ClusterFacts(version=Version(1, minor))).code
        for minor in (19, 20)
    ]

    assert codes == [201, 400]


def test_embedded_types_are_named_from_1_36() -> None:
    probe = {"grpc": {"port": "80"}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"containers": [{"name": "a", "livenessProbe": probe}]},
    }

    texts = [
        decode(pod, wanted).message.split()[-4]
        for version in (Version(1, 34), NEWEST)
        if (wanted := type_of("v1", "Pod", version)) is not None
    ]

    assert texts == [
        "GRPCAction.spec.containers.livenessProbe.grpc.port",
        "GRPCAction.spec.containers.livenessProbe.ProbeHandler.grpc.port",
    ]


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (
            {"kind": "Pod"},
            (
                'Pod in version "v1" cannot be handled as a Service: converting (v1.Pod)'
                " to (core.Service): unknown conversion"
            ),
        ),
        (
            {"kind": "service"},
            (
                'service in version "v1" cannot be handled as a Service: no kind "service"'
                ' is registered for version "v1" in scheme'
                ' "pkg/runtime/scheme.go:<line>"'
            ),
        ),
        (
            {"apiVersion": "apps/v1"},
            (
                'Service in version "v1" cannot be handled as a Service: no kind "Service"'
                ' is registered for version "apps/v1" in scheme'
                ' "pkg/runtime/scheme.go:<line>"'
            ),
        ),
    ],
)
def test_another_kind_is_no_service(identity: dict[str, str], why: str) -> None:
    admission = admit_service(service() | identity, ClusterFacts())

    assert (admission.code, admission.message) == (400, why)


def test_a_body_without_kind_and_version_is_a_service() -> None:
    manifest = service()
    del manifest["apiVersion"], manifest["kind"]

    assert admit_service(manifest, ClusterFacts()).code == 201


@pytest.mark.parametrize("body", [[], "x", 1, True])
def test_a_body_that_is_no_map_is_not_recognised(body: Any) -> None:
    assert admit_service(body, ClusterFacts()).code == 400
