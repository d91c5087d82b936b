"""What clients send to change a Service, and what patches make of it."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.applied_fields import applied
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.json_patches import json_merge, json_patch
from cip_lint.kube.pools import FactsPool
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_clients import patch_service
from cip_lint.kube.strategic_merge import client_side_patch, strategic_merge
from support.services import service

DNS = {"name": "dns", "port": 53}
DNS_UDP = {"name": "dns-udp", "port": 53, "protocol": "UDP"}


def ports(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"spec": {"ports": list(items), **fields}}


def apply(stored: Any, config: Any, earlier: Any) -> Any:
    wanted = type_of("v1", "Service")
    assert wanted is not None
    return applied(stored, config, earlier, wanted)


# JSON merge patches and JSON patches ------------------------------------------------


def test_a_merge_patch_removes_nulls_and_replaces_lists() -> None:
    stored = {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": "text"}

    assert json_merge(stored, {"a": {"b": None}, "l": [3], "x": {"y": None}}) == {
        "a": {"c": 2},
        "l": [3],
        "x": {},
    }
    assert json_merge(stored, [1]) == [1]
    assert stored["a"] == {"b": 1, "c": 2}


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2], "b/c": "d"}),
        ([{"op": "add", "path": "/a/-", "value": 9}], {"a": [1, 2, 9], "b/c": "d"}),
        ([{"op": "remove", "path": "/b~1c"}], {"a": [1, 2]}),
        ([{"op": "replace", "path": "/a/0", "value": 7}], {"a": [7, 2], "b/c": "d"}),
        ([{"op": "replace", "path": "", "value": 7}], 7),
        ([{"op": "move", "from": "/b~1c", "path": "/e"}], {"a": [1, 2], "e": "d"}),
        ([{"op": "copy", "from": "/a/0", "path": "/b~1c"}], {"a": [1, 2], "b/c": 1}),
        ([{"op": "test", "path": "/a/1", "value": 2}], {"a": [1, 2], "b/c": "d"}),
    ],
)
def test_operations_are_carried_out(operations: list[Any], expected: Any) -> None:
    stored = {"a": [1, 2], "b/c": "d"}

    assert json_patch(stored, operations) == expected
    assert stored == {"a": [1, 2], "b/c": "d"}


@pytest.mark.parametrize(
    "operations",
    [
        {"op": "remove"},
        ["remove"],
        [{"op": "remove", "path": "/z"}],
        [{"op": "remove", "path": "a"}],
        [{"op": "remove", "path": "/a/7"}],
        [{"op": "add", "path": "/a/x", "value": 1}],
        [{"op": "add", "path": "/b/x", "value": 1}],
        [{"op": "test", "path": "/b", "value": 1}],
        [{"op": "turn", "path": "/b"}],
        [{"op": "move", "path": "/b"}],
        [{"op": "remove", "path": "/b"}] * 10_001,
    ],
)
def test_an_impossible_operation_is_a_reason(operations: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json_patch({"a": [1, 2], "b": "c"}, operations)


def test_the_server_refuses_an_impossible_patch() -> None:
    facts = ClusterFacts()
    changed = patch_service(
        service(),
        [{"op": "remove", "path": "/spec/none"}],
        "application/json-patch+json",
        facts,
        FactsPool(facts),
    )

    assert changed.admission.code == 422
    assert changed.admission.message.startswith("the server rejected our request")


# Strategic merge patches ------------------------------------------------------------


def test_maps_are_merged_and_other_lists_replaced() -> None:
    stored = {"spec": {"selector": {"a": "1", "b": "2"}, "externalIPs": ["192.0.2.1"]}}
    patch = {"spec": {"selector": {"b": None, "c": "3"}, "externalIPs": ["192.0.2.2"]}}

    assert strategic_merge(stored, patch) == {
        "spec": {"selector": {"a": "1", "c": "3"}, "externalIPs": ["192.0.2.2"]}
    }


def test_ports_are_merged_by_number_and_put_in_order() -> None:
    stored = ports({"port": 1, "name": "a"}, {"port": 2, "name": "b"}, {"port": 3})
    order = [{"port": 4}, {"port": 2}, {"port": 1}]
    patch = ports({"port": 2, "name": "z"}, {"port": 4})
    patch["spec"]["$setElementOrder/ports"] = order

    merged = strategic_merge(stored, patch)["spec"]["ports"]

    assert merged == [
        {"port": 4},
        {"port": 2, "name": "z"},
        {"port": 1, "name": "a"},
        {"port": 3},
    ]


def test_an_order_alone_moves_the_items() -> None:
    stored = ports({"port": 1}, {"port": 2})
    patch = {"spec": {"$setElementOrder/ports": [{"port": 2}, {"port": 1}]}}

    assert strategic_merge(stored, patch) == ports({"port": 2}, {"port": 1})


def test_one_number_under_two_protocols_is_one_item() -> None:
    assert strategic_merge(ports(DNS), ports(DNS, DNS_UDP)) == ports(DNS_UDP)
    both = ports(DNS, DNS_UDP)
    deletion = ports({"$patch": "delete", "port": 53})
    assert strategic_merge(both, deletion) == ports()


def test_directives_replace_delete_and_retain() -> None:
    stored = {"metadata": {"finalizers": ["a", "b"]}, "spec": {"x": 1, "y": 2}}

    replaced = {"spec": {"$patch": "replace", "z": 3}}
    assert strategic_merge(stored, replaced)["spec"] == {"z": 3}
    assert strategic_merge(stored, {"spec": {"$patch": "delete"}})["spec"] == {}
    retained = {"spec": {"$retainKeys": ["y"]}}
    assert strategic_merge(stored, retained)["spec"] == {"y": 2}
    names = {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}
    merged = strategic_merge(stored, {"metadata": names})
    assert merged["metadata"] == {"finalizers": ["b", "c"]}
    anew = strategic_merge(ports(DNS), ports({"$patch": "replace"}, {"port": 1}))
    assert anew == ports({"port": 1})


def test_a_client_sends_what_differs_and_takes_back_what_it_had_written() -> None:
    old = ports({"port": 80, "name": "a"}, {"port": 81}, sessionAffinity="ClientIP")
    stored = ports(
        {"port": 80, "name": "a", "protocol": "TCP", "nodePort": 30080},
        {"port": 81, "protocol": "TCP"},
        sessionAffinity="ClientIP",
        clusterIP="10.96.0.1",
    )
    new = ports({"port": 80, "targetPort": "web"}, type="NodePort")

    assert client_side_patch(old, new, stored) == {
        "spec": {
            "ports": [
                {"targetPort": "web", "name": None, "port": 80},
                {"$patch": "delete", "port": 81},
            ],
            "$setElementOrder/ports": [{"port": 80}],
            "type": "NodePort",
            "sessionAffinity": None,
        }
    }
    assert client_side_patch(old, old, stored) == {}


def test_ports_that_share_a_number_are_paired_in_their_order() -> None:
    old = ports(DNS, DNS_UDP)
    stored = ports({**DNS, "protocol": "TCP"}, DNS_UDP)
    new = ports(DNS, {**DNS_UDP, "targetPort": 5353})

    patch = client_side_patch(old, new, stored)

    assert patch["spec"]["ports"] == [{"targetPort": 5353, "port": 53}]
    merged = strategic_merge(stored, patch)["spec"]["ports"]
    assert [port.get("targetPort") for port in merged] == [5353, None]


@pytest.mark.parametrize("odd", [None, 7, "text", [], {"port": []}, [1], [None], [{}]])
def test_odd_manifests_are_no_trouble(odd: Any) -> None:
    for old, new, stored in (
        (odd, ports(DNS), ports(DNS)),
        (ports(DNS), ports(DNS), {"spec": odd}),
        (ports(DNS), {"spec": {"ports": odd}}, ports(DNS)),
        ({"spec": {"ports": odd}}, ports(DNS), ports(DNS)),
    ):
        if isinstance(old, dict):
            patch = client_side_patch(old, new, stored)
            strategic_merge(stored, patch)


# Server-side apply ------------------------------------------------------------------


def test_what_was_applied_before_and_is_left_out_goes() -> None:
    earlier = {
        "metadata": {"labels": {"a": "1", "b": "2"}},
        "spec": {"type": "NodePort"},
    }
    stored = {
        "metadata": {"labels": {"a": "1", "b": "2", "other": "x"}},
        "spec": {"type": "NodePort", "clusterIP": "10.96.0.1"},
    }

    assert apply(stored, {"metadata": {"labels": {"a": "1"}}, "spec": {}}, earlier) == {
        "metadata": {"labels": {"a": "1", "other": "x"}},
        "spec": {"clusterIP": "10.96.0.1"},
    }


def test_ports_are_one_by_number_and_protocol() -> None:
    stored = ports({**DNS, "protocol": "TCP", "nodePort": 30053}, DNS_UDP)

    merged = apply(
        stored, ports({**DNS, "name": "new"}, {"port": 54}), ports(DNS, DNS_UDP)
    )

    assert merged == ports(
        {"name": "new", "port": 53, "protocol": "TCP", "nodePort": 30053}, {"port": 54}
    )


def test_items_of_others_keep_their_place() -> None:
    stored = ports({"port": 1}, {"port": 2}, {"port": 3}, {"port": 4})
    mine = ports({"port": 3}, {"port": 1})

    assert apply(stored, ports({"port": 3}, {"port": 9}, {"port": 1}), mine) == ports(
        {"port": 2}, {"port": 3}, {"port": 4}, {"port": 9}, {"port": 1}
    )


def test_a_selector_is_replaced_as_a_whole() -> None:
    stored = {"spec": {"selector": {"a": "1", "b": "2"}}}

    assert apply(stored, {"spec": {"selector": {"c": "3"}}}, {}) == {
        "spec": {"selector": {"c": "3"}}
    }


def test_a_whole_struct_goes_with_its_defaults() -> None:
    config = {"clientIP": {"timeoutSeconds": 90}}
    stored = {"spec": {"sessionAffinity": "ClientIP", "sessionAffinityConfig": config}}
    new = {"spec": {"sessionAffinity": "ClientIP"}}

    assert apply(stored, new, stored) == new
