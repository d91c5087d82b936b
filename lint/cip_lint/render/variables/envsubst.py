"""Fills variables in as Flux does it: ``${NAME}``, with defaults and a few functions.

Follows ``github.com/fluxcd/pkg/envsubst``: its scanner and parser (``parse/scan.go``,
``parse/parse.go``), also where they differ from a shell. ``$NAME`` is no variable, and
``$$`` is one dollar sign.
"""

from __future__ import annotations

from collections.abc import Callable

from cip_lint.records import NamedTuple
from cip_lint.render.variables.envsubst_functions import function

Lookup = Callable[[str], str | None]
"""Returns the value of a variable, empty for one that is not set; None: unknown."""

MOST = 16 << 20
"""So many characters may be put into one text."""

_TOO_LARGE = "what is put in is too large"
_DEFAULTS = frozenset("=-?+")


class SubstitutionError(Exception):
    """A text that cannot be filled in; the message is that of the controller."""


class _Expression(NamedTuple):
    """One ``${...}``: a variable, a function of it, and what that is given."""

    name: str
    function: str
    arguments: tuple[str | _Expression, ...]
    raw: str
    """What was written."""


def substituted(text: str, lookup: Lookup, most: int = MOST) -> str:
    """Return a text with its variables filled in.

    An expression whose value is not known stays as it was written. Raises
    ``SubstitutionError`` where Flux refuses the text, and where the values of all
    variables, or all that is made of them, would have more than ``most`` characters.
    Raises what ``lookup`` raises, which is asked for each expression.
    """
    if "$" not in text:
        return text
    values = _Values(lookup, most)
    pieces: list[str] = []
    for part in _Parser(text).parts():
        if isinstance(part, str):
            pieces.append(part)
        else:
            value = values.of(part)
            pieces.append(part.raw if value is None else value)
    return "".join(pieces)


class _Values:
    """The values of the expressions of one text, all of them of bounded size.

    What is looked up is work, even where little is left of it; what is made of it may
    be far larger. Each has its own bound.
    """

    def __init__(self, lookup: Lookup, most: int) -> None:
        self._lookup = lookup
        self._read_left = most
        self._made_left = most

    def of(self, expression: _Expression) -> str | None:
        """Return the value of an expression; None: not known.

        Raises ``SubstitutionError`` where it is too large with those before it.
        """
        own = self._lookup(expression.name)
        if own is None:
            return None
        self._read_left -= len(own)
        if self._read_left < 0:
            raise SubstitutionError(_TOO_LARGE)
        made = self._made(expression, own)
        self._made_left -= len(made or "")
        if self._made_left < 0:
            raise SubstitutionError(_TOO_LARGE)
        return made

    def _made(self, expression: _Expression, own: str) -> str | None:
        """Return what the function of an expression makes of the variable."""
        arguments: list[str] = []
        make = function(expression.function, len(expression.arguments))
        for one in expression.arguments:
            said = one if isinstance(one, str) else self.of(one)
            if said is None and make.is_default and own:
                continue
            if said is None:
                return None
            arguments.append(said)
        return make.of(own, arguments)


class _Parser:
    """Takes a text apart, from left to right and once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def parts(self) -> list[str | _Expression]:
        """Return the texts and expressions of the whole."""
        found: list[str | _Expression] = []
        text = self._text
        start = self._at
        while True:
            dollar = text.find("$", self._at)
            behind = text[dollar + 1 : dollar + 2] if dollar >= 0 else ""
            if dollar < 0:
                found.append(text[start:])
                return found
            if behind == "$":
                found.append(text[start : dollar + 1])
                start = self._at = dollar + 2
            elif behind == "{":
                found.append(text[start:dollar])
                self._at = dollar + 2
                found.append(self._expression(dollar))
                start = self._at
            else:
                self._at = dollar + 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _expression(self, start: int) -> _Expression:
        """Read what stands behind ``${``, up to its closing brace."""
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise SubstitutionError("expressions are nested too deeply")
        if self._peek() == "#":
            self._at += 1
            name = self._name("bad substitution")
            made = _Expression(name, "#", (), "")
        else:
            name = self._name("unable to parse variable name")
            read = self._reader()
            made = read(name)
        self._close()
        self._depth -= 1
        return made._replace(raw=self._text[start : self._at])

    def _reader(self) -> Callable[[str], _Expression]:
        """Return what reads the function that stands behind a name."""
        first = self._peek()
        behind = self._text[self._at + 1 : self._at + 2]
        if first == "=" or (first == ":" and behind in _DEFAULTS and behind):
            return self._default
        if first == ":":
            return self._part
        if first in {",", "^"}:
            return self._case
        if first == "/":
            return self._replacement
        if first in {"#", "%"}:
            return self._removal
        return self._plain

    def _name(self, complaint: str) -> str:
        start = self._at
        text = self._text
        while self._at < len(text) and _is_of_name(text[self._at]):
            self._at += 1
        if start == self._at:
            raise SubstitutionError(complaint)
        return text[start : self._at]

    def _close(self) -> None:
        if self._peek() != "}":
            raise SubstitutionError("bad substitution")
        self._at += 1

    def _plain(self, name: str) -> _Expression:
        if self._peek() != "}":
            raise SubstitutionError("missing closing brace")
        return _Expression(name, "", (), "")

    def _run(self, characters: str, most: int) -> str:
        """Read some of a few characters that name a function."""
        start = self._at
        while self._at < start + most and self._peek() and self._peek() in characters:
            self._at += 1
        return self._text[start : self._at]

    def _default(self, name: str) -> _Expression:
        called = self._run("=", 1) or self._run(":", 1) + self._run("=-?+", 1)
        arguments = []
        while self._peek() != "}":
            arguments.append(self._argument("}"))
        return _Expression(name, called, tuple(arguments), "")

    def _part(self, name: str) -> _Expression:
        self._at += 1
        arguments = [self._argument(":}")]
        if self._peek() == ":":
            self._run(":", len(self._text))
            arguments.append(self._argument("}"))
        return _Expression(name, ":", tuple(arguments), "")

    def _case(self, name: str) -> _Expression:
        return _Expression(name, self._run(",^", 2), (), "")

    def _removal(self, name: str) -> _Expression:
        called = self._run(self._peek(), 2)
        return _Expression(name, called, (self._argument("}"),), "")

    def _replacement(self, name: str) -> _Expression:
        called = self._run("/", 1) + self._run("/#%", 1)
        arguments = [self._argument("/", escapes=True)]
        if not self._run("/", len(self._text)):
            raise SubstitutionError("bad substitution")
        if self._peek() != "}":
            arguments.append(self._argument("}", escapes=True))
        return _Expression(name, called, tuple(arguments), "")

    def _argument(self, ends: str, *, escapes: bool = False) -> str | _Expression:
        """Read a text up to one of some characters, or an expression."""
        text = self._text
        if text.startswith("${", self._at):
            self._at += 2
            return self._expression(self._at - 2)
        pieces: list[str] = []
        start = self._at
        while self._at < len(text):
            if text.startswith("${", self._at):
                break
            if escapes and text.startswith(_ESCAPED, self._at):
                pieces.append(text[start : self._at])
                start = self._at + 1
                self._at += 2
            elif text[self._at] in ends:
                break
            else:
                self._at += 1
        pieces.append(text[start : self._at])
        found = "".join(pieces)
        if not found:
            raise SubstitutionError("unable to parse substitution within function")
        return found


_MOST_NESTED = 50
_ESCAPED = ("$$", "\\/", "\\\\")


def _is_of_name(character: str) -> bool:
    return character == "_" or character.isalpha() or character.isdecimal()
