"""A call graph as JSON, version 1; its schema is ``call-graph.schema.json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.report.graph_parts import Numbered, numbered
from cip_lint.report.json_text import json_text
from cip_lint.report.trace_json import beginning, place_of

if TYPE_CHECKING:
    from cip_lint.replay.tracing.graph import Edge, Graph, Node

Json = dict[str, Any]


def render(graphs: Sequence[Graph]) -> str:
    """Return the nodes and edges of all clusters for programs."""
    clusters = [_cluster(one) for one in numbered(graphs)]
    return json_text({"version": 1, "clusters": clusters}, 4)


def _cluster(one: Numbered) -> Json:
    return {
        "name": one.graph.cluster,
        "nodes": [_node(one, node) for node in one.graph.nodes],
        "edges": [_edge(one, edge) for edge in one.graph.edges],
    }


def _node(one: Numbered, node: Node) -> Json:
    key, member = node.key, node.member
    where: Json = {"path": None, "line": None}
    return {
        "id": one.numbers[key],
        "type": key.kind.value,
        "kind": key.object_kind or None,
        "namespace": key.namespace or None,
        "name": key.name,
        **(where if member is None else beginning(member)),
        "state": node.state.value,
        "message": node.words or None,
    }


def _edge(one: Numbered, edge: Edge) -> Json:
    return {
        "from": one.numbers[edge.source],
        "to": one.numbers[edge.target],
        "type": edge.kind.value,
        "port": edge.port or None,
        "state": edge.state.value,
        "message": edge.words or None,
        "place": place_of(edge.place),
    }
