"""Which Services of a cluster give which variables to whom."""

from __future__ import annotations

import pytest

from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.environment.links import Link
from support.clusters import cluster, settings

POD = """
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec: {containers: [{name: c, image: i}], enableServiceLinks: %s}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: %s, namespace: %s}
spec: %s
"""


def table(*services: tuple[str, str, str], links: str = "true") -> ServiceTable:
    documents = [POD % links, *(SERVICE % one for one in services)]
    stated = settings(("10.96.0.0/16",))
    return service_table(cluster("\n---\n".join(documents), stated))


def links_of(made: ServiceTable) -> dict[str, Link]:
    (pod,) = made.cluster.workloads
    return {one.name: one for one in made.variables.links_of(pod)}


def test_a_pinned_address_is_the_value() -> None:
    made = table(("web", "shop", "{clusterIP: 10.96.0.7, ports: [{port: 80}]}"))

    assert made.variables.of(made.rows[0]) == {
        "WEB_SERVICE_HOST": "10.96.0.7",
        "WEB_SERVICE_PORT": "80",
        "WEB_PORT": "tcp://10.96.0.7:80",
        "WEB_PORT_80_TCP": "tcp://10.96.0.7:80",
        "WEB_PORT_80_TCP_PROTO": "tcp",
        "WEB_PORT_80_TCP_PORT": "80",
        "WEB_PORT_80_TCP_ADDR": "10.96.0.7",
    }


def test_a_word_stands_for_an_address_that_is_drawn() -> None:
    made = table(("web", "shop", "{ports: [{port: 80}]}"))

    values = made.variables.of(made.rows[0])
    assert values is not None
    assert values["WEB_PORT"] == "tcp://clusterIP:80"
    assert not links_of(made)["web"].known


@pytest.mark.parametrize(
    "spec",
    [
        "{clusterIP: None, ports: [{port: 80}]}",
        "{type: ExternalName, externalName: a.example.com}",
        "{clusterIP: 10.96.0.7, ports: []}",
    ],
)
def test_headless_external_and_refused_services_give_none(spec: str) -> None:
    made = table(("web", "shop", spec))

    assert made.variables.of(made.rows[0]) == {}
    assert "web" not in links_of(made)


def test_nothing_is_known_of_a_service_with_a_placeholder() -> None:
    made = table(("web", "shop", "{clusterIP: '{{ ip }}', ports: [{port: 80}]}"))

    assert made.variables.of(made.rows[0]) is None


def test_a_workload_is_told_of_its_namespace_and_of_the_api_server() -> None:
    made = table(
        ("web", "shop", "{ports: [{port: 80}]}"),
        ("web", "other", "{ports: [{port: 81}]}"),
    )

    links = links_of(made)
    assert list(links) == ["kubernetes", "web"]
    assert links["web"].namespace == "shop"
    assert dict(links["kubernetes"].variables) == {
        "KUBERNETES_SERVICE_HOST": "10.96.0.1",
        "KUBERNETES_SERVICE_PORT": "443",
        "KUBERNETES_SERVICE_PORT_HTTPS": "443",
        "KUBERNETES_PORT": "tcp://10.96.0.1:443",
        "KUBERNETES_PORT_443_TCP": "tcp://10.96.0.1:443",
        "KUBERNETES_PORT_443_TCP_PROTO": "tcp",
        "KUBERNETES_PORT_443_TCP_PORT": "443",
        "KUBERNETES_PORT_443_TCP_ADDR": "10.96.0.1",
    }


def test_without_links_only_the_api_server_is_told_of() -> None:
    made = table(("web", "shop", "{ports: [{port: 80}]}"), links="false")

    assert list(links_of(made)) == ["kubernetes"]


def test_the_set_may_say_what_the_api_servers_service_is() -> None:
    made = table(
        ("kubernetes", "default", "{clusterIP: 10.96.0.1, ports: [{port: 6443}]}")
    )

    variables = dict(links_of(made)["kubernetes"].variables)
    assert variables["KUBERNETES_SERVICE_PORT"] == "6443"
