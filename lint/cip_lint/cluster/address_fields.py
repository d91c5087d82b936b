"""Fields of a set that hold nothing but an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import Body, items, mapping, mappings
from cip_lint.cluster.literals import Literal
from cip_lint.cluster.members import Member
from cip_lint.model import Path

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster


def host_aliases(cluster: Cluster) -> Iterator[Literal]:
    """Yield the addresses that workloads put into the hosts files of their pods."""
    for member in cluster.judged_workloads:
        aliases = member.workload.pod_spec.get("hostAliases")
        if aliases is not None:
            path = (*member.workload.spec_path, "hostAliases")
            yield from _fields(member, path, aliases, "ip")


def endpoints_and_blocks(cluster: Cluster) -> Iterator[Literal]:
    """Yield the addresses of Endpoints and EndpointSlices, and policies' CIDRs.

    Whether they are any or not; a CIDR is one where its prefix leaves no other. An
    endpoint that says which pod or node it is was written from the pod's status.
    """
    for member in cluster.judged("Endpoints"):
        for index, subset in enumerate(items(member.resource.body.get("subsets"))):
            for field in ("addresses", "notReadyAddresses"):
                of_subset = mapping(subset).get(field)
                yield from _fields(member, ("subsets", index, field), of_subset, "ip")
    for member in cluster.judged("EndpointSlice"):
        for index, one in enumerate(items(member.resource.body.get("endpoints"))):
            if not isinstance(one, dict) or _is_of_pod(one):
                continue
            for at, address in enumerate(items(one.get("addresses"))):
                if isinstance(address, str):
                    path = ("endpoints", index, "addresses", at)
                    yield Literal(member, path, address)
    for member in cluster.judged("NetworkPolicy"):
        yield from _blocks(member)


def _fields(
    member: Member, path: Path, entries: object, field: str
) -> Iterator[Literal]:
    for index, entry in enumerate(items(entries)):
        value = entry.get(field) if isinstance(entry, dict) else None
        if isinstance(value, str) and not _is_of_pod(entry):
            yield Literal(member, (*path, index, field), value)


def _is_of_pod(endpoint: Body) -> bool:
    return bool(endpoint.get("targetRef") or endpoint.get("nodeName"))


def _blocks(member: Member) -> Iterator[Literal]:
    spec = mapping(member.resource.body.get("spec"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, entry in enumerate(mappings(spec.get(direction))):
            for at, peer in enumerate(items(entry.get(peers))):
                cidr = mapping(mapping(peer).get("ipBlock")).get("cidr")
                if isinstance(cidr, str):
                    path = ("spec", direction, index, peers, at, "ipBlock", "cidr")
                    yield Literal(member, path, cidr)
