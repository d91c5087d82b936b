"""Principle 3: what absence means, and when nobody can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    Declared,
    External,
    NearMiss,
    ServiceMember,
    Setting,
    World,
    default_settings,
)
from cip_lint.kube.version import Version
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


def said(misses: tuple[NearMiss, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(m.workload.name, m.key, m.wanted, m.has, m.kind) for m in misses]


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


def test_a_near_miss_differs_in_one_key(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("web"),
            "b.yaml": deployment("one", "app: frontend, tier: web")
            + deployment("two", "app: front-end-app, tier: cache")
            + deployment("three", "componnent: server"),
        }
    )
    web = named(cluster, "web")

    assert [
        said(cluster.nearest_workloads(selector, web))
        for selector in (
            {"app": "fontend"},
            {"app": "FrontEndApp", "tier": "cache"},
            {"app": "fronted", "tier": "other"},
            {"component": "server"},
            {"app": "nothing"},
        )
    ] == [
        [("one", "app", "fontend", "frontend", "spelling")],
        [("two", "app", "FrontEndApp", "front-end-app", "case")],
        [],
        [("three", "component", "server", "componnent", "key")],
        [],
    ]


def test_two_values_that_both_exist_are_no_near_miss(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("web"),
            "b.yaml": deployment("one", "app: orders, tier: web")
            + deployment("two", "app: order, tier: cache"),
        }
    )

    assert (
        cluster.nearest_workloads(
            {"app": "order", "tier": "web"}, named(cluster, "web")
        )
        == ()
    )


def test_the_closest_workload_is_shown_with_the_label_that_excludes_it(
    gather: Gather,
) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("web")
            + deployment("one", "app: api, tier: web")
            + deployment("two", "tier: web")
            + deployment("three", "app: mail"),
        }
    )

    assert said(
        cluster.closest_workloads({"tier": "web", "app": "web"}, named(cluster, "web"))
    ) == [
        ("one", "app", "web", "api", "value"),
        ("two", "app", "web", "", "absent"),
    ]


def test_controllers_add_labels_to_what_templates_have(gather: Gather) -> None:
    files = {
        "a.yaml": service("web")
        + deployment("db", "app: db", kind="StatefulSet")
        + deployment("web", "app: web")
        + deployment("backup", "app: backup", kind="Job").replace("apps/v1", "batch/v1")
    }
    (cluster,) = gather(files)
    (old,) = gather(
        files,
        default_settings()._replace(kubernetes_version=Setting(Version(1, 27), FLAG)),
    )
    pod_name = "statefulset.kubernetes.io/pod-name"

    def found(cluster: Cluster, selector: dict[str, str]) -> list[str]:
        return [m.name for m in cluster.pods_for(selector, named(cluster, "web"))]

    assert [
        found(cluster, {"app": "db", pod_name: "db-0"}),
        found(cluster, {pod_name: "db-0"}),
        found(cluster, {pod_name: "db-1"}),
        found(cluster, {"app": "db", "apps.kubernetes.io/pod-index": "0"}),
        found(old, {"app": "db", "apps.kubernetes.io/pod-index": "0"}),
        found(cluster, {"app": "web", "pod-template-hash": "abc"}),
        found(cluster, {"pod-template-hash": "abc"}),
        found(cluster, {"job-name": "backup"}),
        found(cluster, {"app": "db", "spilo-role": "master"}),
        found(cluster, {"spilo-role": "master"}),
    ] == [["db"], ["db"], [], ["db"], [], ["web"], [], ["backup"], ["db"], []]


def test_an_autoscaler_decides_the_replicas_instead(gather: Gather) -> None:
    scaler = obj(
        "HorizontalPodAutoscaler",
        "db",
        "spec: {scaleTargetRef: {kind: StatefulSet, name: db}}",
        api="autoscaling/v2",
    )
    (cluster,) = gather(
        {
            "a.yaml": service("web")
            + deployment("db", "app: db", kind="StatefulSet")
            + scaler
        }
    )
    selector = {"statefulset.kubernetes.io/pod-name": "db-4"}

    assert len(cluster.pods_for(selector, named(cluster, "web"))) == 1
    assert cluster.is_governed_elsewhere(cluster.workloads[0])


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
