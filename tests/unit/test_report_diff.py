"""The difference of two Service tables as text, Markdown and JSON."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from cip_lint.replay.diff import Differences
from cip_lint.report.diff import DIFF_FORMATS, notices, summary
from cip_lint.report.markdown import BYTES, ROWS
from cip_lint_schemas import load
from support.clusters import settings
from support.differences import difference
from support.golden import Golden
from support.worlds import HOSTILE_PATH, HOSTILE_TEXT
from support.written import obj

POD = """\
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
          image: web
          ports: [{name: http, containerPort: 8080}]
---
"""


def svc(name: str, *spec: str, ns: str = "shop") -> str:
    return obj("Service", name, "spec:", *(f"  {line}" for line in spec), ns=ns)


SELECTOR = "selector: {app: web}"
BEFORE = {
    "shop/pods.yaml": POD,
    "shop/web.yaml": svc(
        "web",
        "clusterIP: 10.96.0.10",
        SELECTOR,
        "ports: [{name: http, port: 80, targetPort: http}, {name: old, port: 81}]",
    ),
    "shop/mail.yaml": svc(
        "mail",
        "type: NodePort",
        "clusterIP: 10.96.0.25",
        SELECTOR,
        "ports: [{port: 25, nodePort: 30025}]",
    ),
    "shop/old.yaml": svc("old", "clusterIP: 10.96.0.30", "ports: [{port: 80}]"),
    "shop/db.yaml": svc("db", "clusterIP: None", SELECTOR, "ports: [{port: 5432}]"),
    "shop/same.yaml": svc("same", "ports: [{port: 80}]"),
    "shop/api.yaml": svc(
        "api",
        SELECTOR,
        "ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 90}]",
    ),
}
AFTER = {
    "shop/pods.yaml": POD,
    "shop/web.yaml": svc(
        "web",
        "clusterIP: 10.96.0.11",
        SELECTOR,
        "ports: [{name: http, port: 80, targetPort: http}, {name: old, port: 81}]",
    ),
    "shop/relay.yaml": svc(
        "relay", "clusterIP: 10.96.0.30", SELECTOR, "ports: [{port: 25}]"
    ),
    "shop/db.yaml": svc("db", SELECTOR, "ports: [{port: 5432}]"),
    "shop/same.yaml": svc("same", "ports: [{port: 80}]"),
    "shop/api.yaml": svc(
        "api",
        "type: LoadBalancer",
        "sessionAffinity: ClientIP",
        SELECTOR,
        "ports: [{name: b, port: 90}, {name: c, port: 91}, {name: d, port: 92}]",
    ),
}


def small() -> Differences:
    return difference(
        BEFORE,
        AFTER,
        settings(("10.96.0.0/16",)),
        notices=("1 submodule not compared",),
    )


# A manifest cannot hold half of a pair of code units.
ATTACK = HOSTILE_TEXT.replace("\ud800", "")


def hostile() -> Differences:
    spec = json.dumps({"type": "ExternalName", "externalName": ATTACK})
    selector = json.dumps({"selector": {ATTACK: "x"}, "ports": [{"port": 80}]})

    def named(name: str, body: str) -> str:
        metadata = json.dumps({"name": name, "namespace": ATTACK})
        return (
            f"apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {body}\n---\n"
        )

    path = HOSTILE_PATH.replace("\n", "")
    return difference(
        {path: named("gone", spec) + named("web", selector)},
        {path: named(ATTACK, spec) + named("web", selector.replace("x", "y"))},
        notices=(ATTACK,),
    )


@pytest.mark.parametrize("name", ["text", "markdown", "json"])
def test_a_difference_is_written_as_ever(name: str, golden: Golden) -> None:
    golden.check(f"diff-{name}", "small", DIFF_FORMATS[name](small()))


@pytest.mark.parametrize("name", ["text", "markdown", "json"])
def test_hostile_names_do_no_harm(name: str, golden: Golden) -> None:
    text = DIFF_FORMATS[name](hostile())

    golden.check(f"diff-{name}", "hostile", text)
    assert text.replace("\n", "").isprintable()
    if name == "markdown":
        assert "<script" not in text
        assert "https:" not in text
        assert not re.search(r"@|#(?!#| cip-lint|# )[a-z]", text)
        cells = [line.count(" | ") for line in text.splitlines() if line[:2] == "| "]
        assert set(cells) == {2}


@pytest.mark.parametrize("name", ["text", "markdown", "json"])
def test_it_is_the_same_every_time(name: str) -> None:
    assert DIFF_FORMATS[name](small()) == DIFF_FORMATS[name](small())


def test_nothing_is_said_where_nothing_differs() -> None:
    same = difference(BEFORE, BEFORE)

    assert DIFF_FORMATS["text"](same) == ""
    assert DIFF_FORMATS["markdown"](same) == (
        "## cip-lint: no Service changes\n\n"
        "Compared with <code>revision main &#40;abc1234&#41;</code>.\n"
    )
    assert summary(same.clusters) == "Services: 6 as before"


def test_the_summary_counts_what_a_reviewer_asks_for() -> None:
    found = small()

    assert summary(found.clusters) == (
        "Services: 1 added, 2 removed, 3 changed, 1 as before; 1 would be refused"
    )
    assert list(notices(found)) == ["1 submodule not compared"]
    assert summary(difference({"a.yaml": POD}, {"a.yaml": POD}).clusters) == (
        "no Services"
    )


def document(found: Differences) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(DIFF_FORMATS["json"](found))
    return value


@pytest.mark.parametrize("made", [small, hostile])
def test_json_follows_its_schema(made: Any) -> None:
    schema = load("diff")
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(document(made()))


def test_json_has_the_places_of_both_states() -> None:
    found = small()
    (cluster,) = document(found)["clusters"]
    (web,) = (one for one in cluster["changed"] if one["name"] == "web")
    (column,) = (one for one in web["columns"] if one["column"] == "clusterIP")

    assert web["server"]["causes"][0]["field"] == "spec.clusterIPs[0]"
    for place, files, path, text in (
        (column["place"], AFTER, "shop/web.yaml", "10.96.0.11"),
        (column["earlierPlace"], BEFORE, "abc1234:shop/web.yaml", "10.96.0.10"),
    ):
        source = files["shop/web.yaml"]
        assert source[place["start"]["offset"] : place["end"]["offset"]] == text
        assert (place["path"], place["field"]) == (path, "spec.clusterIP")


def test_a_piece_of_a_build_is_told_apart() -> None:
    kustomization = {"k/kustomization.yaml": "resources: [x.yaml]\nnamePrefix: a-\n"}
    spec = ("ports: [{port: 80}]",)
    found = difference(
        {"k/x.yaml": svc("web", *spec), **kustomization},
        {"k/x.yaml": svc("web", "clusterIP: 10.96.0.9", *spec), **kustomization},
    )
    (web,) = document(found)["clusters"][0]["changed"]

    assert DIFF_FORMATS["text"](found) == (
        "~ shop/web  k/x.yaml:2\n"
        "    clusterIP   dynamic -> 10.96.0.9\n"
        "    not judged  its kustomization was not built\n"
    )
    assert "not judged: its kustomization was not built" in (
        DIFF_FORMATS["markdown"](found)
    )
    assert (web["reason"], web["server"]) == ("its kustomization was not built", None)


def test_several_clusters_have_their_names() -> None:
    found = difference(
        {"a/x.yaml": svc("web", "ports: [{port: 80}]"), "b/x.yaml": ""},
        {"a/x.yaml": "", "b/x.yaml": svc("web", "ports: [{port: 80}]")},
        None,
        "a",
        "b",
    )

    text = DIFF_FORMATS["text"](found)
    assert "cluster a: Services: 1 removed\n- shop/web" in text
    assert "\n\ncluster b: Services: 1 added\n+ shop/web" in text
    assert "### Cluster a" in DIFF_FORMATS["markdown"](found)


def test_a_comment_is_cut_where_a_forge_would_refuse_it() -> None:
    many = "".join(svc(f"a{n}", "ports: [{port: 80}]") for n in range(ROWS + 5))
    ports = ", ".join(f"{{name: p{n}, port: {n + 1}}}" for n in range(1000))
    long = svc("b", f"ports: [{ports}]")
    text = DIFF_FORMATS["markdown"](difference({"x.yaml": ""}, {"x.yaml": many}))
    wide = DIFF_FORMATS["markdown"](difference({"x.yaml": ""}, {"x.yaml": long}))

    assert text.count("5 more are not shown here.") == 2
    assert len(text.encode()) < BYTES
    assert "980 more |" in wide
