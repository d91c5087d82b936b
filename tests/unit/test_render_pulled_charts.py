"""``render.helm.pulled_charts``: which charts are fetched for whom, and where they show."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.render.helm.pulled_charts import pulled
from cip_lint.render.surroundings.place import Place
from support.programs import install

HELM = """\
import json, os, sys
words = sys.argv[1:]
open(OUTPUT, "a").write(json.dumps(words) + "\\n")
(into,) = [one.partition("=")[2] for one in words if "--untardir=" in one] or [""]
if words[0] == "pull":
    os.makedirs(f"{into}/web/templates")
    open(f"{into}/web/Chart.yaml", "w").close()
    with open(f"{into}/web/templates/all.yaml", "w") as file:
        file.write("kind: Service\\nspec: {type: {{ .Values.sort }}}\\n")
else:
    print("---\\n# Source: web/templates/all.yaml\\napiVersion: v1\\nkind: Service\\n"
          f"metadata: {{name: {words[-2]}}}\\nspec: {{type: LoadBalancer}}")
"""
OCI = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: web, namespace: prod}
spec:
  url: oci://example.com/charts/web
  ref: {semver: 1.x}
"""
BY_REFERENCE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: prod}
spec:
  chartRef: {kind: OCIRepository, name: web}
  values: {sort: LoadBalancer}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {namespace: prod}
  source: {repoURL: registry.example.com/charts, chart: web, targetRevision: 2.0.0}
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "asked"
    script = HELM.replace("OUTPUT", repr(str(file)))
    folder = install(tmp_path / "bin", "helm", script)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    return file


def pulled_in(folder: Path, text: str, *, network: bool = True) -> Reading:
    folder.mkdir(exist_ok=True)
    (folder / "app.yaml").write_text(text, encoding="utf-8")
    reading = read(["."], ReadOptions(root=folder, mounts={".": str(folder)}))
    return pulled(reading, Place(folder, folder, network=network))


def made(reading: Reading) -> list[tuple[str, str, str]]:
    return [
        (one.name, one.built_by, one.release)
        for one in reading.resources
        if one.kind == "Service"
    ]


def test_a_chart_of_a_registry_is_fetched_by_the_object_that_names_it(
    asked: Path, tmp_path: Path
) -> None:
    reading = pulled_in(tmp_path / "work", f"{OCI}---\n{BY_REFERENCE}")

    words = [json.loads(line) for line in asked.read_text().splitlines()]
    assert words[0][-3:] == ["--version=1.x", "--", "oci://example.com/charts/web"]
    assert "--namespace=prod" in words[1]
    name = "HelmRelease prod/shop of app.yaml"
    assert made(reading) == [("shop", "app.yaml", name)]
    (service,) = (one for one in reading.resources if one.kind == "Service")
    values = service.span("spec", "type")
    assert (values.first.line, values.text) == (13, "LoadBalancer")
    assert service.span("metadata", "name").text == "web"
    assert service.path == "app.yaml"


def test_an_address_without_a_scheme_is_that_of_a_registry(
    asked: Path, tmp_path: Path
) -> None:
    pulled_in(tmp_path / "work", APPLICATION)

    (words, _) = (json.loads(line) for line in asked.read_text().splitlines())
    assert words[-1] == "oci://registry.example.com/charts/web"
    assert "--version=2.0.0" in words


def test_a_chart_is_fetched_once_for_all_that_install_it(
    asked: Path, tmp_path: Path
) -> None:
    applications = [
        APPLICATION.replace("name: shop", f"name: {name}").replace("2.0.0", version)
        for name, version in [("a", "2.0.0"), ("b", "2.0.0"), ("c", "3.0.0")]
    ]
    reading = pulled_in(tmp_path / "work", "---\n".join(applications))

    words = [json.loads(line) for line in asked.read_text().splitlines()]
    versions = [said for one in words for said in one if "--version=" in said]
    assert sorted(versions) == ["--version=2.0.0", "--version=3.0.0"]
    assert [one[0] for one in made(reading)] == ["a", "b", "c"]


def test_a_chart_that_cannot_be_had_is_asked_for_once(
    asked: Path, tmp_path: Path
) -> None:
    script = (
        f"import sys\nopen({str(asked)!r}, 'a').write('x')\nsys.exit('Error: no')\n"
    )
    install(tmp_path / "bin", "helm", script)
    text = f"{APPLICATION}---\n{APPLICATION.replace('name: shop', 'name: b')}"
    reading = pulled_in(tmp_path / "work", text)

    assert [one.why[-4:] for one in reading.unbuilt] == [": no", ": no"]
    assert asked.read_text() == "x"


@pytest.mark.parametrize("address", ["", "repoURL: '', ", "repoURL: [a], "])
def test_without_an_address_nobody_is_asked(
    asked: Path, tmp_path: Path, address: str
) -> None:
    text = APPLICATION.replace("repoURL: registry.example.com/charts, ", address)
    reading = pulled_in(tmp_path / "work", text)

    (left,) = reading.unbuilt
    assert left.why.endswith("/shop of app.yaml: it names no repository")
    assert not asked.exists()


@pytest.mark.parametrize(
    "text",
    [
        BY_REFERENCE,
        APPLICATION.replace("chart: web, ", "path: web, "),
        APPLICATION.replace("chart: web", "chart: [web]"),
        f"{OCI}---\n{BY_REFERENCE.replace('name: web}', 'name: 3}')}",
    ],
)
def test_what_names_no_chart_that_is_known_is_passed_over(
    asked: Path, tmp_path: Path, text: str
) -> None:
    reading = pulled_in(tmp_path / "work", text)

    assert made(reading) == []
    assert not asked.exists()
    assert not reading.unbuilt


def test_without_the_network_nothing_is_asked(asked: Path, tmp_path: Path) -> None:
    text = f"{OCI}---\n{BY_REFERENCE}---\n{APPLICATION}"

    assert made(pulled_in(tmp_path / "work", text, network=False)) == []
    assert not asked.exists()


def test_a_chart_that_is_named_by_its_digest_is_not_taken_for_the_newest(
    asked: Path, tmp_path: Path
) -> None:
    text = OCI.replace("semver: 1.x", "digest: 'sha256:aa'")
    reading = pulled_in(tmp_path / "work", f"{text}---\n{BY_REFERENCE}")

    (left,) = reading.unbuilt
    assert left.why.endswith(": it is named by its digest")
    assert not asked.exists()
