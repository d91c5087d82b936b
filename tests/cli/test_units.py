"""Rows of several builds in one namespace are told apart by what sends them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from support.command import cip_lint
from support.overlays import (
    DEPLOYMENT,
    SERVICE,
    needs_helm,
    needs_program,
    overlaid,
    written,
)
from support.repositories import Repository

OVERLAY = (
    "resources: [../base]\nnamespace: {}\nnameSuffix: ''\ncommonLabels: {{t: x}}\n"
)


def twins(folder: Path, *namespaces: str) -> Path:
    for name, namespace in zip(("one", "two"), namespaces, strict=True):
        overlaid(folder, OVERLAY.format(namespace), name)
    return folder


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@needs_program
def test_overlays_that_share_a_namespace_are_named(tmp_path: Path) -> None:
    folder = twins(tmp_path, "shop", "shop")
    flags = ("--seed", "0", "-o")
    table = cip_lint(folder, "table", ".", "-o", "csv")
    markdown = cip_lint(folder, "table", ".", "-o", "markdown")
    text = cip_lint(folder, "plan", ".")
    plan = cip_lint(folder, "plan", ".", *flags, "csv")
    claims = cip_lint(folder, "plan", ".", *flags, "markdown")

    assert [(one["UNIT"], one["NAME"]) for one in rows(table.out)] == [
        ("one", "web"),
        ("two", "web"),
    ]
    assert markdown.out.startswith("| UNIT | NAMESPACE | NAME |")
    assert "Service shop/web   two    simulated" in text.out
    assert [one["UNIT"] for one in rows(plan.out)] == ["one", "two"]
    assert "| Service shop/web | two |" in claims.out


@needs_program
def test_overlays_of_namespaces_of_their_own_need_no_column(tmp_path: Path) -> None:
    folder = twins(tmp_path, "red", "blue")
    table = cip_lint(folder, "table", ".", "-o", "csv")
    text = cip_lint(folder, "plan", ".")

    assert table.out.startswith("NAMESPACE,NAME,TYPE")
    assert "UNIT" not in text.out


@needs_program
def test_json_always_names_the_unit_and_its_build(tmp_path: Path) -> None:
    folder = twins(tmp_path, "red", "blue")
    (folder / "plain.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: a}\n"
        "spec: {ports: [{port: 80}]}\n",
        encoding="utf-8",
    )
    expected = [
        (".", None),
        ("two", {"path": "two/kustomization.yaml", "release": None}),
        ("one", {"path": "one/kustomization.yaml", "release": None}),
    ]
    table = json.loads(cip_lint(folder, "table", ".", "-o", "json").out)
    plan = json.loads(cip_lint(folder, "plan", ".", "-o", "json").out)

    found = [(one["unit"], one["build"]) for one in table["clusters"][0]["services"]]
    assert found == expected
    claims = [(one["unit"], one["build"]) for one in plan["clusters"][0]["claims"]]
    assert sorted(map(str, claims)) == sorted(map(str, expected))


@needs_helm
def test_releases_of_one_chart_are_named_by_who_installs_them(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "web/templates/s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {ports: [{port: 80}]}\n",
    }
    for name in "ab":
        files[f"{name}.yaml"] = (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            f"metadata: {{name: {name}, namespace: argocd}}\n"
            "spec: {destination: {namespace: shop}, source: {path: web}}\n"
        )
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    table = cip_lint(tmp_path, "table", ".", "-o", "csv")

    assert [one["UNIT"] for one in rows(table.out)] == [
        "Application argocd/a of a.yaml",
        "Application argocd/b of b.yaml",
    ]


@needs_program
def test_a_difference_names_them_too(tmp_path: Path) -> None:
    folder = twins(tmp_path, "shop", "shop")
    Repository(folder).commit({})
    service = folder / "base/service.yaml"
    service.write_text(SERVICE.replace("port: 80", "port: 81"), encoding="utf-8")

    text = cip_lint(folder, "diff", "HEAD", ".")
    markdown = cip_lint(folder, "diff", "HEAD", ".", "-o", "markdown")
    found = json.loads(cip_lint(folder, "diff", "HEAD", ".", "-o", "json").out)

    heads = [line for line in text.out.splitlines() if line.startswith("~")]
    assert heads == [
        "~ shop/web of one  base/service.yaml:2",
        "~ shop/web of two  base/service.yaml:2",
    ]
    assert "web of two</code> |" in markdown.out
    assert [one["unit"] for one in found["clusters"][0]["changed"]] == ["one", "two"]
    assert found["clusters"][0]["changed"][0]["build"] == {
        "path": "one/kustomization.yaml",
        "release": None,
    }


def notices(folder: Path, *arguments: str) -> dict[str, list[str]]:
    shown = cip_lint(folder, "config", "show", *arguments, "-o", "json").out
    return {one["name"]: one["notices"] for one in json.loads(shown)["clusters"]}


def test_clusters_that_get_nothing_are_listed_with_the_reason(tmp_path: Path) -> None:
    settings = (
        "clusters:\n  prod: {paths: [prod]}\n  test: {paths: [test, more]}\n"
        "  stage: {paths: [stage]}\n  rest: {}\n"
    )
    files = {
        ".cip-lint.yaml": settings,
        "prod/web.yaml": SERVICE,
        "stage/values.yaml": "a: b\n",
    }
    Repository(tmp_path).commit(files)
    nothing = "no object goes there: "

    assert notices(tmp_path, "prod", "stage") == {
        "prod": [],
        "test": [nothing + "nothing read lies in test, more"],
        "stage": [nothing + "none in 1 file is for it"],
        "rest": [nothing + "all that is read goes to other clusters"],
    }
    assert list(notices(tmp_path, "prod", "--cluster", "test")) == ["test"]
    shown = cip_lint(tmp_path, "config", "show", "prod").out
    assert "\ncluster test\n" in shown


def test_the_only_cluster_says_that_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()

    assert notices(tmp_path, "m") == {
        "default": ["no object goes there: nothing is read"]
    }


def test_a_folder_that_two_send_is_told_once_and_has_two_rows(tmp_path: Path) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {{name: {0}, namespace: flux-system}}\n"
        "spec: {{path: ./common, targetNamespace: {0}}}\n"
    )
    (tmp_path / "common").mkdir()
    for name in ("red", "blue"):
        (tmp_path / f"{name}.yaml").write_text(flux.format(name), encoding="utf-8")
    (tmp_path / "common/s.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {clusterIP: 10.96.0.300, ports: [{port: 80}]}\n",
        encoding="utf-8",
    )
    found = json.loads(cip_lint(tmp_path, "check", "-o", "json", "--no-build").out)
    table = cip_lint(tmp_path, "table", ".", "-o", "csv", "--no-build")

    (one,) = [f for f in found["findings"] if f["primary"]["path"] == "common/s.yaml"]
    assert one["builds"] == [
        {
            "path": "common/s.yaml",
            "release": f"Kustomization flux-system/{name} of {name}.yaml",
        }
        for name in ("blue", "red")
    ]
    assert one["notes"][-1] == (
        "the same in 1 other build: Kustomization flux-system/red of red.yaml"
    )
    assert [one["NAMESPACE"] for one in rows(table.out)] == ["blue", "red"]


@needs_program
def test_config_show_lists_all_who_send_a_kustomization(tmp_path: Path) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "metadata: {{name: {0}, namespace: argocd}}\n"
        "spec:\n  source: {{path: k, kustomize: {{namePrefix: {0}-}}}}\n"
        "  destination: {{name: in-cluster, namespace: ns-{0}}}\n"
    )
    for name in ("one", "two"):
        text = application.format(name)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "k").mkdir()
    (tmp_path / "k/kustomization.yaml").write_text("resources: [s.yaml]\n")
    (tmp_path / "k/s.yaml").write_text(SERVICE, encoding="utf-8")
    shown = json.loads(cip_lint(tmp_path, "config", "show", ".", "-o", "json").out)

    units = [one for one in shown["clusters"][0]["units"] if one["path"] == "k"]
    assert [one["namespaces"] for one in units] == [["ns-one"], ["ns-two"]]


def _to_clusters(folder: Path, shared: str) -> Path:
    """Send one folder to two clusters, and one with a Service to the first alone."""
    sent = (("one", "shared", "a"), ("two", "shared", "b"), ("three", "only", "a"))
    applications = (
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        f"metadata: {{name: {name}}}\n"
        "spec:\n"
        f"  destination: {{name: {cluster}, namespace: shop}}\n"
        f"  source: {{path: {path}, repoURL: 'https://git.example.com/shop.git'}}\n"
        for name, path, cluster in sent
    )
    return written(
        folder,
        {
            "apps.yaml": "---\n".join(applications),
            "shared/all.yaml": shared,
            "only/service.yaml": SERVICE.replace("web", "backend"),
        },
    )


def test_a_caller_in_two_clusters_has_the_neighbours_of_each(tmp_path: Path) -> None:
    url = "http://backendd.shop.svc.cluster.local"
    caller = DEPLOYMENT.replace("ports:", f"env: [{{name: X, value: '{url}'}}], ports:")
    done = cip_lint(_to_clusters(tmp_path, caller), ".", "-o", "concise")

    # Where no Service is, nobody knows whether more are to come.
    assert done.out.count("[dns.service-unknown]") == 1, done
    assert "namespace shop has backend [only/service.yaml:3:18" in done.out


def test_what_is_so_in_one_of_two_clusters_is_told_of_its_application(
    tmp_path: Path,
) -> None:
    caller = DEPLOYMENT.replace("ports:", "args: [$(BACKEND_SERVICE_HOST)], ports:")
    folder = _to_clusters(tmp_path, f"{caller}---\n{SERVICE}")
    done = cip_lint(folder, ".", "--select", "env.service-unknown")

    assert (
        "= note: only in Application two of apps.yaml, not in Application one of"
        " apps.yaml\n"
    ) in done.out, done


def test_a_selector_that_two_clusters_get_is_counted_once(tmp_path: Path) -> None:
    done = cip_lint(_to_clusters(tmp_path, SERVICE), "shared", "apps.yaml")

    assert "cannot know whether 1 selector matches" in done.out, done
