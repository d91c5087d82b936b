"""Which engine sends which files, how that is known, and in which order it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, PathSettings, Setting, default_settings
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.order.timeline import Guarantee, Order, Timeline
from support.creation import OrderVector, documents, identity, short_of, vectors
from support.written import Gather, deployment, gatherer, obj, service

FLAG = Origin(OriginKind.FLAG, "--engine")
ONE_CLUSTER = default_settings()._replace(one_cluster=True)


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def _created(cluster: Cluster) -> str:
    timeline = Timeline(cluster)
    return " ".join(short_of(m) for m in sorted(cluster.members, key=timeline.key))


def _engines(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    return [
        (
            "." if Path(unit.root).is_absolute() else unit.root,
            unit.engine,
            unit.why,
            str(unit.engine_origin),
        )
        for unit in cluster.units
    ]


def _guarantee(cluster: Cluster, service_: str, consumer: str) -> Guarantee:
    named = {f"{m.kind} {m.name}": m for m in cluster.members}
    return Timeline(cluster).guarantee(named[service_], named[consumer])


@pytest.mark.parametrize("vector", vectors("kubectl"), ids=identity)
def test_kubectl_reads_folders_and_files_in_its_order(
    vector: OrderVector, gather: Gather
) -> None:
    (cluster,) = gather(
        documents(vector.given), ONE_CLUSTER, paths=tuple(vector.arguments.split())
    )

    assert _created(cluster) == vector.expected


KUSTOMIZATION = "kustomization.yaml"


@pytest.mark.parametrize(
    ("files", "kustomizations", "expected"),
    [
        (
            "a.yaml{deploy:web} b.yaml{svc:web}",
            {".": {"resources": ["a.yaml", "b.yaml"]}},
            "deploy:web svc:web",
        ),
        (
            "a.yaml{deploy:web} b.yaml{svc:web}",
            {".": {"resources": ["b.yaml", "a.yaml"]}},
            "svc:web deploy:web",
        ),
        (
            "z.yaml{deploy:z} base/q.yaml{svc:q} base/p.yaml{svc:p} a.yaml{svc:a}",
            {
                ".": {"resources": ["z.yaml", "base", "a.yaml"]},
                "base": {"resources": ["q.yaml", "p.yaml"]},
            },
            "deploy:z svc:q svc:p svc:a",
        ),
        (
            "z.yaml{deploy:z} base/q.yaml{svc:q}",
            {
                ".": {"bases": ["base"], "resources": ["z.yaml"]},
                "base": {"resources": ["q.yaml"]},
            },
            "deploy:z svc:q",
        ),
        (
            "f.yaml{List[deploy:l1 svc:l2] svc:after}",
            {".": {"resources": ["f.yaml"]}},
            "svc:after deploy:l1 svc:l2",
        ),
        (
            "base/f.yaml{deploy:d svc:s}",
            {
                ".": {"resources": ["base"]},
                "base": {"resources": ["f.yaml"], "sortOptions": {"order": "legacy"}},
            },
            "deploy:d svc:s",
        ),
    ],
    ids=["K30", "K31", "K32", "K33", "K34", "K35"],
)
def test_kustomize_fifo_accumulates_depth_first(
    files: str,
    kustomizations: dict[str, dict[str, object]],
    expected: str,
    gather: Gather,
) -> None:
    kustomizations["."]["sortOptions"] = {"order": "fifo"}
    written = documents(files) | {
        f"{folder}/{KUSTOMIZATION}": json.dumps(body)
        for folder, body in kustomizations.items()
    }
    (cluster,) = gather(written)

    assert _created(cluster) == expected


def test_kustomize_takes_the_sort_of_the_root_alone(gather: Gather) -> None:
    base = {"resources": ["f.yaml"], "sortOptions": {"order": "fifo"}}
    (cluster,) = gather(
        documents("base/f.yaml{deploy:d svc:s}")
        | {
            KUSTOMIZATION: "resources: [base]",
            f"base/{KUSTOMIZATION}": json.dumps(base),
        }
    )

    assert _created(cluster) == "svc:s deploy:d"
    assert _engines(cluster) == [
        (".", "kustomize", "kustomization.yaml only lists files", KUSTOMIZATION)
    ]


def test_kustomize_sorts_by_the_namespace_that_it_sets(gather: Gather) -> None:
    (cluster,) = gather(
        documents("f.yaml{svc:b svc:other/a deploy:d}")
        | {KUSTOMIZATION: "namespace: prod\nresources: [f.yaml]"}
    )

    assert _created(cluster) == "svc:b svc:other/a deploy:d".replace(
        "svc:b svc:other/a", "svc:other/a svc:b"
    )


WEB = deployment("web", "app: web") + service("db", "app: db")


@pytest.mark.parametrize(
    ("sign", "engine", "why"),
    [
        ("Tiltfile", "tilt", "Tiltfile beside it"),
        ("Kptfile", "cli-utils", "Kptfile beside it"),
        ("main.tf", "terraform", "main.tf beside it"),
        ("Pulumi.yaml", "pulumi", "Pulumi.yaml beside it"),
        ("werf.yaml", "werf", "werf.yaml beside it"),
        ("helmfile.yaml", "helmfile", "helmfile.yaml beside it"),
    ],
)
def test_a_file_shows_what_sends_its_folder(
    sign: str, engine: str, why: str, gather: Gather
) -> None:
    (cluster,) = gather({sign: "", "k8s/a.yaml": WEB})

    assert _engines(cluster) == [(".", engine, why, sign)]


def test_a_file_shows_nothing_of_the_folders_beside_it(gather: Gather) -> None:
    (cluster,) = gather({"infra/main.tf": "", "infra/a.yaml": WEB, "k8s/b.yaml": WEB})

    assert _engines(cluster) == [
        ("infra", "terraform", "infra/main.tf beside it", "infra/main.tf"),
        (".", "kubectl", "plain folder", "plain folder"),
    ]


def test_parts_of_a_folder_that_programs_send_still_meet(gather: Gather) -> None:
    (cluster,) = gather(
        {"infra/main.tf": "", "infra/a.yaml": service("a"), "b.yaml": service("b")}
    )
    one, other = cluster.services

    assert one.unit is not other.unit
    assert cluster.can_meet(one, other)
    assert Timeline(cluster).order(one, other) is Order.UNKNOWN


def test_two_programs_in_one_folder_leave_the_engine_unknown(gather: Gather) -> None:
    (cluster,) = gather({"Tiltfile": "", "main.tf": "", "a.yaml": WEB})

    ((_, engine, why, _),) = _engines(cluster)
    assert (engine, why) == ("unknown", "Tiltfile and main.tf beside each other")
    assert _guarantee(cluster, "Service db", "Deployment web") is Guarantee.UNKNOWN


def test_what_git_ignores_shows_nothing(gather: Gather, tmp_path: Path) -> None:
    from cip_lint.cluster import partition
    from cip_lint.manifests import ReadOptions, read

    (tmp_path / ".gitignore").write_text("*.tf\nskaffold.yaml\n", encoding="utf-8")
    for name in ("main.tf", "skaffold.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "a.yaml").write_text(WEB, encoding="utf-8")
    reading = read([str(tmp_path)], ReadOptions(root=tmp_path))

    (cluster,) = partition(reading, [default_settings()])
    assert [unit.engine for unit in cluster.units] == ["kubectl"]
    assert all(account.path != "main.tf" for account in reading.files)


def test_annotations_and_settings_show_kapp(gather: Gather) -> None:
    annotated = obj(
        "Service",
        "db",
        "  annotations: {kapp.k14s.io/change-group: db}",
    )
    config = "apiVersion: kapp.k14s.io/v1alpha1\nkind: Config\n"
    (cluster,) = gather(
        {
            "a/app.yaml": annotated + deployment("web", "app: web"),
            "b/config.yaml": config,
            "b/app.yaml": service("x"),
            "c/app.yaml": "# not kapp.k14s.io/change-group\n" + service("y"),
        }
    )

    assert [(root, engine) for root, engine, _, _ in _engines(cluster)] == [
        ("a", "kapp"),
        ("b", "kapp"),
        (".", "kubectl"),
    ]
    assert _guarantee(cluster, "Service db", "Deployment web") is Guarantee.RACY


def test_kapp_with_rules_of_its_own_cannot_be_followed(gather: Gather) -> None:
    config = (
        "apiVersion: kapp.k14s.io/v1alpha1\nkind: Config\n"
        "changeRuleBindings:\n- rules: [upsert after upserting db]\n"
    )
    (cluster,) = gather({"a/config.yaml": config, "a/x.yaml": WEB})

    assert _engines(cluster) == [
        ("a", "unknown", "rules of kapp in a/config.yaml", "a/config.yaml")
    ]
    assert _guarantee(cluster, "Service db", "Deployment web") is Guarantee.UNKNOWN


SKAFFOLD = "apiVersion: skaffold/v4beta6\nkind: Config\n"


def test_skaffold_sends_what_it_lists_in_its_order(gather: Gather) -> None:
    manifests = "manifests: {rawYaml: [late.yaml, k8s/**/*.yaml, 'no/*.yaml']}\n"
    (cluster,) = gather(
        documents(
            "app/k8s/x/b.yaml{svc:b} app/k8s/x-a.yaml{svc:a} app/late.yaml{svc:late}"
            " app/other.yaml{svc:other}"
        )
        | {"app/skaffold.yaml": SKAFFOLD + manifests}
    )

    assert _engines(cluster)[0] == (
        "app",
        "skaffold",
        "listed in app/skaffold.yaml",
        "app/skaffold.yaml",
    )
    sent = [m for m in cluster.services if m.unit.engine == "skaffold"]
    key = Timeline(cluster).key
    assert [m.name for m in sorted(sent, key=key)] == ["late", "a", "b"]
    assert [m.name for m in cluster.services if m not in sent] == ["other"]


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("", ["a"]),
        ("deploy: {kubectl: {manifests: ['*.yaml']}}", ["b"]),
        ("manifests: {kustomize: {paths: [k8s]}}", []),
        ("deploy: {helm: {}}", []),
        ("manifests: [1, 2]\ndeploy: 7\n", ["a"]),
    ],
)
def test_skaffold_sends_k8s_where_nothing_else_is_said(
    said: str, sent: list[str], gather: Gather
) -> None:
    files = documents("k8s/a.yaml{svc:a} b.yaml{svc:b}")
    (cluster,) = gather(files | {"skaffold.yaml": SKAFFOLD + said})

    found = [m.name for m in cluster.services if m.unit.engine == "skaffold"]
    assert found == sent


KUSTOMIZED = documents(
    "a/s.yaml{svc:a} b/s.yaml{svc:b} x.yaml{svc:x} y.yaml{svc:y} sub/c/s.yaml{svc:c}"
) | {
    f"{one}/kustomization.yaml": "resources: [s.yaml]\n" for one in ("a", "b", "sub/c")
}
BOTH = "{kustomize: {paths: [a, ./b/]}"
SUB = "sub/skaffold.yaml"
PART = f"{SKAFFOLD}metadata: {{name: part}}\nmanifests: {{kustomize: {{paths: [c]}}}}\n"
OTHER = "other/skaffold.yml"


@pytest.mark.parametrize(
    ("files", "together"),
    [
        ({"skaffold.yaml": f"manifests: {BOTH}}}"}, "a b"),
        ({"skaffold.yaml": f"manifests: {BOTH}, rawYaml: [x.yaml]}}"}, "a b x"),
        (
            {"skaffold.yaml": f"deploy: {BOTH}, kubectl: {{manifests: [x.yaml]}}}}"},
            "a b x",
        ),
        (
            {"a/skaffold.yaml": "manifests: {kustomize: {}, rawYaml: ['../b/s.yaml']}"},
            "",
        ),
        (
            {
                "a/skaffold.yaml": "manifests: {kustomize: {}}",
                "skaffold.yaml": "requires: [{path: a}, {path: ./b/skaffold.yml}]",
                "b/skaffold.yml": "manifests: {kustomize: {paths: []}}",
            },
            "a b",
        ),
        (
            {
                "skaffold.yaml": f"requires: [{{path: sub}}]\nmanifests: {BOTH}}}",
                SUB: f"requires: [{{path: ../skaffold.yaml}}]\n{PART}",
            },
            "a b",
        ),
        (
            {
                "skaffold.yaml": f"requires: [{{path: sub, configs: [part]}}]\n"
                f"manifests: {BOTH}}}",
                SUB: PART,
            },
            "a b c",
        ),
        (
            {
                "skaffold.yaml": f"requires: [{{path: sub, configs: [else]}}]\n"
                f"manifests: {BOTH}}}",
                SUB: PART,
            },
            "a b",
        ),
        (
            {
                "skaffold.yaml": f"requires: [{{path: sub}}]\nmanifests: {BOTH}}}",
                OTHER: "requires: [{path: ../sub}]",
                SUB: PART,
            },
            "a b",
        ),
        (
            {
                "skaffold.yaml": f"manifests: {BOTH}}}",
                OTHER: "manifests: {kustomize: {paths: [../a]}}",
            },
            "",
        ),
        ({"skaffold.yaml": "manifests: {kustomize: {paths: ['{{.X}}', 7, ../a]}}"}, ""),
    ],
)
def test_what_skaffold_deploys_goes_to_one_cluster(
    files: dict[str, str], together: str, gather: Gather
) -> None:
    said = {
        path: text if text == PART else SKAFFOLD + text for path, text in files.items()
    }
    (cluster,) = gather(KUSTOMIZED | said)

    first, *others = sorted(cluster.services, key=lambda one: one.name)
    met = [first.name, *(one.name for one in others if cluster.can_meet(first, one))]
    assert (met if len(met) > 1 else []) == together.split()


def test_tilt_sends_a_workload_with_its_services(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "Tiltfile": "",
            "a.yaml": deployment("web", "app: web")
            + service("web", "app: web")
            + service("alone")
            + deployment("db", "app: db"),
        }
    )

    assert _guarantee(cluster, "Service web", "Deployment web") is Guarantee.GUARANTEED
    assert _guarantee(cluster, "Service web", "Deployment db") is Guarantee.UNKNOWN
    assert _guarantee(cluster, "Service alone", "Deployment web") is Guarantee.UNKNOWN


def test_folders_of_a_path_have_no_order_unless_somebody_says_how_they_are_sent(
    gather: Gather,
) -> None:
    files = {
        "a/x.yaml": service("first") + service("second"),
        "a/y.yaml": service("third"),
        "b/z.yaml": service("fourth"),
    }
    stated = default_settings()._replace(engine=Setting("kubectl", FLAG))
    found = {}
    for settings in (default_settings(), stated):
        (cluster,) = gather(files, settings)
        timeline = Timeline(cluster)
        first, _, third, fourth = cluster.services
        found[settings.engine.value] = (
            timeline.order(first, third),
            timeline.order(first, fourth),
        )
        assert _created(cluster) == "svc:first svc:second svc:third svc:fourth"
        assert timeline.words(first, third).startswith("order of files of kubectl")

    assert found == {
        None: (Order.BEFORE, Order.UNKNOWN),
        "kubectl": (Order.BEFORE, Order.BEFORE),
    }


# What somebody states


@pytest.mark.parametrize("engine", ["kubectl", "helm4", "flux", "kapp", "argocd"])
def test_a_flag_decides_for_every_unit(engine: str, gather: Gather) -> None:
    settings = default_settings()._replace(engine=Setting(engine, FLAG))
    (cluster,) = gather(
        {
            "a/kustomization.yaml": "resources: [x.yaml]",
            "a/x.yaml": WEB,
            "main.tf": "",
            "b.yaml": WEB,
            "c/fleet.yaml": "",
            "c/x.yaml": WEB,
        },
        settings,
    )

    assert {(unit.engine, unit.engine_origin) for unit in cluster.units} == {
        (engine, FLAG)
    }
    assert all(unit.why.endswith("engine by --engine") for unit in cluster.units)


def test_an_override_decides_for_its_paths(gather: Gather) -> None:
    override = PathSettings("flux", lambda path: path.startswith("flux/"))
    settings = default_settings()._replace(
        by_path=(override._replace(engine=Setting("flux", FLAG)),)
    )
    (cluster,) = gather(
        {name: service(f"s{name[0]}") for name in ("a.yaml", "flux/b.yaml", "z.yaml")},
        settings,
    )

    assert [unit.engine for unit in cluster.units] == ["kubectl", "flux"]
    one, other, third = cluster.services
    assert one.unit is third.unit
    assert cluster.can_meet(one, other)


# What Argo CD, Flux and Fleet say


def _flux(name: str, path: str, *rest: str) -> str:
    return obj(
        "Kustomization",
        name,
        f"spec:\n  path: ./{path}",
        *(f"  {line}" for line in rest),
        api="kustomize.toolkit.fluxcd.io/v1",
        ns="flux-system",
    )


@pytest.mark.parametrize(
    ("waits", "guarantee"),
    [
        ("prune: true", Guarantee.GUARANTEED),
        ("wait: true", Guarantee.GATED),
        ("healthChecks: [{kind: Deployment, name: x}]", Guarantee.GATED),
    ],
)
def test_flux_kustomizations_wait_for_what_they_depend_on(
    waits: str, guarantee: Guarantee, gather: Gather
) -> None:
    (cluster,) = gather(
        {
            "flux.yaml": _flux("apps", "apps", "dependsOn: [{name: infra}]")
            + _flux("infra", "infra", waits),
            "apps/a.yaml": deployment("web", "app: web"),
            "infra/b.yaml": service("db"),
        },
        ONE_CLUSTER,
    )

    assert _guarantee(cluster, "Service db", "Deployment web") is guarantee
    assert (
        "apps",
        "flux",
        "Kustomization flux-system/apps of flux.yaml",
        "Kustomization flux-system/apps of flux.yaml",
    ) in _engines(cluster)


def test_fleet_bundles_wait_for_bundles_they_name(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a/fleet.yaml": "dependsOn: [{name: infra}]",
            "a/a.yaml": deployment("web", "app: web"),
            "b/fleet.yaml": "name: infra",
            "b/b.yaml": service("db"),
        },
        ONE_CLUSTER,
    )

    assert _guarantee(cluster, "Service db", "Deployment web") is Guarantee.GATED


def test_argo_cd_sends_a_kustomization_its_own_way(gather: Gather) -> None:
    application = obj(
        "Application",
        "shop",
        "spec: {source: {path: shop}, destination: {namespace: shop}}",
        api="argoproj.io/v1alpha1",
    )
    (cluster,) = gather(
        {
            "apps/shop.yaml": application,
            "shop/kustomization.yaml": "resources: [x.yaml]",
            "shop/x.yaml": service("a") + service("b"),
        }
    )
    one, other = cluster.services

    assert (one.unit.engine, one.unit.why) == (
        "argocd",
        (
            "shop/kustomization.yaml only lists files, "
            "sent by Application shop of apps/shop.yaml"
        ),
    )
    assert Timeline(cluster).order(one, other) is Order.CONCURRENT
