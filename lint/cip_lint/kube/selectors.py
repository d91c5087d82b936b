"""Selectors of labels, plain maps and LabelSelectors: which labels they match.

They follow ``apimachinery/pkg/labels/selector.go``. The controllers never ask a nil
selector: what ``everything`` means for a Service or a workload is the caller's
knowledge. ``selector_checks`` says what the API server refuses in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cip_lint.kube.go_text import as_json, quoted, string_list
from cip_lint.kube.grammar import (
    is_label_key,
    is_label_value,
    label_key,
    label_value,
)
from cip_lint.kube.version import NEWEST, Version
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_EQUALITY = frozenset({"=", "=="})
_OPERATORS = {
    "In": "in",
    "NotIn": "notin",
    "Exists": "exists",
    "DoesNotExist": "!",
}
_INTEGER = pattern(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)


class SelectorError(ValueError):
    """A selector that the library refuses to build; the text is the library's."""


class Requirement(NamedTuple):
    """One condition on the value of one label.

    ``operator`` is one of ``=``, ``==``, ``!=``, ``in``, ``notin``, ``exists``,
    ``!`` (does not exist), ``>``, ``<``.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether the labels meet the condition."""
        operator = self.operator
        value = labels.get(self.key)
        if operator in _EQUALITY or operator == "in":
            return value is not None and value in self.values
        if operator in {"!=", "notin"}:
            return value is None or value not in self.values
        if operator == "exists":
            return value is not None
        if operator == "!":
            return value is None
        return self._compares(value)

    def _compares(self, value: str | None) -> bool:
        if value is None or len(self.values) != 1:
            return False
        number, limit = _integer(value), _integer(self.values[0])
        if number is None or limit is None:
            return False
        return number > limit if self.operator == ">" else number < limit

    def __str__(self) -> str:
        if self.operator == "exists":
            return self.key
        if self.operator == "!":
            return f"!{self.key}"
        listed = ",".join(sorted(self.values))
        if self.operator in {"in", "notin"}:
            return f"{self.key} {self.operator} ({listed})"
        return f"{self.key}{self.operator}{listed}"


class Selector(NamedTuple):
    """Conditions that must all hold, in the order of their keys.

    Without conditions it matches everything, unless it is ``NOTHING``.
    """

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    @property
    def everything(self) -> bool:
        """Whether it restricts nothing."""
        return not self.requirements and not self.nothing

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels meet every condition."""
        return not self.nothing and all(
            requirement.matches(labels) for requirement in self.requirements
        )

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


EVERYTHING = Selector()
NOTHING = Selector(nothing=True)


def map_matches(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Return whether labels carry every key of a plain map with exactly its value."""
    return selector.items() <= labels.items()


def from_label_selector(value: object, version: Version = NEWEST) -> Selector:
    """Return the selector that a LabelSelector describes.

    None selects nothing, an empty one everything. Raises ``SelectorError`` for
    what the library refuses and for a value of another shape.
    """
    if value is None:
        return NOTHING
    if not isinstance(value, dict):
        raise SelectorError("not a label selector")
    requirements = []
    for key, wanted in sorted(label_map(value.get("matchLabels")).items()):
        if is_label_key(key) and is_label_value(wanted):
            requirements.append(Requirement(key, "=", (wanted,)))
        else:
            requirements.append(new_requirement(key, "=", (wanted,), version))
    for expression in expressions(value):
        operator = _OPERATORS.get(expression.operator)
        if operator is None:
            shown = quoted(expression.operator)
            raise SelectorError(f"{shown} is not a valid label selector operator")
        requirements.append(
            new_requirement(expression.key, operator, expression.values, version)
        )
    return Selector(tuple(sorted(requirements, key=by_key)))


def by_key(requirement: Requirement) -> str:
    """Return what the requirements of a selector are sorted by."""
    return requirement.key


def label_map(value: object) -> dict[str, str]:
    """Return ``matchLabels``; raise ``SelectorError`` for a value of another shape."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SelectorError("matchLabels is not a map")
    texts = {}
    for key, text in value.items():
        if not isinstance(text, str) and text is not None:
            raise SelectorError(f"the value of {key} is not a string")
        texts[key] = text or ""
    return texts


class Expression(NamedTuple):
    """An entry of ``matchExpressions``, its operator as written."""

    key: str
    operator: str
    values: tuple[str, ...]


def expressions(selector: Mapping[str, Any]) -> Iterator[Expression]:
    """Yield the entries of ``matchExpressions``; raise ``SelectorError`` for others."""
    expressions = selector.get("matchExpressions")
    if expressions is None:
        return
    if not isinstance(expressions, list):
        raise SelectorError("matchExpressions is not a list")
    for item in expressions:
        entry = {} if item is None else item
        if not isinstance(entry, dict):
            raise SelectorError("an expression is not a map")
        key, operator = entry.get("key") or "", entry.get("operator") or ""
        values = entry.get("values") or []
        if not (isinstance(key, str) and isinstance(operator, str)):
            raise SelectorError("key or operator is not a string")
        if not isinstance(values, list):
            raise SelectorError("values is not a list")
        texts = tuple("" if text is None else text for text in values)
        if not all(isinstance(text, str) for text in texts):
            raise SelectorError("a value is not a string")
        yield Expression(key, operator, texts)


def new_requirement(
    key: str, operator: str, values: tuple[str, ...], version: Version
) -> Requirement:
    """Return a requirement as ``NewRequirement`` makes it, or raise its errors."""
    errors = []
    messages = label_key(key, version)
    if messages:
        errors.append(f"key: Invalid value: {quoted(key)}: {'; '.join(messages)}")
    wrong_count = _wrong_count(operator, len(values))
    if wrong_count:
        shown = string_list(values, version) if values else as_json(None)
        errors.append(f"values: Invalid value: {shown}: {wrong_count}")
    if operator in {">", "<"}:
        errors.extend(
            f"values[{index}]: Invalid value: {quoted(value)}: for 'Gt', 'Lt'"
            " operators, the value must be an integer"
            for index, value in enumerate(values)
            if _integer(value) is None
        )
    for index, value in enumerate(values):
        messages = label_value(value, version)
        if messages:
            errors.append(
                f"values[{index}][{key}]: Invalid value: {quoted(value)}: "
                + "; ".join(messages)
            )
    if errors:
        raise SelectorError(_aggregate(errors))
    return Requirement(key, operator, values)


def _wrong_count(operator: str, count: int) -> str:
    if operator in {"in", "notin"}:
        if not count:
            return "for 'in', 'notin' operators, values set can't be empty"
    elif operator in {"exists", "!"}:
        if count:
            return "values set must be empty for exists and does not exist"
    elif count != 1 and operator in {">", "<"}:
        return "for 'Gt', 'Lt' operators, exactly one value is required"
    elif count != 1:
        return "exact-match compatibility requires one single value"
    return ""


def _aggregate(errors: Iterable[str]) -> str:
    once = list(dict.fromkeys(errors))
    return once[0] if len(once) == 1 else "[" + ", ".join(once) + "]"


def _integer(text: str) -> int | None:
    if len(text) > 20 or _INTEGER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number in _INT64 else None
