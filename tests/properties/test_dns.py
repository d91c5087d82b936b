"""Cluster DNS and the resolver of a pod, whatever they are asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.resolv_conf import NodeDns, NodeResolverError, pod_resolver
from cip_lint.replay.dns.lookups import look_up
from cip_lint.replay.dns.records import (
    NamedEndpoint,
    NamedService,
    host_of,
    names_of,
)
from cip_lint.replay.dns.server import DnsServer, DnsSettings
from cip_lint.replay.endpoints.objects import SlicePort

LABELS = st.sampled_from(["a", "b", "svc", "pod", "c", "test", "_x", "_tcp", "1-2-3-4"])
NAMES = st.one_of(st.text(max_size=20), st.lists(LABELS, max_size=8).map(".".join))
TYPES = st.sampled_from(["A", "AAAA", "CNAME", "SRV", "PTR", "TXT", "MX", "SOA"])
PORTS = st.lists(st.sampled_from([SlicePort("x", "TCP", 80), SlicePort("", "UDP", 1)]))


@st.composite
def _services(draw: st.DrawFn) -> list[NamedService]:
    """Services whose targets are often each other."""
    found = []
    for name in ("a", "b"):
        headless = draw(st.booleans())
        endpoint = NamedEndpoint("a", host_of("192.0.2.1"), tuple(draw(PORTS)))
        external = draw(st.none() | NAMES.map(host_of))
        found.append(
            NamedService(
                draw(st.sampled_from(["a", "b"])),
                name,
                tuple(draw(PORTS)),
                () if headless or external else (host_of("192.0.2.2"),),
                headless,
                external,
                (endpoint,) * draw(st.integers(0, 2)),
            )
        )
    return found


@given(_services(), NAMES, TYPES)
def test_every_question_has_an_answer(
    services: list[NamedService], name: str, record_type: str
) -> None:
    server = DnsServer(names_of(services), DnsSettings("c.test"))

    answer = server.ask(f"{name}.c.test" if len(name) % 2 else name, record_type)

    assert len(answer.records) == len(set(answer.records))
    if answer.rcode == "NXDOMAIN":
        assert not answer.records


@given(_services(), NAMES, st.lists(NAMES, max_size=4), st.integers(0, 6))
def test_a_lookup_asks_for_each_name_of_the_search_list_at_most_once(
    services: list[NamedService], host: str, searches: list[str], ndots: int
) -> None:
    server = DnsServer(names_of(services), DnsSettings("c.test"))

    found = look_up(host, searches, ndots, server.ask)

    assert len(found.steps) <= len(searches) + 1
    assert not any(step.records for step in found.steps[:-1])


@given(
    st.dictionaries(
        st.sampled_from(["dnsPolicy", "dnsConfig", "hostNetwork"]),
        st.recursive(
            st.none() | st.booleans() | st.text(max_size=5),
            lambda children: (
                st.lists(children, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["nameservers", "searches", "options", "name"]),
                    children,
                )
            ),
            max_leaves=5,
        ),
    ),
    st.none() | st.text(),
)
def test_any_pod_has_a_configuration_within_the_limits(
    spec: dict[str, object], resolv_conf: str | None
) -> None:
    node = NodeDns("c.test", ("192.0.2.10",), resolv_conf)
    try:
        config = pod_resolver(spec, "a", node)
    except NodeResolverError:
        assert resolv_conf is not None
        assert "nameserver" in resolv_conf
        return

    assert len(config.nameservers) <= 3
    assert len(config.searches) <= 32
    assert len(" ".join(config.searches)) <= 2048
    assert 0 <= config.ndots <= 15
