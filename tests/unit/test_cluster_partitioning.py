from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import (
    Cluster,
    ClusterSettings,
    Member,
    PathSettings,
    Setting,
    default_settings,
)
from cip_lint.model import Origin, OriginKind
from cip_lint.replay import service_table
from support.written import Gather, deployment, gatherer, obj, service

FLAG = Origin(OriginKind.FLAG, "--flag")


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def member(cluster: Cluster, name: str, path: str = "") -> Member:
    return next(
        m for m in cluster.members if m.name == name and (not path or m.path == path)
    )


def stated(value: str | None) -> Setting[str | None]:
    return Setting(value, FLAG)


# Principle 4: who decides the namespace


def test_the_object_itself_decides_its_namespace_first(gather: Gather) -> None:
    settings = default_settings()._replace(namespace=stated("flag"))

    (cluster,) = gather(
        {
            "a.yaml": service("web", ns="shop")
            + service("api")
            + obj("Namespace", "shop")
        },
        settings,
    )

    assert [(m.display, m.decided) for m in cluster.members] == [
        ("Service shop/web", True),
        ("Service flag/api", True),
        ("Namespace shop", True),
    ]


def test_a_path_decides_before_the_flag(gather: Gather) -> None:
    override = PathSettings("team", lambda path: path.startswith("team/"))
    settings = default_settings()._replace(
        namespace=stated("flag"),
        by_path=(override._replace(namespace=stated("team")),),
    )

    (cluster,) = gather({"team/a.yaml": service("a"), "b.yaml": service("b")}, settings)

    assert {m.display for m in cluster.members} == {"Service team/a", "Service flag/b"}


def test_nobody_decides_and_it_reads_default(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("web")})

    (web,) = cluster.services
    assert (web.namespace, web.decided, web.display) == (
        "",
        False,
        "Service default/web",
    )


def test_a_placeholder_decides_nothing(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("web", ns="${NAMESPACE}")})

    assert cluster.services[0].decided is False
    assert cluster.unresolved(cluster.services[0])


def test_an_undecided_namespace_is_any_of_its_unit(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("web", "app: web"),
            "b.yaml": deployment("web", "app: web", ns="shop"),
        }
    )

    assert [
        m.display for m in cluster.pods_for({"app": "web"}, cluster.services[0])
    ] == ["Deployment shop/web"]


def test_decided_namespaces_keep_pods_apart(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("web", "app: web", ns="a"),
            "b.yaml": deployment("web", "app: web", ns="b"),
        }
    )
    (web,) = cluster.services

    assert cluster.pods_for({"app": "web"}, web) == ()
    assert [m.display for m in cluster.pods_elsewhere({"app": "web"}, web)] == [
        "Deployment b/web"
    ]


# Principle 5: what is one cluster


def test_command_line_paths_are_clusters_of_their_own(gather: Gather) -> None:
    files = {"a/x.yaml": service("web"), "b/y.yaml": service("web")}

    apart = gather(files, paths=("a", "b"))
    together = gather(
        files, default_settings()._replace(one_cluster=True), paths=("a", "b")
    )

    assert [len(c.services) for c in apart] == [1, 1]
    assert [len(c.services) for c in together] == [2]


def test_paths_bind_files_to_clusters(gather: Gather) -> None:
    files = {
        "dev/a.yaml": service("a"),
        "prod/b.yaml": service("b"),
        "else/c.yaml": service("c"),
    }

    clusters = gather(
        files,
        ClusterSettings(name="dev", paths=("dev",)),
        ClusterSettings(name="prod", paths=("prod/",)),
    )

    assert {c.name: [s.name for s in c.services] for c in clusters} == {
        "dev": ["a"],
        "prod": ["b"],
        "default": ["c"],
    }


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {0}, namespace: flux-system}}
spec: {{path: ./{0}{1}}}
"""


def _by_cluster(clusters: tuple[Cluster, ...]) -> dict[str, set[str]]:
    return {one.name: {m.path for m in one.members} for one in clusters}


def test_what_the_objects_of_a_cluster_send_goes_there(gather: Gather) -> None:
    files = {
        "clusters/prod/a.yaml": FLUX.format("apps", ""),
        "clusters/dev/a.yaml": FLUX.format("more", ""),
        "apps/b.yaml": FLUX.format("deep", ""),
        "deep/er/web.yaml": service("web"),
        "more/kustomization.yaml": "resources: [web.yaml]\n",
        "more/web.yaml": service("web"),
        "loose/web.yaml": service("web"),
    }
    found = gather(
        files,
        ClusterSettings(name="prod", paths=("clusters/prod",)),
        ClusterSettings(name="dev", paths=("clusters/dev",)),
    )

    assert _by_cluster(found) == {
        "prod": {"clusters/prod/a.yaml", "apps/b.yaml", "deep/er/web.yaml"},
        "dev": {"clusters/dev/a.yaml", "more/web.yaml"},
        "default": {"loose/web.yaml"},
    }


def test_what_is_sent_stays_where_it_is_bound_or_goes_where_it_is_said(
    gather: Gather,
) -> None:
    elsewhere = ", kubeConfig: {secretRef: {name: edge}}"
    files = {
        "hub/a.yaml": FLUX.format("own", ""),
        "hub/b.yaml": FLUX.format("edge", elsewhere),
        "hub/c.yaml": FLUX.format("both", ""),
        "own/web.yaml": service("web"),
        "edge/web.yaml": service("web"),
        "both/web.yaml": service("web"),
    }
    found = gather(
        files,
        ClusterSettings(name="hub", paths=("hub", "both")),
        ClusterSettings(name="own", paths=("own", "both")),
    )

    assert _by_cluster(found) == {
        "hub": {"hub/a.yaml", "hub/b.yaml", "hub/c.yaml", "both/web.yaml"},
        "own": {"own/web.yaml"},
        "default": {"edge/web.yaml"},
    }


def test_senders_in_a_circle_or_a_long_row_end(gather: Gather) -> None:
    files = {f"{n}/a.yaml": FLUX.format(str(n + 1), "") for n in range(200)}
    files |= {"x/a.yaml": FLUX.format("y", ""), "y/a.yaml": FLUX.format("x", "")}
    found = gather(files, ClusterSettings(name="prod", paths=("0",)))

    assert "prod" in _by_cluster(found)


def test_two_clusters_without_paths_both_get_everything(gather: Gather) -> None:
    clusters = gather(
        {"a.yaml": service("a")},
        ClusterSettings(name="blue"),
        ClusterSettings(name="green"),
    )

    assert [(c.name, len(c.services)) for c in clusters] == [("blue", 1), ("green", 1)]


def test_files_that_define_one_object_are_alternatives(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "all.yaml": service("web") + service("db"),
            "quick.yaml": service("web") + service("cache"),
            "rest.yaml": service("mail"),
        }
    )
    one = {name: member(cluster, name) for name in ("db", "cache", "mail")}

    assert not cluster.can_meet(one["db"], one["cache"])
    assert cluster.can_meet(one["db"], one["mail"])
    assert cluster.can_meet(one["cache"], one["mail"])


def test_a_namespace_in_two_files_makes_no_alternatives(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": obj("Namespace", "shop") + service("a"),
            "b.yaml": obj("Namespace", "shop") + service("b"),
        }
    )

    assert cluster.can_meet(member(cluster, "a"), member(cluster, "b"))


def test_equal_names_in_two_namespaces_are_no_alternatives(gather: Gather) -> None:
    (cluster,) = gather(
        {"a.yaml": service("web", ns="a"), "b.yaml": service("web", ns="b")}
    )

    assert cluster.can_meet(*cluster.services)


def test_an_undecided_copy_is_an_alternative_of_a_decided_one(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("web"), "b.yaml": service("web", ns="b")})

    assert not cluster.can_meet(*cluster.services)


def test_paths_of_different_environments_do_not_meet(gather: Gather) -> None:
    files = {
        "dev/a.yaml": service("a"),
        "prod/b.yaml": service("b"),
        "shared/c.yaml": service("c"),
    }
    (cluster,) = gather(files)
    (joined,) = gather(files, default_settings()._replace(one_cluster=True))

    a, b, c = (member(cluster, name) for name in "abc")
    assert (cluster.can_meet(a, b), cluster.can_meet(a, c)) == (False, True)
    assert joined.can_meet(member(joined, "a"), member(joined, "b"))


def test_groups_hold_only_what_can_meet(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "all.yaml": service("web") + service("db"),
            "quick.yaml": service("web") + service("cache"),
            "rest.yaml": service("mail"),
            "dev/x.yaml": service("left"),
            "prod/y.yaml": service("right"),
        }
    )
    pick = [member(cluster, name) for name in ("db", "cache", "mail")]
    places = [member(cluster, name) for name in ("left", "right")]

    found = cluster.groups_that_meet(pick)
    apart = cluster.groups_that_meet(places)

    assert [[m.name for m in group] for group in found.groups] == [
        ["db", "mail"],
        ["cache", "mail"],
    ]
    assert (apart.groups, apart.unjudged) == ((), 1)


def test_copies_of_one_object_are_no_group(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("web") + service("web")})

    assert cluster.groups_that_meet(cluster.services).groups == ()


# Principle 6: judge what would be sent


def test_a_kustomization_that_lists_files_is_a_unit(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "app/kustomization.yaml": "namespace: shop\nresources: [web.yaml]\n",
            "app/web.yaml": service("web", ns="other"),
            "plain.yaml": service("plain"),
        }
    )

    web, plain = member(cluster, "web"), member(cluster, "plain")
    assert (web.display, web.piece, web.unit.kind, web.unit.path) == (
        "Service shop/web",
        False,
        "kustomization",
        "app",
    )
    assert (plain.unit.kind, cluster.can_meet(web, plain)) == ("folder", False)


def test_pieces_of_a_build_are_marked_and_patches_left_out(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": service("web"),
            "dev/kustomization.yaml": (
                "resources: [../base]\nnamePrefix: dev-\npatches: [{path: more.yaml}]\n"
            ),
            "dev/more.yaml": service("web"),
        }
    )

    assert {(m.path, m.piece, m.partial) for m in cluster.members} == {
        ("base/web.yaml", True, False),
        ("dev/more.yaml", True, True),
    }
    assert [m.path for m in cluster.judged("Service")] == ["base/web.yaml"]
    assert cluster.notices == ("2 kustomizations not built", "1 patch not judged")
    assert cluster.world(cluster.services[0]).unknown_pods is not None


def test_a_file_that_its_kustomization_does_not_list_is_told_as_that(
    gather: Gather,
) -> None:
    (cluster,) = gather(
        {
            "kustomization.yaml": "resources: [web.yaml]\n",
            "web.yaml": service("web"),
            "old.yaml": service("old"),
        }
    )

    assert {(m.path, m.piece) for m in cluster.members} == {
        ("old.yaml", True),
        ("web.yaml", False),
    }
    assert cluster.notices == ("1 file in no kustomization",)
    old = next(one for one in cluster.services if one.name == "old")
    unknown = cluster.world(old).unknown_pods
    assert unknown is not None
    assert unknown.reason == "kustomization.yaml does not list it"
    row = service_table(cluster).row_of(old)
    assert row is not None
    assert row.reason == "its kustomization does not list it"


def test_a_patch_directive_makes_an_object_partial(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": obj("Service", "web", "$patch: delete")})

    assert cluster.judged_services == ()


def test_placeholders_in_names_are_not_judged(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": service("${NAME}") + service("web")})

    assert [m.name for m in cluster.judged_services] == ["web"]
    assert len(cluster.services) == 2


def test_applications_say_where_their_folders_go(gather: Gather) -> None:
    application = obj(
        "Application",
        "shop",
        "spec:",
        "  source: {path: apps/shop}",
        "  destination: {namespace: shop, name: prod}",
        api="argoproj.io/v1alpha1",
        ns="argocd",
    )
    other = application.replace("apps/shop", "apps/mail").replace(
        "name: shop", "name: m"
    )
    (cluster,) = gather(
        {
            "argo.yaml": application + other,
            "apps/shop/web.yaml": service("web"),
            "apps/mail/mail.yaml": service("mail"),
        }
    )

    web, mail = member(cluster, "web"), member(cluster, "mail")
    assert (web.display, web.unit.engine, web.unit.cluster) == (
        "Service shop/web",
        "argocd",
        "prod",
    )
    assert cluster.can_meet(web, mail)


def test_flux_replaces_the_namespace(gather: Gather) -> None:
    flux = obj(
        "Kustomization",
        "apps",
        "spec: {path: ./apps, targetNamespace: shop}",
        api="kustomize.toolkit.fluxcd.io/v1",
    )
    (cluster,) = gather(
        {"flux.yaml": flux, "apps/deep/web.yaml": service("web", ns="other")}
    )

    assert member(cluster, "web").display == "Service shop/web"


# Look-ups and indexes


def test_a_service_is_found_from_where_a_member_stands(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("db", ns="a") + deployment("web", "app: web", ns="a"),
            "b.yaml": service("db", ns="b") + deployment("free", "app: free"),
        }
    )
    web, free = member(cluster, "web"), member(cluster, "free")

    found = [
        cluster.service(web, "db"),
        cluster.service(web, "db", "b"),
        cluster.service(free, "db"),
        cluster.service(web, "nothing"),
    ]

    assert [m.display if m else None for m in found] == [
        "Service a/db",
        "Service b/db",
        "Service b/db",
        None,
    ]


def test_objects_of_a_wrong_group_are_judged_with_their_kind(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": obj("Service", "a", api="apps/v1")
            + obj("Service", "b", api="serving.knative.dev/v1")
        }
    )

    assert [m.name for m in cluster.judged("Service")] == ["a"]
    assert [m.name for m in cluster.judged("Service", "serving.knative.dev")] == ["b"]


def test_configured_kinds_have_pods(gather: Gather) -> None:
    settings = default_settings()._replace(
        pod_template_kinds={("example.com", "Farm"): ("spec", "pod")},
    )
    farm = obj(
        "Farm",
        "web",
        "spec: {pod: {metadata: {labels: {app: web}}, spec: {}}}",
        api="example.com/v1",
    )
    (cluster,) = gather({"a.yaml": service("web", "app: web") + farm}, settings)

    (web,) = cluster.services
    assert [m.kind for m in cluster.pods_for({"app": "web"}, web)] == ["Farm"]
    assert cluster.why_unknown({"app": "x"}, web) is None


def test_an_override_binds_a_path_to_a_cluster(gather: Gather) -> None:
    override = PathSettings("edge", lambda path: path.startswith("edge/"))
    settings = ClusterSettings(
        name="main", by_path=(override._replace(cluster=stated("edge")),)
    )

    clusters = gather(
        {"edge/a.yaml": service("a"), "b.yaml": service("b")},
        settings,
        settings._replace(name="edge", paths=("nowhere",)),
    )

    assert {c.name: [s.name for s in c.services] for c in clusters} == {
        "edge": ["a"],
        "main": ["b"],
    }


def test_among_alternatives_the_nearest_pods_are_meant(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "one/all.yaml": service("web", "app: web") + deployment("web", "app: web"),
            "one/more.yaml": deployment("side", "app: web"),
            "one/deep/far.yaml": deployment("far", "app: web"),
            "two/all.yaml": service("web", "app: web") + deployment("web", "app: web"),
            "two/other.yaml": deployment("other", "app: web"),
        }
    )
    first, second = cluster.services

    assert [m.path for m in cluster.pods_for({"app": "web"}, first)] == [
        "one/all.yaml",
        "one/more.yaml",
    ]
    assert [m.path for m in cluster.pods_for({"app": "web"}, second)] == [
        "two/all.yaml",
        "two/other.yaml",
    ]


def test_pods_of_helm_tests_do_not_serve(gather: Gather) -> None:
    pod = obj(
        "Pod",
        "check",
        "  labels: {app: web}",
        "  annotations: {helm.sh/hook: 'pre-install, test'}",
        "spec: {containers: []}",
    )
    (cluster,) = gather({"a.yaml": service("web", "app: web") + pod})

    assert cluster.pods_for({"app": "web"}, cluster.services[0]) == ()
