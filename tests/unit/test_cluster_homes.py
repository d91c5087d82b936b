"""What Flux sends goes to the cluster in which its objects live."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, ClusterSettings
from cip_lint.replay import service_table
from support.written import Gather, gatherer, obj

ROOT = "clusters/home"


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def flux(name: str, path: str, more: str = "") -> str:
    return obj(
        "Kustomization",
        name,
        f"spec: {{path: ./{path}{more}}}",
        api="kustomize.toolkit.fluxcd.io/v1",
        ns="flux-system",
    )


def application(name: str, path: str) -> str:
    return obj(
        "Application",
        name,
        f"spec: {{source: {{path: {path}}}, destination: {{namespace: x}}}}",
        api="argoproj.io/v1alpha1",
        ns="argocd",
    )


def remote(name: str) -> str:
    return f", kubeConfig: {{secretRef: {{name: {name}}}}}"


def pinned(name: str) -> str:
    return obj("Service", name, "spec: {clusterIP: 10.96.0.50}", ns=name)


SERVICES = {"one/s.yaml": pinned("one"), "two/s.yaml": pinned("two")}
BOTH = [["Service one/one", "Service two/two"]]


def collisions(cluster: Cluster) -> list[list[str]]:
    return [
        [claim.member.display for claim in one.claims]
        for one in service_table(cluster).address_collisions
    ]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"f.yaml": flux("a", "one") + flux("b", "two")}, id="one file"),
        pytest.param(
            {
                f"{ROOT}/a.yaml": flux("a", "one"),
                f"{ROOT}/b.yaml": flux("b", "two"),
            },
            id="the folder of a cluster",
        ),
        pytest.param(
            {
                "sync/flux-system/sync.yaml": flux("root", "sync"),
                "sync/a.yaml": flux("a", "one"),
                "sync/b.yaml": flux("b", "two"),
            },
            id="one that sends its own file",
        ),
        pytest.param(
            {
                "root.yaml": flux("root", "apps"),
                "apps/a.yaml": flux("a", "more") + flux("b", "one"),
                "more/c.yaml": flux("c", "two"),
            },
            id="one that another sends",
        ),
        pytest.param(
            {
                "k/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
                "k/a.yaml": flux("a", "one"),
                "k/b.yaml": flux("b", "two"),
            },
            id="one build",
        ),
        pytest.param(
            {
                "root.yaml": flux("root", "apps", remote("east")),
                "apps/a.yaml": flux("a", "one"),
                "b.yaml": flux("b", "two", remote("east")),
            },
            id="a cluster that is named elsewhere",
        ),
    ],
)
def test_what_one_cluster_gets_meets(gather: Gather, files: dict[str, str]) -> None:
    (cluster,) = gather({**files, **SERVICES})

    assert collisions(cluster) == BOTH


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"a.yaml": flux("a", "one"), "b.yaml": flux("b", "two")}, id="two files"
        ),
        pytest.param(
            {
                "clusters/x/a.yaml": flux("a", "one"),
                "clusters/y/b.yaml": flux("b", "two"),
            },
            id="the folders of two clusters",
        ),
        pytest.param(
            {"f.yaml": flux("a", "one") + flux("b", "two", remote("east"))},
            id="one goes elsewhere",
        ),
        pytest.param(
            {
                "x/f.yaml": flux("x", "x") + flux("shared", "one"),
                "y/f.yaml": flux("y", "y") + flux("again", "one") + flux("b", "two"),
            },
            id="a folder that two clusters get",
        ),
        pytest.param(
            {
                "roots.yaml": flux("x", "apps", ", targetNamespace: x")
                + flux("y", "apps", ", targetNamespace: y"),
                "apps/a.yaml": flux("a", "one"),
                "b.yaml": flux("b", "two"),
            },
            id="an object that two send",
        ),
        pytest.param(
            {
                "app.yaml": application("app", "apps"),
                "apps/f.yaml": flux("a", "one"),
                "b.yaml": flux("b", "two"),
            },
            id="an Application that names no cluster",
        ),
    ],
)
def test_what_may_go_to_two_clusters_is_kept_apart(
    gather: Gather, files: dict[str, str]
) -> None:
    (cluster,) = gather({**files, **SERVICES})

    assert collisions(cluster) == []


def test_clusters_that_are_bound_need_no_homes(gather: Gather) -> None:
    files = {"a.yaml": flux("a", "one"), "b.yaml": flux("b", "two")}
    (cluster,) = gather({**files, **SERVICES}, ClusterSettings(name="x", paths=(".",)))

    assert collisions(cluster) == BOTH


def test_what_is_changed_on_its_way_meets_nobody(gather: Gather) -> None:
    changed = flux("b", "two", ", namePrefix: b-")
    (cluster,) = gather({"f.yaml": flux("a", "one") + changed, **SERVICES})

    assert collisions(cluster) == []
