from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.admission import admit
from cip_lint.kube.facts import ClusterFacts


def route(*backends: Any, kind: str = "HTTPRoute") -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"rules": [{"backendRefs": list(backends)}]},
    }


def said(manifest: dict[str, Any]) -> list[str]:
    admission = admit(manifest, ClusterFacts())
    return [] if admission is None else [one.message for one in admission.causes]


@pytest.mark.parametrize(
    "backend",
    [
        {"name": "web", "port": 80},
        {"name": "web", "port": 80.0},
        {"name": "web", "group": "", "kind": "Service", "port": 65535},
        {"name": "web", "group": "example.com"},
        {"name": "web", "kind": "Bucket"},
        {},
        [],
        None,
    ],
)
def test_a_backend_that_is_taken(backend: object) -> None:
    assert said(route(backend)) == []


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"])
def test_a_service_needs_a_port(kind: str) -> None:
    expected = ['Invalid value: "object": Must have port for Service reference']
    assert said(route({"name": "web", "port": None}, kind=kind)) == expected


@pytest.mark.parametrize(
    ("port", "kind"),
    [("http", "string"), (True, "boolean"), (80.5, "number"), ([], "array")],
)
def test_a_port_is_a_number(port: object, kind: str) -> None:
    field = "spec.rules[0].backendRefs[0].port"
    # The rule that misses a port is not asked where a type is wrong.
    assert said(route({"name": "web", "port": port}, {"name": "api"})) == [
        f'Invalid value: "{kind}": {field} in body must be of type integer: "{kind}"'
    ]


@pytest.mark.parametrize(
    ("port", "bound"),
    [(0, "greater than or equal to 1"), (65536, "less than or equal to 65535")],
)
def test_a_port_is_in_range(port: int, bound: str) -> None:
    field = "spec.rules[0].backendRefs[0].port"
    assert said(route({"name": "web", "port": port})) == [
        f"Invalid value: {port}: {field} in body should be {bound}"
    ]


@pytest.mark.parametrize("spec", [None, [], {"rules": {}}, {"rules": ["x", None]}])
def test_a_route_of_another_shape_is_left_alone(spec: object) -> None:
    assert said({**route(), "spec": spec}) == []
