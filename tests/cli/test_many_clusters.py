"""One folder that is sent to many clusters: each is judged by what it gets itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import Done, cip_lint
from support.overlays import DEPLOYMENT, SERVICE, written

MANY = 140
"""More than the Services of one name, or of any sort, that a look-up compares."""


def _sent(
    folder: Path, text: str, *flags: str, times: int = MANY, where: str = "shop"
) -> Done:
    """Check a folder that goes to so many clusters, an Application for each."""
    to = f", namespace: {where}" if where else ""
    applications = (
        "apiVersion: argoproj.io/v1alpha1\n"
        "kind: Application\n"
        f"metadata: {{name: app-{number}, namespace: argocd}}\n"
        "spec:\n"
        f"  destination: {{name: cluster-{number}{to}}}\n"
        "  source: {path: shared, repoURL: 'https://git.example.com/shop.git'}\n"
        for number in range(times)
    )
    files = {"apps.yaml": "---\n".join(applications), "shared/all.yaml": text}
    return cip_lint(written(folder, files), ".", "-o", "concise", *flags)


def _calling(host: str, namespace: str = "") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return (
        "---\napiVersion: v1\nkind: Pod\n"
        f"metadata: {{name: caller{place}}}\n"
        "spec:\n"
        "  containers:\n"
        f"  - {{name: c, image: c, env: [{{name: URL, value: 'http://{host}'}}]}}\n"
    )


def _in(namespace: str, text: str = SERVICE) -> str:
    return text.replace(
        "{name: web}\nspec", f"{{name: web, namespace: {namespace}}}\nspec"
    )


def test_a_service_beside_its_caller_is_found_in_each_of_many(tmp_path: Path) -> None:
    everything = SERVICE + "---\n" + DEPLOYMENT
    done = _sent(
        tmp_path / "beside", everything + _calling("web"), "--complete", where=""
    )

    assert "names no Service" not in done.out

    # Two files: what stands in the file of the caller is looked at before all else.
    folder = written(tmp_path / "apart", {"shared/caller.yaml": _calling("web")})
    done = _sent(folder, everything, "--complete", where="")

    assert "names no Service" not in done.out


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("web", "dns.short-name-other-namespace"),
        ("web.store.svc", "dns.full-name-other-namespace"),
    ],
)
def test_a_service_of_another_namespace_is_named_in_each_of_many(
    tmp_path: Path, host: str, rule: str
) -> None:
    done = _sent(tmp_path, _in("data") + _calling(host, "shop"))

    assert f"[{rule}]" in done.out, done


def test_what_an_operator_makes_is_known_in_each_of_many(tmp_path: Path) -> None:
    database = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg}\n"
    )
    done = _sent(tmp_path, database + _calling("pg-rw"), "--complete", where="")

    assert not done.out, done


def test_a_copy_in_another_cluster_is_no_second_service(tmp_path: Path) -> None:
    release = "{app: web, app.kubernetes.io/instance: %s}"
    workloads = (
        DEPLOYMENT.replace("{app: web}", release % name).replace(
            "name: web", f"name: {name}"
        )
        for name in ("red", "sea")
    )
    done = _sent(tmp_path, "---\n".join((SERVICE, *workloads)), times=2)

    assert "so does Service" not in done.out, done


@pytest.mark.parametrize("lacking", ["app-0", "app-1"])
def test_only_what_is_sent_with_a_reference_is_its_witness(
    tmp_path: Path, lacking: str
) -> None:
    asking = (
        "apiVersion: networking.k8s.io/v1\n"
        "kind: Ingress\n"
        "metadata: {name: all}\n"
        "spec: {defaultBackend: {service: {name: front, port: {number: 80}}}}\n"
    )
    _sent(tmp_path, asking, times=2)
    apps = tmp_path / "apps.yaml"
    before, name, after = apps.read_text().partition(f"name: {lacking},")
    some = after.replace("path: shared", "path: shared, directory: {exclude: w*}", 1)
    files = {"apps.yaml": before + name + some, "shared/web.yaml": SERVICE}
    done = cip_lint(written(tmp_path, files), ".", "-o", "json")

    found = [
        [build["release"] for build in one["builds"]]
        for one in json.loads(done.out)["findings"]
        if one["rule"] == "reference.service-unknown"
    ]
    others = {"app-0", "app-1"} - {lacking}
    assert found == [[f"Application argocd/{one} of apps.yaml" for one in others]]


def test_a_caller_that_two_clusters_of_flux_get_must_be_right_in_each(
    tmp_path: Path,
) -> None:
    def sends(path: str) -> str:
        return (
            "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: {path}, namespace: flux-system}}\n"
            f"spec: {{path: ./{path}, interval: 1h}}\n"
        )

    files = {
        "clusters/east/f.yaml": sends("shared") + sends("apps"),
        "clusters/west/f.yaml": sends("shared"),
        "shared/c.yaml": _calling("web.shop.svc", "shop"),
        "apps/web.yaml": _in("shop"),
    }
    folder = written(tmp_path, files)
    done = cip_lint(folder, ".", "--complete", "--select", "dns")

    assert done.out.count("error[") == 1, done
    west, east = (
        f"Kustomization flux-system/shared of clusters/{one}/f.yaml"
        for one in ("west", "east")
    )
    assert f"= note: only in {west}, not in {east}\n" in done.out

    west_too = sends("shared") + sends("apps")
    (folder / "clusters/west/f.yaml").write_text(west_too)
    assert cip_lint(folder, ".", "--complete", "--select", "dns").out == ""


def test_clusters_of_the_settings_are_named_where_they_share_a_file(
    tmp_path: Path,
) -> None:
    payment = _in("shop").replace("web", "payment")
    files = {
        ".cip-lint.yaml": "clusters:\n"
        "  east: {paths: [shared, east], complete: true}\n"
        "  west: {paths: [shared, west], complete: true}\n",
        "shared/c.yaml": _calling("payments.shop.svc", "shop"),
        "east/web.yaml": payment,
        "west/web.yaml": payment,
    }
    folder = written(tmp_path, files)
    both = cip_lint(folder, ".", "--select", "dns")
    assert both.out.count("error[") == 1, both
    assert "= note: the same in 1 other cluster: west\n" in both.out
    assert "east/web.yaml:" in both.out
    assert "west/web.yaml:" in both.out

    (folder / "shared/c.yaml").write_text(_calling("payment.shop.svc", "shop"))
    (folder / "west/web.yaml").unlink()
    one = cip_lint(folder, ".", "--select", "dns")
    assert "= note: only in cluster west, not in east\n" in one.out


def test_a_workload_that_many_clusters_get_is_traced_in_the_first(
    tmp_path: Path,
) -> None:
    text = SERVICE + "---\n" + DEPLOYMENT + _calling("web")
    folder = tmp_path / "many"
    _sent(folder, text, times=3)
    name = "Application argocd/app-0 of apps.yaml"
    said = "cip-lint: this is Pod shop/caller as %s sends it; 2 others send it, too\n"

    traced = cip_lint(folder, "trace", "caller", "web", ".")
    assert "arrives at Deployment shop/web" in traced.out
    assert traced.err == said % name
    assert cip_lint(folder, "env", "caller", ".").err == said % name
    quiet = cip_lint(folder, "trace", "-q", "caller", "web", ".")
    assert (quiet.out, quiet.err) == (traced.out, "")
