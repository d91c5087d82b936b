"""The formats of a call graph, with names that attack each of them."""

from __future__ import annotations

import html
import json
import re

import pytest
from jsonschema import Draft7Validator

from cip_lint.replay.tracing.graph import Edge, EdgeKind, Graph, Node, NodeKey, NodeKind
from cip_lint.replay.tracing.hops import State
from cip_lint.report import graph_dot, graph_json, graph_mermaid
from cip_lint.report.visible import shown
from cip_lint_schemas import load

HOSTILE = [
    'a"b',
    "a#b;c&d",
    "<script>alert(1)</script>",
    "a]|b[c{d}(e)",
    "%%{init: {'theme': 'x'}}%%",
    "end\n  click n0 call alert()",
    "`**x**` $$y$$ [a](b)",
    "a\\",
    'a\\"; }',
    "\\N\\G\\l",
    "\x1b[31m\u202e\x00",
    "style:x#1;",
    "-->|x| n9",
    "é日本",
    "",
]


def graph(name: str) -> Graph:
    web = NodeKey(name, NodeKind.WORKLOAD, "Deployment", name)
    api = NodeKey(name, NodeKind.SERVICE, "Service", "api")
    gone = NodeKey("shop", NodeKind.MISSING, "Service", name)
    hook = NodeKey("", NodeKind.REFERRER, "ValidatingWebhookConfiguration", "w")
    out = NodeKey("", NodeKind.OUTSIDE, "", name or "x")
    nodes = [Node(key) for key in (web, api, hook, out)]
    nodes.append(Node(gone, State.BROKEN, name))
    edges = (
        Edge(web, api, EdgeKind.CALLS, name, State.BROKEN, name),
        Edge(web, gone, EdgeKind.CALLS, "80", State.UNKNOWN, name),
        Edge(hook, api, EdgeKind.NAMES, "443"),
        Edge(api, out, EdgeKind.LEADS),
    )
    return Graph(name, tuple(sorted(nodes, key=lambda one: one.key)), edges)


TEXT = r'"(?P<text>[A-Za-z0-9 ,._/()#;-]*)"'
MERMAID = [
    re.compile(line)
    for line in (
        r"flowchart LR",
        rf" *subgraph c\d+(?:s\d+)?\[{TEXT}\]",
        r" *end",
        rf" +n\d+(?:\[|\(\[|\{{\{{|\[/|>){TEXT}(?:\]|\]\)|\}}\}}|/\])",
        rf"  n\d+ (?:-->|-\.->|--x)(?:\|{TEXT}\|)? n\d+",
        r"  %% calls [a-z ]+",
        r"  classDef (?:broken|unknown) stroke:#[0-9A-F]{6},stroke-dasharray:4",
        r"  class n\d+(?:,n\d+)* (?:broken|unknown)",
        r"  linkStyle \d+(?:,\d+)* stroke:#[0-9A-F]{6},color:#[0-9A-F]{6}",
    )
]


def mermaid_texts(made: str) -> list[str]:
    """Return what a flowchart shows; fails on a line that is not in the grammar."""
    found = []
    for line in made.splitlines():
        matches = [one for one in (each.fullmatch(line) for each in MERMAID) if one]
        assert matches, line
        for match in matches:
            text = match.groupdict().get("text")
            if text is not None:
                assert re.fullmatch(r"(?:[^#;]|#\d+;)*", text), line
                found.append(html.unescape(text.replace("#", "&#")))
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_mermaid_shows_every_name_as_it_is(name: str) -> None:
    texts = mermaid_texts(graph_mermaid.render([graph(name)]))

    assert shown(f"Deployment {name}") in texts
    assert shown(f"Service {name}, not in the files") in texts
    assert shown(": ".join(filter(None, (name, name)))) in [*texts, ""]


STRING = re.compile(r'"((?:[^"\\\n]|\\["\\])*)"')
LINE = r", fontcolor=S, style=\w+(?:, arrowhead=tee)?"
DOT = [
    re.compile(line)
    for line in (
        r"digraph calls \{",
        r" *subgraph cluster_\d+(?:_\d+)? \{",
        r" *\}",
        r"  rankdir=LR;",
        r"  (?:node|edge) \[fontname=S, fontsize=\d+\];",
        r" +label=S;",
        r" +n\d+ \[label=S, shape=\w+(?:, color=S, style=dashed)?(?:, tooltip=S)?\];",
        rf"  n\d+ -> n\d+ \[label=S, color=S(?:{LINE})?(?:, tooltip=S)?\];",
        r"  // calls [a-z ]+",
    )
]


def dot_texts(made: str) -> list[str]:
    """Return the strings of a digraph; fails on a line that is not in the grammar."""
    for line in made.splitlines():
        bare = STRING.sub("S", line)
        assert any(each.fullmatch(bare) for each in DOT), line
    return [re.sub(r"\\(.)", r"\1", one) for one in STRING.findall(made)]


@pytest.mark.parametrize("name", HOSTILE)
def test_dot_shows_every_name_as_it_is(name: str) -> None:
    texts = dot_texts(graph_dot.render([graph(name)]))

    assert shown(f"Deployment {name}") in texts
    assert shown(f"Service {name}, not in the files") in texts


@pytest.mark.parametrize("name", HOSTILE)
def test_json_follows_its_schema(name: str) -> None:
    document = json.loads(graph_json.render([graph(name), graph("b")]))

    Draft7Validator.check_schema(load("call-graph"))
    errors = Draft7Validator(load("call-graph")).iter_errors(document)
    assert [one.message for one in errors] == []
    ids = [node["id"] for one in document["clusters"] for node in one["nodes"]]
    assert ids == list(range(10))
    assert document["clusters"][0]["name"] == name


def test_several_clusters_have_a_box_each() -> None:
    one, other = graph("a"), graph("b")

    mermaid = graph_mermaid.render([one, other])
    dot = graph_dot.render([one, other])

    assert "cluster a" in mermaid_texts(mermaid)
    assert {"cluster a", "cluster b"} <= set(dot_texts(dot))
    assert dot.count("{") == dot.count("}")
    assert "cluster a" not in graph_mermaid.render([one])


def test_what_breaks_stands_apart() -> None:
    made = graph_mermaid.render([graph("a")]).splitlines()

    assert made[-11:] == [
        "  %% calls that arrive",
        '  n1 -->|"443"| n2',
        "  n2 --> n0",
        "  %% calls of which that is not known",
        '  n3 -.->|"80"| n4',
        "  %% calls that break",
        '  n3 --x|"a#58; a"| n2',
        "  linkStyle 2 stroke:#0072B2,color:#0072B2",
        "  classDef broken stroke:#D55E00,stroke-dasharray:4",
        "  class n4 broken",
        "  linkStyle 3 stroke:#D55E00,color:#D55E00",
    ]
