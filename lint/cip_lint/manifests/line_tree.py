"""A YAML text -> its tree of places, where each of its lines is read by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cip_lint.manifests import easy_values
from cip_lint.manifests.tree import Mapping, Node, Sequence

if TYPE_CHECKING:
    from cip_lint.manifests.whole_lines import Collection, Scalar


def line_tree(text: str) -> Node | None:
    """Return the root of a document; None where a line is not read by itself.

    It is the very tree of ``yaml_tree``, without its parser.
    """
    if easy_values.line_reader is None:
        return None
    from cip_lint.manifests.whole_lines import line_places  # noqa: PLC0415

    root = line_places(text)
    return None if root is None else _of_place(root)


def _of_place(place: Scalar | Collection) -> Node:
    if len(place) == 4:  # a scalar: a collection has five parts
        return Node(*place)
    start, end, parts, are_pairs, is_flow = place
    if are_pairs:
        return Mapping(start, end, is_flow=is_flow, later=partial(_pairs, parts))
    return Sequence(start, end, is_flow=is_flow, later=partial(_items, parts))


def _pairs(
    parts: list[tuple[Scalar, Scalar | Collection]],
) -> list[tuple[Node, Node]]:
    return [(_of_place(key), _of_place(value)) for key, value in parts]


def _items(parts: list[Scalar | Collection]) -> list[Node]:
    return list(map(_of_place, parts))
