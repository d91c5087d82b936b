"""What cluster DNS will answer of the Services of a table."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Setting
from cip_lint.replay import ServiceTable, service_table
from support.clusters import FLAG, cluster, settings

PODS = """
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: a}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, ports: [{name: pg, containerPort: 5432}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: a}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lone, namespace: a, labels: {app: lone}}
spec: {hostname: h, subdomain: x, containers: [{name: c}]}
---
apiVersion: apps.kruise.io/v1alpha1
kind: CloneSet
metadata: {name: clone, namespace: a}
spec:
  replicas: 2
  selector: {matchLabels: {app: clone}}
  template:
    metadata: {labels: {app: clone}}
    spec: {containers: [{name: c}]}
"""
HEADLESS = """
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: a}}
spec:
  clusterIP: None
  selector: {{app: {app}}}
  ports: [{{name: p, port: 80, targetPort: {target}}}]
"""


def _table(text: str) -> ServiceTable:
    chosen = settings(("10.96.0.0/16", "fd00::/112"))._replace(
        cluster_domain=Setting("c.test", FLAG)
    )
    return service_table(cluster(text, chosen))


def _records(text: str) -> list[str] | None:
    table = _table(text)
    found = table.dns.records_of(table.rows[0])
    if found is None:
        return None
    return [f"{one.name} {one.type} {one.value}" for one in found]


def _service(spec: str, name: str = "x") -> str:
    metadata = f"{{name: {name}, namespace: a}}"
    return f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {spec}\n"


@pytest.mark.parametrize(
    ("spec", "records"),
    [
        ("{ports: [{port: 80}]}", ["x.a.svc.c.test. A clusterIP"]),
        (
            "{clusterIP: 10.96.0.9, ports: [{port: 80}]}",
            ["x.a.svc.c.test. A 10.96.0.9"],
        ),
        (
            """
  ipFamilyPolicy: RequireDualStack
  ports: [{name: d, port: 53, protocol: UDP}]""",
            [
                "x.a.svc.c.test. A clusterIP",
                "x.a.svc.c.test. AAAA clusterIP",
                "_d._udp.x.a.svc.c.test. SRV 0 50 53 x.a.svc.c.test.",
            ],
        ),
        (
            "{type: ExternalName, externalName: db.example.org}",
            ["x.a.svc.c.test. CNAME db.example.org."],
        ),
        (
            "{type: ExternalName, externalName: x.a.svc.c.test}",
            ["x.a.svc.c.test. CNAME x.a.svc.c.test."],
        ),
        ("{type: ExternalName, externalName: 192.0.2.1}", []),
        ("{clusterIP: 192.0.2.1, ports: [{port: 80}]}", []),
        ("{clusterIP: None, selector: {app: nobody}, ports: [{port: 80}]}", []),
        ("{clusterIP: None, ports: [{port: 80}]}", None),
        ("{clusterIP: None, selector: {app: '${X}'}, ports: [{port: 80}]}", None),
    ],
)
def test_a_service_has_the_records_of_its_type(
    spec: str, records: list[str] | None
) -> None:
    assert _records(_service(spec)) == records


@pytest.mark.parametrize(
    ("name", "app", "target", "records"),
    [
        (
            "db",
            "db",
            "pg",
            [
                "db.a.svc.c.test. A Pod a/db-0",
                "db.a.svc.c.test. A Pod a/db-1",
                "_p._tcp.db.a.svc.c.test. SRV 0 50 5432 db-0.db.a.svc.c.test.",
                "_p._tcp.db.a.svc.c.test. SRV 0 50 5432 db-1.db.a.svc.c.test.",
                "db-0.db.a.svc.c.test. A Pod a/db-0",
                "db-1.db.a.svc.c.test. A Pod a/db-1",
            ],
        ),
        (
            "other",
            "db",
            "nope",
            ["other.a.svc.c.test. A Pod a/db-0", "other.a.svc.c.test. A Pod a/db-1"],
        ),
        (
            "x",
            "web",
            "http",
            [
                "x.a.svc.c.test. A Deployment a/web",
                "_p._tcp.x.a.svc.c.test. SRV 0 33 8080 <address>.x.a.svc.c.test.",
            ],
        ),
        (
            "x",
            "agent",
            "9",
            [
                "x.a.svc.c.test. A DaemonSet a/agent",
                "_p._tcp.x.a.svc.c.test. SRV 0 * 9 <address>.x.a.svc.c.test.",
            ],
        ),
        (
            "x",
            "lone",
            "9",
            [
                "x.a.svc.c.test. A Pod a/lone",
                "_p._tcp.x.a.svc.c.test. SRV 0 100 9 h.x.a.svc.c.test.",
                "h.x.a.svc.c.test. A Pod a/lone",
            ],
        ),
        (
            "x",
            "clone",
            "9",
            [
                "x.a.svc.c.test. A CloneSet a/clone",
                "_p._tcp.x.a.svc.c.test. SRV 0 50 9 <address>.x.a.svc.c.test.",
            ],
        ),
    ],
)
def test_a_headless_service_has_the_records_of_its_pods(
    name: str, app: str, target: str, records: list[str]
) -> None:
    text = HEADLESS.format(name=name, app=app, target=target) + PODS

    assert _records(text) == records


def test_what_an_autoscaler_counts_has_no_weight() -> None:
    scaler = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: a}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
    text = HEADLESS.format(name="x", app="web", target="http") + PODS + scaler

    assert _records(text) == [
        "x.a.svc.c.test. A Deployment a/web",
        "_p._tcp.x.a.svc.c.test. SRV 0 * 8080 <address>.x.a.svc.c.test.",
    ]


def test_endpoints_written_by_hand_have_their_addresses() -> None:
    by_hand = """---
apiVersion: v1
kind: Endpoints
metadata: {name: x, namespace: a}
subsets: [{addresses: [{ip: 192.0.2.4, hostname: h}], ports: [{name: p, port: 9}]}]
"""
    text = _service("{clusterIP: None, ports: [{name: p, port: 80}]}") + by_hand

    assert _records(text) == [
        "x.a.svc.c.test. A 192.0.2.4",
        "_p._tcp.x.a.svc.c.test. SRV 0 100 9 h.x.a.svc.c.test.",
        "h.x.a.svc.c.test. A 192.0.2.4",
    ]
