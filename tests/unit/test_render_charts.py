"""Charts are replaced by what they are rendered to, and point at their templates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.model import Resource, Span
from cip_lint.render.building import built
from cip_lint.render.surroundings.cache import BUILDS, Cache
from cip_lint.render.surroundings.place import Place
from cip_lint.replay.order.timeline import Gate, Timeline
from cip_lint.store import Store
from support.programs import install

TEMPLATE = """\
{{- if .Values.enabled }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  type: ClusterIP
  selector: {app: web}
  externalIPs:
  - 192.0.2.7
  ports:
  - port: {{ .Values.service.port }}
    targetPort: {{ .Values.service.target | quote }}
    protocol: {{ .Values.service.protocol }}
{{- end }}
"""

VALUES = """\
enabled: true
service:
  port: 80
  target: http # the port of the container
"""

OUTPUT = """\
---
# Source: shop/templates/web.yaml
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: ClusterIP
  selector: {app: web}
  externalIPs:
  - 192.0.2.7
  ports:
  - port: 80
    targetPort: "http"
    protocol: TCP
---
# Source: shop/charts/db.tgz/templates/db.yaml
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {ports: [{port: 5432}]}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a chart, and a program that renders it."""
    programs = tmp_path / "bin"
    install(programs, "helm", f"print({OUTPUT!r}, end='')\n")
    monkeypatch.setenv("PATH", str(programs))
    made = tmp_path / "repository"
    write(made / "shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n")
    write(made / "shop/values.yaml", VALUES)
    write(made / "shop/templates/web.yaml", TEMPLATE)
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def built_in(repository: Path) -> Reading:
    options = ReadOptions(root=repository, mounts={".": str(repository)})
    return built(read(["."], options), Place(repository, repository))


def named(reading: Reading, name: str) -> Resource:
    (found,) = (one for one in reading.resources if one.name == name)
    return found


def place(span: Span) -> tuple[str, int, str]:
    return span.source.path, span.first.line, span.text


def cluster_of(reading: Reading) -> Cluster:
    (cluster,) = partition(reading, [default_settings()])
    return cluster


def reasons(reading: Reading) -> dict[str, str]:
    return {one.path: one.why for one in reading.unbuilt}


@pytest.mark.parametrize(
    ("path", "file", "line", "text"),
    [
        (("spec", "type"), "shop/templates/web.yaml", 7, "ClusterIP"),
        (("spec", "selector", "app"), "shop/templates/web.yaml", 8, "web"),
        (("spec", "externalIPs", 0), "shop/templates/web.yaml", 10, "192.0.2.7"),
        (("spec", "ports", 0, "port"), "shop/values.yaml", 3, "80"),
        (("spec", "ports", 0, "targetPort"), "shop/values.yaml", 4, "http"),
        (
            ("spec", "ports", 0, "protocol"),
            "shop/templates/web.yaml",
            14,
            "{{ .Values.service.protocol }}",
        ),
        (("metadata", "name"), "shop/templates/web.yaml", 5, "{{ .Release.Name }}"),
        (("spec", "clusterIP"), "shop/templates/web.yaml", 6, "spec"),
        (("status",), "shop/templates/web.yaml", 3, "Service"),
    ],
)
def test_a_value_is_shown_in_the_template_or_in_the_values(
    repository: Path, path: tuple[str | int, ...], file: str, line: int, text: str
) -> None:
    assert place(named(built_in(repository), "shop").span(*path)) == (file, line, text)


def test_what_no_file_holds_is_shown_as_it_was_rendered(repository: Path) -> None:
    found = named(built_in(repository), "db")

    shown = place(found.span("spec", "ports", 0, "port"))
    assert shown == ("shop/Chart.yaml (rendered)", 21, "5432")


def test_a_rendered_chart_is_a_unit_and_its_templates_are_no_longer_counted(
    repository: Path,
) -> None:
    reading = built_in(repository)
    cluster = cluster_of(reading)

    (unit,) = {id(one.unit): one.unit for one in cluster.members}.values()
    assert (unit.path, unit.engine, unit.why) == ("shop", "helm", "chart, rendered")
    assert unit.rendered
    assert cluster.notices == ()
    assert "template" not in reading.skipped


def test_a_chart_inside_another_is_rendered_with_it_alone(repository: Path) -> None:
    write(repository / "shop/charts/sub/Chart.yaml", "name: sub\n")
    write(repository / "lib/Chart.yaml", "name: lib\ntype: library\n")

    assert {one.built_by for one in built_in(repository).resources} == {
        "shop/Chart.yaml"
    }


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            (
                "Error: an error occurred while checking for chart dependencies. You may "
                "need to run 'helm dependency build': found in Chart.yaml, but missing in "
                "charts/ directory: redis, common"
            ),
            "its dependencies are not vendored: redis, common",
        ),
        (
            (
                "Error: execution error at (x): template: shop/templates/web.yaml:3:5: "
                'executing "shop/templates/web.yaml" at <include "a" .>: error calling '
                'include: no template "a"'
            ),
            'templates/web.yaml: no template "a"',
        ),
        ("walk.go:75: found symlink\nError: values don't meet the schema", None),
    ],
)
def test_a_chart_that_fails_says_why(
    repository: Path, tmp_path: Path, said: str, why: str | None
) -> None:
    install(tmp_path / "bin", "helm", f"import sys\nsys.exit({said!r})\n")
    reading = built_in(repository)

    expected = why or "values don't meet the schema"
    assert reasons(reading) == {"shop/Chart.yaml": expected}
    assert reading.resources == []
    assert reading.skipped["template"] == 1


def test_without_helm_no_chart_is_rendered(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "none"))

    why = reasons(built_in(repository))
    assert why == {"shop/Chart.yaml": "helm is not installed"}


def test_a_link_out_of_the_repository_is_not_followed(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("key", encoding="utf-8")
    (repository / ".git").mkdir()
    (repository / "shop/files").symlink_to(tmp_path / "secret")

    why = reasons(built_in(repository))
    assert why == {"shop/Chart.yaml": "files leads out of the repository"}


IN_STEPS = """\
---
# Source: shop/templates/web.yaml
apiVersion: v1
kind: Service
metadata: {name: one}
---
# Source: shop/templates/web.yaml
apiVersion: v1
kind: Service
metadata: {name: two}
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
# Source: shop/templates/web.yaml
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: listed}}
---
# Source: shop/templates/web.yaml
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
"""


def test_what_is_rendered_is_sent_as_helm_installs_it(
    repository: Path, tmp_path: Path
) -> None:
    install(tmp_path / "bin", "helm", f"print({IN_STEPS!r}, end='')\n")
    definition = (
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "early"}}'
    )
    write(repository / "shop/charts/sub/Chart.yaml", "name: sub\n")
    write(repository / "shop/charts/sub/crds/early.yaml", definition)
    cluster = cluster_of(built_in(repository))
    unit = Timeline(cluster).unit_of(cluster.members[0])

    assert [[one.name for one in step.members] for step in unit.steps] == [
        ["early"],
        ["migrate"],
        ["one", "two"],
        ["web"],
        ["listed"],
    ]
    assert [step.concurrent for step in unit.steps] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert unit.steps[1].gate is Gate.COMPLETED


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: shop, namespace: {namespace}}}
spec: {{chart: {{spec: {{chart: ./shop, sourceRef: {{kind: GitRepository}}}}}}}}
"""


def test_each_installation_brings_the_definitions_of_its_own(
    repository: Path, tmp_path: Path
) -> None:
    install(tmp_path / "bin", "helm", f"print({IN_STEPS!r}, end='')\n")
    early = "apiVersion: v1\nkind: Service\nmetadata: {name: early}\n"
    write(repository / "shop/crds/early.yaml", early)
    write(repository / "other/crds/early.yaml", early)
    for namespace in ("red", "blue"):
        write(repository / f"{namespace}.yaml", RELEASE.format(namespace=namespace))
    cluster = cluster_of(built_in(repository))
    timeline = Timeline(cluster)
    found = [one for one in cluster.members if one.name == "early"]

    assert sorted((one.namespace, one.path) for one in found) == [
        ("", "other/crds/early.yaml"),
        ("blue", "shop/crds/early.yaml"),
        ("red", "shop/crds/early.yaml"),
    ]
    for one in found:
        steps = timeline.unit_of(one).steps
        assert steps[0].members == (one,)
        if one.namespace:
            assert steps[0].gate is Gate.READY
            assert [member.name for member in steps[1].members] == ["migrate"]
            assert {member.namespace for step in steps for member in step.members} == {
                one.namespace
            }


RENDERERS = """\
  postRenderers:
  - kustomize:
      images: [{{name: web, newTag: v2}}]{more}
"""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("", ""),
        ("\n      patches: []", ""),
        (
            "\n      patches: [{patch: x}]",
            "spec.postRenderers[0].kustomize.patches of HelmRelease shop",
        ),
    ],
)
def test_a_chart_that_is_changed_behind_helm_is_not_rendered(
    repository: Path, more: str, why: str
) -> None:
    release = RELEASE.format(namespace="red").replace("spec: {", "spec:\n  ", 1)
    release = release.replace("}}}\n", "}}\n")
    write(repository / "red.yaml", release + RENDERERS.format(more=more))
    reading = built_in(repository)

    said = [f"{why} changes what is rendered"] if why else []
    assert [one.why for one in reading.unbuilt] == said
    assert any(one.release for one in reading.resources) is not bool(why)


def test_post_renderers_may_be_anything(repository: Path) -> None:
    release = RELEASE.format(namespace="red").replace("spec: {", "spec: {{}", 1)
    for index, odd in enumerate(("7", "[1, null, {kustomize: []}]", "{kustomize: 1}")):
        text = release.replace("{{}", "{postRenderers: " + odd + ", ")
        write(repository / f"odd{index}.yaml", text)

    assert not built_in(repository).unbuilt


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  destination: {{namespace: "{namespace}"}}
  source:
    path: shop
    helm:
      releaseName: "{name}"
      valueFiles: ["/{file}"]
      values: "a: \u00e9"
      parameters: [{{name: "--x", value: "1,2"}}, {{name: list, value: "{{1,2}}"}}]
"""

RECORDING = """\
import pathlib, sys
values = [one.partition("=")[2] for one in sys.argv if one.startswith("--values=")]
said = [*sys.argv[1:], *(pathlib.Path(one).read_text("utf-8") for one in values)]
pathlib.Path({output!r}).write_text("|".join(said), "utf-8")
"""


def said_to_helm(repository: Path, tmp_path: Path, **stated: str) -> str:
    """Return what helm was told, and what the files of values held."""
    output = tmp_path / "said"
    install(tmp_path / "bin", "helm", RECORDING.format(output=str(output)))
    stated = {"namespace": "shop", "name": "web", "file": "shop/values.yaml"} | stated
    write(repository / "app.yaml", APPLICATION.format(**stated))
    built_in(repository)
    return output.read_text("utf-8") if output.exists() else ""


def test_nothing_in_an_application_is_an_option_of_helm(
    repository: Path, tmp_path: Path
) -> None:
    said = said_to_helm(
        repository, tmp_path, name="--post-renderer=x", namespace="--debug"
    )

    options, _, names = said.partition("|--|")
    assert options == (
        "template|--skip-tests|--namespace=--debug|--values=0.yaml|--values=1.yaml"
        "|--set=--x=1\\,2|--set=list={1,2}"
    )
    assert names == f"--post-renderer=x|{repository / 'shop'}|{VALUES}|a: \u00e9"


def test_a_comma_in_the_name_of_a_file_names_no_second_file(
    repository: Path, tmp_path: Path
) -> None:
    write(repository / "shop/a,b.yaml", "c: d")

    said = said_to_helm(repository, tmp_path, file="shop/a,b.yaml")
    assert said.endswith("|c: d|a: \u00e9")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("none.yaml", "none.yaml is not there"),
        ("a\\0b", "a\0b is not there"),
        ("loop", "loop is not there"),
        ("link", "zero lies outside the repository"),
        ("../secret", "secret lies outside the repository"),
        ("shop", "shop is no file that can be read"),
        ("pipe", "pipe is no file that can be read"),
    ],
)
def test_values_that_cannot_be_read_say_why(
    repository: Path, tmp_path: Path, file: str, why: str
) -> None:
    (tmp_path / "secret").write_text("a: b", encoding="utf-8")
    (repository / "loop").symlink_to("loop")
    (repository / "link").symlink_to("/dev/zero")
    os.mkfifo(repository / "pipe")

    assert said_to_helm(repository, tmp_path, file=file) == ""
    assert reasons(built_in(repository)) == {"shop/Chart.yaml": why}


def test_a_folder_that_a_link_leads_to_is_a_part_of_the_chart(
    repository: Path, tmp_path: Path
) -> None:
    write(repository / "lib/inner/a.yaml", "a: b")
    (repository / "lib/inner/out").symlink_to(tmp_path)
    (repository / "shop/lib").symlink_to("../lib")

    why = reasons(built_in(repository))
    assert why == {"shop/Chart.yaml": "out leads out of the repository"}


def test_what_a_folder_behind_a_link_holds_is_no_longer_known_once_it_changes(
    repository: Path, tmp_path: Path
) -> None:
    write(repository / "lib/a.yaml", "a: b")
    (repository / "shop/lib").symlink_to("../lib")
    counted = tmp_path / "counted"
    script = (
        "import sys\n"
        "if sys.argv[1] != 'version':\n"
        f"    open({str(counted)!r}, 'a').write('x')\n"
        f"print({OUTPUT!r}, end='')\n"
    )
    install(tmp_path / "bin", "helm", script)
    place = Place(
        repository, repository, Cache(Store(tmp_path / "cache", b"x" * 32, BUILDS))
    )
    options = ReadOptions(root=repository, mounts={".": str(repository)})

    for content in ("a: b", "a: b", "a: c"):
        write(repository / "lib/a.yaml", content)
        built(read(["."], options), place)

    assert counted.read_text() == "xx"


def test_a_template_cannot_name_a_file_outside_of_the_repository(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.yaml").write_text("kind: Service\n", encoding="utf-8")
    output = OUTPUT.replace("shop/templates/web.yaml", "shop/../../secret.yaml")
    install(tmp_path / "bin", "helm", f"print({output!r}, end='')\n")

    found = named(built_in(repository), "shop")
    assert found.span("kind").source.path == "shop/Chart.yaml (rendered)"


COMMENTED = """\
{{/* type: ClusterIP
kind: Service */}}
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  # type: ClusterIP
  type: {{ .Values.service.type }} # type: ClusterIP
  ports:
  - port: 80 # port: 80
{{/* never closed: protocol: TCP
"""


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        (("spec", "type"), 8, "{{ .Values.service.type }}"),
        (("spec", "ports", 0, "port"), 10, "80"),
        (("kind",), 4, "Service"),
    ],
)
def test_what_stands_in_a_comment_is_no_place_of_a_value(
    repository: Path, path: tuple[str | int, ...], line: int, text: str
) -> None:
    write(repository / "shop/templates/web.yaml", COMMENTED)

    shown = place(named(built_in(repository), "shop").span(*path))
    assert shown == ("shop/templates/web.yaml", line, text)
