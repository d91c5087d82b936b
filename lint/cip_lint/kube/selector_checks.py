"""What the API server refuses in labels and in LabelSelectors.

Follows ``apimachinery/pkg/apis/meta/v1/validation/validation.go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube.faults import forbidden, invalid, required
from cip_lint.kube.go_text import quoted
from cip_lint.kube.grammar import is_label_key, is_label_value, label_key, label_value
from cip_lint.kube.selectors import Expression, expressions, label_map
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Cause, Path, field_path
from cip_lint.records import NamedTuple


class PlacedCause(NamedTuple):
    """A cause, and the exact place of it in the object."""

    path: Path
    cause: Cause


def label_causes(
    labels: Mapping[str, str], field: str, path: Path, version: Version = NEWEST
) -> Iterator[PlacedCause]:
    """Yield what the server refuses in a map of labels (``ValidateLabels``).

    ``field`` is the name that the server gives to the map; it never names a key.
    """
    for key, value in labels.items():
        if is_label_key(key) and is_label_value(value):
            continue
        place = (*path, key)
        for message in label_key(key, version):
            yield PlacedCause(place, invalid(field, quoted(key), message))
        for message in label_value(value, version):
            yield PlacedCause(place, invalid(field, quoted(value), message))


def label_selector_causes(
    selector: Mapping[str, Any], path: Path, version: Version = NEWEST
) -> Iterator[PlacedCause]:
    """Yield what the server refuses in a LabelSelector at ``path``.

    The selector must have decoded; a value of another shape raises
    ``SelectorError``.
    """
    labels = label_map(selector.get("matchLabels"))
    place: Path = (*path, "matchLabels")
    yield from label_causes(labels, field_path(place), place, version)
    for index, expression in enumerate(expressions(selector)):
        yield from _expression_causes(
            expression, (*path, "matchExpressions", index), version
        )


def _expression_causes(
    expression: Expression, path: Path, version: Version
) -> Iterator[PlacedCause]:
    operator, values = expression.operator, expression.values
    place: Path = (*path, "values")
    if operator in {"In", "NotIn"}:
        if not values:
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            yield PlacedCause(place, required(field_path(place), detail))
    elif operator in {"Exists", "DoesNotExist"}:
        if values:
            detail = (
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            )
            yield PlacedCause(place, forbidden(field_path(place), detail))
    else:
        place = (*path, "operator")
        yield PlacedCause(
            place,
            invalid(
                field_path(place), quoted(operator), "not a valid selector operator"
            ),
        )
    place = (*path, "key")
    for message in label_key(expression.key, version):
        yield PlacedCause(
            place, invalid(field_path(place), quoted(expression.key), message)
        )
    for index, value in enumerate(values):
        place = (*path, "values", index)
        for message in label_value(value, version):
            yield PlacedCause(place, invalid(field_path(place), quoted(value), message))
