"""What the API server makes of a changed Service: kept, released or refused."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.pools import FactsPool
from cip_lint.kube.sending import Sending
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.service_clients import change_service
from cip_lint.kube.service_update import Change, update_service
from cip_lint.kube.version import Version
from support.services import DUAL_STACK_CLUSTER, IPV4_CLUSTER, service

ADDRESS = "10.96.0.40"
OTHER = "10.96.0.41"
SECOND = "fd00:10:96::40"
PINNED = {"nodePort": 30080, "port": 80}


def change(
    old: dict[str, Any],
    new: dict[str, Any],
    facts: ClusterFacts = IPV4_CLUSTER,
    sending: Sending = Sending.REPLACE,
) -> Change:
    pool = FactsPool(facts)
    created = admit_service(old, facts, store=True, pool=pool)
    assert created.stored is not None, created
    return change_service(created.stored, old, new, sending, facts, pool, store=True)


def spec_of(changed: Change) -> dict[str, Any]:
    assert changed.admission.stored is not None, changed.admission
    spec: dict[str, Any] = changed.admission.stored["spec"]
    return spec


def said(changed: Change) -> list[tuple[str, str, str]]:
    return [
        (fault.code, fault.cause.field, fault.cause.message.rpartition(": ")[2])
        for fault in changed.admission.faults
        if not fault.later
    ]


@pytest.mark.parametrize("sending", Sending)
def test_a_service_stays_headless_when_the_line_goes(sending: Sending) -> None:
    changed = change(service(clusterIP="None"), service(), sending=sending)

    assert changed.admission.code == 200
    assert spec_of(changed)["clusterIP"] == "None"


@pytest.mark.parametrize("kept", [None, "", ADDRESS])
def test_an_address_is_kept_where_nothing_else_is_asked_for(kept: str | None) -> None:
    changed = change(service(clusterIP=ADDRESS), service(clusterIP=kept))

    assert spec_of(changed)["clusterIPs"] == [ADDRESS]
    assert changed.released_addresses == ()


@pytest.mark.parametrize(
    ("new", "index"), [(OTHER, 0), ("None", 0)], ids=["other address", "headless"]
)
def test_an_address_may_not_change(new: str, index: int) -> None:
    changed = change(service(clusterIP=ADDRESS), service(clusterIP=new))

    assert said(changed) == [
        ("U2", f"spec.clusterIPs[{index}]", "may not change once set")
    ]
    assert changed.admission.faults[0].path == ("spec", "clusterIP")


def test_the_only_address_was_immutable_before_there_were_lists() -> None:
    facts = ClusterFacts(version=Version(1, 19), service_cidrs=("10.96.0.0/16",))

    changed = change(service(clusterIP=ADDRESS), service(), facts)

    assert said(changed) == [("U2", "spec.clusterIP", "field is immutable")]


def test_a_kept_none_is_refused_under_another_type() -> None:
    changed = change(service(clusterIP="None"), service(type="LoadBalancer"))

    assert said(changed) == [
        (
            "T3",
            "spec.clusterIPs[0]",
            "may not be set to 'None' for LoadBalancer services",
        )
    ]


def test_an_external_name_gives_address_and_node_ports_back() -> None:
    old = service(type="NodePort", clusterIP=ADDRESS, ports=[PINNED])

    changed = change(old, service(type="ExternalName", externalName="db.example.com"))

    assert changed.released_addresses == (ADDRESS,)
    assert changed.released_ports == (30080,)
    assert "clusterIP" not in spec_of(changed)
    assert "ipFamilies" not in spec_of(changed)


def test_what_is_refused_gives_nothing_back() -> None:
    changed = change(service(clusterIP=ADDRESS), service(type="ExternalName"))

    assert changed.admission.code == 422
    assert changed.released_addresses == ()


def test_the_second_address_goes_with_the_policy() -> None:
    old = service(clusterIP=ADDRESS, ipFamilyPolicy="RequireDualStack")
    old["spec"]["clusterIPs"] = [ADDRESS, SECOND]

    changed = change(old, service(ipFamilyPolicy="SingleStack"), DUAL_STACK_CLUSTER)

    assert changed.released_addresses == (SECOND,)
    assert spec_of(changed)["clusterIPs"] == [ADDRESS]
    assert spec_of(changed)["ipFamilies"] == ["IPv4"]


def test_a_shorter_list_needs_the_policy_to_say_so() -> None:
    old = service(clusterIP=ADDRESS, ipFamilyPolicy="RequireDualStack")
    old["spec"]["clusterIPs"] = [ADDRESS, SECOND]
    new = service(clusterIP=ADDRESS, clusterIPs=[ADDRESS], ipFamilies=["IPv4"])

    changed = change(old, new, DUAL_STACK_CLUSTER)

    words = "must be 'SingleStack' to release the secondary"
    assert said(changed) == [
        ("U3", "spec.ipFamilyPolicy", f"{words} cluster IP"),
        ("U3", "spec.ipFamilyPolicy", f"{words} IP family"),
    ]


def test_a_second_address_is_added() -> None:
    new = service(ipFamilyPolicy="RequireDualStack")

    changed = change(service(clusterIP=ADDRESS), new, DUAL_STACK_CLUSTER)

    assert spec_of(changed)["clusterIPs"] == [ADDRESS, "<ip:v6 dynamic-band #1>"]


def test_a_held_second_address_is_refused_with_the_whole_list() -> None:
    facts = DUAL_STACK_CLUSTER._replace(held_addresses=frozenset((SECOND,)))
    new = service(clusterIP=ADDRESS, ipFamilyPolicy="RequireDualStack")
    new["spec"]["clusterIPs"] = [ADDRESS, SECOND]

    changed = change(service(clusterIP=ADDRESS), new, facts)

    (cause,) = changed.admission.causes
    assert cause.message == (
        f'Invalid value: ["{ADDRESS}","{SECOND}"]: failed to allocate IP {SECOND}:'
        " provided IP is already allocated"
    )


def test_a_preference_is_not_acted_on_when_the_cluster_gains_a_family() -> None:
    old = service(ipFamilyPolicy="PreferDualStack")
    created = admit_service(old, IPV4_CLUSTER, store=True)
    assert created.stored is not None

    new = service(ipFamilyPolicy="PreferDualStack", selector={"app": "api"})
    new["spec"]["ipFamilies"] = ["IPv4"]
    pool = FactsPool(DUAL_STACK_CLUSTER)
    kept = update_service(created.stored, new, DUAL_STACK_CLUSTER, pool, store=True)

    assert spec_of(kept)["ipFamilies"] == ["IPv4"]


@pytest.mark.parametrize(
    ("sending", "kept"),
    [
        (Sending.REPLACE, False),
        (Sending.SERVER_SIDE_APPLY, True),
        (Sending.CLIENT_SIDE_APPLY, True),
    ],
)
def test_a_renamed_port_keeps_its_node_port_by_number_only(
    sending: Sending, kept: bool
) -> None:
    old = service(type="NodePort", ports=[{"name": "a", **PINNED}])
    new = service(type="NodePort", ports=[{"name": "z", "port": 80, "nodePort": None}])
    del new["spec"]["ports"][0]["nodePort"]
    old["spec"]["ports"][0].pop("nodePort")

    changed = change(old, new, sending=sending)

    drawn = spec_of(changed)["ports"][0]["nodePort"]
    assert (drawn == "<nodePort:dynamic-band #1>") is kept
    assert bool(changed.released_ports) is not kept


def test_a_node_port_may_serve_two_protocols_but_not_one_twice() -> None:
    old = service(type="NodePort", ports=[{"name": "a", **PINNED}])
    second = {"name": "b", "port": 81, "nodePort": 30080}
    udp = service(type="NodePort", ports=[{"name": "a", **PINNED}])
    udp["spec"]["ports"].append({**second, "protocol": "UDP"})
    tcp = service(type="NodePort", ports=[{"name": "a", **PINNED}, second])

    assert change(old, udp).admission.code == 200
    refused = change(old, tcp).admission
    assert (refused.code, refused.message) == (500, "duplicate nodePort: {TCP 30080}")


def test_the_health_check_port_may_not_change() -> None:
    local: dict[str, Any] = {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}

    changed = change(
        service(**local, healthCheckNodePort=30100),
        service(**local, healthCheckNodePort=30101),
    )

    assert said(changed) == [("U6", "spec.healthCheckNodePort", "field is immutable")]


def test_a_class_may_not_change_nor_go() -> None:
    old = service(type="LoadBalancer", loadBalancerClass="example.com/a")

    changed = change(old, service(type="LoadBalancer"))

    assert said(changed) == [
        ("U5", "spec.loadBalancerClass", "may not change once set")
    ]
    assert changed.admission.causes[0].message.startswith("Invalid value: null")


def test_a_spelling_that_is_refused_today_is_kept_where_it_was() -> None:
    old = service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/08"])
    created = admit_service(old, ClusterFacts(version=Version(1, 34)), store=True)
    assert created.stored is not None
    new = service(type="LoadBalancer", selector={"app": "api"})

    def answer(ranges: list[str]) -> int:
        new["spec"]["loadBalancerSourceRanges"] = ranges
        facts = ClusterFacts(version=Version(1, 36))
        changed = update_service(created.stored or {}, new, facts, FactsPool(facts))
        return changed.admission.code

    assert answer(["10.0.0.0/08"]) == 200
    assert answer(["10.0.0.0/09"]) == 422


def test_a_stored_service_without_the_newer_fields_is_completed() -> None:
    stored = service(clusterIP=ADDRESS, sessionAffinity="None", type="ClusterIP")
    pool = FactsPool(IPV4_CLUSTER)

    kept = update_service(stored, service(), IPV4_CLUSTER, pool, store=True)

    spec = spec_of(kept)
    assert (spec["clusterIPs"], spec["ipFamilies"]) == ([ADDRESS], ["IPv4"])
    assert spec["ipFamilyPolicy"] == "SingleStack"


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"name": "b"}, "the name of the object (b) does not match"),
        ({"name": ""}, "was undeterminable: name must be provided"),
        ({"namespace": "other"}, "the namespace of the provided object does not match"),
    ],
)
def test_another_object_is_refused_at_once(
    metadata: dict[str, Any], words: str
) -> None:
    changed = change(service(), service(metadata))

    assert changed.admission.code == 400
    assert words in changed.admission.message


def test_faults_of_later_steps_are_told_as_such() -> None:
    new = service(type="NodePort", ports=[{"port": 80, "nodePort": 1}])
    new["spec"]["sessionAffinity"] = "Never"

    faults = change(service(), new).admission.faults

    assert [(fault.code, fault.later) for fault in faults] == [
        ("L4", False),
        ("F1", True),
    ]


def test_the_plugin_denies_new_external_ips_only() -> None:
    facts = IPV4_CLUSTER._replace(deny_external_ips=True)
    stored = service(externalIPs=["192.0.2.1", "192.0.2.2"], clusterIP=ADDRESS)

    def code(*addresses: str) -> int:
        new = service(externalIPs=list(addresses))
        return update_service(stored, new, facts, FactsPool(facts)).admission.code

    assert code("192.0.2.2") == 200
    assert code("192.0.2.2", "192.0.2.3") == 403


LOCAL: dict[str, Any] = {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            service(type="NodePort", ports=[PINNED]),
            service(
                **LOCAL, allocateLoadBalancerNodePorts=False, healthCheckNodePort=30080
            ),
            500,
        ),
        (
            service(**LOCAL, healthCheckNodePort=30080),
            service(type="NodePort", ports=[PINNED]),
            422,
        ),
    ],
    ids=["to-health-checks", "to-a-node-port"],
)
def test_a_number_cannot_change_its_use_in_one_step(
    old: dict[str, Any], new: dict[str, Any], code: int
) -> None:
    stored = admit_service(old, IPV4_CLUSTER, store=True).stored
    assert stored is not None
    pool = FactsPool(IPV4_CLUSTER)

    changed = update_service(stored, new, IPV4_CLUSTER, pool)

    assert changed.admission.code == code
    assert "provided port is already allocated" in changed.admission.message
