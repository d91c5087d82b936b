"""One folder that several send is a unit of each: what goes where, and what meets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    ClusterSettings,
    default_settings,
    left_out,
    partition,
)
from cip_lint.go_globs import compiled
from cip_lint.manifests import ReadOptions, read
from cip_lint.manifests.builds import Sent
from cip_lint.model import Resource
from cip_lint.replay import service_table
from support.written import Gather, gatherer, obj, service


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def application(name: str, path: str, destination: str, more: str = "") -> str:
    return obj(
        "Application",
        name,
        f"spec: {{source: {{path: {path}{more}}}, destination: {{{destination}}}}}",
        api="argoproj.io/v1alpha1",
        ns="argocd",
    )


def flux(name: str, path: str, more: str = "") -> str:
    return obj(
        "Kustomization",
        name,
        f"spec: {{path: ./{path}{more}}}",
        api="kustomize.toolkit.fluxcd.io/v1",
        ns="flux-system",
    )


def pinned(name: str, address: str = "10.96.0.50", ns: str = "") -> str:
    return obj("Service", name, f"spec: {{clusterIP: {address}}}", ns=ns)


def sent(cluster: Cluster, name: str) -> list[tuple[str, str | None]]:
    """Return the displays of the objects of a name, and the clusters they go to."""
    return [(m.display, m.unit.cluster) for m in cluster.members if m.name == name]


def collisions(cluster: Cluster) -> list[list[str]]:
    return [
        [claim.member.display for claim in one.claims]
        for one in service_table(cluster).address_collisions
    ]


EAST, WEST = "name: east, namespace: shop", "name: west, namespace: shop"


def test_a_folder_for_two_clusters_has_objects_in_each(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "shared", EAST)
            + application("w", "shared", WEST)
            + application("own", "west", WEST),
            "shared/s.yaml": pinned("one"),
            "west/s.yaml": pinned("two"),
        }
    )

    assert sent(cluster, "one") == [
        ("Service shop/one", "east"),
        ("Service shop/one", "west"),
    ]
    assert collisions(cluster) == [["Service shop/one", "Service shop/two"]]
    assert [(u.path, u.sender[:20]) for u in cluster.units if u.sender] == [
        ("shared", "Application argocd/e"),
        ("shared", "Application argocd/w"),
    ]


def test_a_kustomization_that_lists_files_may_be_sent_twice(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST) + application("w", "k", WEST),
            "k/kustomization.yaml": "resources: [s.yaml]\n",
            "k/s.yaml": service("one"),
        }
    )

    assert sent(cluster, "one") == [
        ("Service shop/one", "east"),
        ("Service shop/one", "west"),
    ]


def test_namespaces_of_one_cluster_get_an_object_each(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("a", "k", "name: east, namespace: a")
            + application("b", "k", "name: east, namespace: b"),
            "k/s.yaml": pinned("one") + pinned("own", "10.96.0.51", ns="said"),
        }
    )

    assert [one for one, _ in sent(cluster, "one")] == [
        "Service a/one",
        "Service b/one",
    ]
    assert [one for one, _ in sent(cluster, "own")] == ["Service said/own"]
    assert collisions(cluster) == [["Service a/one", "Service b/one"]]
    orders = [member.order for member in cluster.members]
    assert orders == sorted(set(orders))


def test_the_cluster_of_argo_cd_has_a_name_and_an_address(gather: Gather) -> None:
    address = "server: https://kubernetes.default.svc"
    (cluster,) = gather(
        {
            "argo.yaml": application("a", "a", "name: in-cluster, namespace: a")
            + application("b", "b", f"{address}, namespace: b")
            + application("c", "c", f"{address}/, namespace: c"),
            **{f"{one}/s.yaml": pinned(one) for one in "abc"},
        }
    )

    assert collisions(cluster) == [["Service a/a", "Service b/b", "Service c/c"]]


def test_two_of_flux_that_name_no_cluster_need_not_meet(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "one.yaml": flux("one", "common", ", targetNamespace: common-one"),
            "two.yaml": flux("two", "common", ", targetNamespace: common-two"),
            "common/deep/s.yaml": pinned("web"),
        }
    )

    assert [one for one, _ in sent(cluster, "web")] == [
        "Service common-one/web",
        "Service common-two/web",
    ]
    assert not collisions(cluster)


def test_those_that_send_alike_are_one(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("a", "k", EAST) + application("b", "k", EAST),
            "k/s.yaml": service("one"),
        }
    )

    assert sent(cluster, "one") == [("Service shop/one", "east")]


def test_a_bound_cluster_gets_what_its_own_objects_send(gather: Gather) -> None:
    files = {
        "clusters/a/x.yaml": flux("x", "common", ", targetNamespace: of-a"),
        "clusters/b/x.yaml": flux("x", "common", ", targetNamespace: of-b"),
        "common/s.yaml": pinned("web"),
    }
    found = gather(
        files,
        ClusterSettings(name="a", paths=("clusters/a",)),
        ClusterSettings(name="b", paths=("clusters/b",)),
    )

    assert [sent(one, "web") for one in found if one.members] == [
        [("Service of-a/web", None)],
        [("Service of-b/web", None)],
    ]


def test_one_cluster_by_a_flag_gets_an_object_once(gather: Gather) -> None:
    files = {
        "argo.yaml": application("e", "k", EAST)
        + application("w", "k", WEST)
        + application("here", "both", "name: in-cluster, namespace: shop")
        + application("there", "both", "name: west, namespace: else"),
        "k/s.yaml": pinned("web"),
        "both/s.yaml": pinned("both", "10.96.0.51"),
    }
    (found,) = gather(files, ClusterSettings(name="all", paths=(".",)))

    assert [one for one, _ in sent(found, "web")] == ["Service shop/web"]
    assert [one for one, _ in sent(found, "both")] == ["Service shop/both"]
    assert not collisions(found)


def test_what_a_shared_folder_makes_elsewhere_is_unknown_in_each(
    gather: Gather,
) -> None:
    helm = obj("HelmRelease", "db", api="helm.toolkit.fluxcd.io/v2")
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST) + application("w", "k", WEST),
            "k/s.yaml": helm,
        }
    )

    told = {unit.cluster: cluster.hidden.get(unit.identity) for unit in cluster.units}
    assert (
        told["east"] == told["west"] == ["the chart of HelmRelease db is not rendered"]
    )


@pytest.mark.parametrize(
    ("directory", "judged"),
    [
        ("recurse: true", {"a.yaml", "b.yaml", "in/a.yaml", "in/deep/a.yaml"}),
        ("recurse: true, exclude: '{b.yaml,in/*}'", {"a.yaml"}),
        (
            "recurse: true, include: '*a.yaml'",
            {"a.yaml", "in/a.yaml", "in/deep/a.yaml"},
        ),
        ("recurse: true, include: 'in/*', exclude: '*deep*'", {"in/a.yaml"}),
        ("recurse: true, include: '[!b].yaml'", {"a.yaml"}),
        ("recurse: true, include: '{in/{a,b}.*,b.*}'", {"b.yaml", "in/a.yaml"}),
        (
            "recurse: true, exclude: '['",
            {"a.yaml", "b.yaml", "in/a.yaml", "in/deep/a.yaml"},
        ),
    ],
)
def test_argo_cd_sends_the_files_that_it_is_told_to(
    gather: Gather, directory: str, judged: set[str]
) -> None:
    names = ("a.yaml", "b.yaml", "in/a.yaml", "in/deep/a.yaml")
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST, f", directory: {{{directory}}}"),
            **{f"k/{name}": service("web") for name in names},
            "k/no.yaml": "# +argocd:skip-file-rendering\n" + service("no"),
        }
    )

    services = [one for one in cluster.members if one.kind == "Service"]
    assert {one.path[2:] for one in services if not one.partial} == judged
    number = 5 - len(judged)
    what = "1 file" if number == 1 else f"{number} files"
    assert f"{what} left out by who sends the folder" in cluster.notices


def test_a_file_that_one_of_two_leaves_out_is_sent_by_the_other(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST, ", directory: {exclude: s.yaml}")
            + application("w", "k", WEST),
            "k/s.yaml": service("web"),
            "k/t.yaml": service("other"),
        }
    )

    assert sent(cluster, "web") == [("Service shop/web", "west")]
    assert [at for _, at in sent(cluster, "other")] == ["east", "west"]


def test_what_one_of_two_leaves_out_stays_with_the_rest_of_the_other(
    gather: Gather,
) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST)
            + application("w", "k", WEST, ", directory: {exclude: s.yaml}"),
            "k/s.yaml": pinned("s"),
            "k/t.yaml": pinned("t", "10.96.0.51"),
        }
    )
    units = {m.unit.identity for m in cluster.members if m.unit.cluster == "east"}

    assert sent(cluster, "s") == [("Service shop/s", "east")]
    assert len(units) == 1


def test_what_the_nearest_leaves_out_is_sent_from_above(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application("all", "k", EAST, ", directory: {recurse: true}")
            + application("some", "k/in", WEST, ", directory: {exclude: s.yaml}"),
            "k/in/s.yaml": pinned("s"),
        }
    )

    assert sent(cluster, "s") == [("Service shop/s", "east")]
    assert not any("left out" in notice for notice in cluster.notices)


def test_globs_of_many_stars_and_braces_end(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "argo.yaml": application(
                "e", "k", EAST, f", directory: {{exclude: '{'*a' * 60}b'}}"
            )
            + application(
                "w", "m", EAST, f", directory: {{include: '{'{a,b}' * 40}'}}"
            ),
            f"k/{'a' * 90}.yaml": service("web"),
            "m/s.yaml": service("other"),
        }
    )

    assert not any(one.partial for one in cluster.members)


def test_a_glob_is_followed_once_for_all_files(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[str] = []

    def counted(glob: str) -> object:
        followed.append(glob)
        return compiled(glob)

    monkeypatch.setattr(left_out, "compiled", counted)
    more = ", directory: {{exclude: 'a-{}.yaml'}}"
    files = {
        "argo.yaml": "".join(
            application(f"a{number}", "k", EAST, more.format(number))
            for number in range(300)
        ),
        **{f"k/{name}.yaml": service(name) for name in ("a-7", "a-8", "b")},
    }
    gather(files)

    assert sorted(followed) == sorted(f"a-{number}.yaml" for number in range(300))


def test_a_glob_beyond_many_leaves_out_nothing(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_out, "_MOST_GLOBS", 1)
    more = ", directory: {{exclude: '{}.yaml'}}"
    (cluster,) = gather(
        {
            "argo.yaml": application("e", "k", EAST, more.format("a"))
            + application("w", "m", EAST, more.format("b")),
            "k/a.yaml": service("a"),
            "m/b.yaml": service("b"),
        }
    )

    assert [one.name for one in cluster.services if one.partial] == ["a"]


def test_what_is_built_for_a_sender_may_stand_for_more(tmp_path: Path) -> None:
    helm = obj("HelmRelease", "db", api="helm.toolkit.fluxcd.io/v2")
    (tmp_path / "k").mkdir()
    (tmp_path / "k/kustomization.yaml").write_text("resources: [db.yaml]\n")
    (tmp_path / "k/db.yaml").write_text(helm)
    reading = read([str(tmp_path)], ReadOptions(root=tmp_path, gitignore=False))
    (one,) = reading.resources
    path = "k/kustomization.yaml"
    made = Resource(one.body, one.places, (), path, one, "Kustomization apps")
    told = Sent(path, made.release, "shop", "", "flux", "", False, "")
    (cluster,) = partition(
        reading._replace(resources=[made], sent=[told]), [default_settings()]
    )

    (unit,) = (one for one in cluster.units if one.sender)
    assert cluster.hidden[unit.identity] == [
        "the chart of HelmRelease db is not rendered"
    ]


SOURCE = "sourceRef: {kind: GitRepository, name: own}"


def source(ignore: str) -> str:
    return obj(
        "GitRepository",
        "own",
        f"spec: {{ignore: {ignore}}}",
        api="source.toolkit.fluxcd.io/v1",
        ns="flux-system",
    )


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({}, set()),
        ({".sourceignore": "# all\r\nold/\r\n"}, {"old"}),
        ({"apps/.sourceignore": "/web.yaml\n"}, {"web"}),
        ({"apps/old/.sourceignore": "/web.yaml\n"}, set()),
        ({"other/.sourceignore": "*.yaml\n"}, set()),
        ({".sourceignore": "*.yaml\n", "apps/.sourceignore": "!web.yaml"}, {"old"}),
        ({"source.yaml": source('"/*\\n!/apps\\n/apps/old"')}, {"old"}),
        ({"source.yaml": source("/apps"), ".sourceignore": "!*"}, {"web", "old"}),
        ({"source.yaml": source("[/apps]")}, set()),
        ({"source.yaml": source('"!"')}, set()),
        # Here the last of all decides, and a folder stands for what is in it.
        ({".sourceignore": "*.yaml\n!/apps/\n"}, set()),
        ({".sourceignore": "old/\n!old.yaml\n"}, set()),
        ({".sourceignore": "old/\\\nold\n"}, {"old"}),
    ],
)
def test_what_a_source_of_flux_leaves_out_is_not_sent(
    gather: Gather, files: dict[str, str], left: set[str]
) -> None:
    (cluster,) = gather(
        {
            "flux.yaml": flux("apps", "apps", f", {SOURCE}"),
            "apps/web.yaml": service("web"),
            "apps/old/old.yaml": service("old"),
            **files,
        }
    )

    partial = {one.name for one in cluster.services if one.partial}
    assert partial == left
    assert {one.unit.engine for one in cluster.services} == {"flux"}


def test_other_sources_have_patterns_of_their_own(gather: Gather) -> None:
    ref = SOURCE.replace("own", "others")
    (cluster,) = gather(
        {
            "flux.yaml": flux("apps", "apps", f", {ref}"),
            "source.yaml": source("/apps"),
            "apps/web.yaml": service("web"),
        }
    )

    assert [one.partial for one in cluster.services] == [False]


def test_a_pipe_in_the_place_of_patterns_is_not_waited_for(
    gather: Gather, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / ".sourceignore")
    (cluster,) = gather(
        {
            "flux.yaml": flux("apps", "apps", f", {SOURCE}"),
            "apps/web.yaml": service("web"),
        }
    )

    assert [one.partial for one in cluster.services] == [False]


def merging(name: str) -> str:
    """Return a Service of which readers of YAML differ on what it selects."""
    return obj(
        "Service",
        name,
        "x: &x {app: merged}\nspec: {selector: {app: own, <<: *x}, ports: [{port: 1}]}",
    )


def test_of_what_kustomize_merges_otherwise_the_values_are_not_known(
    gather: Gather,
) -> None:
    files = {
        "listed/kustomization.yaml": "resources: [a.yaml]\n",
        "listed/a.yaml": merging("listed"),
        "sent/a.yaml": merging("sent"),
        "flux.yaml": flux("sent", "sent"),
        "argo.yaml": application("other", "other", ""),
        "other/a.yaml": merging("other"),
        "plain.yaml": merging("plain"),
    }
    (cluster,) = gather(files)

    assert {m.name: m.piece for m in cluster.services} == {
        "listed": True,
        "other": False,
        "plain": False,
        "sent": True,
    }
