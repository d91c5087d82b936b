"""Where the addresses of a set stand that nothing else stands beside."""

from __future__ import annotations

from cip_lint.cluster.address_fields import endpoints_and_blocks, host_aliases
from support.clusters import cluster


def test_addresses_for_hosts_files_are_found_in_any_shape() -> None:
    made = cluster(
        """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostAliases: [{ip: 10.96.0.9}, {ip: 3}, 10.96.0.8]
  containers: [{name: web}]
"""
    )

    (found,) = host_aliases(made)

    assert (found.text, found.path) == ("10.96.0.9", ("spec", "hostAliases", 0, "ip"))


def test_fields_for_an_address_are_found_in_any_shape() -> None:
    made = cluster(
        """\
apiVersion: v1
kind: Endpoints
metadata: {name: web}
subsets: [{addresses: [{ip: a}, {ip: b, nodeName: n}], notReadyAddresses: [{ip: c}]}, 3]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web}
endpoints: [{addresses: [d, 3]}, {addresses: [e], targetRef: {kind: Pod}}, x]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  ingress: [{from: [{ipBlock: {cidr: f}}, {podSelector: {}}, 3]}]
  egress: [{to: [{ipBlock: {cidr: g}}]}, {to: 3}, 3]
"""
    )
    found = list(endpoints_and_blocks(made))

    assert [one.text for one in found] == ["a", "c", "d", "f", "g"]
    assert all(one.member.resource.get(*one.path) == one.text for one in found)
