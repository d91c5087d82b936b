"""What selectors pick and nearly pick, as they stand in a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    NearMiss,
    ServiceMember,
    Setting,
    default_settings,
)
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from support.written import Gather, deployment, gatherer, obj, service

FLAG = Origin(OriginKind.FLAG, "--kubernetes-version")


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def named(cluster: Cluster, name: str) -> ServiceMember:
    return next(member for member in cluster.services if member.name == name)


def said(misses: tuple[NearMiss, ...]) -> list[tuple[str, str, str, str, str]]:
    return [(m.workload.name, m.key, m.wanted, m.has, m.kind) for m in misses]


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

    web = named(cluster, "web")
    selectors = (
        {"tier": "web", "app": "web"},
        {"app": "mail"},
        {"app": "mail", "a": "b"},
    )
    found = [cluster.closest_workload(selector, web) for selector in selectors]
    assert [one and one.name for one in found] == ["one", None, "three"]


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


def test_a_virtual_machine_is_picked_by_its_name(gather: Gather) -> None:
    machine = deployment("win", "app: desktop", kind="VirtualMachine")
    (cluster,) = gather(
        {"a.yaml": service("web") + machine.replace("apps/v1", "kubevirt.io/v1")}
    )
    web, name = named(cluster, "web"), "vm.kubevirt.io/name"

    assert [
        [one.name for one in cluster.pods_for(selector, web)]
        for selector in (
            {name: "win"},
            {name: "win", "app": "desktop"},
            {name: "win", "kubevirt.io": "virt-launcher"},
            {name: "linux"},
            {name: "win", "app": "server"},
        )
    ] == [["win"], ["win"], ["win"], [], []]


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
