"""What the endpoint controllers make of Services and pods."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.well_known import MANAGED_BY, SERVICE_NAME
from cip_lint.kube.workloads import Workload
from cip_lint.replay.endpoints.objects import (
    Endpoint,
    LegacyAddress,
    Slice,
    SlicePort,
    Subset,
    read_endpoints,
    read_slice,
)
from cip_lint.replay.endpoints.slices import (
    PodState,
    Published,
    RunningPod,
    publish,
    publisher,
)

SLICE_LABELS = {SERVICE_NAME: "web", MANAGED_BY: "endpointslice-controller.k8s.io"}
MIRROR_LABELS = {
    SERVICE_NAME: "web",
    MANAGED_BY: "endpointslicemirroring-controller.k8s.io",
}
HTTP = {"name": "http", "containerPort": 8080}
METRICS = {"name": "metrics", "containerPort": 9090}
SELECTOR = {"app": "web"}


def _service(metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    ports = spec.pop("ports", [{"port": 80, "protocol": "TCP", "targetPort": "http"}])
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", **(metadata or {})},
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "10.96.0.5",
            "clusterIPs": ["10.96.0.5"],
            "ipFamilies": ["IPv4"],
            "selector": SELECTOR,
            "ports": ports,
            **spec,
        },
    }


def _pod(
    name: str,
    *ports: dict[str, Any],
    state: PodState | None = None,
    **spec: Any,
) -> RunningPod:
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": SELECTOR},
        "spec": {"containers": [{"name": "c", "ports": list(ports)}], **spec},
    }
    workload = Workload(manifest)
    state = state or PodState(ips=("10.1.0.1",), node="a", zone="z1")
    return RunningPod(
        name, workload.labels, workload.hostname, workload.subdomain, workload, state
    )


def _publish(service: dict[str, Any], *pods: RunningPod, **made: Any) -> Published:
    return publish(publisher(service), pods, **made)


def _ready(pod: str, address: str = "10.1.0.1", **more: Any) -> Endpoint:
    return Endpoint((address,), True, True, False, node="a", zone="z1", pod=pod, **more)


def test_pods_are_grouped_by_the_ports_that_they_resolve() -> None:
    ports = [
        {"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"},
        {"name": "metrics", "port": 81, "protocol": "TCP", "targetPort": "metrics"},
    ]
    pods = (_pod("a", HTTP, METRICS), _pod("b", HTTP), _pod("c"))

    published = _publish(_service(ports=ports), *pods)

    http, metrics = SlicePort("http", "TCP", 8080), SlicePort("metrics", "TCP", 9090)
    assert published.slices == (
        Slice("IPv4", (http, metrics), SLICE_LABELS, (_ready("a"),)),
        Slice("IPv4", (http,), SLICE_LABELS, (_ready("b"),)),
        Slice("IPv4", (), SLICE_LABELS, (_ready("c"),)),
    )
    a, b = (LegacyAddress("10.1.0.1", node="a", pod=name) for name in "ab")
    assert published.endpoints is not None
    assert sorted(published.endpoints.subsets) == [
        Subset((a,), (), (metrics,)),
        Subset((a, b), (), (http,)),
    ]


def test_without_pods_an_empty_slice_is_kept_for_each_family() -> None:
    service = _service(ipFamilies=["IPv4", "IPv6"])

    assert _publish(service).slices == (
        Slice("IPv4", (), SLICE_LABELS, ()),
        Slice("IPv6", (), SLICE_LABELS, ()),
    )


@pytest.mark.parametrize(
    ("state", "conditions"),
    [
        (PodState(("10.1.0.1",), node="a"), (True, True, False)),
        (PodState(("10.1.0.1",), ready=False, node="a"), (False, False, False)),
        (PodState(("10.1.0.1",), node="a", terminating=True), (False, True, True)),
        (PodState(("10.1.0.1",), node="a", phase="Failed"), None),
        (PodState(("10.1.0.1",), node="a", phase="Succeeded"), None),
        (PodState((), node="a"), None),
        (PodState(("10.1.0.1",)), None),
        (PodState(("10.1.0.1",), node="gone", node_exists=False), None),
        (PodState(("fd00::1",), node="a"), None),
    ],
)
def test_conditions_follow_the_state_of_a_pod(
    state: PodState, conditions: tuple[bool, bool, bool] | None
) -> None:
    (made,) = _publish(_service(), _pod("p", HTTP, state=state)).slices

    assert [tuple(e[1:4]) for e in made.endpoints] == (
        [conditions] if conditions else []
    )


def test_a_service_that_publishes_unready_pods_calls_them_ready() -> None:
    service = _service(publishNotReadyAddresses=True)
    states = (
        PodState(("10.1.0.1",), ready=False, node="a"),
        PodState(("10.1.0.2",), node="a", terminating=True),
        PodState(("10.1.0.3",)),
    )
    pods = (_pod(f"p{n}", HTTP, state=state) for n, state in enumerate(states))

    published = _publish(service, *pods)

    assert [e[1:4] for e in published.slices[0].endpoints] == [
        (True, False, False),
        (True, True, True),
        (True, True, False),
    ]
    assert published.endpoints is not None
    assert [a.ip for a in published.endpoints.subsets[0].addresses] == [
        "10.1.0.1",
        "10.1.0.2",
    ]


def test_a_hostname_is_published_only_by_the_service_that_the_subdomain_names() -> None:
    named = _pod("a", HTTP, hostname="h", subdomain="web")
    other = _pod("b", HTTP, hostname="h", subdomain="other")

    (made,) = _publish(_service(), named, other).slices

    assert [endpoint.hostname for endpoint in made.endpoints] == ["h", ""]


@pytest.mark.parametrize(
    ("wish", "annotations", "zones", "nodes"),
    [
        ("", {}, (), ()),
        ("PreferClose", {}, ("z1",), ()),
        ("PreferSameZone", {}, ("z1",), ()),
        ("PreferSameNode", {}, ("z1",), ("a",)),
        ("PreferClose", {"service.kubernetes.io/topology-mode": "Auto"}, (), ()),
        ("PreferClose", {"service.kubernetes.io/topology-mode": "Disabled"}, ("z1",), ()),
    ],
)  # fmt: skip
def test_traffic_distribution_becomes_hints(
    wish: str,
    annotations: dict[str, str],
    zones: tuple[str, ...],
    nodes: tuple[str, ...],
) -> None:
    service = _service({"annotations": annotations}, trafficDistribution=wish)

    (made,) = _publish(service, _pod("a", HTTP)).slices

    assert [(e.for_zones, e.for_nodes) for e in made.endpoints] == [(zones, nodes)]


def test_labels_of_the_service_are_copied_but_for_those_of_the_controller() -> None:
    labels = {"team": "x", SERVICE_NAME: "zzz", MANAGED_BY: "me"}
    headless = {"clusterIP": "None", "clusterIPs": ["None"]}

    published = _publish(_service({"labels": labels}, **headless))

    mark = {"service.kubernetes.io/headless": ""}
    assert published.slices[0].labels == {**SLICE_LABELS, **mark, "team": "x"}
    assert published.endpoints is not None
    assert published.endpoints.labels == {
        **labels,
        **mark,
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }


def test_a_headless_service_without_ports_has_addresses_all_the_same() -> None:
    service = _service(clusterIP="None", clusterIPs=["None"], ports=[])

    published = _publish(service, _pod("a", HTTP))

    assert [e.pod for e in published.slices[0].endpoints] == ["a"]
    assert published.endpoints is not None
    assert published.endpoints.subsets == (
        Subset((LegacyAddress("10.1.0.1", node="a", pod="a"),), (), ()),
    )


def test_a_slice_holds_a_hundred_endpoints() -> None:
    pods = [
        _pod(f"p{n}", HTTP, state=PodState((f"10.1.{n}.1",), node="a"))
        for n in range(103)
    ]

    assert [len(s.endpoints) for s in _publish(_service(), *pods).slices] == [100, 3]


@pytest.mark.parametrize(
    "spec",
    [
        {"selector": None},
        {"selector": {}},
        {"type": "ExternalName", "externalName": "example.com"},
    ],
)
def test_without_a_selector_the_controllers_do_nothing(spec: dict[str, Any]) -> None:
    assert _publish(_service(**spec), _pod("a", HTTP)) == Published((), None)


HAND_MADE: dict[str, Any] = {
    "kind": "EndpointSlice",
    "metadata": {"name": "s1", "labels": {SERVICE_NAME: "web"}},
    "addressType": "IPv4",
    "endpoints": [{"addresses": ["192.0.2.9"], "conditions": {"ready": False}}],
    "ports": [{"port": 9999}],
}
ENDPOINTS: dict[str, Any] = {
    "kind": "Endpoints",
    "metadata": {"name": "web"},
    "subsets": [
        {
            "addresses": [{"ip": "192.0.2.1"}, {"ip": "2001:db8::1", "hostname": "h"}],
            "notReadyAddresses": [{"ip": "192.0.2.2"}],
            "ports": [{"port": 8080}],
        }
    ],
}


def test_a_hand_made_slice_adds_endpoints_beside_a_selector() -> None:
    published = _publish(_service(), _pod("a", HTTP), slices=[HAND_MADE])

    assert [(s.name, len(s.endpoints)) for s in published.slices] == [
        ("s1", 1),
        ("", 1),
    ]
    assert published.slices[0].endpoints == (Endpoint(("192.0.2.9",), ready=False),)


def test_the_controller_deletes_a_slice_that_claims_to_be_its_own() -> None:
    claimed = {**HAND_MADE, "metadata": {"name": "s1", "labels": SLICE_LABELS}}

    selecting = _publish(_service(), slices=[claimed])
    selectorless = _publish(_service(selector=None), slices=[claimed])

    assert [made.name for made in selecting.slices] == [""]
    assert [made.name for made in selectorless.slices] == ["s1"]


def test_endpoints_of_a_service_without_selector_are_mirrored_by_family() -> None:
    published = _publish(_service(selector=None), endpoints=ENDPOINTS)

    port = (SlicePort("", "TCP", 8080),)
    assert published.slices == (
        Slice(
            "IPv4",
            port,
            MIRROR_LABELS,
            (
                Endpoint(("192.0.2.1",), ready=True),
                Endpoint(("192.0.2.2",), ready=False),
            ),
        ),
        Slice(
            "IPv6",
            port,
            MIRROR_LABELS,
            (Endpoint(("2001:db8::1",), ready=True, hostname="h"),),
        ),
    )
    assert published.endpoints == read_endpoints(ENDPOINTS)


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}},
        {"annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}},
    ],
)
def test_endpoints_that_ask_for_it_are_not_mirrored(metadata: dict[str, Any]) -> None:
    endpoints = {**ENDPOINTS, "metadata": {"name": "web", **metadata}}

    assert _publish(_service(selector=None), endpoints=endpoints).slices == ()


def test_the_controller_overwrites_endpoints_of_a_service_with_a_selector() -> None:
    endpoints = {**ENDPOINTS, "metadata": {"name": "web", "annotations": {"a": "b"}}}

    published = _publish(_service(), endpoints=endpoints)

    assert published.endpoints is not None
    assert (published.endpoints.subsets, published.endpoints.annotations) == (
        (),
        {"a": "b"},
    )


@pytest.mark.parametrize("value", [None, 1, "x", [], [None], {"a": 1}, [{"ports": 1}]])
def test_hand_made_objects_of_any_shape_are_read(value: Any) -> None:
    read_slice({"metadata": value, "endpoints": value, "ports": value})
    read_endpoints({"metadata": value, "subsets": value})
    read_endpoints({"subsets": [{"addresses": value, "ports": value}]})
