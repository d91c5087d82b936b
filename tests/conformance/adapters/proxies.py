"""Groups ``proxy`` and ``dial``: where packets and the API server's calls go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cip_lint.kube.version import Version, parse
from cip_lint.replay.endpoints.objects import Slice, read_slice
from cip_lint.replay.proxy.dialling import DialError, dial_cluster_ip, dial_endpoints
from cip_lint.replay.proxy.endpoints import (
    EndpointSets,
    PortKey,
    ProxyEndpoint,
    ProxyNode,
    categorize,
    endpoints_of_slices,
)
from cip_lint.replay.proxy.packets import (
    Destination,
    Fate,
    Mode,
    Source,
    destinations,
    fate,
)
from cip_lint.replay.proxy.ports import ProxyPort, proxy_ports
from conformance.agreement import Adapter, Disagreement, RunContext, Vector

Json = dict[str, Any]

NODE_ADDRESSES = {"IPv4": "192.168.0.2", "IPv6": "fd00:2::2"}
SOURCES = {
    "IPv4": {
        "pod": Source("10.1.0.250", inside=True),
        "node": Source(NODE_ADDRESSES["IPv4"], inside=True, node=True),
        "outside": Source("198.51.100.9", inside=False),
        "outsideInRange": Source("10.9.9.9", inside=False),
    },
    "IPv6": {
        "pod": Source("fd00:1::fa", inside=True),
        "node": Source(NODE_ADDRESSES["IPv6"], inside=True, node=True),
        "outside": Source("2001:db8:ffff::9", inside=False),
    },
}
"""The addresses of the senders; those outside are in no range of a vector."""


def proxy(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask for the rows of each family; where chance decides, for all orders."""
    given, answer = vector["input"], vector["answer"]
    version = parse(vector["version"])
    slices = [
        (one["metadata"]["namespace"], read_slice(one)) for one in given["slices"]
    ]
    orders = [slices, slices[::-1]] if "random" in answer else [slices]
    got = [_tables(given, order, version) for order in orders]
    for wanted in answer.get("random", [answer]):
        for family in ("IPv4", "IPv6"):
            yield from _compared(wanted.get(family), [one[family] for one in got])


def _tables(
    given: Json, slices: Sequence[tuple[str, Slice]], version: Version
) -> dict[str, Json]:
    return {family: _table(given, slices, family, version) for family in NODE_ADDRESSES}


def _table(
    given: Json, slices: Sequence[tuple[str, Slice]], family: str, version: Version
) -> Json:
    node = ProxyNode(given["node"]["name"], given["node"].get("zone") or "")
    endpoints = endpoints_of_slices(slices, family, node, version)
    ports = [port for one in given["services"] for port in proxy_ports(one, family)]
    rows = []
    for port in sorted(ports, key=lambda port: port.key):
        known = endpoints.pop(port.key, ())
        sets = categorize(
            known, node, uses_cluster=port.uses_cluster, uses_local=port.uses_local
        )
        rows.append((port, sets))
    unused = sorted(map(_unused, endpoints.items()))
    return {"family": family, "rows": rows, "unusedEndpoints": unused}


def _unused(entry: tuple[PortKey, Sequence[ProxyEndpoint]]) -> str:
    key, endpoints = entry
    texts = " ".join(endpoint.text for endpoint in endpoints)
    return f"{key}/{key.protocol} [{texts}]"


def _compared(wanted: Json | None, got: Sequence[Json]) -> Iterator[Disagreement]:
    expected = wanted or {"rows": []}
    rows = [
        {k: v for k, v in row.items() if k != "iptables"} for row in expected["rows"]
    ]
    plain = [[_row(*row) for row in one["rows"]] for one in got]
    if rows not in plain:
        yield Disagreement(rows, plain[0], "rows")
    unused = [one["unusedEndpoints"] for one in got]
    if expected.get("unusedEndpoints", []) not in unused:
        yield Disagreement(expected.get("unusedEndpoints"), unused[0], "unused")
    for index, row in enumerate(expected["rows"]):
        asked = row["iptables"]
        said = [
            _targets(asked, one["rows"][index], one["family"])
            for one in got
            if index < len(one["rows"])
        ]
        if asked not in said:
            yield Disagreement(asked, said[:1], row["servicePort"])


def _row(port: ProxyPort, sets: EndpointSets) -> Json:
    return {
        "servicePort": str(port.key),
        "protocol": port.key.protocol,
        "virtual": f"{port.cluster_ip}:{port.port}/{port.key.protocol}",
        "nodePort": port.node_port,
        "externalIPs": list(port.external_ips),
        "loadBalancerVIPs": list(port.load_balancer_ips),
        "sourceRanges": list(port.source_ranges),
        "affinity": port.affinity,
        "affinitySeconds": port.affinity_seconds,
        "internalLocal": port.internal_local,
        "externalLocal": port.external_local,
        "clusterEndpoints": _texts(sets.cluster),
        "localEndpoints": _texts(sets.local),
        "reachableEndpoints": _texts(sets.reachable),
        "anyEndpoints": sets.anywhere,
    }


def _texts(endpoints: Sequence[ProxyEndpoint] | None) -> list[str] | None:
    return None if endpoints is None else [endpoint.text for endpoint in endpoints]


def _targets(
    asked: Sequence[Json], row: tuple[ProxyPort, EndpointSets], family: str
) -> list[Json]:
    port, sets = row
    reached = destinations(port, NODE_ADDRESSES[family])
    said = []
    for index, destination in enumerate(reached):
        recorded = asked[index] if index < len(asked) else {}
        named = [name for name in recorded.get("from", {}) if name != "any"]
        said.append(_target(port, sets, destination, SOURCES[family], named))
    return said


def _target(
    port: ProxyPort,
    sets: EndpointSets,
    destination: Destination,
    sources: dict[str, Source],
    named: Sequence[str],
) -> Json:
    """Return what becomes of packets, by source; ``named`` are the recorded ones."""
    names = [n for n in sources if n != "outsideInRange" or port.source_ranges]

    def fates(mode: Mode) -> dict[str, Fate]:
        return {n: fate(port, sets, destination.kind, sources[n], mode) for n in names}

    found, nftables = fates("iptables"), fates("nftables")
    result: Json = {
        "kind": destination.kind.value,
        "destination": f"{destination.address}:{destination.port}/{port.key.protocol}",
    }
    if len({*found.values()}) == 1:
        result["from"] = {"any": _fate(found[names[0]])}
    else:
        # A source that a recording leaves out was not asked for there.
        shown = [name for name in names if name in named or not named]
        result["from"] = {name: _fate(found[name]) for name in shown}
    differing = {n: _fate(nftables[n]) for n in names if nftables[n] != found[n]}
    if differing:
        result["nftablesDiffers"] = differing
    return result


def _fate(found: Fate) -> Json:
    said: Json = {"verdict": found.verdict.value}
    if found.endpoints:
        chances = zip(found.endpoints, found.probabilities, strict=True)
        said["to"] = [{"to": one.text, "probability": p} for one, p in chances]
    return said


def dial(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask where each mode dials for the reference."""
    given = vector["input"]
    got = {"clusterMode": _cluster_mode(given), "endpointMode": _endpoint_mode(given)}
    if got != vector["answer"]:
        yield Disagreement(vector["answer"], got)


def _service(given: Json) -> Json:
    for one in given["services"]:
        metadata = one["metadata"]
        wanted = given["namespace"], given["name"]
        if (metadata["namespace"], metadata["name"]) == wanted:
            found: Json = one
            return found
    raise DialError(f'service "{given["name"]}" not found')


def _cluster_mode(given: Json) -> str:
    try:
        return f"https://{dial_cluster_ip(_service(given), given['port'])}"
    except DialError as error:
        return f"error: {error}"


def _endpoint_mode(given: Json) -> list[str]:
    slices = [
        read_slice(one)
        for one in given["slices"]
        if one["metadata"]["namespace"] == given["namespace"]
    ]
    try:
        found = dial_endpoints(_service(given), slices, given["port"])
    except DialError as error:
        return [f"error: {error}"]
    return [f"https://{one}" for one in found]


GROUPS: dict[str, Adapter] = {"proxy": proxy, "dial": dial}
