"""``cip-lint trace``: whole command lines against folders of manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cip_lint_schemas import load
from support.command import Done, cip_lint

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: i
          env: [{name: URL, value: "http://api:80"}]
"""
API = """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports:
    - {name: http, port: 80, targetPort: http}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: i
          ports: [{name: http, containerPort: 8080}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "web.yaml").write_text(WEB, encoding="utf-8")
    (tmp_path / "m" / "api.yaml").write_text(API, encoding="utf-8")
    return tmp_path


def trace(folder: Path, *arguments: str) -> Done:
    done = cip_lint(folder, "trace", *arguments)
    assert "Traceback" not in done.out + done.err
    assert "fault of cip-lint" not in done.err
    return done


def traced(folder: Path, *arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        trace(folder, *arguments, "m", "-o", "json").out
    )
    Draft7Validator.check_schema(load("trace"))
    errors = Draft7Validator(load("trace")).iter_errors(document)
    assert [one.message for one in errors] == []
    return document


def broken(folder: Path, old: str, new: str) -> None:
    (folder / "m" / "api.yaml").write_text(API.replace(old, new), encoding="utf-8")


def test_a_call_that_arrives(folder: Path) -> None:
    done = trace(folder, "web", "http://api", "m")

    assert (done.code, done.err) == (0, "")
    assert done.out == """\
Deployment shop/web (m/web.yaml:2) calls http://api

ok      name       api is api.shop.svc.cluster.local.
                   URL of Deployment shop/web says api (m/web.yaml:12)
                   api.shop.svc.cluster.local. (search shop.svc.cluster.local): A clusterIP
ok      service    Service shop/api, ClusterIP (m/api.yaml:2)
ok      port       80 (http) leads to the container port that is called http (m/api.yaml:7)
                   no port is given; http has 80
ok      pods       Deployment shop/api answers
                   Deployment shop/api: 2 pods, port 8080 of container api; ready as soon as they run (m/api.yaml:21)

arrives at Deployment shop/api
"""  # fmt: skip


def test_a_call_that_breaks_shows_the_finding_that_says_why(folder: Path) -> None:
    broken(folder, "targetPort: http", "targetPort: htpp")

    done = trace(folder, "web", "http://api", "m")

    assert done.code == 1
    assert "\nBROKEN  pods       none of the workloads that it selects" in done.out
    _, _, behind = done.out.partition("\nbreaks at pods: ")
    assert "\nerror[port.target-name-unresolved]: " in behind
    assert "--> m/api.yaml:7:" in behind


def test_a_port_that_is_not_there_is_found_where_the_caller_writes_it(
    folder: Path,
) -> None:
    broken(folder, "port: 80,", "port: 81,")

    made = traced(folder, "web", "http://api:80")

    (port,) = (one for one in made["hops"] if one["state"] == "broken")
    assert port["step"] == "port"
    assert {
        "state": "ok",
        "message": "URL of Deployment shop/web says api",
        "place": {
            "path": "m/web.yaml",
            "line": 12,
            "column": 36,
            "field": "spec.template.spec.containers[0].env[0].value",
        },
    } in port["details"]


def test_json_follows_its_schema(folder: Path) -> None:
    made = traced(folder, "web", "http://api")

    assert made["state"] == "ok"
    assert [one["step"] for one in made["hops"]] == ["name", "service", "port", "pods"]
    assert made["ends"][0]["port"] == 8080
    assert made["to"]["port"] == 80


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "selector: {app: api}\n",
            "selector: {app: apj}\n",
            "selector.matches-nothing",
        ),
        ("port: 80,", "port: 80000,", "service.refused"),
        ("targetPort: http", "targetPort: htpp", "port.target-name-unresolved"),
    ],
)
def test_json_names_the_rule_and_its_place(
    folder: Path, old: str, new: str, rule: str
) -> None:
    broken(folder, old, new)

    made = traced(folder, "web", "api:80")

    assert made["state"] == "broken"
    assert made["ends"] == []
    last = len(made["hops"]) - 1
    said = {one["rule"]: one for one in made["findings"] if one["hop"] == last}
    assert said[rule]["path"] == "m/api.yaml"


DENY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny%s}
spec: {podSelector: {}}
"""


@pytest.mark.parametrize(
    ("where", "namespace", "state"),
    [
        ("m/deny.yaml", ", namespace: shop", "broken"),
        ("m/far/deny.yaml", ", namespace: shop", "broken"),
        ("m/deny.yaml", "", "broken"),
        ("m/far/deny.yaml", "", "unknown"),
    ],
)
def test_a_policy_of_a_far_folder_may_go_elsewhere(
    folder: Path, where: str, namespace: str, state: str
) -> None:
    stated = ", namespace: shop"
    for name, text in (("web", WEB), ("api", API)):
        written = text if namespace else text.replace(stated, "")
        (folder / "m" / f"{name}.yaml").write_text(written, encoding="utf-8")
    (folder / "m" / "far").mkdir()
    (folder / where).write_text(DENY % namespace, encoding="utf-8")

    assert traced(folder, "web", "api")["state"] == state


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s, namespace: shop}
spec: {defaultBackend: {service: {name: api, port: {number: %s}}}}
"""


@pytest.mark.parametrize(
    "caller", ["front", "ing/front", "ingresses/front", "shop/front"]
)
def test_an_ingress_calls_its_backends(folder: Path, caller: str) -> None:
    (folder / "m" / "i.yaml").write_text(INGRESS % ("front", 80), encoding="utf-8")

    done = trace(folder, caller, "api", "m")

    assert done.code == 0
    assert done.out.startswith("Ingress shop/front (m/i.yaml:2) calls shop/api:80\n")


def test_a_workload_goes_before_an_ingress_of_its_name(folder: Path) -> None:
    (folder / "m" / "i.yaml").write_text(INGRESS % ("web", 81), encoding="utf-8")

    assert trace(folder, "web", "api", "m").out.startswith("Deployment shop/web")
    assert trace(folder, "ingress/web", "api", "m").code == 1


def graph(folder: Path, *arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        trace(folder, "--all", "m", "-o", "json", *arguments).out
    )
    Draft7Validator.check_schema(load("call-graph"))
    errors = Draft7Validator(load("call-graph")).iter_errors(document)
    assert [one.message for one in errors] == []
    return document


def test_all_calls_are_drawn_for_mermaid(folder: Path) -> None:
    done = trace(folder, "--all", "m")

    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == """\
flowchart LR
  subgraph c0s0["namespace shop"]
    n0(["Service api"])
    n1["Deployment api"]
    n2["Deployment web"]
  end
  %% calls that arrive
  n0 -->|"8080"| n1
  n2 -->|"80"| n0
"""
    )


def test_all_calls_are_drawn_for_graphviz(folder: Path) -> None:
    broken(folder, "port: 80,", "port: 81,")

    done = trace(folder, "--all", "m", "-o", "dot")

    assert done.code == 1
    assert done.out == """\
digraph calls {
  rankdir=LR;
  node [fontname="Helvetica", fontsize=11];
  edge [fontname="Helvetica", fontsize=9];
  subgraph cluster_0_0 {
    label="namespace shop";
    n0 [label="Service api", shape=ellipse];
    n1 [label="Deployment api", shape=box];
    n2 [label="Deployment web", shape=box];
  }
  // calls that arrive
  n0 -> n1 [label="8080", color="#444444"];
  // calls that break
  n2 -> n0 [label="80: Service shop/api has no port 80; it has 81 (http)", color="#D55E00", fontcolor="#D55E00", style=bold, arrowhead=tee, tooltip="Service shop/api has no port 80; it has 81 (http)"];
}
"""  # fmt: skip


def test_all_calls_as_json_follow_their_schema(folder: Path) -> None:
    (one,) = graph(folder)["clusters"]

    assert [node["name"] for node in one["nodes"]] == ["api", "api", "web"]
    assert [(edge["type"], edge["port"]) for edge in one["edges"]] == [
        ("selects", "8080"),
        ("calls", "80"),
    ]
    assert one["edges"][1]["place"]["line"] == 12


def test_all_takes_every_argument_for_a_path(folder: Path) -> None:
    done = trace(folder, "--all", "m/web.yaml", "m/api.yaml", "--one-cluster")
    gone = trace(folder, "--all", "web", "api", "m")

    assert done.out == trace(folder, "--all", "m").out
    assert (gone.code, gone.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument 'FROM'; or say --all."),
        (("web",), "Missing argument 'TO'; or say --all."),
        (("--all", "m", "-o", "text"), "text is no format here"),
        (("web", "api", "m", "-o", "dot"), "dot is no format here"),
    ],
)
def test_usage_that_is_wrong(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = trace(folder, *arguments)

    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("kind", "waves", "state"),
    [
        ("Job", (-1, 1), "broken"),
        ("Deployment", (-1, 1), "unknown"),
        ("Job", (1, -1), "ok"),
    ],
)
def test_a_service_that_is_sent_when_the_caller_is_done(
    folder: Path, kind: str, waves: tuple[int, int], state: str
) -> None:
    wave = 'annotations: {argocd.argoproj.io/sync-wave: "%d"}'
    web = WEB.replace("namespace: shop}", f"namespace: shop, {wave % waves[0]}}}", 1)
    if kind == "Job":
        web = web.replace("apps/v1\nkind: Deployment", "batch/v1\nkind: Job")
        web = web.replace("  selector: {matchLabels: {app: web}}\n", "")
        web = web.replace("containers:", "restartPolicy: Never\n      containers:")
    api = API.replace("namespace: shop}", f"namespace: shop, {wave % waves[1]}}}")
    (folder / "m" / "web.yaml").write_text(web, encoding="utf-8")
    (folder / "m" / "api.yaml").write_text(api, encoding="utf-8")

    made = traced(folder, "web", "api", "--engine", "argocd")

    assert made["state"] == state
    if state != "ok":
        words = [hop["message"] for hop in made["hops"] if hop["state"] == state]
        done = "has finished" if kind == "Job" else "is ready"
        assert words == [f"Service shop/api is sent when {kind} shop/web {done}"]


def test_rules_that_cannot_run_are_told_beside_the_trace(folder: Path) -> None:
    text = "version: 1\nselect: [adress.taken]\n"
    (folder / ".cip-lint.yaml").write_text(text, encoding="utf-8")

    done = trace(folder, "web", "api", "m")

    assert done.code == 0
    assert "arrives at Deployment shop/api" in done.out
    assert "address.taken" in done.err


def test_several_formats_at_once(folder: Path) -> None:
    done = trace(folder, "web", "api", "m", "-o", "text", "-o", "json=t.json")

    assert done.out.startswith("Deployment shop/web")
    assert json.loads((folder / "t.json").read_text(encoding="utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("caller", "target", "said"),
    [
        (
            "wbe",
            "api",
            "no workload wbe in the files; the nearest is Deployment shop/web",
        ),
        ("web", "", ": it is empty"),
        ("web", "api:99999", "api:99999: 99999 is no port"),
    ],
)
def test_a_job_that_cannot_be_done(
    folder: Path, caller: str, target: str, said: str
) -> None:
    done = trace(folder, caller, target, "m")

    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_what_is_typed_is_made_visible(folder: Path) -> None:
    done = trace(folder, "web", "http://a\x1b2J:80", "m")
    told = trace(folder, "web", "a\x1b2J:0", "m")

    assert "a\\x1b2J" in done.out
    assert (told.code, told.err) == (2, "cip-lint: a\\x1b2J:0: 0 is no port\n")
    assert "\x1b" not in done.out + done.err


def test_a_port_must_be_named_where_there_are_several(folder: Path) -> None:
    broken(folder, "targetPort: http}", "targetPort: http}\n    - {name: b, port: 81}")

    done = trace(folder, "web", "api", "m")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "cip-lint: api: it names no port; api has 80 (http) and 81 (b)\n"
    )


def test_an_unknown_format_is_told(folder: Path) -> None:
    done = trace(folder, "web", "api", "m", "-o", "jsn")

    assert done.code == 2
    assert "jsn is no format here; the nearest is json" in done.err


SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: """
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: """


@pytest.mark.parametrize(
    "text",
    [
        SERVICE + "7",
        SERVICE
        + "{ports: [7, {port: [1]}, {port: 80, targetPort: {}}], selector: [a]}",
        POLICY + "[1]\n---\n" + API,
        POLICY
        + "{podSelector: 7, ingress: {a: b}, egress: [7, {to: 8, ports: [[]]}]}\n---\n"
        + API,
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: [1]}\n---\n"
        + API,
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_bad_input_gives_no_traceback(folder: Path, text: str, form: str) -> None:
    (folder / "m" / "api.yaml").write_text(text, encoding="utf-8")

    assert trace(folder, "web", "api:80", "m", "-o", form).code in (0, 1)
