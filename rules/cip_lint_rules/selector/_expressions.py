"""The set-based part of a workload's own selector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.kube.selectors import Requirement, SelectorError, from_label_selector
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple

_EXPRESSIONS: Path = ("spec", "selector", "matchExpressions")
_MOST_VALUES = 16
"""So many values of one expression are tried as what a Service may ask for."""


class Expression(NamedTuple):
    """One requirement of ``matchExpressions`` that can be read, and its place."""

    path: Path
    requirement: Requirement


def expressions(resource: Resource) -> Iterator[Expression]:
    """Yield the expressions of a workload's selector; those refused are left out."""
    for index, entry in resource.each(*_EXPRESSIONS):
        try:
            selector = from_label_selector({"matchExpressions": [entry]})
        except SelectorError:
            continue
        for requirement in selector.requirements:
            yield Expression((*_EXPRESSIONS, index), requirement)


def unmet(resource: Resource, labels: Mapping[str, str]) -> Expression | None:
    """Return the first expression that labels do not meet."""
    for expression in expressions(resource):
        if not expression.requirement.matches(labels):
            return expression
    return None


def asked_values(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the pairs that pods could carry to meet an expression of several values."""
    for expression in expressions(resource):
        requirement = expression.requirement
        if requirement.operator == "in":
            for value in requirement.values[:_MOST_VALUES]:
                yield requirement.key, value
