"""What becomes of the variables of Services that workloads read."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cip_lint.replay import service_table
from cip_lint.replay.environment.reads import EarlyRead, ServiceRead
from support.clusters import cluster

SERVICES = """
---
apiVersion: v1
kind: Service
metadata: {name: my-db, namespace: shop}
spec: {ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: grpc-service, namespace: shop}
spec: {ports: [{port: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: peers, namespace: shop}
spec: {clusterIP: None, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: shop}
spec: {type: ExternalName, externalName: mail.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: far, namespace: data}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {NONE_SERVICE_HOST: here}
"""


def found(container: dict[str, Any], **spec: Any) -> list[ServiceRead | EarlyRead]:
    """Return what one container of a Pod in ``shop`` reads."""
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"containers": [{"name": "c", "image": "i", **container}], **spec},
    }
    table = service_table(cluster(yaml.safe_dump(body) + SERVICES))
    (member,) = table.cluster.workloads
    return list(table.reads.of(member))


def read(name: str, **spec: Any) -> ServiceRead:
    (one,) = found({"args": [f"$({name})"]}, **spec)
    assert isinstance(one, ServiceRead)
    return one


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("MY_DB_SERVICE_HOST", "my-db"),
        ("MY_DB_SERVICE_PORT_SQL", "my-db"),
        ("MY_DB_PORT_5432_TCP_ADDR", "my-db"),
        ("GRPC_SERVICE_PORT", "grpc-service"),
        ("KUBERNETES_SERVICE_PORT_HTTPS", "kubernetes"),
    ],
)
def test_who_makes_a_variable(name: str, service: str) -> None:
    one = read(name)

    assert [link.name for link in one.makers] == [service]
    assert (one.lack, one.reading.service) == (None, service)


@pytest.mark.parametrize(
    ("name", "lack", "service"),
    [
        ("PEERS_SERVICE_HOST", "headless", "peers"),
        ("MAIL_SERVICE_HOST", "external-name", "mail"),
        ("MY_DB_SERVICE_PORT_HTTP", "port", "my-db"),
        ("MY_DB_PORT_80_TCP", "port", "my-db"),
        ("GRPC_SERVICE_HOST", "no-service", "grpc"),
        ("FAR_SERVICE_HOST", "other-namespace", "far"),
        ("NONE_SERVICE_PORT", "no-service", "none"),
    ],
)
def test_why_nobody_makes_it(name: str, lack: str, service: str) -> None:
    one = read(name)

    assert one.makers == ()
    assert (one.lack, one.reading.service) == (lack, service)


def test_without_links_only_the_api_server_is_told_of() -> None:
    assert read("MY_DB_SERVICE_HOST", enableServiceLinks=False).lack == "links-off"
    assert read("KUBERNETES_SERVICE_HOST", enableServiceLinks=False).makers


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["$(OTHER)"]},
        {"args": ["$(KUBERNETES_SERVICE_PORT_HTTP)"]},
        {"command": ["sh", "-c", "run $NONE_PORT"]},
        {"args": ["$(A_PORT)"], "env": [{"name": "A_PORT", "value": ""}]},
        {
            "args": ["$(NONE_SERVICE_HOST)"],
            "envFrom": [{"configMapRef": {"name": "settings"}}],
        },
    ],
)
def test_what_is_no_business_of_services(container: dict[str, Any]) -> None:
    assert found(container) == []


def test_what_nobody_sees_may_define_it() -> None:
    secret = {"secretRef": {"name": "x"}}

    (one,) = found({"args": ["$(A_SERVICE_HOST)"], "envFrom": [secret]})
    (other,) = found(
        {"args": ["$(A_SERVICE_HOST)"], "envFrom": [{**secret, "prefix": "B_"}]}
    )

    assert isinstance(one, ServiceRead)
    assert isinstance(other, ServiceRead)
    assert (one.certain, other.certain) == (False, True)


def test_a_later_entry_is_no_definition() -> None:
    (one,) = found(
        {
            "env": [
                {"name": "URL", "value": "$(MY_DB_PORT)"},
                {"name": "MY_DB_PORT", "value": "5432"},
            ]
        }
    )

    assert isinstance(one, EarlyRead)
    assert (one.later, one.value) == (
        ("spec", "containers", 0, "env", 1),
        "tcp://...:5432",
    )


SHADOW = """
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: grpc, namespace: shop}
spec: {ports: [{port: 80}]}
"""


@pytest.mark.parametrize("enabled", [True, False])
def test_makers_are_those_that_the_containers_are_told_of(*, enabled: bool) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"enableServiceLinks": enabled, "containers": []},
    }
    table = service_table(cluster(yaml.safe_dump(body) + SERVICES + SHADOW))
    (member,) = table.cluster.workloads
    told: dict[str, set[tuple[str, str]]] = {}
    for link in table.variables.links_of(member):
        for one in link.variables:
            told.setdefault(one.name, set()).add((link.name, one.value))

    made = {name: table.variables.makers(member, name) for name in told}

    assert told == {
        name: {(link.name, value) for link, value in found}
        for name, found in made.items()
    }
    assert len(made.get("GRPC_SERVICE_PORT", ())) == (2 if enabled else 0)
    assert table.variables.makers(member, "PEERS_SERVICE_HOST") == ()
