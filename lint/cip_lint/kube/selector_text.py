"""Selectors in forms that no manifest holds: as text, and as maps that are checked.

The text form is ``app=web,tier in (a,b),!old``. Both follow
``apimachinery/pkg/labels/selector.go``. No command reads them: the recorded answers
of that library hold the selectors of manifests to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from cip_lint.kube.go_text import quoted
from cip_lint.kube.grammar import is_label_key, is_label_value, label_key
from cip_lint.kube.selectors import (
    EVERYTHING,
    Requirement,
    Selector,
    SelectorError,
    by_key,
    new_requirement,
)
from cip_lint.kube.version import NEWEST, Version
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_COMMAS_ONE_BY_ONE_SINCE = Version(1, 35)
# A NUL ends the token that it follows, and the text where it stands alone.
_LEXEME = pattern(r"(!=|==|[=!(),<>]|[^=!(),<>\0 \t\r\n]+)\0?|\0|[ \t\r\n]+")
_SYMBOLS = frozenset({"!=", "==", "=", "!", "(", ")", ",", "<", ">"})
_BINARY = ("in", "notin", "=", "==", "!=", "gt", "lt")
_END = ""
_WORD = "word"


def from_map(selector: Mapping[str, str] | None) -> Selector:
    """Return the selector of a plain map, unchecked; none or empty: everything."""
    if not selector:
        return EVERYTHING
    return Selector(
        tuple(Requirement(key, "=", (selector[key],)) for key in sorted(selector))
    )


def map_error(selector: Mapping[str, str], version: Version = NEWEST) -> str | None:
    """Return what the library says to a map when it is asked to validate it."""
    for key, value in sorted(selector.items()):
        if is_label_key(key) and is_label_value(value):
            continue
        try:
            new_requirement(key, "=", (value,), version)
        except SelectorError as error:
            return str(error)
    return None


@lru_cache(maxsize=512)
def parse(text: str, version: Version = NEWEST) -> Selector:
    """Return the selector that a text describes, or raise ``SelectorError``."""
    requirements = sorted(_Parser(text, version).parse(), key=by_key)
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
            return new_requirement(key, "!", (), self._version)
        if self._next().kind in {_END, ","}:
            return new_requirement(key, "exists", (), self._version)
        operator = self._take()
        if operator.kind in {"in", "notin"}:
            values = self._values()
        elif operator.kind in {"=", "==", "!=", ">", "<"}:
            values = self._exact_value()
        else:
            raise SelectorError(
                f"found '{operator.text}', expected: {', '.join(_BINARY)}"
            )
        return new_requirement(key, operator.kind, values, self._version)

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
