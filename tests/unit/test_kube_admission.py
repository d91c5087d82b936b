"""Other kinds than Service are refused as the API server refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.admission import admit
from cip_lint.kube.decoding import UnknownField, unknown_fields_of
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Path

WEB = {"app": "web"}


def manifest(
    api_version: str, kind: str, name: str = "web", **top: Any
) -> dict[str, Any]:
    identity = {"apiVersion": api_version, "kind": kind}
    return {**identity, "metadata": {"name": name}, **top}


def pod(**container: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "web", "image": "web", **container}]}
    return manifest("v1", "Pod", spec=spec)


def workload(
    kind: str, selector: Any, labels: Any = None, api_version: str = "apps/v1"
) -> dict[str, Any]:
    containers = [{"name": "web", "image": "web"}]
    template = {
        "metadata": {"labels": WEB if labels is None else labels},
        "spec": {"containers": containers, "restartPolicy": "Always"},
    }
    return manifest(
        api_version, kind, spec={"selector": selector, "template": template}
    )


def ingress(backend: Any) -> dict[str, Any]:
    spec = {"defaultBackend": backend}
    return manifest("networking.k8s.io/v1", "Ingress", spec=spec)


def policy(port: Any) -> dict[str, Any]:
    spec = {"podSelector": {}, "ingress": [{"ports": [port]}]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", spec=spec)


def endpoint_slice(
    address_type: str, *addresses: str, ports: Any = ()
) -> dict[str, Any]:
    return manifest(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        addressType=address_type,
        endpoints=[{"addresses": list(addresses)}],
        ports=list(ports),
    )


def answer(body: dict[str, Any], version: Version = NEWEST) -> Admission:
    admission = admit(body, ClusterFacts(version), store=True)
    assert admission is not None
    return admission


SPEC = "spec.containers[0]"


@pytest.mark.parametrize(
    ("body", "code", "field", "message"),
    [
        (
            pod(ports=[{"containerPort": 80, "name": "a" * 16}]),
            "K-port-name",
            f"{SPEC}.ports[0].name",
            'Invalid value: "aaaaaaaaaaaaaaaa": must be no more than 15 characters',
        ),
        (
            pod(ports=[{"name": "http"}]),
            "K-port-number",
            f"{SPEC}.ports[0].containerPort",
            "Required value",
        ),
        (
            pod(ports=[{"containerPort": 80, "protocol": "tcp"}]),
            "K-port-protocol",
            f"{SPEC}.ports[0].protocol",
            'Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
        ),
        (
            pod(ports=[{"containerPort": port, "hostPort": 9} for port in (80, 81)]),
            "K-host-port",
            f"{SPEC}.ports[1].hostPort",
            'Duplicate value: "TCP//9"',
        ),
        (
            pod(readinessProbe={"httpGet": {"port": "80"}}),
            "K-probe-port",
            f"{SPEC}.readinessProbe.httpGet.port",
            'Invalid value: "80": must contain at least one letter (a-z)',
        ),
        (
            pod(livenessProbe={}),
            "K-probe",
            f"{SPEC}.livenessProbe",
            "Required value: must specify a handler type",
        ),
        (
            workload("Deployment", {"matchLabels": {"app": "api"}}),
            "W-selector",
            "spec.template.metadata.labels",
            'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ),
        (
            workload("ReplicaSet", {}),
            "W-selector",
            "spec.selector",
            "Invalid value: {}: empty selector is invalid for deployment",
        ),
        (
            workload("ReplicationController", {"app": "api"}, api_version="v1"),
            "W-selector",
            "spec.template.metadata.labels",
            'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ),
        (
            ingress({"service": {"name": "web"}}),
            "I-backend-port",
            "spec.defaultBackend",
            "Required value: port name or number is required",
        ),
        (
            policy({"port": "http", "endPort": 90}),
            "N-port",
            "spec.ingress[0].ports[0].endPort",
            "Invalid value: 90: may not be specified when `port` is non-numeric",
        ),
        (
            endpoint_slice("IPv6", "10.1.2.3"),
            "E-address",
            "endpoints[0].addresses",
            'Invalid value: "10.1.2.3": must be an IPv6 address',
        ),
        (
            endpoint_slice("IPv4", "10.1.2.3", ports=[{"port": 1}, {"port": 2}]),
            "E-port",
            "ports[1].name",
            'Duplicate value: ""',
        ),
        (
            manifest("networking.k8s.io/v1", "ServiceCIDR", spec={"cidrs": []}),
            "R-cidr",
            "spec.cidrs",
            "Required value: at least one CIDR required",
        ),
        (
            manifest(
                "networking.k8s.io/v1",
                "IPAddress",
                "fd00::0:1",
                spec={"parentRef": {"resource": "services", "name": "web"}},
            ),
            "M2",
            "metadata.name",
            'Invalid value: "fd00::0:1": must be in canonical form ("fd00::1")',
        ),
    ],
)
def test_a_fault_is_named_in_the_server_s_words(
    body: dict[str, Any], code: str, field: str, message: str
) -> None:
    admission = answer(body)

    got = [(one.code, one.cause.field, one.cause.message) for one in admission.faults]
    assert (admission.code, got) == (422, [(code, field, message)])


def test_a_mismatch_points_at_both_sides() -> None:
    fault = answer(workload("StatefulSet", {"matchLabels": {"app": "api"}})).faults[0]

    labels: Path = ("spec", "template", "metadata", "labels")
    assert (fault.path, fault.other) == (labels, ("spec", "selector"))


def test_a_missing_selector_is_required_except_by_a_daemon_set() -> None:
    kinds = ("Deployment", "DaemonSet")

    got = [
        [one.reason for one in answer(workload(kind, None)).faults] for kind in kinds
    ]
    assert got == [
        ["FieldValueRequired", "FieldValueInvalid"],
        ["FieldValueInvalid"],
    ]


def test_a_job_gets_its_selector_from_the_server() -> None:
    job = workload("Job", None, api_version="batch/v1")
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    admission = answer(job)

    assert admission.stored is not None
    assert admission.stored["spec"]["selector"] == {
        "matchLabels": {"batch.kubernetes.io/controller-uid": "<uid>"}
    }
    assert (
        answer({**job, "spec": {**job["spec"], "selector": {"matchLabels": WEB}}}).code
        == 422
    )


def test_ports_that_repeat_are_only_warned_of() -> None:
    admission = answer(pod(ports=[{"containerPort": 80}, {"containerPort": 80}]))

    assert (admission.code, admission.warnings) == (
        201,
        (f"{SPEC}.ports[1]: duplicate port definition with {SPEC}.ports[0]",),
    )


def test_a_wrong_type_hides_everything_else() -> None:
    admission = answer(pod(ports=[{"containerPort": "80"}]))

    assert (admission.code, [one.path for one in admission.faults]) == (
        400,
        [("spec", "containers", 0, "ports", 0, "containerPort")],
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "message"),
    [
        ("extensions/v1beta1", "Ingress", "404 page not found\n"),
        (
            "apps/v1beta1",
            "Deployment",
            "the server could not find the requested resource",
        ),
    ],
)
def test_a_removed_version_is_not_found(
    api_version: str, kind: str, message: str
) -> None:
    admission = answer(manifest(api_version, kind))

    assert (admission.code, admission.message) == (404, message)
    assert [one.code for one in admission.faults] == ["not-served"]


def test_a_leading_digit_in_a_backend_is_fine_since_1_36() -> None:
    body = ingress({"service": {"name": "1web", "port": {"number": 80}}})

    got = [answer(body, Version(1, minor)).code for minor in (34, 36)]
    assert got == [422, 201]


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": 3}, manifest("v1", "ConfigMap"), manifest("example.com/v1", "Shop")],
)
def test_other_kinds_are_not_judged(body: dict[str, Any]) -> None:
    assert admit(body, ClusterFacts()) is None


def test_an_autoscaler_is_stored_with_the_server_s_defaults() -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3}
    admission = answer(manifest("autoscaling/v1", "HorizontalPodAutoscaler", spec=spec))

    assert admission.stored is not None
    assert admission.stored["spec"] == {
        **spec,
        "minReplicas": 1,
        "targetCPUUtilizationPercentage": 80,
    }


def test_an_autoscaler_is_read_by_its_types() -> None:
    cpu = {"name": "cpu", "target": {"averageUtilization": "80"}}
    spec = {"maxReplicas": "3", "metrics": [{"type": "Resource", "resource": cpu}]}

    admission = answer(manifest("autoscaling/v2", "HorizontalPodAutoscaler", spec=spec))

    assert admission.code == 400
    assert admission.faults[0].cause.message == (
        "json: cannot unmarshal string into Go struct field"
        " HorizontalPodAutoscalerSpec.spec.maxReplicas of type int32"
    )
    assert [one.path for one in admission.faults] == [
        ("spec", "maxReplicas"),
        ("spec", "metrics", 0, "resource", "target", "averageUtilization"),
    ]


def test_a_field_that_a_version_does_not_have_yet_is_unknown() -> None:
    body = pod(livenessProbe={"grpc": {"port": 80, "mode": "TLS"}})
    path = ("spec", "containers", 0, "livenessProbe", "grpc", "mode")

    found = [unknown_fields_of(body, Version(1, minor)) for minor in (36, 37)]

    assert found == [(UnknownField(path, since=Version(1, 37)),), ()]


def test_an_ordinary_object_costs_neither_warnings_nor_a_stored_form() -> None:
    body = workload("Deployment", {"matchLabels": WEB})

    assert admit(body, ClusterFacts()) == Admission(201)
