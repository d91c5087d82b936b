"""The call graph of a cluster."""

from __future__ import annotations

from cip_lint.replay import service_table
from cip_lint.replay.tracing.graph import Edge, Graph, NodeKey, call_graph
from cip_lint.replay.tracing.hops import State
from support.clusters import cluster, settings

SHOP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: urls, namespace: shop}
data:
  db: "postgres://db:5432"
  other: "http://api:81"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: i
          env:
            - {name: URL, value: "http://api"}
            - {name: CACHE_URL, value: "redis://cache.shop.svc:6379"}
            - {name: PAY_URL, value: "http://pay.money"}
            - name: DB
              valueFrom: {configMapKeyRef: {name: urls, key: db}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: api, image: i, envFrom: [{configMapRef: {name: urls}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: money}
spec: {type: ExternalName, externalName: api.shop.svc.cluster.local}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec:
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
          - {path: /b, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
"""


def drawn(text: str = SHOP, *, complete: bool = True) -> Graph:
    made = settings(("10.96.0.0/16",), complete=complete)
    return call_graph(service_table(cluster(text, made)))


def named(key: NodeKey) -> str:
    kind = (
        key.kind.value if key.kind.value in ("missing", "outside") else key.object_kind
    )
    return f"{kind} {key.namespace}/{key.name}".replace(" /", " ")


def lines(graph: Graph) -> list[str]:
    return [_line(edge) for edge in graph.edges]


def _line(edge: Edge) -> str:
    port = f" {edge.port}" if edge.port else ""
    state = "" if edge.state is State.OK else f" {edge.state.value}"
    ends = f"{named(edge.source)} {edge.kind.value} {named(edge.target)}"
    return f"{ends}{port}{state}"


def test_all_that_the_manifests_speak_of_is_drawn() -> None:
    graph = drawn()

    assert [named(node.key) for node in graph.nodes] == [
        "outside db.example.com",
        "Service money/pay",
        "missing shop/cache",
        "missing shop/gone",
        "Ingress shop/front",
        "Service shop/api",
        "Service shop/db",
        "Deployment shop/api",
        "Deployment shop/web",
    ]
    assert lines(graph) == [
        "Service money/pay leads Service shop/api",
        "Ingress shop/front names missing shop/gone 80 broken",
        "Ingress shop/front names Service shop/api 80",
        "Service shop/api selects Deployment shop/api 8080",
        "Service shop/db leads outside db.example.com",
        "Deployment shop/api calls Service shop/api 81 broken",
        "Deployment shop/api calls Service shop/db 5432 unknown",
        "Deployment shop/web calls Service money/pay",
        "Deployment shop/web calls missing shop/cache 6379 broken",
        "Deployment shop/web calls Service shop/api",
        "Deployment shop/web calls Service shop/db 5432 unknown",
    ]
    assert graph.state is State.BROKEN


def test_an_edge_that_breaks_says_why_and_where() -> None:
    edges = {_line(edge): edge for edge in drawn().edges}

    edge = edges["Deployment shop/api calls Service shop/api 81 broken"]

    assert edge.words == "Service shop/api has no port 81; it has 80 (http)"
    assert edge.place is not None
    assert edge.place.field == "data.other"


def test_in_an_open_world_what_is_missing_is_not_known_to_break() -> None:
    found = lines(drawn(complete=False))

    assert "Ingress shop/front names missing shop/gone 80 unknown" in found


def test_the_order_of_the_files_changes_nothing() -> None:
    documents = SHOP.split("---\n")

    graph = drawn("---\n".join(reversed(documents)))

    assert lines(graph) == lines(drawn())
    assert [node.key for node in graph.nodes] == [node.key for node in drawn().nodes]


def test_a_service_without_pods_or_refused_is_told() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: nobody, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: refused, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: none, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: none}}
  template:
    metadata: {labels: {app: none}}
    spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: shop}
spec: {selector: {app: none}, ports: [{port: 80}]}
"""
    graph = drawn(text)

    found = {node.key.name: (node.state, node.words) for node in graph.nodes}
    assert found["nobody"] == (State.BROKEN, "no pod can have app=nobody")
    assert found["refused"][0] is State.BROKEN
    assert "the API server refuses Service shop/refused" in found["refused"][1]
    assert lines(graph) == ["Service shop/none selects Deployment shop/none 80 broken"]


def test_a_call_without_a_port_to_a_service_of_several_is_to_the_best_one() -> None:
    text = SHOP.replace(
        "targetPort: 8080}]", "targetPort: 8080}, {name: b, port: 90, targetPort: x}]"
    ).replace('"http://api"', '"api"')
    text = text.replace("{name: URL,", "{name: API_HOST,")

    assert "Deployment shop/web calls Service shop/api" in lines(drawn(text))


def test_the_service_of_the_api_server_is_drawn_as_there() -> None:
    text = SHOP.replace("http://api", "https://kubernetes.default.svc:443")

    assert "Deployment shop/web calls Service default/kubernetes 443" in lines(
        drawn(text)
    )


def test_nothing_is_drawn_of_nothing() -> None:
    graph = drawn("apiVersion: v1\nkind: Secret\nmetadata: {name: a}")

    assert (graph.nodes, graph.edges, graph.state) == ((), (), State.OK)
