"""What stands around a host in a text: comments, URLs, keys, flags, directives.

A text is the value of a variable, an argument, a shell script or a file of any
format. The same characters are a host in one position and none in another: the
position alone is judged here, whatever an address or a name looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_REACH = 240
"""How many characters before a host decide what it is."""
_LINE = 4096
"""Behind this many characters nobody looks for the beginning of a line."""
_ENCLOSING = 3
BEFORE = frozenset(" \t\r\n\"'`=,;([{|>:/@")
"""The characters that may stand before a host."""
BEHIND = frozenset(" \t\r\n\"'`,;)]}|<>&\\/?#")
"""The characters that may stand behind a host and its port."""

_WORDS = pattern(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+(?:8s)?|\d+")


class Place(NamedTuple):
    """A position in which a host may stand.

    ``keys`` are the names it stands under, the nearest first: the key, flag or
    directive of its line, then the keys that enclose the line.
    """

    keys: tuple[str, ...]
    in_url: bool


@cache
def _grammar() -> _Grammar:
    return _Grammar()


class _Grammar:
    """The patterns of what stands around a host; made when first needed."""

    def __init__(self) -> None:
        listed = r"""(?:["']?[\w.:\[\]-]+["']?\s*,\s*|[\d.]+\s+)*["'`]?$"""
        self.comment = pattern(r"\s*(?:#|//|;|\*|<!--|--\s)|.*\s(?:#|//)\s")
        self.url = pattern(r"""(?:[^\s/@"'<>]*@)?(?:[\w.\[\]:-]+,)*\[?""")
        self.scheme_word = pattern(r"""(?:^|[\s"'=,])[A-Za-z][\w+-]*:$""")
        self.assigned = pattern(
            r"""([\w.\-/@]+)["']?\s*(:|:?=)\s*[\[({"'`]*""" + listed
        )
        self.flag = pattern(r"""(?:^|\s)(--?[A-Za-z][\w-]*)\s+["']?$""")
        self.directive = pattern(r"""\s*([A-Za-z][\w.-]*)\s+["']?$""")
        self.item = pattern(r"""\s*(?:-\s+)*["'\[({]*""" + listed)
        self.element = pattern(r"<([A-Za-z][\w:.-]*)[^<>]*>\s*$")
        self.ends = pattern(
            r"""["'`]?[^\S\n]*(?:[,\])}|&<;\n]|\\n|\Z|\s\#|[\d.]+(?:\s|\Z))"""
        )
        self.directive_ends = pattern(
            r"""["']?[^\S\n]*(?:\d{1,5})?[^\S\n]*(?:[\w=.-]+(?:[^\S\n]+|(?=[;\n])))*;?"""
            r"[^\S\n]*(?:\n|\Z)"
        )
        # In nginx a block may stand in one line: upstream app { server api:80; }
        self.in_block = pattern(r"""[{;]\s*(server)\s+["']?$""")
        self.in_block_ends = pattern(r"""["']?(?:[^\S\n]+[\w=.-]+)*[^\S\n]*;""")
        self.key = pattern(
            r"""([A-Za-z_-][\w.\-/@]*)["']?\s*(?::(?=[\s"'\[{(])|:?=(?!=))"""
        )
        self.first_word = pattern(r"\s*(?:-\s+)?([A-Za-z][\w.-]*)\s")
        self.opener = pattern(
            r"""([^\S\n]*)(?:-\s+)*["']?([\w.\-/@]+)["']?\s*[:=]\s*[\[{(|>]?[-+]?\s*$"""
        )


def key_words(key: str) -> list[str]:
    """Return the words of a key, flag or variable in lower case: ``dbHost``, ``DB_HOST``."""
    return [word.lower() for word in _WORDS.findall(key)]


def place_of(text: str, start: int, end: int, *, anywhere: bool) -> Place | None:
    """Return the position of ``text[start:end]``; None where it is no host.

    ``anywhere``: it is a host wherever it stands apart, as one with a port is. Any
    other must be a whole value: of a key, a flag, a directive, an item of a list.
    """
    line = max(text.rfind("\n", max(0, start - _LINE), start) + 1, start - _LINE, 0)
    if _grammar().comment.match(text, line, start):
        return None
    left = text[max(line, start - _REACH) : start]
    is_whole = start - line <= _REACH
    in_url = _is_in_authority(left)
    if in_url:
        keys: tuple[str, ...] | None = _names(
            left[: left.rfind("//")], is_whole=is_whole
        )
    else:
        keys = _keys_in_line(text, end, left, is_whole=is_whole, anywhere=anywhere)
    if keys is None:
        return None
    return Place((*keys, *_enclosing(text, line)) if line else keys, in_url)


def _is_in_authority(left: str) -> bool:
    """Whether a text leads from ``//`` to a host of a URL without a path between."""
    at = left.rfind("//")
    return (
        at > 0
        and left[at - 1] in ":@"
        and _grammar().url.fullmatch(left, at + 2) is not None
    )


def _keys_in_line(
    text: str, end: int, left: str, *, is_whole: bool, anywhere: bool
) -> tuple[str, ...] | None:
    """Return the names before a host in its line; None where it is no host.

    ``is_whole`` where ``left`` goes back to the beginning of the line.
    """
    before, behind = left[-1:], text[end : end + 1]
    if before == "/" or behind in {"?", "#"}:
        return None
    if anywhere:
        if before == ":" and not _grammar().scheme_word.search(left):
            return None
        return _names(left, is_whole=is_whole)
    if before in {":", "@"} or behind == "/":
        return None
    return _keys_of_value(text, end, left, is_whole=is_whole)


def _keys_of_value(
    text: str, end: int, left: str, *, is_whole: bool
) -> tuple[str, ...] | None:
    """Return the names before a host that is a whole value; None for others."""
    grammar = _grammar()
    ends = grammar.ends.match(text, end) is not None
    assigned = grammar.assigned.search(left)
    if assigned is not None and (ends or assigned[2] != ":"):
        return (assigned[1],)
    flag = grammar.flag.search(left)
    if flag is not None:
        return (flag[1],)
    if is_whole and ends and grammar.item.fullmatch(left):
        return ()
    directive = grammar.directive.fullmatch(left) if is_whole else None
    if directive is not None and grammar.directive_ends.match(text, end):
        return (directive[1],)
    in_block = grammar.in_block.search(left)
    if in_block is not None and grammar.in_block_ends.match(text, end):
        return (in_block[1],)
    element = grammar.element.search(left)
    return (element[1],) if element is not None and ends else None


def _names(left: str, *, is_whole: bool) -> tuple[str, ...]:
    """Return the names that what follows may stand under, the nearest first."""
    grammar = _grammar()
    assigned = grammar.key.findall(left)[-1:]
    flag = grammar.flag.search(left)
    first = grammar.first_word.match(left) if is_whole else None
    return (*assigned, *([flag[1]] if flag else ()), *([first[1]] if first else ()))


def _enclosing(text: str, line: int) -> Iterator[str]:
    """Yield the keys of the lines above that open what a line is part of."""
    rest = text[line : line + _REACH]
    inner = rest.lstrip(" \t")
    indent = len(rest) - len(inner) + inner.startswith("-")
    found = 0
    for above in reversed(text[max(0, line - _LINE) : line].split("\n")):
        opener = _grammar().opener.fullmatch(above)
        if opener is not None and len(opener[1]) < indent:
            yield opener[2]
            indent, found = len(opener[1]), found + 1
            if found == _ENCLOSING or not indent:
                return
