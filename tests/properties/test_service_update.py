"""Whatever is sent to change a Service is answered, and nothing is lost by it."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cip_lint.kube.decoding import decode
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.pools import FactsPool
from cip_lint.kube.schema import type_of
from cip_lint.kube.sending import Sending
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.service_clients import (
    PATCHES,
    change_service,
    patch_service,
)
from cip_lint.kube.service_update import update_service
from cip_lint.kube.strategic_merge import client_side_patch, strategic_merge
from cip_lint.kube.version import Version
from properties.test_service_admission import clusters, junk, manifests

TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
ADDRESSES = ("None", "10.96.0.10", "10.96.0.11", "fd00::1")
FAMILIES: tuple[list[str], ...] = (
    [],
    ["IPv4"],
    ["IPv6"],
    ["IPv4", "IPv6"],
    ["IPv6", "IPv4"],
)
POLICIES = ("SingleStack", "PreferDualStack", "RequireDualStack")

ports = st.fixed_dictionaries(
    {"name": st.sampled_from("abc"), "port": st.sampled_from((53, 80, 81))},
    optional={
        "protocol": st.sampled_from(("TCP", "UDP")),
        "nodePort": st.sampled_from((30053, 30080, 30081)),
    },
)
specs = st.fixed_dictionaries(
    {"ports": st.lists(ports, min_size=1, max_size=3)},
    optional={
        "type": st.sampled_from(TYPES),
        "externalName": st.just("db.example.com"),
        "selector": st.just({"app": "web"}),
        "clusterIP": st.sampled_from(ADDRESSES),
        "ipFamilies": st.sampled_from(FAMILIES),
        "ipFamilyPolicy": st.sampled_from(POLICIES),
        "externalTrafficPolicy": st.sampled_from(("Cluster", "Local")),
        "healthCheckNodePort": st.sampled_from((30080, 30100)),
        "allocateLoadBalancerNodePorts": st.booleans(),
        "loadBalancerClass": st.sampled_from(("example.com/a", "example.com/b")),
    },
)
services = specs.map(
    lambda spec: {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": spec,
    }
)
known = st.builds(
    ClusterFacts,
    version=st.integers(24, 37).map(lambda minor: Version(1, minor)),
    service_cidrs=st.sampled_from(
        (("10.96.0.0/16",), ("fd00::/112", "10.96.0.0/16"), ("fd00::/112",))
    ),
    node_port_range=st.just((30000, 32767)),
)
sendings = st.sampled_from(Sending)


def sound(admission: Admission) -> bool:
    """Whether an answer says why it refuses, or holds what is stored."""
    if admission.refused:
        return admission.stored is None and not admission.faults[0].later
    return admission.stored is not None and not admission.faults


@given(manifests(), manifests(), manifests(), clusters, sendings)
def test_every_change_is_answered(
    stored: Any, old: Any, new: Any, facts: ClusterFacts, sending: Sending
) -> None:
    kept = admit_service(old, facts, store=True).stored or stored
    wanted = type_of("v1", "Service", facts.version)
    assert wanted is not None
    assume(not decode(kept, wanted).faults)

    change = change_service(
        kept, old, new, sending, facts, FactsPool(facts), store=True
    )

    assert sound(change.admission)


@given(services, junk, known, st.sampled_from(sorted(PATCHES)))
def test_every_patch_is_answered(
    old: Any, patch: Any, facts: ClusterFacts, kind: str
) -> None:
    stored = admit_service(old, facts, store=True).stored
    assume(stored is not None)
    assert stored is not None

    change = patch_service(stored, patch, kind, facts, FactsPool(facts), store=True)

    assert sound(change.admission)


@given(services, known)
def test_what_is_stored_may_be_sent_again(old: Any, facts: ClusterFacts) -> None:
    stored = admit_service(old, facts, store=True).stored
    assume(stored is not None)
    assert stored is not None

    change = update_service(stored, stored, facts, FactsPool(facts), store=True)

    assert change == (Admission(200, (), "", change.admission.warnings, stored), (), ())


@given(services, known, sendings)
def test_a_manifest_may_be_sent_again(
    old: Any, facts: ClusterFacts, sending: Sending
) -> None:
    stored = admit_service(old, facts, store=True).stored
    assume(stored is not None)
    assert stored is not None
    numbers = [port["port"] for port in old["spec"]["ports"]]
    assume(len(set(numbers)) == len(numbers))
    # One family of two that are stored would be an attempt to give one back.
    families = old["spec"].get("ipFamilies")
    assume(not families or families == stored["spec"].get("ipFamilies"))

    change = change_service(
        stored, old, old, sending, facts, FactsPool(facts), store=True
    )

    assert change.admission.stored == stored
    assert change.released_addresses == change.released_ports == ()


@given(services, services, known, sendings)
def test_what_is_released_was_held_and_is_held_no_more(
    old: Any, new: Any, facts: ClusterFacts, sending: Sending
) -> None:
    stored = admit_service(old, facts, store=True).stored
    assume(stored is not None)
    assert stored is not None

    change = change_service(
        stored, old, new, sending, facts, FactsPool(facts), store=True
    )

    after = change.admission.stored
    if after is None:
        assert change.released_addresses == change.released_ports == ()
        return
    had, has = _held(stored["spec"]), _held(after["spec"])
    released = {*change.released_addresses, *change.released_ports}
    assert released <= had
    assert not released & has
    if stored["spec"]["type"] != "ExternalName":
        assert had - has == released


def _held(spec: dict[str, Any]) -> set[Any]:
    held = {*spec.get("clusterIPs", ()), spec.get("healthCheckNodePort")}
    held |= {port.get("nodePort") for port in spec.get("ports", ())}
    return held - {None, "None"}


@given(services, services, known)
def test_a_client_side_patch_brings_what_the_manifest_says(
    old: Any, new: Any, facts: ClusterFacts
) -> None:
    stored = admit_service(old, facts, store=True).stored
    assume(stored is not None)
    assert stored is not None
    for manifest in (old, new):
        numbers = [port["port"] for port in manifest["spec"]["ports"]]
        assume(len(set(numbers)) == len(numbers))

    merged = strategic_merge(stored, client_side_patch(old, new, stored))

    spec, wanted = merged["spec"], new["spec"]
    assert {key: spec[key] for key in wanted if key != "ports"} == {
        key: value for key, value in wanted.items() if key != "ports"
    }
    assert [port["port"] for port in spec["ports"]] == [
        port["port"] for port in wanted["ports"]
    ]
    assert client_side_patch(new, new, merged) == {}
