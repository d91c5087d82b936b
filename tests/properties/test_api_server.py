"""Whatever is sent to an API server, two Services never hold one value."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.pools import FULL
from cip_lint.kube.version import Version
from cip_lint.replay.allocation.api_server import ApiServer

NAMES = ("a", "b", "c", "d")
_ADDRESSES = st.sampled_from(
    ["", "None", "10.0.0.5", "10.0.0.05", "10.0.0.0", "10.0.0.9", "fd00::5", "FD00::5"]
)
_NODE_PORTS = st.sampled_from([0, 0, 30001, 30002, 30015, 29999])
_PORTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["p", "q", "r"]),
            "port": st.sampled_from([0, 53, 80]),
            "protocol": st.sampled_from(["TCP", "UDP"]),
            "nodePort": _NODE_PORTS,
        }
    ),
    min_size=1,
    max_size=3,
)
_POLICIES = ("SingleStack", "PreferDualStack", "RequireDualStack", "x")
_SPECS = st.fixed_dictionaries(
    {"ports": _PORTS},
    optional={
        "type": st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer", "x", None]),
        "clusterIP": _ADDRESSES,
        "clusterIPs": st.lists(_ADDRESSES, max_size=3),
        "ipFamilies": st.lists(st.sampled_from(["IPv4", "IPv6"]), max_size=2),
        "ipFamilyPolicy": st.sampled_from(_POLICIES),
        "externalTrafficPolicy": st.sampled_from(["Local", "Cluster"]),
        "healthCheckNodePort": _NODE_PORTS,
        "allocateLoadBalancerNodePorts": st.booleans(),
    },
)
_EXTERNAL = st.just({"type": "ExternalName", "externalName": "x.example"})
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "replace", "delete", "dry-run", "wait"]),
        st.sampled_from(NAMES),
        _SPECS | _EXTERNAL,
    ),
    max_size=25,
)


def _do(server: ApiServer, step: str, name: str, spec: dict[str, Any]) -> bool:
    """Send one request; return whether it was refused."""
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": spec,
    }
    match step:
        case "replace":
            return server.replace(body).refused
        case "delete":
            return server.delete("Service", name).refused
        case "wait":
            server.wait(30)
            return False
    return server.create(body, dry_run=step == "dry-run").refused


def _held(server: ApiServer) -> tuple[list[Any], list[int]]:
    """Return the addresses and node ports of all Services."""
    addresses: list[Any] = []
    ports: list[int] = []
    for name in NAMES:
        stored = server.get("Service", name).stored
        if stored is None:
            continue
        spec = stored["spec"]
        parsed = map(parse_ip, spec.get("clusterIPs", ()))
        addresses += [address[:2] for address in parsed if address is not None]
        own = {port.get("nodePort", 0) for port in spec.get("ports", ())}
        ports += own | {spec.get("healthCheckNodePort", 0)}
    return addresses, [port for port in ports if port]


def _held_ports(server: ApiServer) -> list[int]:
    """Return the node ports that the server itself has for held, lowest first."""
    held = server.ports.held
    return [number for number in range(29000, 33000) if number in held]


@given(
    st.sampled_from([Version(1, 25), Version(1, 32), Version(1, 33), Version(1, 37)]),
    st.sampled_from([("10.0.0.0/28",), ("10.0.0.0/28", "fd00::/124")]),
    _STEPS,
    st.integers(0, 1 << 20),
)
def test_every_value_belongs_to_one_service(
    version: Version,
    cidrs: tuple[str, ...],
    steps: list[tuple[str, str, dict[str, Any]]],
    seed: int,
) -> None:
    facts = ClusterFacts(version, cidrs, node_port_range=(30000, 30015))
    server = ApiServer(facts, Random(seed))
    for step in steps:
        before = _held(server)
        refused = _do(server, *step)
        addresses, ports = _held(server)

        assert len(set(addresses)) == len(addresses)
        assert sorted(ports) == _held_ports(server)
        if refused or step[0] in {"dry-run", "wait"}:
            assert (addresses, ports) == before
    for name in NAMES:
        server.delete("Service", name)
    server.wait(541)

    assert _held_ports(server) == []
    drawn = {server.addresses.draw("IPv4", Random(seed)) for _ in range(14)}
    assert len(drawn) == 14
    assert FULL in drawn
