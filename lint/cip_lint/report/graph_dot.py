"""A call graph in the language of Graphviz.

Everything from manifests stands in double quotes, where a quote and a backslash
alone mean something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cip_lint.replay.tracing.graph import Edge, Graph, Node, NodeKind
from cip_lint.replay.tracing.hops import State
from cip_lint.report.graph_parts import COLORS, Numbered, label_of, name_of, numbered
from cip_lint.report.visible import shown

_SHAPES: Final[Mapping[NodeKind, str]] = {
    NodeKind.WORKLOAD: "box",
    NodeKind.SERVICE: "ellipse",
    NodeKind.REFERRER: "hexagon",
    NodeKind.MISSING: "parallelogram",
    NodeKind.OUTSIDE: "cds",
}
_LINES: Final[Mapping[State, str]] = {
    State.OK: "",
    State.UNKNOWN: "style=dashed",
    State.BROKEN: "style=bold, arrowhead=tee",
}


def render(graphs: Sequence[Graph]) -> str:
    """Return the digraph of all clusters, one box for each namespace."""
    lines = [
        "digraph calls {",
        "  rankdir=LR;",
        '  node [fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=9];',
    ]
    found = numbered(graphs)
    for number, one in enumerate(found):
        lines += _cluster(one, number, several=len(found) > 1)
    for one in found:
        for title, edges in one.groups:
            lines.append(f"  // {title}")
            lines += (_edge(one, edge) for edge in edges)
    return "".join(f"{line}\n" for line in (*lines, "}"))


def text(words: str) -> str:
    """Return words as a quoted string that shows them as they are."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _cluster(one: Numbered, number: int, *, several: bool) -> Iterator[str]:
    indent = "  "
    if several:
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={text(shown(f'cluster {one.graph.cluster}'))};"
        indent = "    "
    for index, box in enumerate(one.boxes):
        inner = indent
        if box.namespace:
            inner = f"{indent}  "
            yield f"{indent}subgraph cluster_{number}_{index} {{"
            yield f"{inner}label={text(shown(f'namespace {box.namespace}'))};"
        for node in box.nodes:
            yield f"{inner}{_node(one, node)}"
        if box.namespace:
            yield f"{indent}}}"
    if several:
        yield "  }"


def _node(one: Numbered, node: Node) -> str:
    attributes = [f"label={text(name_of(node))}", f"shape={_SHAPES[node.key.kind]}"]
    if node.state is not State.OK:
        attributes += [f'color="{COLORS[node.state]}"', "style=dashed"]
    if node.words:
        attributes.append(f"tooltip={text(shown(node.words))}")
    return f"n{one.numbers[node.key]} [{', '.join(attributes)}];"


def _edge(one: Numbered, edge: Edge) -> str:
    color = COLORS[edge.state]
    attributes = [f"label={text(label_of(edge))}", f'color="{color}"']
    if edge.state is not State.OK:
        attributes += [f'fontcolor="{color}"', _LINES[edge.state]]
    if edge.words:
        attributes.append(f"tooltip={text(shown(edge.words))}")
    source, target = one.numbers[edge.source], one.numbers[edge.target]
    return f"  n{source} -> n{target} [{', '.join(attributes)}];"
