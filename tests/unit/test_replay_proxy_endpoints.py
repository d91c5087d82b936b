"""Which endpoints kube-proxy may use under each policy."""

from __future__ import annotations

import pytest

from cip_lint.kube.version import Version
from cip_lint.replay.endpoints.objects import Endpoint, Slice, SlicePort
from cip_lint.replay.proxy.endpoints import (
    PortKey,
    ProxyEndpoint,
    ProxyNode,
    categorize,
    endpoints_of_slices,
)

HERE = ProxyNode("node-a", "z1")
KEY = PortKey("shop", "web", "http", "TCP")


def make_slice(*endpoints: Endpoint, **labels: str) -> tuple[str, Slice]:
    named = {"kubernetes.io/service-name": "web", **labels}
    ports = (SlicePort("http", "TCP", 8080),)
    return "shop", Slice("IPv4", ports, named, endpoints)


def texts(endpoints: tuple[ProxyEndpoint, ...] | None) -> list[str] | None:
    return None if endpoints is None else [one.text for one in endpoints]


def test_endpoints_are_sorted_as_texts_and_only_first_addresses_count() -> None:
    made = make_slice(
        Endpoint(("10.1.0.9", "10.1.0.8")),
        Endpoint(("10.1.0.10",)),
        Endpoint(()),
        Endpoint(("fd00::1",)),
    )
    found = endpoints_of_slices([made], "IPv4", HERE)
    assert texts(found[KEY]) == ["10.1.0.10:8080", "10.1.0.9:8080"]


def test_headless_and_unlabelled_slices_do_not_count() -> None:
    endpoint = Endpoint(("10.1.0.9",))
    headless = make_slice(endpoint, **{"service.kubernetes.io/headless": ""})
    unlabelled = make_slice(endpoint, **{"kubernetes.io/service-name": ""})
    assert endpoints_of_slices([headless, unlabelled], "IPv4", HERE) == {}


def test_slices_for_other_proxies_are_left_out_by_older_versions() -> None:
    label = {"service.kubernetes.io/service-proxy-name": "x"}
    made = [make_slice(Endpoint(("10.1.0.9",)), **label)]
    assert endpoints_of_slices(made, "IPv4", HERE, Version(1, 34)) == {}
    assert KEY in endpoints_of_slices(made, "IPv4", HERE, Version(1, 36))


def test_leaving_endpoints_serve_where_no_ready_one_is_left() -> None:
    leaving = ProxyEndpoint("a:1", local=True, ready=False, terminating=True)
    ready = ProxyEndpoint("b:1", local=False)
    both = categorize([leaving, ready], HERE, uses_cluster=True, uses_local=True)
    assert texts(both.cluster) == ["b:1"]
    assert texts(both.local) == ["a:1"]
    assert texts(both.reachable) == ["a:1", "b:1"]
    alone = categorize([leaving], HERE, uses_cluster=True, uses_local=False)
    assert texts(alone.cluster) == ["a:1"]


def test_local_policy_without_endpoint_here_has_some_elsewhere() -> None:
    elsewhere = ProxyEndpoint("b:1", local=False)
    sets = categorize([elsewhere], HERE, uses_cluster=False, uses_local=True)
    assert sets == (None, None, None, True)


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ((("z1",), ("z2",)), ["a:1"]),
        ((("z1",), ()), ["a:1", "b:1"]),
        ((("z2",), ("z2",)), ["a:1", "b:1"]),
    ],
    ids=["all-have-hints", "one-has-none", "none-for-here"],
)
def test_zone_hints_count_where_all_ready_endpoints_have_them(
    hints: tuple[tuple[str, ...], tuple[str, ...]], expected: list[str]
) -> None:
    first, second = hints
    endpoints = [
        ProxyEndpoint("a:1", local=True, for_zones=first),
        ProxyEndpoint("b:1", local=False, for_zones=second),
    ]
    sets = categorize(endpoints, HERE, uses_cluster=True, uses_local=False)
    assert texts(sets.cluster) == expected
