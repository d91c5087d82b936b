"""What a workload's containers find: values of the set, of fields, and what is unknown."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cip_lint.replay import service_table
from cip_lint.replay.environment.assembly import Value
from cip_lint.replay.environment.workloads import (
    ContainerEnvironment,
    environment_of,
)
from support.clusters import cluster, settings

SERVICES = """
---
apiVersion: v1
kind: Service
metadata: {name: foo, namespace: shop}
spec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: foo-service, namespace: shop}
spec: {clusterIP: 10.96.0.8, ports: [{port: 81}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {MODE: fast, HOST: "${HOST}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: other}
data: {MODE: slow}
"""
LABELS = {"app": "web"}


def made(container: dict[str, Any], kind: str = "Deployment") -> ContainerEnvironment:
    """Return the environment of the one container of a workload."""
    pod = {
        "metadata": {"labels": LABELS},
        "spec": {"containers": [{"name": "c", "image": "i", **container}]},
    }
    metadata = {"name": "web", "namespace": "shop"}
    body: dict[str, Any]
    if kind == "Pod":
        body = {"apiVersion": "v1", "kind": "Pod", **pod}
        body["metadata"] = {**metadata, "labels": LABELS}
    else:
        spec = {"selector": {"matchLabels": LABELS}, "template": pod}
        body = {"apiVersion": "apps/v1", "kind": kind, "spec": spec}
        body["metadata"] = metadata
    stated = settings(("10.96.0.0/16",))
    table = service_table(cluster(yaml.safe_dump(body) + SERVICES, stated))
    (workload,) = table.cluster.workloads
    (one,) = environment_of(table, workload).containers
    return one


def field(path: str, kind: str = "Deployment") -> Value:
    entry = {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": path}}}
    return made({"env": [entry]}, kind).environment.variables["X"].value


def test_a_config_map_is_that_of_the_namespace() -> None:
    one = made({"envFrom": [{"configMapRef": {"name": "settings"}}]})

    assert one.environment.variables["MODE"].value == Value("fast")
    assert not one.environment.variables["HOST"].value.known


def test_a_variable_that_two_services_make_has_no_known_value() -> None:
    one = made({"args": ["$(FOO_SERVICE_PORT)"]})

    assert list(one.contested) == ["FOO_SERVICE_PORT"]
    assert one.environment.args == (Value("<80 or tcp://10.96.0.8:81>", known=False),)


def test_what_the_container_says_itself_is_not_contested() -> None:
    one = made({"env": [{"name": "FOO_SERVICE_PORT", "value": "1"}]})

    assert not one.contested
    assert [masked.variable.name for masked in one.masked] == ["FOO_SERVICE_PORT"]


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("metadata.namespace", "Deployment", Value("shop")),
        ("metadata.name", "Pod", Value("web")),
        ("metadata.name", "Deployment", Value("<metadata.name>", known=False)),
        ("metadata.labels['app']", "Deployment", Value("web")),
        ("metadata.labels['none']", "Pod", Value("")),
        (
            "metadata.labels['pod-template-hash']",
            "Deployment",
            Value("<metadata.labels['pod-template-hash']>", known=False),
        ),
        ("spec.serviceAccountName", "Deployment", Value("default")),
        ("status.podIP", "Pod", Value("<status.podIP>", known=False)),
    ],
)
def test_fields_are_known_as_far_as_the_template_says_them(
    path: str, kind: str, expected: Value
) -> None:
    assert field(path, kind) == expected
