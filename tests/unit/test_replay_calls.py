"""Hosts in texts are the Services that their caller means."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Setting, default_settings
from cip_lint.kube.service_names import Form
from cip_lint.replay import service_table
from cip_lint.replay.calls import Call
from support.clusters import FLAG, cluster

SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec:
  serviceName: db
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db}]}
---
"""
CALLER = """\
apiVersion: v1
kind: Pod
metadata: {{name: caller, namespace: {namespace}}}
spec:
  {spec}
  containers:
    - {{name: caller, image: x, env: [{{name: {name}, value: "{text}"}}]}}
"""


def _calls(
    text: str,
    namespace: str = "shop",
    name: str = "X",
    spec: str = "restartPolicy: Always",
    zone: str = "",
) -> tuple[Call, ...]:
    settings = default_settings()
    if zone:
        settings = settings._replace(cluster_domain=Setting(zone, FLAG))
    caller = CALLER.format(namespace=namespace, text=text, name=name, spec=spec)
    made = cluster(SERVICES + caller, settings)
    table = service_table(made)
    return table.calls.of(made.members[-1])


def _shown(call: Call) -> tuple[str, str, str]:
    return call.form.name, call.pod, call.row.display if call.row else ""


@pytest.mark.parametrize(
    ("text", "namespace", "shown"),
    [
        ("http://web", "shop", ("SHORT", "", "Service shop/web")),
        ("http://web", "data", ("SHORT", "", "")),
        ("http://web.shop", "data", ("WITH_NAMESPACE", "", "Service shop/web")),
        ("http://web.data", "data", ("WITH_NAMESPACE", "", "")),
        ("http://web.shop.svc", "data", ("SVC", "", "Service shop/web")),
        ("web.shop.svc.cluster.local", "a", ("FULL", "", "Service shop/web")),
        ("web.shop.svc.cluster.local.:80", "a", ("FULL", "", "Service shop/web")),
        ("db-0.db:5432", "data", ("SHORT", "db-0", "Service data/db")),
        ("db-0.db:5432", "shop", ("SHORT", "db-0", "")),
        ("db-0.db.data:5432", "shop", ("WITH_NAMESPACE", "db-0", "Service data/db")),
        ("db-0.db.data.svc", "shop", ("SVC", "db-0", "Service data/db")),
        ("http://web.shop.cluster.local", "a", ("NO_SVC", "", "")),
        ("web.shop.svc.other.zone", "a", ("OTHER_ZONE", "", "")),
    ],
)
def test_a_host_is_the_service_that_dns_finds(
    text: str, namespace: str, shown: tuple[str, str, str]
) -> None:
    (call,) = _calls(text, namespace)

    assert _shown(call) == shown


@pytest.mark.parametrize(
    "text",
    ["http://localhost:80", "http://www.example.com", "https://x.org:443", "db.shop."],
)
def test_hosts_of_the_outside_world_are_no_calls(text: str) -> None:
    assert _calls(text) == ()


def test_a_name_of_the_hosts_file_is_no_call() -> None:
    aliases = "hostAliases: [{ip: 10.0.0.1, hostnames: [web]}]"

    assert _calls("http://web", spec=aliases) == ()
    assert len(_calls("http://web.shop", spec=aliases)) == 1


def test_search_domains_of_a_pod_are_looked_through() -> None:
    searches = "dnsConfig: {searches: [shop.svc.cluster.local]}"
    (call,) = _calls("http://web", "data", spec=searches)

    assert _shown(call) == ("SHORT", "", "Service shop/web")


def test_the_stated_zone_is_the_full_name() -> None:
    (call,) = _calls("web.shop.svc.k8s.example", zone="k8s.example")
    (other,) = _calls("web.shop.svc.cluster.local", zone="k8s.example")

    assert call.form is Form.FULL
    assert other.form is Form.OTHER_ZONE


def test_of_two_readings_the_endpoint_comes_first_that_dns_knows() -> None:
    text = """\
apiVersion: v1
kind: Service
metadata: {name: data, namespace: shop}
spec: {clusterIP: None, selector: {app: a}, ports: [{port: 1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, labels: {app: a}}
spec:
  hostname: db
  subdomain: data
  containers: [{name: a, image: a, env: [{name: X, value: "http://db.data"}]}]
"""
    made = cluster(SERVICES + text)
    (call,) = service_table(made).calls.of(made.members[-1])
    assert _shown(call) == ("SHORT", "db", "Service shop/data")

    made = cluster((SERVICES + text).replace("hostname: db", "hostname: other"))
    (call,) = service_table(made).calls.of(made.members[-1])
    assert _shown(call) == ("WITH_NAMESPACE", "", "Service data/db")


def test_fields_for_names_are_calls() -> None:
    text = """\
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: shop}
spec: {type: ExternalName, externalName: db.data.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: short, namespace: shop}
spec: {type: ExternalName, externalName: web.shop}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: shop}
spec: {dnsNames: [web.shop.svc, www.example.com, 3]}
"""
    calls = service_table(cluster(SERVICES + text)).calls.all

    assert [(one.member.name, one.host.host) for one in calls] == [
        ("alias", "db.data.svc.cluster.local"),
        ("web", "web.shop.svc"),
    ]


def test_a_dashboard_calls_nobody() -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: dashboards, namespace: shop}
data:
  a.json: '{"panels": [], "value": "web.shop.svc:80"}'
  b.json: '{"value": "web.shop.svc:80"}'
  c: '{"panels":[],"schemaVersion":27,"value":"web.shop.svc:80"}'
  d: '{"panels":[],"value":"web.shop.svc:80"}'
"""
    calls = service_table(cluster(SERVICES + text)).calls.all

    assert [one.mention.literal.name for one in calls] == ["b.json", "d"]
