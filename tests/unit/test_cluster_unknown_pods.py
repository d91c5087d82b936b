"""When nobody can tell whether a selector that picks nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    Declared,
    External,
    ServiceMember,
    default_settings,
)
from support.written import Gather, deployment, gatherer, service


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def named(cluster: Cluster, name: str) -> ServiceMember:
    return next(member for member in cluster.services if member.name == name)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("app: web", None),
        ("app: web, vault-active: 'true'", "label vault-active is set by Vault"),
        ("app: web, strimzi.io/kind: Kafka", "label strimzi.io/kind belongs to"),
        ("app.kubernetes.io/name: web", None),
        ("k8s-app: kube-dns", None),
    ],
)
def test_labels_that_templates_never_have_are_unknown(
    gather: Gather, selector: str, expected: str | None
) -> None:
    (cluster,) = gather({"a.yaml": service("web", selector, ns="shop")})
    (web,) = cluster.services

    unknown = cluster.why_unknown(web.service.selector or {}, web)

    assert (unknown and unknown.reason.startswith(expected or "-")) == (
        True if expected else None
    )


def test_the_dns_pods_come_with_the_cluster(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("dns", "k8s-app: kube-dns", "kube-system")})
    (dns,) = cluster.services

    unknown = cluster.why_unknown({"k8s-app": "kube-dns"}, dns)
    assert unknown is not None
    assert unknown.reason == "clusters come with these pods"


def test_what_the_configuration_declares_exists(gather: Gather) -> None:
    external = External(
        workloads=(Declared("shop", labels={"app": "web*"}),),
        services=(Declared("data", "db-*"),),
        endpoints=(Declared(name="legacy"),),
        run_time_labels=frozenset({"elected", "*.corp/leader"}),
    )
    settings = default_settings()._replace(external=external)
    (cluster,) = gather({"a.yaml": service("web", "app: web-1", ns="shop")}, settings)
    (web,) = cluster.services

    assert [
        cluster.why_unknown({"app": "web-1"}, web) is not None,
        cluster.why_unknown({"app": "api"}, web) is not None,
        cluster.why_unknown({"elected": "yes"}, web) is not None,
        cluster.why_unknown({"a.corp/leader": "yes"}, web) is not None,
        external.has_service("data", "db-main"),
        external.has_service("shop", "db-main"),
        external.has_endpoints("", "legacy"),
    ] == [True, False, True, True, True, False, True]


def test_pods_in_pieces_of_a_build_are_not_called_missing(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "web.yaml": service("web", "app: web"),
            "base/kustomization.yaml": "namePrefix: a-\nresources: [b.yaml]\n",
            "base/b.yaml": deployment("web", "app: web"),
        }
    )
    web = named(cluster, "web")

    unknown = cluster.why_unknown({"app": "web"}, web)
    assert cluster.pods_for({"app": "web"}, web) == ()
    assert unknown is not None
    assert unknown.reason == (
        "Deployment default/web of another unit carries these labels"
    )
