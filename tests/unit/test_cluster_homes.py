"""What Flux sends goes to the cluster in which its objects live."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, ClusterSettings
from cip_lint.cluster.absence import absence
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
                f"{ROOT}/a/f.yaml": flux("a", "one"),
                f"{ROOT}/a/kustomization.yaml": "resources: [f.yaml]\n",
                f"{ROOT}/b/f.yaml": flux("b", "two"),
                f"{ROOT}/b/kustomization.yaml": "resources: [f.yaml]\n",
            },
            id="builds in the folder of a cluster",
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
        pytest.param(
            {
                "x/f.yaml": flux("x", "x") + flux("shared", "one"),
                "y/f.yaml": flux("y", "y") + flux("again", "one") + flux("b", "two"),
            },
            id="one of the clusters that get a folder",
        ),
        pytest.param(
            {
                "x/f.yaml": flux("x", "x") + flux("shared", "apps"),
                "y/f.yaml": flux("y", "y") + flux("again", "apps") + flux("b", "two"),
                "apps/a.yaml": flux("a", "one"),
            },
            id="one of the clusters that get who sends it",
        ),
        pytest.param(
            {
                "x/f.yaml": flux("x", "x") + flux("shared", "one", remote("east")),
                "y/f.yaml": flux("y", "y") + flux("again", "one"),
                "b.yaml": flux("b", "two", remote("east")),
            },
            id="one of the clusters that are named and those that are not",
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


def calling(name: str) -> str:
    return obj(
        "ConfigMap", "calls", f"data: {{url: 'http://{name}.one.svc'}}", ns="one"
    )


def lost(cluster: Cluster) -> set[tuple[str, str]]:
    """Return which calls find no Service, and who sends the caller."""
    return {
        (call.service, call.member.unit.sender)
        for call in service_table(cluster).calls.all
        if call.row is None
    }


@pytest.mark.parametrize("how", ["folder", "build"])
def test_what_two_clusters_get_is_in_each_of_them(gather: Gather, how: str) -> None:
    listed = {"apps/kustomization.yaml": "resources: [calls.yaml]\n"}
    files = {
        "clusters/x/f.yaml": flux("both", "apps") + flux("own", "one"),
        "clusters/y/f.yaml": flux("both", "apps") + flux("own", "two"),
        "apps/calls.yaml": calling("one"),
        **(listed if how == "build" else {}),
    }
    (cluster,) = gather({**files, **SERVICES})
    x, y = (f"Kustomization flux-system/both of clusters/{one}/f.yaml" for one in "xy")

    assert [m.unit.sender for m in cluster.of_kind("ConfigMap")] == [x, y]
    assert lost(cluster) == {("one", y)}
    assert len({unit.identity for unit in cluster.units}) == len(cluster.units) == 5


@pytest.mark.parametrize(
    ("x", "y", "callers"),
    [
        pytest.param("apps", "apps/in", "x y", id="a folder and one in it"),
        pytest.param("apps", "one", "x", id="one folder"),
        pytest.param(
            "apps, namePrefix: x-", "apps/in", "y", id="what one changes is not known"
        ),
    ],
)
@pytest.mark.parametrize("how", ["folder", "build"])
def test_what_lies_in_a_folder_is_sent_with_those_above(
    gather: Gather, how: str, x: str, y: str, callers: str
) -> None:
    listed = {"apps/in/kustomization.yaml": "resources: [calls.yaml]\n"}
    files = {
        "clusters/x/f.yaml": flux("outer", x) + flux("own", "one"),
        "clusters/y/f.yaml": flux("inner", y),
        "apps/in/calls.yaml": calling("one"),
        **(listed if how == "build" else {}),
    }
    (cluster,) = gather({**files, **SERVICES})

    members = cluster.of_kind("ConfigMap")
    homes = {one: f"home [('clusters', '{one}')]" for one in "xy"}
    assert {m.unit.scope for m in members} == {homes[one] for one in callers.split()}
    assert len(members) == len(callers.split())
    assert lost(cluster) == (
        {("one", "Kustomization flux-system/inner of clusters/y/f.yaml")}
        if callers == "x y"
        else {("one", "")}
        if callers == "y"
        else set()
    )


@pytest.mark.parametrize("inner", ["apps", "apps/in"])
@pytest.mark.parametrize("how", ["files", "builds"])
def test_files_that_nobody_sends_may_be_of_one_cluster(
    gather: Gather, inner: str, how: str
) -> None:
    listed = {
        f"{one}/kustomization.yaml": "resources: [f.yaml]\n" for one in ("x", "y")
    }
    files = {
        "x/f.yaml": flux("outer", "apps"),
        "y/f.yaml": flux("inner", inner),
        "apps/in/calls.yaml": calling("one"),
        **(listed if how == "builds" else {}),
    }
    (cluster,) = gather({**files, **SERVICES})

    assert len(cluster.of_kind("ConfigMap")) == 1


@pytest.mark.parametrize(
    ("files", "is_known"),
    [
        pytest.param(
            {"x.yaml": flux("a", "apps"), "y.yaml": flux("b", "one")},
            False,
            id="two files that nobody sends",
        ),
        pytest.param(
            {
                "x.yaml": flux("a", "apps"),
                "z.yaml": flux("z", "apps"),
                "y.yaml": flux("b", "one"),
            },
            False,
            id="a folder of two such files",
        ),
        pytest.param(
            {"clusters/x/f.yaml": flux("a", "apps"), "y.yaml": flux("b", "one")},
            False,
            id="a Service that may be of any cluster",
        ),
        pytest.param(
            {
                "clusters/x/f.yaml": flux("a", "apps"),
                "clusters/y/f.yaml": flux("b", "one"),
            },
            True,
            id="the folders of two clusters",
        ),
        pytest.param(
            {
                "x.yaml": flux("a", "apps", remote("east")),
                "y.yaml": flux("b", "one", remote("west")),
            },
            True,
            id="two clusters that are named",
        ),
        pytest.param({"x.yaml": flux("a", "apps")}, False, id="nobody sends it"),
        pytest.param(
            {"clusters/x/f.yaml": flux("a", "apps")}, True, id="the folder of a cluster"
        ),
    ],
)
def test_a_name_is_unknown_where_its_service_goes_to_another_cluster(
    gather: Gather, files: dict[str, str], *, is_known: bool
) -> None:
    (cluster,) = gather({**files, **SERVICES, "apps/calls.yaml": calling("one")})

    (caller,) = cluster.of_kind("ConfigMap")
    why = absence(cluster, caller, "one", "one").why_exists
    assert why == ("" if is_known else "Service one/one may go to the same cluster")


def test_who_sends_a_folder_to_a_cluster_twice_sends_it_once(gather: Gather) -> None:
    files = {
        "clusters/x/f.yaml": flux("outer", "apps") + flux("inner", "apps/in"),
        "apps/in/calls.yaml": calling("one"),
    }
    (cluster,) = gather({**files, **SERVICES})

    (caller,) = cluster.of_kind("ConfigMap")
    assert caller.unit.path == "apps/in"


def test_a_folder_stays_one_where_all_who_send_it_live_in_one_cluster(
    gather: Gather,
) -> None:
    files = {
        "clusters/x/f.yaml": flux("a", "apps") + flux("b", "apps"),
        "apps/calls.yaml": calling("one"),
    }
    (cluster,) = gather({**files, **SERVICES})

    assert len(cluster.of_kind("ConfigMap")) == 1


def test_many_who_send_each_other_are_not_followed_without_end(gather: Gather) -> None:
    files = {
        f"f{one}/f.yaml": flux(f"k{one}", f"f{one + 1}")
        + flux(f"j{one}", f"f{one + 1}")
        for one in range(400)
    }
    files["f400/s.yaml"] = pinned("one")
    (cluster,) = gather(files)

    (service,) = cluster.services
    assert service.unit.scope.startswith("flux f400 ")
