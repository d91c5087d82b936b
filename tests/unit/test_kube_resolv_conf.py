"""The resolver configuration of a pod."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.resolv_conf import (
    NodeDns,
    NodeResolverError,
    ResolverConfig,
    asks_cluster_dns,
    pod_resolver,
    read_resolv_conf,
)
from cip_lint.kube.version import Version

NODE = NodeDns("c.test", ("192.0.2.10",), "nameserver 198.51.100.1\nsearch n.test\n")
CLUSTER = ("a.svc.c.test", "svc.c.test", "c.test")


def _resolver(spec: dict[str, Any], node: NodeDns = NODE) -> ResolverConfig:
    return pod_resolver(spec, "a", node, pod="p")


@pytest.mark.parametrize(
    ("spec", "nameserver", "searches", "ndots"),
    [
        ({}, "192.0.2.10", (*CLUSTER, "n.test"), 5),
        ({"hostNetwork": True}, "198.51.100.1", ("n.test",), 1),
        (
            {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"},
            "192.0.2.10",
            (*CLUSTER, "n.test"),
            5,
        ),
        ({"dnsPolicy": "Default"}, "198.51.100.1", ("n.test",), 1),
        (
            {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["203.0.113.1"]}},
            "203.0.113.1",
            (),
            1,
        ),
        (
            {"dnsConfig": {"searches": ["svc.c.test", "more.test"]}},
            "192.0.2.10",
            (*CLUSTER, "n.test", "more.test"),
            5,
        ),
    ],
)
def test_the_policy_decides_whom_a_pod_asks(
    spec: dict[str, Any], nameserver: str, searches: tuple[str, ...], ndots: int
) -> None:
    config = _resolver(spec)

    assert config.nameservers == (nameserver,)
    assert config.searches == searches
    assert config.ndots == ndots
    assert asks_cluster_dns(spec) == (nameserver == "192.0.2.10")


@pytest.mark.parametrize(
    ("value", "ndots"),
    [("2", 2), ("99", 15), ("0", 0), ("x", 0), (None, 1), ("9" * 9999, 15)],
)
def test_the_option_ndots_counts_as_far_as_it_is_a_number(
    value: str | None, ndots: int
) -> None:
    options = [{"name": "ndots", "value": value}, {"name": "edns0"}]

    config = _resolver({"dnsConfig": {"options": options}})

    assert config.ndots == ndots
    assert "edns0" in config.options


def test_without_cluster_dns_a_pod_gets_that_of_its_node() -> None:
    config = _resolver({}, NODE._replace(cluster_dns=()))

    assert config.nameservers == ("198.51.100.1",)
    assert [event.split()[1] for event in config.events] == ["MissingClusterDNS"] * 2
    assert 'pod: "p_a()"' in config.events[1]


def test_a_node_without_configuration_answers_at_the_loopback_address() -> None:
    config = _resolver({"dnsPolicy": "Default"}, NODE._replace(resolv_conf=None))

    assert (config.nameservers, config.searches) == (("127.0.0.1",), (".",))


def test_nameservers_beyond_the_third_are_left_out_and_reported() -> None:
    asked = [f"203.0.113.{number}" for number in range(1, 6)]

    config = _resolver({"dnsConfig": {"nameservers": asked}})

    assert config.nameservers == ("192.0.2.10", "203.0.113.1", "203.0.113.2")
    assert len(config.events) == 1
    assert config.events[0].endswith("is: 192.0.2.10 203.0.113.1 203.0.113.2")


@pytest.mark.parametrize(
    ("searches", "version", "kept"),
    [
        ([f"s{number}" for number in range(40)], Version(1, 34), 32),
        ([f"s{number}" for number in range(40)], Version(1, 25), 6),
        (["x" * 254, "s"], Version(1, 34), 5),
        ([letter * 250 for letter in "abcdefghi"], Version(1, 34), 12),
        (["s"], Version(1, 25), 5),
    ],
)
def test_the_search_list_is_cut_to_its_limits(
    searches: list[str], version: Version, kept: int
) -> None:
    spec = {"dnsConfig": {"searches": searches}}

    config = pod_resolver(spec, "a", NODE, version)

    assert len(config.searches) == kept
    assert config.searches[:4] == (*CLUSTER, "n.test")
    cut = kept < 4 + len(searches)
    assert [event.split()[2] for event in config.events] == ["Search"] * cut


def test_the_last_search_line_and_the_last_value_of_an_option_count() -> None:
    config = read_resolv_conf(
        "# search x\n nameserver 192.0.2.1\nsearch a b.\nsearch c. .\n"
        "options ndots:2 rotate\noptions ndots:3\ndomain d\n"
    )

    assert config.nameservers == ("192.0.2.1",)
    assert config.searches == ("c",)
    assert config.options == ("ndots:3", "rotate")


def test_a_nameserver_line_without_address_keeps_pods_from_starting() -> None:
    with pytest.raises(NodeResolverError, match="nameserver list is empty"):
        _resolver({}, NODE._replace(resolv_conf="nameserver\n"))


@pytest.mark.parametrize(
    "config", [7, [], {"nameservers": {}, "searches": [1, None], "options": ["x", {}]}]
)
def test_values_of_another_type_count_as_absent(config: object) -> None:
    assert _resolver({"dnsConfig": config}).searches == (*CLUSTER, "n.test")
