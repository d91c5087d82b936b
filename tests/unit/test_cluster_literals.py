"""Where the texts of a set stand, and what they are called there."""

from __future__ import annotations

from cip_lint.cluster.literals import (
    Literal,
    endpoints_and_blocks,
    host_aliases,
    literals,
)
from support.clusters import cluster

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostAliases: [{ip: 10.96.0.9}, {ip: 3}, 10.96.0.8]
  containers:
    - name: web
      env: [{name: DB, value: a}, {name: PORT, value: 3}, {value: b}, x]
      command: [run, --verbose, --db, c]
      args: [--db=d, 3, e]
  initContainers:
    - {name: wait, args: [f], env: none}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {file: g, number: 3}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data: none
"""


def _named(one: Literal) -> tuple[str, str]:
    return one.name, one.text


def test_texts_are_called_by_variable_flag_and_file() -> None:
    assert list(map(_named, literals(cluster(POD)))) == [
        ("DB", "a"),
        ("", "b"),
        ("", "run"),
        ("", "--verbose"),
        ("--verbose", "--db"),
        ("--db", "c"),
        ("", "--db=d"),
        ("", "e"),
        ("", "f"),
        ("file", "g"),
    ]


def test_every_text_stands_at_its_path() -> None:
    made = cluster(POD)

    for one in (*literals(made), *host_aliases(made)):
        assert one.member.resource.get(*one.path) == one.text


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
