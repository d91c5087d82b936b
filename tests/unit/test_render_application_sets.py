"""ApplicationSets make Applications where the files of the repository tell which."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.render.building import built
from cip_lint.render.gitops import application_sets, repository_files
from cip_lint.render.surroundings.place import Place
from support.programs import install

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
PLAIN = ("{{path.basename}}", "{{path}}")
GO = ("{{.path.basename}}", "{{ .path.path }}")

Git = dict[str, Any]


def a_set(*generators: Any, name: str, path: str, **spec: Any) -> str:
    """Return a set whose Applications send a folder to a namespace of their name."""
    template = {
        "metadata": {"name": name},
        "spec": {
            "source": {"repoURL": "https://git.example/a.git", "path": path},
            "destination": {"namespace": name, "server": "https://here"},
        },
    }
    return json.dumps(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "all", "namespace": "argocd"},
            "spec": {"generators": generators, "template": template, **spec},
        }
    )


def git(**fields: Any) -> Git:
    return {"git": {"repoURL": "https://git.example/a.git", **fields}}


def folders(*paths: str, exclude: str = "") -> Git:
    entries: list[dict[str, Any]] = [{"path": path} for path in paths]
    if exclude:
        entries.append({"path": exclude, "exclude": True})
    return git(directories=entries)


def listing(*elements: Any) -> dict[str, Any]:
    return {"list": {"elements": elements}}


class Repository:
    """Files, and what is read of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, files: Mapping[str, str]) -> Reading:
        for name, text in files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        options = ReadOptions(root=self._folder, mounts={".": str(self._folder)})
        return built(read(["."], options), Place(self._folder, self._folder))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path.resolve() / "repository")


def made(reading: Reading) -> dict[str, str]:
    """Return name -> folder of the Applications that sets make."""
    return {one.name: one.get("spec", "source", "path") for one in reading.applications}


def cluster_of(reading: Reading) -> Cluster:
    (cluster,) = partition(reading, [default_settings()])
    return cluster


APPS = {
    "apps/web/s.yaml": SERVICE,
    "apps/db/s.yaml": SERVICE,
    "apps/old/s.yaml": SERVICE,
    "apps/web/deep/s.yaml": SERVICE,
    "apps/.hidden/s.yaml": SERVICE,
}


def test_a_repository_is_looked_at_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever walks it for each row of a matrix does not end with a large one."""
    walked: list[object] = []
    walk = os.walk

    def counted(top: object) -> object:
        walked.append(top)
        return walk(str(top))

    monkeypatch.setattr(os, "walk", counted)
    rows = listing(*({"row": str(number)} for number in range(5)))
    files = git(files=[{"path": "config/*.json"}])
    of_rows = {"matrix": {"generators": [rows, files]}}
    read_at = [*APPS, "config/web.json"]
    name = "{{row}}-{{app}}"
    texts = {
        **dict.fromkeys(read_at, SERVICE),
        "config/web.json": '{"app": "web"}',
        "a.json": a_set(of_rows, name=name, path="apps/web"),
        "b.json": a_set(of_rows, name=f"b-{name}", path="apps/web"),
    }

    assert len(made(repository(texts))) == 10
    assert len(walked) == 1


def test_what_sets_may_ask_for_in_one_run_has_an_end(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_set(folders("apps/*"), name="{{path.basename}}", path="{{path}}")
    other = a_set(folders("apps/w*"), name="x-{{path.basename}}", path="{{path}}")
    texts = {**APPS, "a.json": one, "b.json": other}
    assert len(made(repository(texts))) == 4

    monkeypatch.setattr(application_sets, "_MOST_MADE", 3)
    assert set(made(repository(texts))) == {"db", "old", "web"}

    monkeypatch.setattr(application_sets, "_MOST_MADE", 4)
    monkeypatch.setattr(repository_files, "_MOST_LOOKS", 4)
    assert set(made(repository(texts))) == {"db", "old", "web"}


@pytest.mark.parametrize("kind", ["pipe", "link in a circle", "link to a device"])
def test_a_file_of_a_set_that_is_none_tells_nothing(
    repository: Repository, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "repository/config/web.json"
    file.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("web.json" if "circle" in kind else "/dev/zero")
    generator = git(files=[{"path": "config/*.json"}])

    assert not made(repository({"set.json": a_set(generator, name="x", path="y")}))


@pytest.mark.parametrize("path", ["config/*.json", "a\0/*.json"])
def test_a_folder_of_a_set_that_is_none_tells_nothing(
    repository: Repository, tmp_path: Path, path: str
) -> None:
    folder = tmp_path / "repository/config"
    folder.parent.mkdir()
    folder.symlink_to("config")

    for generator in (git(files=[{"path": path}]), folders(path)):
        text = a_set(generator, name="x", path="y")
        assert not made(repository({"set.json": text}))


@pytest.mark.parametrize(
    ("templates", "spec"),
    [(PLAIN, {}), (GO, {"goTemplate": True})],
    ids=["plain", "go"],
)
def test_folders_are_sent_by_an_application_each(
    repository: Repository, templates: tuple[str, str], spec: dict[str, Any]
) -> None:
    name, path = templates
    generator = folders("apps/*", exclude="apps/old")
    text = a_set(generator, name=name, path=path, **spec)
    reading = repository({**APPS, "set.json": text})

    assert made(reading) == {"db": "apps/db", "web": "apps/web"}
    cluster = cluster_of(reading)
    sent = {one.path: one for one in cluster.members}
    for app in ("db", "web"):
        member = sent[f"apps/{app}/s.yaml"]
        assert (member.unit.engine, member.namespace) == ("argocd", app)
        assert member.unit.why == f"Application argocd/{app} of set.json"
    assert sent["apps/old/s.yaml"].unit.engine == "kubectl"


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("{{path[1]}}-{{path.basenameNormalized}}", {}),
        (
            "{{ index .path.segments 1 }}-{{ .path.basenameNormalized }}",
            {"goTemplate": True},
        ),
        (
            '{{index .path "segments" 1}}-{{index .path "basename"}}',
            {"goTemplate": True},
        ),
    ],
    ids=["plain", "go", "keys"],
)
def test_a_part_of_the_path_may_be_named_by_its_number(
    repository: Repository, name: str, spec: dict[str, Any]
) -> None:
    path = "{{.path.path}}" if spec else "{{path}}"
    text = a_set(folders("apps/*/*"), name=name, path=path, **spec)
    files = {"apps/a/web/s.yaml": SERVICE, "apps/b/web/s.yaml": SERVICE}

    assert made(repository({**files, "set.json": text})) == {
        "a-web": "apps/a/web",
        "b-web": "apps/b/web",
    }


def test_a_literal_folder_of_an_unread_set_goes_where_the_set_says(
    repository: Repository,
) -> None:
    pinned = "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {clusterIP: 10.96.0.44}\n"

    def the_set(name: str) -> str:
        text = a_set({"clusters": {}}, name=f"{name}-{{{{name}}}}", path=name)
        text = text.replace(
            '"namespace": "' + name + '-{{name}}"', f'"namespace": "{name}-ns"'
        )
        return text.replace('"https://here"', '"{{server}}"').replace(
            '"all"', f'"{name}"'
        )

    cluster = cluster_of(
        repository(
            {
                "core.json": the_set("core"),
                "edge.json": the_set("edge"),
                "core/s.yaml": pinned % "core",
                "edge/s.yaml": pinned % "edge",
            }
        )
    )
    core, edge = (one for one in cluster.members if one.kind == "Service")

    assert [core.display, edge.display] == [
        "Service core-ns/core",
        "Service edge-ns/edge",
    ]
    assert core.unit.why == "ApplicationSet argocd/core of core.json"
    assert not cluster.can_meet(core, edge)
    assert cluster.world(core, "Service").unknown_services is None


@pytest.mark.parametrize(
    "change",
    [
        ('"path": "core"', '"path": "core", "helm": {"values": "a: b"}'),
        ('"https://git.example/a.git"', '"{{url}}"'),
        (
            '"clusters": {}',
            '"clusters": {"template": {"spec": {"source": {"path": "x"}}}}',
        ),
        ('"template": {', '"templatePatch": "x", "template": {'),
    ],
)
def test_what_may_differ_for_each_application_of_a_set_is_unknown(
    repository: Repository, change: tuple[str, str]
) -> None:
    text = a_set({"clusters": {}}, name="{{name}}", path="core").replace(*change, 1)
    assert change[1] in text
    cluster = cluster_of(repository({"set.json": text, "core/s.yaml": SERVICE}))
    web = next(one for one in cluster.members if one.kind == "Service")

    assert web.unit.engine == "kubectl"
    assert "not expanded" in str(cluster.world(web, "Service").unknown_services)


def test_a_followed_set_hides_nothing(repository: Repository) -> None:
    name, path = PLAIN
    known = a_set(folders("apps/*"), name=name, path=path)
    unknown = a_set({"clusters": {}}, name="{{name}}", path="apps/{{name}}")

    def hidden(text: str) -> object:
        cluster = cluster_of(repository({**APPS, "set.json": text}))
        (member,) = (one for one in cluster.members if one.kind == "ApplicationSet")
        return cluster.world(member, "Service").unknown_services

    assert hidden(known) is None
    assert "ApplicationSet all is not expanded" in str(hidden(unknown))


def test_what_an_application_of_a_set_sends_from_elsewhere_is_unknown(
    repository: Repository,
) -> None:
    elements = ({"app": "web"}, {"app": "gone"})
    text = a_set(listing(*elements), name="{{app}}", path="apps/{{app}}")
    cluster = cluster_of(repository({**APPS, "set.json": text}))
    web = next(one for one in cluster.members if one.path == "apps/web/s.yaml")

    assert cluster.world(web, "Service", "gone").unknown_services is not None
    assert cluster.world(web, "Service", "web").unknown_services is None


FILES = {
    "envs/a/config.json": '{"app": {"name": "web"}, "number": 8080}',
    "envs/b/config.yaml": "- {app: {name: db}, number: 1}\n- {app: {name: mq}, number: 2}\n",
}


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("{{app.name}}-{{number}}", {}),
        ("{{.app.name}}-{{.number}}", {"goTemplate": True}),
    ],
    ids=["plain", "go"],
)
def test_files_of_the_repository_give_parameters(
    repository: Repository, name: str, spec: dict[str, Any]
) -> None:
    generator = git(files=[{"path": "envs/*/config.*"}])
    path = "{{.path.path}}" if spec else "{{path}}"
    reading = repository(
        {**FILES, "set.json": a_set(generator, name=name, path=path, **spec)}
    )

    assert made(reading) == {"web-8080": "envs/a", "db-1": "envs/b", "mq-2": "envs/b"}


def test_a_matrix_makes_one_of_each_pair(repository: Repository) -> None:
    inner = [folders("apps/{{app}}"), listing({"env": "dev"}, {"env": "prod"})]
    outer = listing({"app": "web"}, {"app": "db"})
    first = {"matrix": {"generators": [outer, inner[0]]}}
    matrix = {"matrix": {"generators": [first, inner[1]]}}
    text = a_set(matrix, name="{{app}}-{{env}}", path="{{path}}")

    assert made(repository({**APPS, "set.json": text})) == {
        "db-dev": "apps/db",
        "db-prod": "apps/db",
        "web-dev": "apps/web",
        "web-prod": "apps/web",
    }


def test_a_merge_overrides_what_its_first_generator_says(
    repository: Repository,
) -> None:
    base = listing({"app": "web", "from": "apps/web"}, {"app": "db", "from": "apps/db"})
    other = listing({"app": "db", "from": "apps/old"}, {"app": "none", "from": "x"})
    merge = {"merge": {"mergeKeys": ["app"], "generators": [base, other]}}
    text = a_set(merge, name="{{app}}", path="{{from}}")

    assert made(repository({**APPS, "set.json": text})) == {
        "web": "apps/web",
        "db": "apps/old",
    }


@pytest.mark.parametrize(
    ("generators", "name", "spec"),
    [
        ([{"clusters": {}}], "{{name}}", {}),
        ([{**listing({"a": "b"}), "selector": {}}], "{{a}}", {}),
        ([listing({"a": "b"}), {"scmProvider": {}}], "{{a}}", {}),
        ([listing({"a": "b"})], "{{other}}", {}),
        ([listing({"a": "b"}, {"a": "b"})], "{{a}}", {}),
        ([listing({"a": "b"})], "{{ .a | upper }}", {"goTemplate": True}),
        ([listing({"a": ["b"]})], "{{ index .a 1 }}", {"goTemplate": True}),
        ([listing({"a": "b"})], "{{ index .a 0 }}", {"goTemplate": True}),
        ([listing({"a": "b"})], "{{ .a 0 }}", {"goTemplate": True}),
        ([listing({"a": "b"})], "{{a}}", {"templatePatch": "spec: {}"}),
        ([listing({"a": "b"}, "c")], "{{a}}", {}),
        ([listing({"a": 1.5})], "{{a}}", {}),
        ([folders("elsewhere/*")], "{{path.basename}}", {}),
        ([folders("../*")], "{{path.basename}}", {}),
        ([git(files=[{"path": "../../../etc/host*"}])], "{{path.basename}}", {}),
        ([git(files=[{"path": "**/s.yaml"}])], "{{path.basename}}", {}),
        ([git()], "{{path.basename}}", {}),
        ("none", "a", {"templatePatch": {}, "goTemplate": "x", "template": []}),
    ],
)
def test_what_files_do_not_tell_makes_nothing(
    repository: Repository, generators: Any, name: str, spec: dict[str, Any]
) -> None:
    text = a_set(*generators, name=name, path="apps/web", **spec)
    files = {**APPS, "set.json": text, "s.yaml": SERVICE}

    assert made(repository(files)) == {}


RENDERED = """\
# Source: web/templates/web.yaml
{apiVersion: v1, kind: Service, metadata: {name: web}}
"""


def test_a_chart_is_rendered_for_each_application_of_a_set(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "bin", "helm", f"print({RENDERED!r})\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    elements = ({"env": "dev"}, {"env": "prod"})
    text = a_set(listing(*elements), name="web-{{env}}", path="chart")
    reading = repository(
        {
            "set.json": text,
            "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
            "chart/templates/web.yaml": "kind: Service\n",
        }
    )

    rendered = [one for one in reading.resources if one.kind == "Service"]
    assert [one.release for one in rendered] == [
        "Application argocd/web-dev of set.json",
        "Application argocd/web-prod of set.json",
    ]


def test_an_application_points_at_the_template_of_its_set(
    repository: Repository,
) -> None:
    text = a_set(listing({"app": "web"}), name="{{app}}", path="apps/web")
    (one,) = repository({**APPS, "set.json": text}).applications

    span = one.span("spec", "source", "path")
    assert (span.source.path, span.text) == ("set.json", '"apps/web"')
    assert one.path == "set.json"
