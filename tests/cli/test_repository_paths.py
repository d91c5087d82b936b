"""What Argo CD and Flux send is found from whichever folder a person works in."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import needs_helm, needs_program, overlaid
from support.repositories import Repository

OVERLAY = "resources: [../base]\nnamespace: {}\n"
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: argo}
  sources:
  - path: deploy/over
    kustomize: {namePrefix: x-}
  - path: deploy/chart
    helm: {valueFiles: [one.yaml, /deploy/two.yaml]}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: over, namespace: flux}
spec: {path: ./deploy/over, namePrefix: x-}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: argo}
spec:
  chart:
    spec:
      chart: ./deploy/chart
      sourceRef: {kind: GitRepository, name: all}
      valuesFiles: [deploy/chart/one.yaml, deploy/two.yaml]
"""
SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators:
  - git: {repoURL: x, directories: [{path: deploy/ov*}]}
  template:
    metadata: {name: '{{path.basename}}'}
    spec:
      destination: {namespace: argo}
      source: {path: '{{path}}', kustomize: {namePrefix: x-}}
"""
CHART = {
    "deploy/chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "deploy/chart/one.yaml": "one: 81\ntwo: 1\n",
    "deploy/two.yaml": "two: 82\n",
    "deploy/chart/templates/s.yaml": "apiVersion: v1\nkind: Service\n"
    "metadata: {name: chart}\nspec: {ports: [{port: {{ .Values.one }}, name: a}, "
    "{port: {{ .Values.two }}, name: b}]}\n",
}


def repository(folder: Path, sender: str) -> Path:
    overlaid(folder / "deploy", OVERLAY.format("shop"))
    made = Repository(folder)
    made.commit({**CHART, "deploy/apps/web.yaml": sender})
    return folder


WAYS = [
    (".", "."),
    ("deploy", "."),
    ("deploy/apps", ".."),
    ("deploy/apps", "../.."),
    ("..", "work"),
    ("../other", "../work/deploy"),
]


def table(folder: Path, working: str, path: str) -> list[list[str]]:
    done = cip_lint(folder / working, "table", path, "-o", "csv", "-q")
    return [
        [row[0], row[1], row[5]]
        for row in (line.split(",") for line in done.out.splitlines()[1:])
    ]


@needs_program
@pytest.mark.parametrize(("working", "path"), WAYS)
@pytest.mark.parametrize("sender", [ARGO, FLUX, SET], ids=["argo", "flux", "set"])
def test_an_overlay_is_built_as_it_is_sent(
    tmp_path: Path, working: str, path: str, sender: str
) -> None:
    folder = repository(tmp_path / "work", sender)
    (tmp_path / "other").mkdir()

    found = table(folder, working, path)

    assert [row for row in found if row[1].endswith("web")] == [
        ["shop", "x-web", "80/TCP"]
    ], found


@needs_program
@needs_helm
@pytest.mark.parametrize(("working", "path"), WAYS)
@pytest.mark.parametrize("sender", [ARGO, FLUX], ids=["argo", "flux"])
def test_a_chart_is_rendered_with_the_files_of_its_release(
    tmp_path: Path, working: str, path: str, sender: str
) -> None:
    folder = repository(tmp_path / "work", sender)
    (tmp_path / "other").mkdir()

    done = cip_lint(folder / working, "table", path, "-o", "markdown", "-q")

    assert "| argo | chart | " in done.out, done
    assert "| 81/TCP,82/TCP |" in done.out


@needs_program
@needs_helm
def test_the_earlier_state_is_built_alike(tmp_path: Path) -> None:
    folder = repository(tmp_path / "work", ARGO)

    done = cip_lint(folder / "deploy", "diff", "HEAD", ".")

    assert done.out == "", done
    assert done.err.startswith("Services: ")


def test_a_path_of_another_repository_sends_none_of_these_files(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "fleet")
    repository.git("remote", "add", "origin", "git@github.com:acme/fleet.git")
    source = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {{name: x, namespace: flux}}\nspec: {{url: {}}}\n---\n"
    )
    sender = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: x, namespace: flux}\n"
        "spec: {path: ./deploy, targetNamespace: shop,"
        " sourceRef: {kind: GitRepository, name: x}}\n"
    )
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"

    def units(address: str) -> str:
        text = source.format(address) + sender
        repository.write({"flux.yaml": text, "deploy/s.yaml": service})
        return cip_lint(repository.folder, "config", "show", ".").out

    assert "unit deploy: flux, namespace shop" in units("https://github.com/acme/fleet")
    other = units("https://github.com/vendor/app")
    assert "unit deploy" not in other
    assert "Kustomization x sends what is not in these files" in other
