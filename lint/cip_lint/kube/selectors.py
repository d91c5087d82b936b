"""Selectors of labels: maps, label selectors and their text form.

They follow ``apimachinery/pkg/labels/selector.go`` and, for what the API server
refuses, ``apimachinery/pkg/apis/meta/v1/validation/validation.go``. The
controllers never ask a nil selector: what ``everything`` means for a Service or
a workload is the caller's knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from cip_lint.kube.faults import forbidden, invalid, required
from cip_lint.kube.go_text import as_json, quoted, string_list
from cip_lint.kube.grammar import (
    is_label_key,
    is_label_value,
    label_key,
    label_value,
)
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Cause, Path, field_path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_EQUALITY = frozenset({"=", "=="})
_OPERATORS = {
    "In": "in",
    "NotIn": "notin",
    "Exists": "exists",
    "DoesNotExist": "!",
}
_COMMAS_ONE_BY_ONE_SINCE = Version(1, 35)
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


def from_map(selector: Mapping[str, str] | None) -> Selector:
    """Return the selector of a plain map, unchecked; none or empty: everything."""
    if not selector:
        return EVERYTHING
    return Selector(
        tuple(Requirement(key, "=", (selector[key],)) for key in sorted(selector))
    )


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
    for key, wanted in sorted(_string_map(value.get("matchLabels")).items()):
        if is_label_key(key) and is_label_value(wanted):
            requirements.append(Requirement(key, "=", (wanted,)))
        else:
            requirements.append(_requirement(key, "=", (wanted,), version))
    for expression in _expressions(value):
        operator = _OPERATORS.get(expression.operator)
        if operator is None:
            shown = quoted(expression.operator)
            raise SelectorError(f"{shown} is not a valid label selector operator")
        requirements.append(
            _requirement(expression.key, operator, expression.values, version)
        )
    return Selector(tuple(sorted(requirements, key=_by_key)))


def _by_key(requirement: Requirement) -> str:
    return requirement.key


def _string_map(value: object) -> dict[str, str]:
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


class _Expression(NamedTuple):
    key: str
    operator: str
    values: tuple[str, ...]


def _expressions(selector: Mapping[str, Any]) -> Iterator[_Expression]:
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
        yield _Expression(key, operator, texts)


def _requirement(
    key: str, operator: str, values: tuple[str, ...], version: Version
) -> Requirement:
    """Build a requirement as ``NewRequirement`` does, or raise its errors."""
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


def map_error(selector: Mapping[str, str], version: Version = NEWEST) -> str | None:
    """Return what the library says to a map when it is asked to validate it."""
    for key, value in sorted(selector.items()):
        if is_label_key(key) and is_label_value(value):
            continue
        try:
            _requirement(key, "=", (value,), version)
        except SelectorError as error:
            return str(error)
    return None


# What the API server refuses.


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
    labels = _string_map(selector.get("matchLabels"))
    place: Path = (*path, "matchLabels")
    yield from label_causes(labels, field_path(place), place, version)
    for index, expression in enumerate(_expressions(selector)):
        yield from _expression_causes(
            expression, (*path, "matchExpressions", index), version
        )


def _expression_causes(
    expression: _Expression, path: Path, version: Version
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


# The text form: ``app=web,tier in (a,b),!old``.

# A NUL ends the token that it follows, and the text where it stands alone.
_LEXEME = pattern(r"(!=|==|[=!(),<>]|[^=!(),<>\0 \t\r\n]+)\0?|\0|[ \t\r\n]+")
_SYMBOLS = frozenset({"!=", "==", "=", "!", "(", ")", ",", "<", ">"})
_BINARY = ("in", "notin", "=", "==", "!=", "gt", "lt")
_END = ""
_WORD = "word"


@lru_cache(maxsize=512)
def parse(text: str, version: Version = NEWEST) -> Selector:
    """Return the selector that a text describes, or raise ``SelectorError``."""
    requirements = sorted(_Parser(text, version).parse(), key=_by_key)
    return Selector(tuple(requirements))


class _Token(NamedTuple):
    kind: str
    """The symbol, ``in``, ``notin``, ``word``, or empty at the end."""
    text: str

    @property
    def kind_as_value(self) -> str:
        """The kind where ``in`` and ``notin`` may be names."""
        return _WORD if self.kind in {"in", "notin"} else self.kind


def _tokens(text: str) -> Iterator[_Token]:
    for match in _LEXEME.finditer(text):
        lexeme = match[1]
        if lexeme is not None:
            is_keyword = lexeme in _SYMBOLS or lexeme in {"in", "notin"}
            yield _Token(lexeme if is_keyword else _WORD, lexeme)
        elif match[0] == "\0":
            break
    yield _Token(_END, "")


class _Parser:
    """The recursive descent of the library, with its complaints."""

    def __init__(self, text: str, version: Version) -> None:
        self._items = list(_tokens(text))
        self._at = 0
        self._version = version

    def _next(self) -> _Token:
        """Return the current token, without going on."""
        return self._items[min(self._at, len(self._items) - 1)]

    def _take(self) -> _Token:
        token = self._next()
        self._at += 1
        return token

    def parse(self) -> Iterator[Requirement]:
        while True:
            token = self._next()
            if token.kind_as_value == _END:
                return
            if token.kind_as_value not in {_WORD, "!"}:
                raise SelectorError(
                    f"found '{token.text}', expected: !, identifier, or 'end of string'"
                )
            try:
                requirement = self._requirement()
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from error
            yield requirement
            self._separator()

    def _separator(self) -> None:
        token = self._take()
        if token.kind == _END:
            self._at -= 1
        elif token.kind == ",":
            following = self._next()
            if following.kind_as_value not in {_WORD, "!"}:
                raise SelectorError(
                    f"found '{following.text}', expected: identifier after ','"
                )
        else:
            raise SelectorError(
                f"found '{token.text}', expected: ',' or 'end of string'"
            )

    def _requirement(self) -> Requirement:
        token = self._take()
        negated = token.kind == "!"
        if negated:
            token = self._take()
        if token.kind_as_value != _WORD:
            raise SelectorError(f"found '{token.text}', expected: identifier")
        key = token.text
        messages = label_key(key, self._version)
        if messages:
            raise SelectorError(
                f"<nil>: Invalid value: {quoted(key)}: {'; '.join(messages)}"
            )
        if negated:
            return _requirement(key, "!", (), self._version)
        if self._next().kind in {_END, ","}:
            return _requirement(key, "exists", (), self._version)
        operator = self._take()
        if operator.kind in {"in", "notin"}:
            values = self._values()
        elif operator.kind in {"=", "==", "!=", ">", "<"}:
            values = self._exact_value()
        else:
            raise SelectorError(
                f"found '{operator.text}', expected: {', '.join(_BINARY)}"
            )
        return _requirement(key, operator.kind, values, self._version)

    def _exact_value(self) -> tuple[str, ...]:
        if self._next().kind in {_END, ","}:
            return ("",)
        token = self._take()
        if token.kind_as_value != _WORD:
            raise SelectorError(f"found '{token.text}', expected: identifier")
        return (token.text,)

    def _values(self) -> tuple[str, ...]:
        token = self._take()
        if token.kind != "(":
            raise SelectorError(f"found '{token.text}' expected: '('")
        token = self._next()
        if token.kind == ")":
            self._take()
            return ("",)
        if token.kind_as_value not in {_WORD, ","}:
            raise SelectorError(
                f"found '{token.text}', expected: ',', ')' or identifier"
            )
        values = self._identifiers()
        if self._take().kind != ")":
            raise SelectorError(f"found '{token.text}', expected: ')'")
        return tuple(sorted(values))

    def _identifiers(self) -> set[str]:
        values: set[str] = set()
        while True:
            token = self._take()
            if token.kind_as_value == _WORD:
                values.add(token.text)
                following = self._next()
                if following.kind == ")":
                    return values
                if following.kind != ",":
                    raise SelectorError(
                        f"found '{following.text}', expected: ',' or ')'"
                    )
            elif token.kind == ",":
                if not values:
                    values.add("")
                following = self._next()
                if following.kind == ")":
                    values.add("")
                    return values
                if following.kind == ",":
                    values.add("")
                    if self._version < _COMMAS_ONE_BY_ONE_SINCE:
                        self._take()
            else:
                raise SelectorError(
                    f"found '{token.text}', expected: ',', or identifier"
                )
