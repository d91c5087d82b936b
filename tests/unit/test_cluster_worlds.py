"""Principle 3: what absence means, and when nobody can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    ServiceMember,
    Setting,
    World,
    default_settings,
)
from cip_lint.model import Origin, OriginKind
from support.written import Gather, deployment, gatherer, obj, service

FLAG = Origin(OriginKind.FLAG, "--complete")


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def named(cluster: Cluster, name: str) -> ServiceMember:
    return next(member for member in cluster.services if member.name == name)


def world_of(gather: Gather, files: dict[str, str], name: str = "web") -> World:
    (cluster,) = gather(files)
    return cluster.world(named(cluster, name))


CUSTOM = obj("Farm", "farm", api="example.com/v1", ns="shop")


def test_a_world_is_open_until_somebody_closes_it(gather: Gather) -> None:
    files = {"a.yaml": service("web", ns="shop") + service("db", ns="data")}
    closed = default_settings()._replace(complete=Setting(True, FLAG))
    for_shop = default_settings()._replace(complete=Setting(("shop",), FLAG))

    worlds = [
        [c.world(s).closed for c in (cluster,) for s in c.services]
        for (cluster,) in (
            gather(files),
            gather(files, closed),
            gather(files, for_shop),
        )
    ]

    assert worlds == [[False, False], [True, True], [True, False]]
    (cluster,) = gather(files, closed)
    assert cluster.world(cluster.services[0]).origin == "--complete"


def test_a_workload_of_the_same_file_is_a_witness(gather: Gather) -> None:
    world = world_of(gather, {"a.yaml": service("web") + deployment("api", "app: api")})

    assert world.witness_workload is not None
    assert world.witness_workload.name == "api"


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": service("web"), "b.yaml": deployment("api", "app: api")},
        {
            "a.yaml": service("web", ns="a") + deployment("api", "app: api", ns="b"),
        },
    ],
)
def test_a_folder_and_another_namespace_are_no_witness(
    gather: Gather, files: dict[str, str]
) -> None:
    assert world_of(gather, files).witness_workload is None


def test_a_rendered_unit_is_a_witness(gather: Gather) -> None:
    world = world_of(
        gather,
        {
            "app/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
            "app/a.yaml": service("web"),
            "app/b.yaml": deployment("api", "app: api"),
        },
    )

    assert world.witness_workload is not None


def test_an_undecided_workload_is_a_witness_in_its_file(gather: Gather) -> None:
    world = world_of(
        gather, {"a.yaml": service("web", ns="shop") + deployment("api", "app: api")}
    )

    assert world.witness_workload is not None


def test_services_are_witnesses_for_services(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": deployment("api", "app: api") + service("web")})
    (api,) = cluster.workloads

    witness = cluster.world(api).witness_service
    assert witness is not None
    assert witness.name == "web"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (CUSTOM, "Farm shop/farm may make pods"),
        (CUSTOM.replace("example.com/v1", "monitoring.coreos.com/v1"), "Farm"),
        (
            obj("Statefulset", "db", api="apps/v1", ns="shop"),
            "Statefulset shop/db may make pods",
        ),
        (obj("service", "db", ns="shop"), None),
        (obj("ConfigMap", "c", ns="shop"), None),
        (obj("Farm", "farm", api="example.com/v1", ns="else"), None),
        (obj("Farm", "farm", api="example.com/v1"), "Farm default/farm may make pods"),
        (obj("ServiceMonitor", "m", api="monitoring.coreos.com/v1", ns="shop"), None),
        (
            obj(
                "HelmRelease",
                "redis",
                "spec: {targetNamespace: shop}",
                api="helm.toolkit.fluxcd.io/v2",
                ns="flux-system",
            ),
            "the chart of HelmRelease redis is not rendered",
        ),
        (
            obj(
                "Application",
                "redis",
                "spec: {source: {chart: redis}, destination: {namespace: shop}}",
                api="argoproj.io/v1alpha1",
                ns="argocd",
            ),
            "Application redis sends what is not in these files",
        ),
        ("a: [\n", "b.yaml cannot be read"),
        ("kind: Deployment\nmetadata: {{ name }}\n", "b.yaml is not read"),
    ],
)
def test_whatever_may_make_pods_makes_a_namespace_unknown(
    gather: Gather, file: str, expected: str | None
) -> None:
    unknown = world_of(
        gather, {"a.yaml": service("web", ns="shop"), "b.yaml": file}
    ).unknown_pods

    if expected is None:
        assert unknown is None
    else:
        assert unknown is not None
        assert unknown.reason.startswith(expected)


def test_the_place_of_an_unknown_maker_can_be_shown(gather: Gather) -> None:
    unknown = world_of(
        gather, {"a.yaml": service("web", ns="shop"), "b.yaml": CUSTOM}
    ).unknown_pods

    assert unknown is not None
    assert unknown.label is not None
    assert (unknown.label.span.text, unknown.label.field) == ("Farm", "kind")


def test_near_services_are_those_of_the_namespace(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("payments", ns="shop")
            + service("payment", ns="else")
            + deployment("web", "app: web", ns="shop")
        }
    )
    (web,) = cluster.workloads

    assert [m.display for m in cluster.near_services(web, "paymnets-")] == []
    assert [m.display for m in cluster.near_services(web, "paymens")] == [
        "Service shop/payments"
    ]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (obj("service", "web", ns="shop"), "service shop/web may make Services"),
        (obj("Services", "web", api="apps/v1", ns="shop"), "Services shop/web may"),
        (obj("Statefulset", "web", api="apps/v1", ns="shop"), None),
    ],
)
def test_a_service_of_a_misspelt_kind_makes_a_namespace_unknown(
    gather: Gather, file: str, expected: str | None
) -> None:
    (cluster,) = gather({"a.yaml": deployment("api", "app: api", ns="shop") + file})
    unknown = cluster.world(cluster.workloads[0], "Service").unknown_services

    assert (unknown is not None and unknown.reason.startswith(expected or "x")) is (
        expected is not None
    )
