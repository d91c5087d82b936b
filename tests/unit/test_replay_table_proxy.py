"""Where the addresses of the Services of a table lead."""

from __future__ import annotations

import pytest

from cip_lint.replay import service_table
from support.clusters import cluster, settings

DEPLOYMENT = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: a}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: c, ports: [{{name: http, containerPort: 8080}}]}}]}}
"""
SLICE = """
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: x-1, namespace: a, labels: {kubernetes.io/service-name: x}}
addressType: IPv6
ports: [{port: 9000}]
endpoints:
- {addresses: ["2001:db8::1", "2001:db8::2"]}
- {addresses: ["2001:db8::3"], conditions: {ready: false}}
"""


def routes(
    spec: str, more: str = "", labels: str = "{}", *, complete: bool = False
) -> list[str] | None:
    """Return the routes of Service x of namespace a as ``at to policy``."""
    text = (
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: x, namespace: a, labels: {labels}}}\nspec: {spec}\n{more}"
    )
    ranges = ("10.96.0.0/16", "fd00::/112")
    table = service_table(cluster(text, settings(ranges, complete=complete)))
    found = table.proxy.routes_of(table.rows[0])
    if found is None:
        return None
    return [f"{one.at} {one.to} {one.policy}" for one in found]


def test_each_address_leads_to_the_pods_by_its_own_policy() -> None:
    spec = """
  type: LoadBalancer
  clusterIP: 10.96.0.9
  externalIPs: [203.0.113.5]
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]"""
    end = "Deployment a/web:8080"
    assert routes(spec, DEPLOYMENT.format(replicas=2)) == [
        f"10.96.0.9:80/TCP {end} Cluster",
        f"203.0.113.5:80/TCP {end} Local",
        f"loadBalancer:80/TCP {end} Local",
        f"node:nodePort/TCP {end} Local",
    ]


@pytest.mark.parametrize(
    ("target", "replicas"), [("other", 2), ("http", 0)], ids=["no-port", "no-pod"]
)
def test_nobody_answers_at_a_port_without_pods(target: str, replicas: int) -> None:
    spec = f"{{selector: {{app: web}}, ports: [{{port: 80, targetPort: {target}}}]}}"
    found = routes(spec, DEPLOYMENT.format(replicas=replicas))
    assert found == ["clusterIP:80/TCP REJECT Cluster"]


def test_whom_the_set_lacks_may_exist_unless_it_is_complete() -> None:
    spec = "{selector: {app: none}, ports: [{port: 80}]}"
    assert routes(spec) == ["clusterIP:80/TCP None Cluster"]
    assert routes(spec, complete=True) == ["clusterIP:80/TCP REJECT Cluster"]


def test_endpoints_by_hand_count_in_their_own_family_only() -> None:
    spec = (
        "{ipFamilyPolicy: RequireDualStack, clusterIP: 10.96.0.9, ports: [{port: 1}]}"
    )
    assert routes(spec, SLICE) == [
        "10.96.0.9:1/TCP REJECT Cluster",
        "clusterIP:1/TCP [2001:db8::1]:9000 Cluster",
    ]


@pytest.mark.parametrize(
    ("spec", "labels"),
    [
        ("{clusterIP: None, ports: [{port: 80}]}", "{}"),
        ("{type: ExternalName, externalName: a.example}", "{}"),
        ("{ports: [{port: 80}]}", "{service.kubernetes.io/service-proxy-name: x}"),
        ("{ports: []}", "{}"),
    ],
    ids=["headless", "external-name", "other-proxy", "refused"],
)
def test_some_services_have_no_route(spec: str, labels: str) -> None:
    assert routes(spec, labels=labels) == []


def test_what_is_not_known_to_be_created_has_no_known_route() -> None:
    assert routes("{clusterIP: '${IP}', ports: [{port: 80}]}") is None
