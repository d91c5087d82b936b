"""``cip-lint env``: whole command lines against folders of manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cip_lint_schemas import load
from support.command import Done, cip_lint
from support.overlays import needs_program

DB = """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{port: 5432}]}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {MODE: fast, "x.y": "a\\e[31m"}
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - {name: wait, image: i, args: ["$(DB_SERVICE_HOST)"]}
      containers:
        - name: app
          image: i
          envFrom:
            - configMapRef: {name: settings}
          env:
            - {name: URL, value: "$(DB_SERVICE_HOST)/$(LATER)"}
            - {name: LATER, value: x}
            - {name: DB_PORT, value: "5432"}
            - name: IP
              valueFrom: {fieldRef: {fieldPath: status.podIP}}
            - name: PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
"""
CACHE = """\
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop}
spec: {clusterIP: 10.96.0.7, ports: [{port: 6379}]}
"""
GENERATES = "configMapGenerator: [{name: settings, literals: [MODE=fast]}]\n"
FLAGS = ("--service-cidr", "10.96.0.0/16")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m").mkdir()
    for name, text in {
        "a-db.yaml": DB,
        "b-settings.yaml": SETTINGS,
        "c-web.yaml": WEB,
        "d-cache.yaml": CACHE,
    }.items():
        (tmp_path / "m" / name).write_text(text, encoding="utf-8")
    return tmp_path


def env(folder: Path, *arguments: str) -> Done:
    done = cip_lint(folder, "env", *arguments)
    assert "Traceback" not in done.out + done.err
    assert "fault of cip-lint" not in done.err
    return done


def environment(folder: Path, *arguments: str) -> dict[str, Any]:
    done = env(folder, "web", "m", "-o", "json", *FLAGS, *arguments)
    assert done.code == 0, done.err
    document: dict[str, Any] = json.loads(done.out)
    Draft7Validator.check_schema(load("env"))
    errors = Draft7Validator(load("env")).iter_errors(document)
    assert [one.message for one in errors] == []
    return document


def test_text_says_where_everything_comes_from(folder: Path) -> None:
    done = env(folder, "web", "m", "-c", "app", *FLAGS)

    assert (done.code, done.err) == (0, "")
    assert done.out == """\
Deployment shop/web, container app (m/c-web.yaml:12)
VARIABLE                        VALUE                   FROM                         PLACE                    NOTE
CACHE_PORT                      tcp://10.96.0.7:6379    Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_PORT_6379_TCP             tcp://10.96.0.7:6379    Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_PORT_6379_TCP_ADDR        10.96.0.7               Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_PORT_6379_TCP_PORT        6379                    Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_PORT_6379_TCP_PROTO       tcp                     Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_SERVICE_HOST              10.96.0.7               Service shop/cache           m/d-cache.yaml:2         most likely in time
CACHE_SERVICE_PORT              6379                    Service shop/cache           m/d-cache.yaml:2         most likely in time
DB_PORT                         5432                    env                          m/c-web.yaml:19
DB_PORT_5432_TCP                tcp://clusterIP:5432    Service shop/db              m/a-db.yaml:2
DB_PORT_5432_TCP_ADDR           clusterIP               Service shop/db              m/a-db.yaml:2
DB_PORT_5432_TCP_PORT           5432                    Service shop/db              m/a-db.yaml:2
DB_PORT_5432_TCP_PROTO          tcp                     Service shop/db              m/a-db.yaml:2
DB_SERVICE_HOST                 clusterIP               Service shop/db              m/a-db.yaml:2
DB_SERVICE_PORT                 5432                    Service shop/db              m/a-db.yaml:2
IP                              <status.podIP>          env                          m/c-web.yaml:20
KUBERNETES_PORT                 tcp://10.96.0.1:443     Service default/kubernetes   made by the API server
KUBERNETES_PORT_443_TCP         tcp://10.96.0.1:443     Service default/kubernetes   made by the API server
KUBERNETES_PORT_443_TCP_ADDR    10.96.0.1               Service default/kubernetes   made by the API server
KUBERNETES_PORT_443_TCP_PORT    443                     Service default/kubernetes   made by the API server
KUBERNETES_PORT_443_TCP_PROTO   tcp                     Service default/kubernetes   made by the API server
KUBERNETES_SERVICE_HOST         10.96.0.1               Service default/kubernetes   made by the API server
KUBERNETES_SERVICE_PORT         443                     Service default/kubernetes   made by the API server
KUBERNETES_SERVICE_PORT_HTTPS   443                     Service default/kubernetes   made by the API server
LATER                           x                       env                          m/c-web.yaml:18
MODE                            fast                    envFrom                      m/c-web.yaml:15
PASSWORD                        <Secret db: password>   env                          m/c-web.yaml:22
URL                             clusterIP/$(LATER)      env                          m/c-web.yaml:17
x.y                             a\\x1b[31m               envFrom                      m/c-web.yaml:15
21 variables of Services, 857 bytes
overridden by the container:
  DB_PORT by env (m/c-web.yaml:19), in the place of tcp://clusterIP:5432 of Service shop/db
stays as it is:
  $(LATER) in spec.template.spec.containers[0].env[0].value (m/c-web.yaml:17): defined later (m/c-web.yaml:18)
cannot be seen:
  Secret db is not read (m/c-web.yaml:22)
clusterIP stands for an address that the API server draws

most likely in time: sent right after the workload (order of files of kubectl in m, assumed (plain folder))
  Service shop/cache (m/d-cache.yaml:2)
"""  # fmt: skip


def test_json_follows_its_schema_and_has_every_container(folder: Path) -> None:
    made = environment(folder)

    assert [one["name"] for one in made["containers"]] == ["app", "wait"]
    assert made["containers"][1]["init"] is True
    assert made["containers"][1]["args"] == [{"value": "clusterIP", "known": False}]
    assert {one["name"]: one["order"] for one in made["services"]} == {
        "cache": "likely",
        "db": None,
        "kubernetes": None,
    }


def test_a_wave_before_its_own_is_in_time(folder: Path) -> None:
    made = environment(folder, "--engine", "helm")

    assert not any(one["mayBeMissing"] for one in made["services"])


def test_two_services_that_make_one_variable_are_both_named(folder: Path) -> None:
    rival = CACHE.replace("name: cache", "name: cache-service")
    rival = rival.replace("10.96.0.7", "10.96.0.8")
    (folder / "m" / "e.yaml").write_text(rival, encoding="utf-8")

    app = environment(folder)["containers"][0]

    (found,) = (one for one in app["variables"] if one["contested"])
    assert found["name"] == "CACHE_SERVICE_PORT"
    assert [one["value"] for one in found["contested"]] == [
        "6379",
        "tcp://10.96.0.8:6379",
    ]
    assert (found["known"], found["service"]) == (False, None)


SHELL = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: c
      image: i
      command: [%s, -c]
      args: ["echo $(date +%%H) $(hostname) $(A)"]
      env: [{name: A, value: "1"}, {name: B, value: "$(date +%%s)"}]
"""


@pytest.mark.parametrize(
    ("program", "kept"),
    [
        (
            "/bin/bash",
            [
                (
                    "$(date +%s) in spec.containers[0].env[1].value (p.yaml:10): "
                    "no variable has the name"
                ),
                (
                    "$(hostname) in spec.containers[0].args[0] (p.yaml:9): "
                    "no variable has the name; the shell runs it as a command"
                ),
            ],
        ),
        (
            "echo",
            [
                (
                    "$(date +%s) in spec.containers[0].env[1].value (p.yaml:10): "
                    "no variable has the name"
                ),
                (
                    "$(date +%H) in spec.containers[0].args[0] (p.yaml:9): "
                    "no variable has the name"
                ),
                (
                    "$(hostname) in spec.containers[0].args[0] (p.yaml:9): "
                    "no variable has the name"
                ),
            ],
        ),
    ],
)
def test_what_a_shell_runs_is_told_apart(
    tmp_path: Path, program: str, kept: list[str]
) -> None:
    (tmp_path / "p.yaml").write_text(SHELL % program, encoding="utf-8")

    lines = env(tmp_path, "p", "p.yaml").out.splitlines()

    first = lines.index("stays as it is:") + 1
    assert lines[first : first + len(kept)] == [f"  {one}" for one in kept]
    assert not lines[first + len(kept)].startswith(" ")
    assert "  args[0] echo $(date +%H) $(hostname) 1" in lines


@pytest.mark.parametrize(
    ("engine", "note", "words"),
    [
        ("kapp", "may be missing", "sent together with the workload, or far behind"),
        ("kubectl", "most likely in time", "sent right after the workload"),
    ],
)
def test_services_that_come_late_stand_by_what_decides_it(
    folder: Path, engine: str, note: str, words: str
) -> None:
    out = env(folder, "web", "m", "-c", "app", "--engine", engine).out

    assert f"\n{note}: {words} (" in out
    assert f"m/d-cache.yaml:2         {note}\n" in out


def test_without_links_there_is_the_api_server_alone(folder: Path) -> None:
    text = WEB.replace(
        "      initContainers", "      enableServiceLinks: false\n      initContainers"
    )
    (folder / "m" / "c-web.yaml").write_text(text, encoding="utf-8")

    made = environment(folder)

    assert made["enableServiceLinks"] is False
    assert [one["name"] for one in made["services"]] == ["kubernetes"]


def test_what_a_complete_set_lacks_keeps_a_container_from_starting(
    folder: Path,
) -> None:
    (folder / "m" / "b-settings.yaml").unlink()

    open_world = environment(folder)["containers"][0]
    closed = environment(folder, "--complete")["containers"][0]

    assert open_world["problems"] == []
    assert "ConfigMap settings is not in the files" in [
        one["reason"] for one in open_world["unseen"]
    ]
    assert [one["message"] for one in closed["problems"]] == [
        'configmaps "settings" not found'
    ]


def test_a_service_that_lives_is_there_in_time(folder: Path) -> None:
    living = [
        CACHE.replace("spec: {", "spec: {clusterIPs: [10.96.0.7], "),
        DB.replace("name: db", "name: queue").replace(
            "spec: {", "spec: {clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9], "
        ),
    ]
    (folder / "live.yaml").write_text("---\n".join(living), encoding="utf-8")

    made = environment(folder, "--snapshot", "live.yaml")

    assert {one["name"]: one["mayBeMissing"] for one in made["services"]} == {
        "cache": False,
        "db": False,
        "kubernetes": False,
        "queue": False,
    }


@pytest.mark.parametrize(
    "name",
    [
        "deploy/web",
        "Deployment/web",
        "deployments/web",
        "shop/web",
        "shop/deploy/web",
    ],
)
def test_a_workload_is_named_as_for_kubectl(folder: Path, name: str) -> None:
    assert env(folder, name, "m").out.startswith("Deployment shop/web, container app")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wbe", "no workload wbe in the files; the nearest is Deployment shop/web in"),
        ("sts/web", "no workload sts/web in the files; the nearest is Deployment shop"),
        ("w\x1b[31m", "no workload w\\x1b[31m in the files"),
        ("a/b/c/d", "'a/b/c/d' names no workload; write NAME, KIND/NAME"),
        ("/web", "'/web' names no workload"),
        ("", "'' names no workload"),
    ],
)
def test_an_unknown_workload_is_told_with_the_nearest(
    folder: Path, name: str, said: str
) -> None:
    done = env(folder, name, "m")

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "\x1b" not in done.err


def test_several_workloads_of_a_name_are_told_with_their_places(folder: Path) -> None:
    other = WEB.replace("kind: Deployment", "kind: DaemonSet")
    (folder / "m" / "f.yaml").write_text(other, encoding="utf-8")

    done = env(folder, "web", "m")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "cip-lint: 2 workloads are called web: Deployment shop/web in m/c-web.yaml:2, "
        "DaemonSet shop/web in m/f.yaml:2; write NAMESPACE/KIND/NAME, name their file, "
        "or choose by --cluster\n"
    )
    assert env(folder, "ds/web", "m").code == 0


def test_an_unknown_container_is_told_with_the_nearest(folder: Path) -> None:
    done = env(folder, "web", "m", "-c", "ap")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "cip-lint: Deployment shop/web has no container ap; the nearest is app\n"
    )


def test_an_unknown_format_is_told(folder: Path) -> None:
    done = env(folder, "web", "m", "-o", "jsn")

    assert done.code == 2
    assert "jsn is no format here; the nearest is json" in done.err


@pytest.mark.parametrize(
    "spec",
    [
        "{containers: [{name: c, env: [{name: A, value: 5}, 7, {name: [x]}]}]}",
        "{containers: [{name: c, envFrom: [7, {configMapRef: x}], args: [1, a]}]}",
        "{containers: [{name: c, env: {a: b}, command: x}]}",
        "{containers: {a: b}}",
        '{containers: [{name: c, env: [{name: "\\0", value: "$(\\0)$("}]}]}',
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_bad_input_is_read_as_absent(tmp_path: Path, spec: str, form: str) -> None:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n"
    (tmp_path / "p.yaml").write_text(pod, encoding="utf-8")

    done = env(tmp_path, "p", "p.yaml", "-o", form)

    assert done.code == 0
    assert "\0" not in done.out


READS = """\
apiVersion: v1
kind: Pod
metadata: {name: reader, namespace: shop}
spec:
  containers:
    - name: c
      image: i
      command: [sh, -c]
      args:
        - |
          run $QUEUE_SERVICE_HOST
          ask ${MAIL_SERVICE_HOST} $CACHE_SERVICE_HOST
      env:
        - {name: HOST, value: $(MAIL_SERVICE_HOST)}
        - {name: URL, value: $(DB_PORT)}
        - {name: DB_PORT, value: "5432"}
---
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: shop}
spec: {clusterIP: None, ports: [{port: 25}]}
"""


def test_what_is_read_is_told_as_the_rules_tell_it(folder: Path) -> None:
    (folder / "m" / "c-reads.yaml").write_text(READS, encoding="utf-8")

    done = env(folder, "reader", "m")

    kept = done.out.partition("stays as it is:\n")[2]
    assert kept == """\
  $(MAIL_SERVICE_HOST) in spec.containers[0].env[0].value (m/c-reads.yaml:14): Service shop/mail is headless
read before it is defined:
  $(DB_PORT) in spec.containers[0].env[1].value (m/c-reads.yaml:15): becomes tcp://...:5432 of Service shop/db; defined later (m/c-reads.yaml:16)
empty for the shell:
  $QUEUE_SERVICE_HOST in spec.containers[0].args[0] (m/c-reads.yaml:11): namespace shop has no Service queue
  ${MAIL_SERVICE_HOST} in spec.containers[0].args[0] (m/c-reads.yaml:12): Service shop/mail is headless
clusterIP stands for an address that the API server draws

most likely in time: sent right after the workload (order of files of kubectl in m, assumed (plain folder))
  Service shop/cache (m/d-cache.yaml:2), read: CACHE_SERVICE_HOST
"""  # fmt: skip


def test_json_tells_what_is_read_and_what_comes_of_it(folder: Path) -> None:
    (folder / "m" / "c-reads.yaml").write_text(READS, encoding="utf-8")

    done = env(folder, "reader", "m", "-o", "json")

    made = json.loads(done.out)
    errors = Draft7Validator(load("env")).iter_errors(made)
    assert [one.message for one in errors] == []
    (container,) = made["containers"]
    assert [
        (one["name"], one["byShell"], one["whyMissing"]) for one in container["reads"]
    ] == [
        ("MAIL_SERVICE_HOST", False, "Service shop/mail is headless"),
        ("QUEUE_SERVICE_HOST", True, "namespace shop has no Service queue"),
        ("MAIL_SERVICE_HOST", True, "Service shop/mail is headless"),
        ("CACHE_SERVICE_HOST", True, None),
    ]
    (early,) = container["readEarly"]
    assert early["service"] == {"namespace": "shop", "name": "db"}
    assert early["definedLater"]["line"] == 16


def test_a_service_that_is_declared_outside_is_not_missing(folder: Path) -> None:
    (folder / "m" / "c-reads.yaml").write_text(READS, encoding="utf-8")
    (folder / ".cip-lint.yaml").write_text(
        "version: 1\nexternal:\n  services: [{namespace: shop, name: queue}]\n",
        encoding="utf-8",
    )

    done = env(folder, "reader", "m")

    assert "the configuration declares Service shop/queue as external" in done.out


def test_an_entry_that_refers_to_itself_is_told_so(tmp_path: Path) -> None:
    text = SHELL.replace('value: "1"', 'value: "$(A):x"') % "/bin/sh"
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")

    done = env(tmp_path, "p", "p.yaml")

    assert (
        "$(A) in spec.containers[0].env[0].value (p.yaml:10): "
        "it is the entry itself, which has no value yet"
    ) in done.out


@needs_program
@pytest.mark.parametrize(
    "files",
    [
        {"kustomization.yaml": "resources: [web.yaml]\nnamespace: shop\n" + GENERATES},
        {
            "kustomization.yaml": "resources: [web.yaml, maps]\nnamespace: shop\n",
            "maps/kustomization.yaml": GENERATES,
        },
    ],
    ids=["beside files", "alone"],
)
def test_a_config_map_that_is_generated_gives_variables(
    tmp_path: Path, files: dict[str, str]
) -> None:
    for name, text in {"web.yaml": WEB, **files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = env(tmp_path, "Deployment/web", ".", "-c", "app", "-o", "json")

    (container,) = json.loads(done.out)["containers"]
    (mode,) = (one for one in container["variables"] if one["name"] == "MODE")
    assert (mode["value"], mode["from"], mode["path"]) == (
        "fast",
        "envFrom",
        "web.yaml",
    )
    assert [one["reason"] for one in container["unseen"]] == ["Secret db is not read"]
