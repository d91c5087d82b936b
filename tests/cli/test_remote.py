"""What lies behind an address is fetched where the command line allows it, else not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import DEPLOYMENT as WORKLOAD
from support.overlays import SERVICE, needs_helm
from support.programs import install
from support.servers import Server, serving

needs_programs = pytest.mark.skipif(
    not any(map(shutil.which, ("kustomize", "kubectl"))) or not shutil.which("git"),
    reason="neither kustomize nor kubectl is installed, or git is not",
)

UNUSABLE = "kustomize cannot use this helm"
"""What is said of an older kustomize beside a newer helm."""

DEPLOYMENT = WORKLOAD.replace("name: http,", "name: www,")
"""Its port has another name than the Service of a build wants."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "behind") as made:
        yield made


def repository(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")
    (folder / "web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    return folder


@needs_programs
def test_a_base_in_a_git_repository_is_built_where_that_is_allowed(
    server: Server, tmp_path: Path
) -> None:
    files = {"app/kustomization.yaml": "resources: [web.yaml]", "app/web.yaml": SERVICE}
    address = f"{server.put_repository('base', files)}/app?ref=main"
    folder = repository(tmp_path, f"namePrefix: eu-\nresources:\n- {address}\n")

    without = cip_lint(folder, ".", "--show-files")
    asked = list(server.asked)
    table = cip_lint(folder, "table", ".", "--allow-remote", "-o", "csv")

    assert f"not built: remote base {address}, see --allow-remote" in without.out
    assert not asked
    assert table.out.splitlines()[1].startswith("default,eu-web,ClusterIP"), table
    assert {one.name for one in folder.iterdir()} == {"kustomization.yaml", "web.yaml"}


@needs_programs
def test_what_was_fetched_is_shown_where_it_is_named(
    server: Server, tmp_path: Path
) -> None:
    address = server.put("service.yaml", SERVICE)
    text = f"resources:\n- web.yaml\n- {address}\n"

    done = cip_lint(repository(tmp_path, text), ".", "--allow-remote", "-o", "concise")

    assert done.out.startswith(
        "kustomization.yaml:3:3: error[port.target-name-unresolved]: targetPort http "
        "names no port of Deployment default/web ["
    ), done


@needs_programs
def test_a_patch_of_what_was_fetched_is_shown_itself(
    server: Server, tmp_path: Path
) -> None:
    address = server.put("service.yaml", SERVICE)
    patch = "{op: replace, path: /spec/ports/0/targetPort, value: ww}"
    text = f"resources:\n- web.yaml\n- {address}\n"
    text += f"patches:\n- target: {{kind: Service}}\n  patch: |-\n    - {patch}\n"

    done = cip_lint(repository(tmp_path, text), ".", "--allow-remote", "-o", "concise")

    assert done.out.startswith("kustomization.yaml:7:60: error["), done


@needs_programs
def test_what_is_fetched_is_fetched_anew_each_time(
    server: Server, tmp_path: Path
) -> None:
    address = server.put("service.yaml", SERVICE)
    folder = repository(tmp_path, f"resources:\n- {address}\n")
    flags = ("table", ".", "--allow-remote", "-o", "csv")
    before = cip_lint(folder, *flags)

    server.put("service.yaml", SERVICE.replace("port: 80,", "port: 81,"))
    after = cip_lint(folder, *flags)

    assert "80/TCP" in before.out
    assert "81/TCP" in after.out


@needs_programs
def test_the_environment_may_allow_it_and_the_repository_may_not(
    server: Server, tmp_path: Path
) -> None:
    address = server.put("service.yaml", SERVICE)
    folder = repository(tmp_path, f"resources:\n- {address}\n- web.yaml\n")
    settings = folder / ".cip-lint.yaml"
    settings.write_text("version: 1\nallowRemote: true\n")
    told = cip_lint(folder, ".")
    settings.unlink()
    variable = {"CIP_LINT_ALLOW_REMOTE": "1"}
    table = ("table", ".", "-o", "csv")

    assert told.code == 2
    assert "allowRemote" in told.out
    assert not server.asked
    assert cip_lint(folder, *table, environment=variable).out.count("\n") == 2
    assert server.asked


@needs_programs
def test_what_cannot_be_fetched_says_why(server: Server, tmp_path: Path) -> None:
    address = server.put_repository("base", {"kustomization.yaml": "resources: []"})
    folder = repository(tmp_path, f"resources: ['{address}?ref=gone']\n")
    flags = (".", "--show-files", "--allow-remote")

    assert "not built: git: couldn't find remote ref gone" in (
        cip_lint(folder, *flags).out
    )
    (folder / "kustomization.yaml").write_text("resources: ['git@127.0.0.1:a/b']\n")
    said = "remote base git@127.0.0.1:a/b, fetched neither by http nor by https"
    assert f"not built: {said}" in cip_lint(folder, *flags).out


@needs_programs
def test_a_base_that_is_fetched_may_not_read_this_machine(
    server: Server, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "service.yaml").write_text(SERVICE, encoding="utf-8")
    (secret / "kustomization.yaml").write_text("resources: [service.yaml]\n")
    base = f"resources: ['{secret}', 'file://{secret}']\n"
    address = server.put_repository("base", {"kustomization.yaml": base})
    folder = repository(tmp_path, f"resources: ['{address}']\n")

    done = cip_lint(folder, ".", "--show-built", "--allow-remote")

    assert "kind: Service" not in done.out


CHART = {
    "values.yaml": "target: htpp\n",
    "templates/all.yaml": SERVICE.replace("http}", "{{ .Values.target }}}")
    + "---\n"
    + DEPLOYMENT,
}
WITH_CHART = """\
helmCharts:
- name: web
  repo: {address}
  version: 1.0.0
  releaseName: shop
"""


@needs_programs
@needs_helm
def test_a_chart_is_pulled_and_nothing_is_left_in_the_repository(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    folder = repository(tmp_path, WITH_CHART.format(address=address))

    without = cip_lint(folder, ".", "--show-files")
    asked = list(server.asked)
    done = cip_lint(folder, ".", "--allow-remote", "-o", "concise")
    if UNUSABLE in done.err:
        pytest.skip(UNUSABLE)

    why = f"not built: remote chart {address}/web, see --allow-remote"
    assert why in without.out
    assert not asked
    assert done.out.startswith(
        "kustomization.yaml:2:3: error[port.target-name-unresolved]: targetPort htpp "
        "names no port of Deployment default/web"
    ), done
    assert {one.name for one in folder.iterdir()} == {"kustomization.yaml", "web.yaml"}


@needs_programs
@needs_helm
def test_a_chart_that_lies_there_is_shown_in_its_template(
    server: Server, tmp_path: Path
) -> None:
    text = WITH_CHART.format(address=server.address)
    folder = repository(tmp_path, f"{text}  valuesInline: {{target: hppt}}\n")
    chart = folder / "charts/web-1.0.0/web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    for name, content in CHART.items():
        (chart / name).write_text(content, encoding="utf-8")

    given = cip_lint(folder, ".", "-o", "concise")
    if UNUSABLE in given.err:
        pytest.skip(UNUSABLE)
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")
    own = cip_lint(folder, ".", "-o", "concise")

    problem = "error[port.target-name-unresolved]: targetPort"
    assert given.out.startswith(f"kustomization.yaml:6:26: {problem} hppt names"), given
    place = "charts/web-1.0.0/web/values.yaml:1:9"
    assert own.out.startswith(f"{place}: {problem} htpp names"), own
    assert given.out.count("error[") == own.out.count("error[") == 1
    assert not server.asked


def test_all_builds_together_have_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "bin", "kustomize", "import time\ntime.sleep(600)\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    folder = repository(tmp_path, "resources: [web.yaml]\n")
    for number in range(20):
        (folder / f"over{number}").mkdir()
        text = "namePrefix: a-\nresources: [..]\n"
        (folder / f"over{number}/kustomization.yaml").write_text(text)

    done = cip_lint(folder, ".", "--build-timeout", "1", "--show-files")

    why = "not built: all builds take more than 1 s, see --build-timeout"
    assert done.out.count(why) == 20, done


@needs_programs
def test_nothing_is_left_where_programs_keep_what_they_make(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.put_repository("base", {"kustomization.yaml": "resources: []"})
    folder = repository(tmp_path, f"resources: ['{address}?ref=gone', web.yaml]\n")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    cip_lint(folder, ".", "--allow-remote")

    assert server.asked
    assert not list((tmp_path / "temporary").iterdir())


@needs_helm
def test_a_chart_of_another_folder_is_rendered_with_what_needs_it(
    server: Server, tmp_path: Path
) -> None:
    need = "dependencies: [{name: web, version: '*', repository: 'file://../web'}]\n"
    files = {
        "app/Chart.yaml": f"apiVersion: v2\nname: app\nversion: 1.0.0\n{need}",
        "app/values.yaml": "web: {target: www}\n",
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        **{f"web/{name}": text for name, text in CHART.items()},
    }
    for name, text in files.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_text(text, encoding="utf-8")

    done = cip_lint(tmp_path / "work", "app", "--show-built")
    alone = cip_lint(tmp_path / "work", "web", "-o", "concise")

    assert "targetPort: www" in done.out, done
    assert alone.out.startswith("web/values.yaml:1:9: error["), alone
    assert sorted(one.name for one in (tmp_path / "work/app").iterdir()) == [
        "Chart.yaml",
        "values.yaml",
    ]


@needs_helm
def test_what_a_chart_needs_is_fetched_where_that_is_allowed(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    folder = tmp_path / "work"
    folder.mkdir()
    need = f"dependencies: [{{name: web, version: 1.x, repository: '{address}'}}]\n"
    (folder / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: app\nversion: 1.0.0\n{need}"
    )

    without = cip_lint(folder, ".", "--show-files")
    asked = list(server.asked)
    done = cip_lint(folder, ".", "--allow-remote", "-o", "concise")

    why = "its dependencies are not vendored: web, see --allow-remote"
    assert f"not built: {why}" in without.out
    assert not asked
    assert done.out.startswith(
        "Chart.yaml:4:23: error[port.target-name-unresolved]: targetPort htpp names no "
    ), done
    assert [one.name for one in folder.iterdir()] == ["Chart.yaml"]


@needs_helm
def test_what_a_chart_has_already_is_not_asked_for(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    need = f"{{name: web, version: 1.0.0, repository: '{address}'}}"
    near = "{name: near, version: 1.0.0, repository: 'file://../near'}"
    said = "apiVersion: v2\nversion: 1.0.0\n"
    files = {
        "app/Chart.yaml": f"{said}name: app\ndependencies: [{need}, {near}]\n",
        "app/charts/web/Chart.yaml": f"{said}name: web\n",
        "near/Chart.yaml": f"{said}name: near\n",
    }
    for name, text in files.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_text(text, encoding="utf-8")

    done = cip_lint(tmp_path / "work", "app", "--show-files")

    why = "its dependencies are not vendored: near, see --allow-remote"
    assert f"not built: {why}" in done.out
    assert not server.asked


def installing(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "app.yaml").write_text(text, encoding="utf-8")
    return folder


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  destination: {{namespace: prod}}
  source:
    repoURL: {address}
    chart: web
    targetRevision: 1.x
    helm:
      valuesObject: {{{values}}}
"""


@needs_helm
def test_a_chart_that_an_application_installs_is_fetched_where_that_is_allowed(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    text = APPLICATION.format(address=address, values="target: hppt")
    folder = installing(tmp_path / "work", text)

    without = cip_lint(folder, ".", "-o", "concise")
    asked = list(server.asked)
    given = cip_lint(folder, ".", "--allow-remote", "-o", "concise")
    shown = cip_lint(folder, "config", "show", ".", "--allow-remote")
    own = APPLICATION.format(address=address, values="")
    (folder / "app.yaml").write_text(own, encoding="utf-8")
    named = cip_lint(folder, ".", "--allow-remote", "-o", "concise")

    problem = "error[port.target-name-unresolved]: targetPort"
    assert (without.out, asked) == ("", [])
    assert given.out.startswith(f"app.yaml:11:30: {problem} hppt names no"), given
    assert "Deployment prod/web" in given.out
    assert named.out.startswith(f"app.yaml:8:12: {problem} htpp names no"), named
    told = "chart web, rendered for Application argocd/shop of app.yaml"
    assert told in shown.out
    assert [one.name for one in folder.iterdir()] == ["app.yaml"]


HELM_RELEASE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: charts, namespace: flux-system}}
spec: {{url: '{address}'{more}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: shop, namespace: prod}}
spec:
  chart:
    spec:
      chart: web
      version: "1.0.0"
      sourceRef: {{kind: HelmRepository, name: charts, namespace: flux-system}}
  values: {{target: hppt}}
"""


@needs_helm
def test_a_chart_that_a_helm_release_installs_is_fetched_where_that_is_allowed(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    text = HELM_RELEASE.format(address=address, more="")
    folder = installing(tmp_path / "work", text)

    without = cip_lint(folder, ".", "-o", "concise")
    asked = list(server.asked)
    done = cip_lint(folder, ".", "--allow-remote", "-o", "concise")
    table = cip_lint(folder, "table", ".", "--allow-remote", "-o", "csv")

    assert (without.out, asked) == ("", [])
    assert done.out.startswith(
        "app.yaml:15:20: error[port.target-name-unresolved]: targetPort hppt names no "
        "port of Deployment prod/web"
    ), done
    assert table.out.splitlines()[1].startswith("prod,web,ClusterIP"), table


@needs_helm
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("1.0.0", "7.0.0"), "not found in"),
        (("{url", "{secretRef: {name: a}, url"), "its repository asks who wants it"),
        (
            ("      version:", "      valuesFiles: [a]\n      version:"),
            "lies in the chart",
        ),
        (("http://", "s3://"), "fetched neither by http nor by https"),
        (
            ("  values:", "  valuesFrom: [{kind: Secret, name: a}]\n  values:"),
            "in Secret",
        ),
    ],
)
def test_a_chart_that_cannot_be_had_is_told_with_the_reason(
    server: Server, tmp_path: Path, change: tuple[str, str], why: str
) -> None:
    address = server.put_chart("charts", "web", CHART)
    text = HELM_RELEASE.format(address=address, more="").replace(*change)
    folder = installing(tmp_path / "work", text)

    done = cip_lint(folder, ".", "--allow-remote", "--show-files")

    said = "not built: chart web for HelmRelease prod/shop of app.yaml: "
    line = next(one for one in done.out.splitlines() if one.startswith("app.yaml"))
    assert said in line, done
    assert why in line.partition(said)[2]


@needs_helm
def test_values_of_another_source_are_read_where_they_lie_here(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    text = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  destination: {{namespace: prod}}
  sources:
  - {{repoURL: 'https://example.com/here.git', ref: here}}
  - repoURL: {address}
    chart: web
    targetRevision: "*"
    helm: {{valueFiles: [$here/prod.yaml]}}
"""
    folder = installing(tmp_path / "work", text)
    absent = cip_lint(folder, ".", "--allow-remote", "--show-files")
    (folder / "prod.yaml").write_text("target: hppt\n", encoding="utf-8")
    done = cip_lint(folder, ".", "--allow-remote", "-o", "concise")

    assert "app.yaml: prod.yaml is not there" in absent.out, absent
    assert done.out.startswith("prod.yaml:1:9: error["), done


@needs_helm
def test_the_file_of_a_release_stays_where_it_is_listed(
    server: Server, tmp_path: Path
) -> None:
    address = server.put_chart("charts", "web", CHART)
    text = HELM_RELEASE.format(address=address, more="")
    folder = installing(tmp_path / "work", text)
    (folder / "kustomization.yaml").write_text("resources: [app.yaml]\n")

    shown = cip_lint(folder, "config", "show", ".", "--allow-remote")
    files = cip_lint(folder, ".", "--allow-remote", "--show-files")

    units = [one.strip() for one in shown.out.splitlines() if "unit ." in one]
    assert len(units) == 2, shown
    assert units[0].endswith("kustomization.yaml only lists files")
    assert "rendered for HelmRelease prod/shop of app.yaml" in units[1]
    assert "kustomization.yaml: 1 settings of kustomize\n" in files.out


@needs_programs
@pytest.mark.parametrize("name", ["link/../evil", "./link/.././evil/"])
def test_a_link_hides_nothing_that_would_be_fetched(
    tmp_path: Path, server: Server, name: str
) -> None:
    address = server.put("web.yaml", SERVICE)
    folder = repository(tmp_path, "resources: [web.yaml]\n")
    files = {
        "app/kustomization.yaml": f"namePrefix: x-\nresources: [{name}]\n",
        "app/evil/kustomization.yaml": f"resources: ['{address}']\n",
        "evil/kustomization.yaml": "resources: [../web.yaml]\n",
        "far/readme": "",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "app/link").symlink_to("../far")

    done = cip_lint(folder, ".", "--show-files")

    assert server.asked == []
    assert f"not built: remote base {address}, see --allow-remote" in done.out


@needs_programs
@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_settings_in_one_word_of_json_fetch_nothing(
    tmp_path: Path, server: Server, field: str
) -> None:
    address = server.put("a", "x")
    setting = (
        '{"apiVersion":"builtin","kind":"ConfigMapGenerator",'
        f'"metadata":{{"name":"x"}},"files":["k={address}"]}}'
    )
    folder = repository(tmp_path, f"resources: [web.yaml]\n{field}: ['{setting}']\n")

    done = cip_lint(folder, ".", "--show-files")

    assert server.asked == []
    assert f"not built: remote file {address}, see --allow-remote" in done.out


@needs_programs
def test_a_component_that_is_added_by_its_address_is_fetched(
    tmp_path: Path, server: Server
) -> None:
    files = {
        "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\n"
        "kind: Component\nresources: [far.yaml]\n",
        "far.yaml": SERVICE.replace("{name: web}", "{name: far}"),
    }
    address = server.put_repository("part", files)
    folder = repository(tmp_path, "resources: [web.yaml]\n")
    (folder / "flux.yaml").write_text(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: web, namespace: flux-system}\n"
        f"spec: {{path: ./, components: ['{address}']}}\n"
    )

    table = cip_lint(folder, "table", ".", "--allow-remote", "-o", "csv")

    assert ",far," in table.out, (table, server.asked)
