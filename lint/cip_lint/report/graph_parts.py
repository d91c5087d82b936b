"""What the drawings of a call graph have in common: numbers, boxes, words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from cip_lint.records import NamedTuple
from cip_lint.replay.tracing.graph import Edge, Graph, Node, NodeKey, NodeKind
from cip_lint.replay.tracing.hops import State
from cip_lint.report.visible import shown

COLORS: Final[Mapping[State, str]] = {
    State.OK: "#444444",
    State.UNKNOWN: "#0072B2",
    State.BROKEN: "#D55E00",
}
"""Colours that differ for everybody; the lines differ by their shape as well."""

_LABEL_LIMIT: Final = 80
_GROUPS: Final = (
    (State.OK, "calls that arrive"),
    (State.UNKNOWN, "calls of which that is not known"),
    (State.BROKEN, "calls that break"),
)


class Box(NamedTuple):
    """The nodes of one namespace; of none for objects that live in none."""

    namespace: str
    nodes: tuple[Node, ...]


class Numbered(NamedTuple):
    """A graph whose nodes have a number each, no other graph of the run has it."""

    graph: Graph
    numbers: Mapping[NodeKey, int]

    @property
    def boxes(self) -> Iterator[Box]:
        """The nodes by namespace, in their order."""
        for namespace, nodes in groupby(
            self.graph.nodes, key=lambda node: node.key.namespace
        ):
            yield Box(namespace, tuple(nodes))

    @property
    def groups(self) -> Iterator[tuple[str, tuple[Edge, ...]]]:
        """The edges that arrive, those not known, those that break, each by a title."""
        for state, title in _GROUPS:
            found = tuple(one for one in self.graph.edges if one.state is state)
            if found:
                yield title, found


def numbered(graphs: Sequence[Graph]) -> list[Numbered]:
    """Return graphs with numbers for all their nodes."""
    found, next_number = [], 0
    for graph in graphs:
        keys = [node.key for node in graph.nodes]
        found.append(
            Numbered(
                graph,
                dict(
                    zip(keys, range(next_number, next_number + len(keys)), strict=True)
                ),
            )
        )
        next_number += len(keys)
    return found


def name_of(node: Node) -> str:
    """Return what a node is called within its namespace."""
    key = node.key
    if key.kind is NodeKind.OUTSIDE:
        return shown(key.name, _LABEL_LIMIT)
    missing = ", not in the files" if key.kind is NodeKind.MISSING else ""
    return shown(f"{key.object_kind} {key.name}{missing}", _LABEL_LIMIT)


def label_of(edge: Edge) -> str:
    """Return what stands beside an edge: its port, and what breaks it."""
    words = edge.words if edge.state is State.BROKEN else ""
    return shown(": ".join(filter(None, (edge.port, words))), _LABEL_LIMIT)
