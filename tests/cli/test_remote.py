"""What lies behind an address is fetched where the command line allows it, else not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import cip_lint
from support.programs import install
from support.servers import Server, serving

needs_programs = pytest.mark.skipif(
    not any(map(shutil.which, ("kustomize", "kubectl"))) or not shutil.which("git"),
    reason="neither kustomize nor kubectl is installed, or git is not",
)
needs_helm = pytest.mark.skipif(
    not shutil.which("helm"), reason="helm is not installed"
)

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, ports: [{name: www, containerPort: 8080}]}
"""


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
