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
from properties.test_service_admission import junk, manifests

BY_FAMILY = {"IPv4": ("10.96.0.10", "10.96.0.11"), "IPv6": ("fd00::1", "fd00::2")}
CIDRS = {"IPv4": "10.96.0.0/16", "IPv6": "fd00::/112"}
TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")


def known() -> st.SearchStrategy[ClusterFacts]:
    """A cluster of one family or of two, and of any version."""
    return st.builds(
        _cluster,
        st.sampled_from((("IPv4",), ("IPv6",), ("IPv4", "IPv6"), ("IPv6", "IPv4"))),
        st.integers(24, 37),
    )


def _cluster(families: tuple[str, ...], minor: int) -> ClusterFacts:
    return ClusterFacts(
        version=Version(1, minor),
        service_cidrs=tuple(CIDRS[family] for family in families),
        node_port_range=(30000, 32767),
    )


@st.composite
def ports(draw: st.DrawFn, *, node_ports: bool, numbers_once: bool) -> list[Any]:
    """One to three ports that differ in name, in port and in node port.

    Built to be taken rather than drawn and thrown away: of fields that are drawn
    each by itself the server refuses nine manifests in ten.
    """
    optional = {"protocol": st.sampled_from(("TCP", "UDP"))}
    if node_ports:
        optional["nodePort"] = st.sampled_from((30053, 30080, 30081))
    drawn: list[Any] = draw(
        st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from("abc"), "port": st.sampled_from((53, 80, 81))},
                optional=optional,
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda port: port["name"],
        )
    )
    kept: list[Any] = []
    taken: set[Any] = set()
    port_of: dict[Any, int] = {}
    for port in drawn:
        protocol = port.get("protocol", "TCP")
        number = port["port"] if numbers_once else (port["port"], protocol)
        if number in taken:
            continue
        taken.add(number)
        # Two protocols of one port may share a node port, two ports may not.
        if port_of.setdefault(port.get("nodePort"), port["port"]) != port["port"]:
            port.pop("nodePort", None)
        kept.append(port)
    return kept


@st.composite
def services(
    draw: st.DrawFn, facts: ClusterFacts, *, numbers_once: bool = False
) -> dict[str, Any]:
    """A manifest that this cluster's API server takes."""
    kind = draw(st.sampled_from((None, *TYPES)))
    outside = kind in ("NodePort", "LoadBalancer")
    spec: dict[str, Any] = {
        "ports": draw(ports(node_ports=outside, numbers_once=numbers_once))
    }
    if kind:
        spec["type"] = kind
    if kind == "ExternalName" or draw(st.booleans()):
        spec["externalName"] = "db.example.com"
    if draw(st.booleans()):
        spec["selector"] = {"app": "web"}
    if kind != "ExternalName":
        spec |= draw(_addresses(facts, headless=not outside))
    if outside:
        spec |= draw(_outside(kind == "LoadBalancer"))
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": spec,
    }


@st.composite
def _addresses(
    draw: st.DrawFn, facts: ClusterFacts, *, headless: bool
) -> dict[str, Any]:
    served = [
        family for family in BY_FAMILY if CIDRS[family] in (facts.service_cidrs or ())
    ]
    asked = draw(st.lists(st.sampled_from(served), unique=True))
    policies = ["PreferDualStack"]
    if len(served) == 2:
        policies.append("RequireDualStack")
    if len(asked) < 2:
        policies.append("SingleStack")
    spec: dict[str, Any] = {}
    if draw(st.booleans()):
        spec["ipFamilies"] = asked
    if len(asked) == 2 or draw(st.booleans()):
        spec["ipFamilyPolicy"] = draw(st.sampled_from(policies))
    if draw(st.booleans()):
        first = asked[0] if spec.get("ipFamilies") else draw(st.sampled_from(served))
        values = BY_FAMILY[first] + (("None",) if headless else ())
        spec["clusterIP"] = draw(st.sampled_from(values))
    return spec


@st.composite
def _outside(draw: st.DrawFn, balanced: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    if draw(st.booleans()):
        spec["externalTrafficPolicy"] = draw(st.sampled_from(("Cluster", "Local")))
    if balanced:
        if spec.get("externalTrafficPolicy") == "Local" and draw(st.booleans()):
            spec["healthCheckNodePort"] = draw(st.sampled_from((30090, 30100)))
        if draw(st.booleans()):
            spec["allocateLoadBalancerNodePorts"] = draw(st.booleans())
        if draw(st.booleans()):
            classes = st.sampled_from(("example.com/a", "example.com/b"))
            spec["loadBalancerClass"] = draw(classes)
    return spec


@st.composite
def clusters_with(
    draw: st.DrawFn, manifests: int, *, numbers_once: bool = False
) -> tuple[Any, ...]:
    """A cluster, some manifests it takes, and what it stores of the first."""
    facts = draw(known())
    made = [draw(services(facts, numbers_once=numbers_once)) for _ in range(manifests)]
    admission = admit_service(made[0], facts, store=True)
    assert admission.stored is not None, admission.faults
    return facts, *made, admission.stored


sendings = st.sampled_from(Sending)


def sound(admission: Admission) -> bool:
    """Whether an answer says why it refuses, or holds what is stored."""
    if admission.refused:
        return admission.stored is None and not admission.faults[0].later
    return admission.stored is not None and not admission.faults


@given(clusters_with(1), manifests(), manifests(), manifests(), sendings)
def test_every_change_is_answered(
    known: Any, stored: Any, old: Any, new: Any, sending: Sending
) -> None:
    facts, _, usual = known
    wanted = type_of("v1", "Service", facts.version)
    assert wanted is not None
    kept = admit_service(old, facts, store=True).stored or stored
    if decode(kept, wanted).faults:
        kept = usual

    change = change_service(
        kept, old, new, sending, facts, FactsPool(facts), store=True
    )

    assert sound(change.admission)


@given(clusters_with(1), junk, st.sampled_from(sorted(PATCHES)))
def test_every_patch_is_answered(known: Any, patch: Any, kind: str) -> None:
    facts, _, stored = known

    change = patch_service(stored, patch, kind, facts, FactsPool(facts), store=True)

    assert sound(change.admission)


@given(clusters_with(1))
def test_what_is_stored_may_be_sent_again(known: Any) -> None:
    facts, _, stored = known

    change = update_service(stored, stored, facts, FactsPool(facts), store=True)

    assert change == (Admission(200, (), "", change.admission.warnings, stored), (), ())


@given(clusters_with(1, numbers_once=True), sendings)
def test_a_manifest_may_be_sent_again(known: Any, sending: Sending) -> None:
    facts, old, stored = known
    # One family of two that are stored would be an attempt to give one back.
    families = old["spec"].get("ipFamilies")
    assume(not families or families == stored["spec"].get("ipFamilies"))

    change = change_service(
        stored, old, old, sending, facts, FactsPool(facts), store=True
    )

    assert change.admission.stored == stored
    assert change.released_addresses == change.released_ports == ()


@given(clusters_with(2), sendings)
def test_what_is_released_was_held_and_is_held_no_more(
    known: Any, sending: Sending
) -> None:
    facts, old, new, stored = known

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


@given(clusters_with(2, numbers_once=True))
def test_a_client_side_patch_brings_what_the_manifest_says(known: Any) -> None:
    _, old, new, stored = known

    merged = strategic_merge(stored, client_side_patch(old, new, stored))

    spec, wanted = merged["spec"], new["spec"]
    assert {key: spec[key] for key in wanted if key != "ports"} == {
        key: value for key, value in wanted.items() if key != "ports"
    }
    assert [port["port"] for port in spec["ports"]] == [
        port["port"] for port in wanted["ports"]
    ]
    assert client_side_patch(new, new, merged) == {}
