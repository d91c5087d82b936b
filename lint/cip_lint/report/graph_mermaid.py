"""A call graph as a Mermaid flowchart, which forges render in Markdown.

Names are hostile: every character that means something to Mermaid, to HTML or to
Markdown is written as an entity code (``#35;``), in ids there is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cip_lint.patterns import pattern
from cip_lint.replay.tracing.graph import Edge, Graph, Node, NodeKind
from cip_lint.replay.tracing.hops import State
from cip_lint.report.graph_parts import COLORS, Numbered, label_of, name_of, numbered

_SHAPES: Final[Mapping[NodeKind, tuple[str, str]]] = {
    NodeKind.WORKLOAD: ("[", "]"),
    NodeKind.SERVICE: ("([", "])"),
    NodeKind.REFERRER: ("{{", "}}"),
    NodeKind.MISSING: ("[/", "/]"),
    NodeKind.OUTSIDE: (">", "]"),
}
_ARROWS: Final[Mapping[State, str]] = {
    State.OK: "-->",
    State.UNKNOWN: "-.->",
    State.BROKEN: "--x",
}
MOST_EDGES: Final = 500
"""How many edges Mermaid draws, unless ``maxEdges`` of its configuration says more."""

_SPECIAL: Final = pattern(r"[^A-Za-z0-9 ,._/()-]")


def render(graphs: Sequence[Graph]) -> str:
    """Return the flowchart of all clusters, one box for each namespace."""
    lines = ["flowchart LR"]
    found = numbered(graphs)
    drawn: list[State] = []
    for number, one in enumerate(found):
        lines += _cluster(one, number, several=len(found) > 1)
    for one in found:
        for title, edges in one.groups:
            lines.append(f"  %% {title}")
            lines += (_edge(one, edge) for edge in edges)
            drawn += (edge.state for edge in edges)
    lines += _styles(found, drawn)
    return "".join(f"{line}\n" for line in lines)


def text(words: str) -> str:
    """Return words as a quoted Mermaid text that shows them as they are."""
    return f'"{_SPECIAL.sub(_entity, words)}"'


def _entity(match: re.Match[str]) -> str:
    return f"#{ord(match[0])};"


def _cluster(one: Numbered, number: int, *, several: bool) -> Iterator[str]:
    indent = "  "
    if several:
        yield f"  subgraph c{number}[{text(f'cluster {one.graph.cluster}')}]"
        indent = "    "
    for index, box in enumerate(one.boxes):
        if box.namespace:
            title = text(f"namespace {box.namespace}")
            yield f"{indent}subgraph c{number}s{index}[{title}]"
        inner = f"{indent}  " if box.namespace else indent
        for node in box.nodes:
            yield f"{inner}{_node(one, node)}"
        if box.namespace:
            yield f"{indent}end"
    if several:
        yield "  end"


def _node(one: Numbered, node: Node) -> str:
    opening, closing = _SHAPES[node.key.kind]
    return f"n{one.numbers[node.key]}{opening}{text(name_of(node))}{closing}"


def _edge(one: Numbered, edge: Edge) -> str:
    label = label_of(edge)
    said = f"|{text(label)}|" if label else ""
    source, target = one.numbers[edge.source], one.numbers[edge.target]
    return f"  n{source} {_ARROWS[edge.state]}{said} n{target}"


def _styles(found: Sequence[Numbered], drawn: Sequence[State]) -> Iterator[str]:
    """Yield what colours the nodes and edges that break, or are not known to arrive."""
    for state in (State.UNKNOWN, State.BROKEN):
        color = COLORS[state]
        nodes = [
            f"n{one.numbers[node.key]}"
            for one in found
            for node in one.graph.nodes
            if node.state is state
        ]
        if nodes:
            yield f"  classDef {state.value} stroke:{color},stroke-dasharray:4"
            yield f"  class {','.join(nodes)} {state.value}"
        edges = [str(number) for number, one in enumerate(drawn) if one is state]
        if edges:
            yield f"  linkStyle {','.join(edges)} stroke:{color},color:{color}"
