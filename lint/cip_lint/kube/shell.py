"""Commands for a shell: which word is its script, and what a script reads and sets.

A small part of the POSIX shell's grammar (XCU 2.2, 2.6.2): enough to tell a variable
that is read from one in single quotes, in a comment or behind a backslash. What
cannot be told so, as a script that takes in another file, is said to be open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_SHELLS: Final = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
"""The programs that read scripts in this grammar."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_VARIABLE = rf"\$(?:(?P<bare>{_NAME})|\{{[#!]?(?P<braced>{_NAME})(?P<spared>:?[-=+])?)"
_ESCAPE = r"\\.|\$\$"
_INERT = pattern(rf"{_ESCAPE}|{_VARIABLE}", re.DOTALL)
"""What counts in a here-document, where quotes mean nothing."""
_QUOTED = pattern(rf"{_ESCAPE}|(?P<quote>\")|{_VARIABLE}", re.DOTALL)
_PLAIN = pattern(
    rf"{_ESCAPE}|'[^']*(?:'|\Z)|(?:^|(?<=[\s;&|(]))\#[^\n]*"
    rf"|(?<!<)<<-?[ \t]*(?P<raw>[\\'\"])?(?P<mark>[A-Za-z_]\w{{0,63}})"
    rf"|(?P<quote>\")|{_VARIABLE}",
    re.DOTALL,
)
_DOCUMENTS = 16
"""So many here-documents of a script are told from its commands."""
_SET = pattern(
    rf"(?:^|(?<=[\s;&|(`]))(?:({_NAME})\+?=|for[ \t]+({_NAME})\b)"
    rf"|(?<![\w-])(?:read|getopts)[ \t]+([^\n;&|<]*)"
    rf"|\$\{{({_NAME}):?=",
    re.MULTILINE,
)
_TESTED = pattern(
    rf"(?:\[|(?<![\w-])test|&&|\|\||-[ao])[ \t]+(?:![ \t]+)?"
    rf"-[nzv][ \t]+\"?\$?\{{?({_NAME})"
)
_COMPARED = pattern(
    rf"\$\{{?({_NAME})\}}?\"?[ \t]*!?==?[ \t]*(?:\"\"|'')"
    rf"|(?:\"\"|'')[ \t]*!?==?[ \t]*\"?\$\{{?({_NAME})"
)
_TAKES_IN = pattern(
    r"(?:^|(?<=[\s;&|(`]))(?:source|eval|\.)[ \t]+[^\s;&|]", re.MULTILINE
)
_WORD: Final = pattern(_NAME)


class ShellVariable(NamedTuple):
    """A variable that a script reads: ``$NAME`` or ``${NAME}``."""

    name: str
    start: int
    end: int
    """Of the whole reference, with its braces."""
    spared: bool
    """Whether the reference itself says what stands for an absent value."""


class Script(NamedTuple):
    """What a script does with variables."""

    reads: tuple[ShellVariable, ...]
    own: frozenset[str]
    """Names that it sets itself, or asks about before it reads them."""
    open: bool
    """Whether it takes in what nobody sees, which may set any name."""


def script_index(words: Sequence[str]) -> int | None:
    """Return which word of a command is a script: the one for ``sh -c``."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.rpartition("/")[2] not in _SHELLS:
            continue
        given = False
        while at < len(words) and words[at][:1] in {"-", "+"}:
            flags = words[at]
            at += 1
            if not flags.startswith("--"):
                given = given or "c" in flags
                at += flags.endswith("o")
        if given and at < len(words):
            return at
    return None


def script(text: str) -> Script:
    """Return what a script reads and sets, in time that is linear."""
    if "$" not in text:
        return Script((), frozenset(), open=False)
    return Script(tuple(_reads(text)), _own(text), _TAKES_IN.search(text) is not None)


def _own(text: str) -> frozenset[str]:
    found: set[str] = set()
    for match in _SET.finditer(text):
        one, other, several, default = match.groups()
        found.update(
            _WORD.findall(several) if several else (one or other or default or "",)
        )
    found.update(match[1] for match in _TESTED.finditer(text))
    found.update(match[1] or match[2] for match in _COMPARED.finditer(text))
    return frozenset(found - {""})


def _reads(text: str) -> Iterator[ShellVariable]:
    """Yield the references outside single quotes, comments and raw documents."""
    at, quoted, documents = 0, False, 0
    while match := (_QUOTED if quoted else _PLAIN).search(text, at):
        at = match.end()
        groups = match.groupdict()
        if groups["quote"]:
            quoted = not quoted
        elif groups["bare"] or groups["braced"]:
            found = _variable(match, text)
            yield found
            at = found.end
        elif groups.get("mark") and documents < _DOCUMENTS:
            documents += 1
            begin, end = _document(text, match["mark"], at)
            yield from _in_document(text, at, begin if match["raw"] else end)
            at = end


def _document(text: str, mark: str, start: int) -> tuple[int, int]:
    """Return where a here-document begins and ends, of which ``mark`` is the end."""
    begin = _behind(text, "\n", start)
    closing = re.compile(rf"^\t*{mark}$", re.MULTILINE).search(text, begin)
    return begin, closing.end() if closing else len(text)


def _in_document(text: str, start: int, end: int) -> Iterator[ShellVariable]:
    for match in _INERT.finditer(text, start, end):
        if match["bare"] or match["braced"]:
            yield _variable(match, text)


def _variable(match: re.Match[str], text: str) -> ShellVariable:
    bare = match["bare"]
    end = match.end() if bare else _behind(text, "}", match.end())
    name, spared = bare or match["braced"], match["spared"] is not None
    return ShellVariable(name, match.start(), end, spared)


def _behind(text: str, mark: str, start: int) -> int:
    """Return the place behind the next mark; the end where there is none."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + 1
