"""The Service table as text, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from cip_lint.replay import ServiceTable, service_table
from cip_lint.report.table import TABLE_FORMATS
from support.clusters import cluster, settings

SHOP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: c
          image: i
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: http, nodePort: 30080}
    - {name: dns, port: 53, protocol: UDP}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: app}
spec: {clusterIP: 10.96.0.10, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: copy, namespace: app}
spec: {clusterIP: 10.96.0.10, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: out, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
"""
HOSTILE = """
apiVersion: v1
kind: Service
metadata: {name: "a|b\\e[31m`<b>@x", namespace: "=1+1"}
spec: {type: ExternalName, externalName: "x\\ny"}
"""


def _table(text: str = SHOP) -> ServiceTable:
    return service_table(cluster(text, settings(("10.96.0.0/16",))))


def _json(text: str = SHOP) -> dict[str, Any]:
    document = json.loads("".join(TABLE_FORMATS["json"]([_table(text)])))
    assert document["version"] == 1
    (only,) = document["clusters"]
    found: dict[str, Any] = only
    return found


def test_text_has_the_columns_of_kubectl() -> None:
    assert "".join(TABLE_FORMATS["text"]([_table()])) == """\
NAMESPACE   NAME    TYPE           CLUSTER-IP   EXTERNAL-IP      PORT(S)               SELECTOR   ENDPOINTS                    VERDICT
app         cache   ClusterIP      10.96.0.10   <none>           6379/TCP              <none>     <none>                       created
app         copy    ClusterIP      10.96.0.10   <none>           6379/TCP              <none>     <none>                       refused: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated
shop        db      ClusterIP      None         <none>           5432/TCP              app=db     <none>                       created
shop        out     ExternalName   <none>       db.example.com   <none>                <none>     <none>                       created
shop        web     LoadBalancer   <dynamic>    <pending>        80:30080/TCP,53/UDP   app=web    Deployment/web:8080,53/UDP   created
"""  # fmt: skip


def test_wide_adds_the_names_of_variables() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO("".join(TABLE_FORMATS["csv"]([_table()], wide=True)))
        )
    )

    assert {row["NAME"]: row["VARIABLES"] for row in rows} == {
        "cache": "CACHE_SERVICE_HOST,CACHE_SERVICE_PORT +5",
        "copy": "<none>",
        "db": "<none>",
        "out": "<none>",
        "web": "WEB_SERVICE_HOST,WEB_SERVICE_PORT,WEB_SERVICE_PORT_HTTP,"
        "WEB_SERVICE_PORT_DNS +9",
    }


def test_wide_adds_the_names_that_dns_answers() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO("".join(TABLE_FORMATS["csv"]([_table()], wide=True)))
        )
    )

    assert {row["NAME"]: row["DNS"] for row in rows} == {
        "cache": "cache.app.svc.cluster.local",
        "copy": "<none>",
        "db": "<none>",
        "out": "out.shop.svc.cluster.local",
        "web": "web.shop.svc.cluster.local,_http._tcp.web.shop.svc.cluster.local,"
        "_dns._udp.web.shop.svc.cluster.local",
    }


def test_wide_adds_where_addresses_lead() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO("".join(TABLE_FORMATS["csv"]([_table()], wide=True)))
        )
    )

    found = {row["NAME"]: row["PROXY"] for row in rows}
    assert found["cache"] == "10.96.0.10:6379/TCP -> <unknown>"
    assert (found["copy"], found["db"], found["out"]) == ("<none>",) * 3
    assert found["web"].split(", ")[0] == "clusterIP:80/TCP -> Deployment shop/web:8080"


def test_wide_adds_the_file_and_several_clusters_their_names() -> None:
    table = _table()

    wide = "".join(TABLE_FORMATS["csv"]([table], wide=True)).splitlines()
    two = "".join(TABLE_FORMATS["csv"]([table, table])).splitlines()

    assert wide[1].endswith(",m/3.yaml")
    assert two[0].startswith("CLUSTER,NAMESPACE,")
    assert [line.partition(",")[0] for line in two[1:]] == ["default"] * 10


def test_json_says_of_each_service_what_the_cluster_makes_of_it() -> None:
    (web,) = (one for one in _json()["services"] if one["name"] == "web")

    assert web == {
        "namespace": "shop",
        "name": "web",
        "path": "m/1.yaml",
        "line": 1,
        "unit": "m",
        "build": None,
        "order": 1,
        "verdict": "created",
        "reason": None,
        "server": None,
        "simulatedServer": None,
        "type": "LoadBalancer",
        "headless": False,
        "ipFamilyPolicy": "SingleStack",
        "ipFamilies": ["IPv4"],
        "clusterIPs": [
            {
                "family": "IPv4",
                "how": "dynamic",
                "address": None,
                "simulated": None,
                "band": "dynamic",
                "loss": None,
            }
        ],
        "ports": [
            {
                "name": "http",
                "protocol": "TCP",
                "port": 80,
                "targetPort": "http",
                "appProtocol": None,
                "nodePort": 30080,
                "nodePortHow": "pinned",
                "simulatedNodePort": None,
                "nodePortLoss": {
                    "p": 0.0,
                    "sense": "=",
                    "text": "impossible",
                    "before": 0,
                },
            },
            {
                "name": "dns",
                "protocol": "UDP",
                "port": 53,
                "targetPort": 53,
                "appProtocol": None,
                "nodePort": None,
                "nodePortHow": "dynamic",
                "simulatedNodePort": None,
                "nodePortLoss": None,
            },
        ],
        "healthCheckNodePort": None,
        "spec": {
            "type": "LoadBalancer",
            "selector": {"app": "web"},
            "ports": [
                {
                    "name": "http",
                    "protocol": "TCP",
                    "port": 80,
                    "targetPort": "http",
                    "nodePort": 30080,
                },
                {"name": "dns", "protocol": "UDP", "port": 53, "targetPort": 53},
            ],
            "sessionAffinity": "None",
            "externalTrafficPolicy": "Cluster",
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "allocateLoadBalancerNodePorts": True,
        },
        "selection": "matched",
        "endpoints": [
            {
                "workload": {"kind": "Deployment", "namespace": "shop", "name": "web"},
                "replicas": 3,
                "ready": "probe",
                "slices": [
                    {
                        "addressType": "IPv4",
                        "ports": [
                            {
                                "name": "http",
                                "protocol": "TCP",
                                "port": 8080,
                                "appProtocol": None,
                            },
                            {
                                "name": "dns",
                                "protocol": "UDP",
                                "port": 53,
                                "appProtocol": None,
                            },
                        ],
                    }
                ],
            }
        ],
        "dns": [
            {
                "name": "web.shop.svc.cluster.local.",
                "type": "A",
                "value": "clusterIP",
            },
            {
                "name": "_http._tcp.web.shop.svc.cluster.local.",
                "type": "SRV",
                "value": "0 100 80 web.shop.svc.cluster.local.",
            },
            {
                "name": "_dns._udp.web.shop.svc.cluster.local.",
                "type": "SRV",
                "value": "0 100 53 web.shop.svc.cluster.local.",
            },
        ],
        "variables": {
            "WEB_SERVICE_HOST": "clusterIP",
            "WEB_SERVICE_PORT": "80",
            "WEB_SERVICE_PORT_HTTP": "80",
            "WEB_SERVICE_PORT_DNS": "53",
            "WEB_PORT": "tcp://clusterIP:80",
            "WEB_PORT_80_TCP": "tcp://clusterIP:80",
            "WEB_PORT_80_TCP_PROTO": "tcp",
            "WEB_PORT_80_TCP_PORT": "80",
            "WEB_PORT_80_TCP_ADDR": "clusterIP",
            "WEB_PORT_53_UDP": "udp://clusterIP:53",
            "WEB_PORT_53_UDP_PROTO": "udp",
            "WEB_PORT_53_UDP_PORT": "53",
            "WEB_PORT_53_UDP_ADDR": "clusterIP",
        },
        "proxy": [
            {
                "at": f"{host}/{protocol}",
                "to": f"Deployment shop/web:{port}",
                "policy": "Cluster",
            }
            for protocol, port, hosts in (
                ("TCP", 8080, ("clusterIP:80", "loadBalancer:80", "node:30080")),
                ("UDP", 53, ("clusterIP:53", "loadBalancer:53", "node:nodePort")),
            )
            for host in hosts
        ],
        "references": [],
    }


def test_json_names_the_ranges_with_their_bands_and_origins() -> None:
    document = _json()

    assert document["ranges"] == [
        {
            "cidr": "10.96.0.0/16",
            "static": ["10.96.0.1", "10.96.1.0"],
            "dynamic": ["10.96.1.1", "10.96.255.254"],
            "origin": "flag",
        }
    ]
    assert document["nodePorts"] == {
        "range": [30000, 32767],
        "static": [30000, 30085],
        "dynamic": [30086, 32767],
        "origin": "default",
    }


def test_json_gives_the_answer_of_the_server_to_a_refused_service() -> None:
    (copy,) = (one for one in _json()["services"] if one["name"] == "copy")

    assert (copy["verdict"], copy["spec"]) == ("refused", None)
    assert copy["server"] == {
        "code": 422,
        "causes": [
            {
                "reason": "FieldValueInvalid",
                "field": "spec.clusterIPs",
                "message": 'Invalid value: ["10.96.0.10"]: failed to allocate IP'
                " 10.96.0.10: provided IP is already allocated",
            }
        ],
    }


def test_csv_is_read_back_cell_by_cell() -> None:
    rows = list(csv.reader(io.StringIO("".join(TABLE_FORMATS["csv"]([_table()])))))

    assert rows[5] == [
        "shop",
        "web",
        "LoadBalancer",
        "<dynamic>",
        "<pending>",
        "80:30080/TCP,53/UDP",
        "app=web",
        "Deployment/web:8080,53/UDP",
        "created",
    ]


def test_markdown_is_a_table() -> None:
    lines = "".join(TABLE_FORMATS["markdown"]([_table()])).splitlines()

    assert lines[1] == "|" + " --- |" * 9
    assert lines[2].startswith(
        "| app | cache | ClusterIP | 10.96.0.10 | &lt;none&gt; |"
    )


@pytest.mark.parametrize("name", ["text", "csv", "markdown", "json"])
def test_hostile_names_cannot_forge_lines_or_reach_the_terminal(name: str) -> None:
    rendered = "".join(TABLE_FORMATS[name]([_table(HOSTILE)]))

    assert "\x1b" not in rendered
    assert "x\ny" not in rendered


def test_a_cell_is_no_formula_and_no_markup() -> None:
    table = _table(HOSTILE)

    assert "\n'=1+1," in "".join(TABLE_FORMATS["csv"]([table])).replace("\r\n", "\n")
    assert "a\\|b" in "".join(TABLE_FORMATS["markdown"]([table]))
    assert "&lt;b&gt;" in "".join(TABLE_FORMATS["markdown"]([table]))


@pytest.mark.parametrize("name", ["text", "csv", "markdown", "json"])
def test_a_cluster_without_services_is_an_empty_table(name: str) -> None:
    rendered = "".join(TABLE_FORMATS[name]([service_table(cluster("{}"))]))

    assert rendered.count("VERDICT") == (0 if name == "json" else 1)


CHECKED = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81}]
---
apiVersion: v1
kind: Service
metadata: {name: late, namespace: shop}
spec: {clusterIP: 10.96.0.10, ports: [{port: 80}]}
"""


def test_json_has_what_one_run_of_the_replay_drew() -> None:
    table = _table(CHECKED)
    document = json.loads("".join(TABLE_FORMATS["json"]([table], seed=7)))
    (only,) = document["clusters"]
    late, web = only["services"]
    drawn = table.draws(7).of(table.rows[1])

    assert only["seed"] == 7
    assert drawn is not None
    assert web["clusterIPs"][0]["address"] is None
    assert web["clusterIPs"][0]["simulated"] == drawn.addresses["IPv4"]
    assert [port["nodePort"] for port in web["ports"]] == [30080, None]
    assert [port["simulatedNodePort"] for port in web["ports"]] == [
        None,
        drawn.node_ports[1],
    ]
    assert web["healthCheckNodePort"] == {
        "how": "dynamic",
        "nodePort": None,
        "simulated": drawn.health_check_port,
        "loss": None,
    }
    assert late["clusterIPs"][0]["address"] == "10.96.0.10"
    assert late["clusterIPs"][0]["simulated"] is None


@pytest.mark.parametrize("name", ["text", "csv", "markdown"])
def test_what_is_simulated_says_so(name: str) -> None:
    table = _table(CHECKED)
    drawn = table.draws(3).of(table.rows[1])
    assert drawn is not None

    shown = "".join(TABLE_FORMATS[name]([table], seed=3))

    assert f"{drawn.addresses['IPv4']} (simulated)" in shown
    assert f"80:30080/TCP,81:{drawn.node_ports[1]}/TCP (simulated)" in shown
    assert "10.96.0.10 (simulated)" not in shown
    assert "simulated" not in "".join(TABLE_FORMATS[name]([table]))


def test_a_service_that_loses_in_the_run_is_refused_there_alone() -> None:
    alone = service_table(cluster(SERVICE_THAT_DRAWS, settings(("10.0.0.0/28",))))
    drawn = alone.draws(0).of(alone.rows[0])
    assert drawn is not None
    address = drawn.addresses["IPv4"]
    text = (
        SERVICE_THAT_DRAWS
        + f"""---
apiVersion: v1
kind: Service
metadata: {{name: late, namespace: shop}}
spec: {{clusterIP: {address}, ports: [{{port: 80}}]}}
"""
    )
    table = service_table(cluster(text, settings(("10.0.0.0/28",))))
    document = json.loads("".join(TABLE_FORMATS["json"]([table], seed=0)))
    _, late = document["clusters"][0]["services"]

    assert (late["verdict"], late["server"]) == ("created", None)
    assert late["simulatedServer"]["code"] == 422
    cells = next(
        csv.reader("".join(TABLE_FORMATS["csv"]([table], seed=0)).splitlines()[2:])
    )
    assert cells[8] == (
        f'refused: spec.clusterIPs: Invalid value: ["{address}"]: failed to allocate '
        f"IP {address}: provided IP is already allocated (simulated)"
    )


SERVICE_THAT_DRAWS = """
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec: {ports: [{port: 80}]}
"""


def test_json_tells_how_likely_a_static_address_is_lost() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, ports: [{port: 53}]}
"""
    table = service_table(cluster(text, settings(("10.96.0.0/28",))))

    (only,) = json.loads("".join(TABLE_FORMATS["json"]([table])))["clusters"]

    assert [one["clusterIPs"][0]["loss"] for one in only["services"]] == [
        {"p": 0.0714286, "sense": "=", "text": "p = 0.071", "before": 1},
        None,
    ]
