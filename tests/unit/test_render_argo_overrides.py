"""``render.gitops.argo_overrides``: files beside a source that change what is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.model import Resource
from cip_lint.render.gitops.argo_overrides import overridden
from support.clusters import NoPlaces
from support.command import cip_lint
from support.overlays import DEPLOYMENT, SERVICE, needs_helm, needs_program, overlaid
from support.written import gatherer

PARAMETERS = "helm:\n  parameters: [{name: port, value: http}]\n"
IMAGES = "kustomize:\n  images: ['web:v2']\n"
PREFIX = "kustomize:\n  namePrefix: eu-\n"

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  source: {repoURL: 'https://example.com/x', path: over}
"""


def named(name: str, **source: object) -> Resource:
    """Return an Application with one source."""
    body = {
        "kind": "Application",
        "metadata": {"name": name},
        "spec": {"source": source},
    }
    return Resource(body, NoPlaces("app.yaml", 0))


@pytest.mark.parametrize(
    ("name", "text", "tool", "is_known"),
    [
        (".argocd-source.yaml", PARAMETERS, "helm", False),
        (".argocd-source-web.yaml", PARAMETERS, "helm", False),
        (".argocd-source-api.yaml", PARAMETERS, "helm", True),
        (".argocd-source.yaml", PARAMETERS, "kustomize", True),
        (".argocd-source.yaml", IMAGES, "kustomize", True),
        (".argocd-source.yaml", PREFIX, "kustomize", False),
        (".argocd-source.yaml", "helm: {parameters: []}\n", "helm", True),
        (".argocd-source.yaml", "helm: {}\n", "helm", True),
        (".argocd-source.yaml", "helm:\n", "helm", True),
        (".argocd-source.yaml", "directory: {recurse: true}\n", "helm", False),
        (".argocd-source.yaml", "directory: {}\n", "kustomize", False),
        (".argocd-source.yaml", "directory: null\n", "kustomize", True),
        (".argocd-source.yaml", "plugin: {name: x}\n", "kustomize", False),
        (".argocd-source.yaml", "", "helm", True),
        (".argocd-source.yaml", "- helm\n", "helm", True),
        (".argocd-source.yaml", "helm: 7\n", "helm", True),
    ],
)
def test_what_counts_is_what_it_says_for_the_tool(
    tmp_path: Path, name: str, text: str, tool: str, *, is_known: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    why = "" if is_known else f"{name} changes what Application web says"
    assert overridden(tmp_path, tmp_path, named("web"), tool) == why


@pytest.mark.parametrize(
    ("text", "source", "is_known"),
    [
        ("helm: {valueFiles: []}", {"valueFiles": ["prod.yaml"]}, False),
        ("helm: {valueFiles: null}", {"valueFiles": ["prod.yaml"]}, False),
        ("helm: {releaseName: ''}", {"releaseName": "x"}, False),
        ("helm: null", {"releaseName": "x"}, False),
        ("helm: {releaseName: ''}", {"valueFiles": ["prod.yaml"]}, True),
        ("helm: {}", {"releaseName": "x"}, True),
        ("helm: null", {}, True),
    ],
)
def test_an_empty_value_takes_away_what_the_application_says(
    tmp_path: Path, text: str, source: dict[str, object], *, is_known: bool
) -> None:
    (tmp_path / ".argocd-source.yaml").write_text(text, encoding="utf-8")

    why = overridden(tmp_path, tmp_path, named("web", helm=source), "helm")
    assert (why == "") is is_known


PLAIN = {
    "app/a.yaml": SERVICE,
    "app/in/b.yaml": SERVICE.replace("web", "inner"),
    "app/no.yaml": SERVICE.replace("web", "out"),
}
DEEP = "directory: {recurse: true}\n"


@pytest.mark.parametrize(
    ("files", "own", "sent"),
    [
        ({}, "", "out web"),
        ({".argocd-source.yaml": DEEP}, "", "inner out web"),
        ({".argocd-source-web.yaml": DEEP}, "", "inner out web"),
        ({".argocd-source-other.yaml": DEEP}, "", "out web"),
        ({".argocd-source.yaml": "directory: {exclude: no.yaml}"}, "", "web"),
        (
            {".argocd-source.yaml": "directory: null"},
            ", directory: {recurse: true}",
            "out web",
        ),
        (
            {".argocd-source.yaml": "directory: {recurse: null, include: a.yaml}"},
            ", directory: {recurse: true}",
            "web",
        ),
        (
            {
                ".argocd-source.yaml": DEEP,
                ".argocd-source-web.yaml": "directory: {recurse: false}",
            },
            "",
            "out web",
        ),
        ({".argocd-source.yaml": "plugin: {name: x}"}, "", ""),
        ({".argocd-source.yaml": "- 1"}, "", "out web"),
    ],
)
def test_plain_files_are_sent_as_a_file_beside_them_says(
    tmp_path: Path, files: dict[str, str], own: str, sent: str
) -> None:
    application = APPLICATION.replace("path: over}", f"path: app{own}}}")
    said = {f"app/{name}": text for name, text in files.items()}
    (cluster,) = gatherer(tmp_path)({**PLAIN, **said, "argo.yaml": application})

    found = [one for one in cluster.services if one.unit.engine == "argocd"]
    assert sorted(one.name for one in found if not one.partial) == sent.split()


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    (tmp_path / "other.yaml").write_text("", encoding="utf-8")
    (folder / ".argocd-source.yaml").symlink_to(tmp_path / "other.yaml")

    expected = ".argocd-source.yaml cannot be read"
    assert overridden(folder, folder, named("web"), "helm") == expected


@pytest.mark.parametrize("name", ["", "a/../../x", "\0"])
def test_odd_names_lead_nowhere(tmp_path: Path, name: str) -> None:
    assert overridden(tmp_path, tmp_path, named(name), "helm") == ""


@needs_program
@pytest.mark.parametrize(("text", "is_built"), [(IMAGES, True), (PREFIX, False)])
def test_an_overlay_that_is_sent_otherwise_is_not_built(
    tmp_path: Path, text: str, *, is_built: bool
) -> None:
    repository = overlaid(tmp_path, "resources: [../base]\nnamePrefix: x-\n")
    application = APPLICATION.replace("over}", "over, kustomize: {nameSuffix: -y}}")
    (repository / "app.yaml").write_text(application, encoding="utf-8")
    (repository / "over/.argocd-source.yaml").write_text(text, encoding="utf-8")
    shown = cip_lint(repository, "config", "show")

    said = "over/kustomization.yaml is not built: .argocd-source.yaml changes what"
    assert (said not in shown.out) is is_built
    assert ("built for Application argocd/web" in shown.out) is is_built


@needs_program
@pytest.mark.parametrize(("text", "is_sent"), [(IMAGES, True), (PREFIX, False)])
def test_a_list_of_files_that_is_sent_otherwise_is_a_piece(
    tmp_path: Path, text: str, *, is_sent: bool
) -> None:
    repository = overlaid(tmp_path, "resources: [web.yaml]\n")
    (repository / "over/web.yaml").write_text(
        f"{SERVICE}---\n{DEPLOYMENT}", encoding="utf-8"
    )
    (repository / "app.yaml").write_text(APPLICATION, encoding="utf-8")
    (repository / "over/.argocd-source.yaml").write_text(text, encoding="utf-8")
    shown = cip_lint(repository, "config", "show")

    said = "over/kustomization.yaml, not built: .argocd-source.yaml changes what"
    assert (said not in shown.out) is is_sent
    assert ("built for Application argocd/web" in shown.out) is is_sent


@needs_program
@pytest.mark.parametrize("with_program", [True, False])
def test_nothing_is_said_of_a_list_of_files_that_is_sent_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_program: bool
) -> None:
    generator = "configMapGenerator: [{name: settings, literals: [a=b]}]\n"
    repository = overlaid(tmp_path, f"resources: [web.yaml]\n{generator}")
    service = SERVICE.replace("http}", "https}")
    (repository / "over/web.yaml").write_text(
        f"{service}---\n{DEPLOYMENT}", encoding="utf-8"
    )
    (repository / "app.yaml").write_text(APPLICATION, encoding="utf-8")
    if not with_program:
        monkeypatch.setenv("PATH", "/nowhere")
    assert "over/web.yaml" in cip_lint(repository, "check").out

    (repository / "over/.argocd-source.yaml").write_text(PREFIX, encoding="utf-8")
    assert "over/web.yaml" not in cip_lint(repository, "check").out


@needs_helm
def test_a_chart_with_other_values_is_not_rendered(tmp_path: Path) -> None:
    files = {
        "app.yaml": APPLICATION,
        "over/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "over/templates/web.yaml": "kind: {{ .Values.kind }}\n",
        "over/.argocd-source-web.yaml": PARAMETERS,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    shown = cip_lint(tmp_path, "config", "show")

    assert (
        "over/Chart.yaml is not built: .argocd-source-web.yaml changes what "
        "Application web says"
    ) in shown.out
