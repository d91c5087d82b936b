"""Addresses that a text uses as hosts: in URLs, as ``host:port``, as whole values.

A text is the value of a variable, an argument, a shell script or a file of any
format. Only what its position and grammar make certain is found: an address in
prose, in a comment, in a version, in a CIDR or in a span of addresses is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from cip_lint.kube.addresses import Address, parse_ip

_REACH = 240
"""How many characters before an address decide what it is."""
_LINE = 4096
"""Behind this many characters nobody looks for the beginning of a line."""
_ENCLOSING = 3
_LAST_PORT = 65535
_DOTS = 3
"""Of an IPv4 address; most texts have fewer, and are not looked through."""
_KINDS = ("four", "six", "bare")
_BEFORE = frozenset(" \t\r\n\"'`=,;([{|>:/@")
_BEHIND = frozenset(" \t\r\n\"'`,;)]}|<>&\\/?#")


class Host(NamedTuple):
    """An address that stands where a host does: ``text[start:end]``.

    ``keys`` are the names it stands under, the nearest first: the key, flag or
    directive of its line, then the keys that enclose the line.
    """

    start: int
    end: int
    address: Address
    port: int | None
    keys: tuple[str, ...]


@cache
def _pattern(*, ipv6: bool) -> re.Pattern[str]:
    """Return what finds candidates; their surroundings are looked at one by one."""
    four = r"(?P<four>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})"
    six = (
        r"|\[(?P<six>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]"
        r"|(?P<bare>[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?![\w:.%/-])"
    )
    return re.compile(
        rf"(?<![\w.%-])(?:{four}{six if ipv6 else ''})(?!\d)"
        r"(?::(?P<port>\d{1,5}(?![\w.:-])|(?=\$)))?(?![\w.:-])",
        re.ASCII,
    )


@cache
def _grammar() -> _Grammar:
    return _Grammar()


class _Grammar:
    """The patterns of what stands around an address; made when first needed."""

    def __init__(self) -> None:
        listed = r"""(?:["']?[\w.:\[\]-]+["']?\s*,\s*|[\d.]+\s+)*["'`]?$"""
        self.comment = re.compile(r"\s*(?:#|//|;|\*|<!--|--\s)|.*\s(?:#|//)\s")
        self.url = re.compile(r"""(?:[^\s/@"'<>]*@)?(?:[\w.\[\]:-]+,)*\[?""")
        self.scheme_word = re.compile(r"""(?:^|[\s"'=,])[A-Za-z][\w+-]*:$""")
        self.assigned = re.compile(
            r"""([\w.\-/@]+)["']?\s*(:|:?=)\s*[\[({"'`]*""" + listed
        )
        self.flag = re.compile(r"""(?:^|\s)(--?[A-Za-z][\w-]*)\s+["']?$""")
        self.directive = re.compile(r"""\s*([A-Za-z][\w.-]*)\s+["']?$""")
        self.item = re.compile(r"""\s*(?:-\s+)*["'\[({]*""" + listed)
        self.element = re.compile(r"<([A-Za-z][\w:.-]*)[^<>]*>\s*$")
        self.ends = re.compile(
            r"""["'`]?[^\S\n]*(?:[,\])}|&<;\n]|\\n|\Z|\s\#|[\d.]+(?:\s|\Z))"""
        )
        self.directive_ends = re.compile(
            r"""["']?[^\S\n]*(?:\d{1,5})?[^\S\n]*(?:[\w=.-]+[^\S\n]+)*;?[^\S\n]*"""
            r"(?:\n|\Z)"
        )
        self.key = re.compile(
            r"""([A-Za-z_-][\w.\-/@]*)["']?\s*(?::(?=[\s"'\[{(])|:?=(?!=))"""
        )
        self.first_word = re.compile(r"\s*(?:-\s+)?([A-Za-z][\w.-]*)\s")
        self.opener = re.compile(
            r"""([^\S\n]*)(?:-\s+)*["']?([\w.\-/@]+)["']?\s*[:=]\s*[\[{(|>]?[-+]?\s*$"""
        )


def hosts(
    text: str,
    name: str,
    is_wanted: Callable[[Address], bool],
    *,
    ipv6: bool = True,
) -> Iterator[Host]:
    """Yield the wanted addresses that stand in a text where a host does, in order.

    ``name`` is what the text is called: the variable, the flag, the file.
    """
    if text.count(".") < _DOTS and not (ipv6 and text.count(":") > 1):
        return
    for match in _pattern(ipv6=ipv6).finditer(text):
        start, end = match.span(_kind(match))
        read = parse_ip(text[start:end])
        port = int(match["port"]) if match["port"] else None
        if read is None or read.leading_zeros or port == 0 or (port or 0) > _LAST_PORT:
            continue
        address = Address(read.family, read.number)
        if is_wanted(address) and _is_apart(text, match):
            keys = _keys(match, text)
            if keys is not None:
                keys = (*keys, name) if name else keys
                yield Host(start, end, address, port, keys)


def _kind(match: re.Match[str]) -> str:
    """Return the group of the address; the port, if any, is the last one."""
    found = match.groupdict()
    return next(kind for kind in _KINDS if found.get(kind) is not None)


def _is_apart(text: str, match: re.Match[str]) -> bool:
    """Whether the characters around a candidate may stand beside a host."""
    start, end = match.span()
    return (not start or text[start - 1] in _BEFORE) and (
        end == len(text) or text[end] in _BEHIND or match["port"] == ""
    )


def _keys(match: re.Match[str], text: str) -> tuple[str, ...] | None:
    """Return the names that a candidate stands under; None where it is no host."""
    start = match.start()
    line = max(text.rfind("\n", max(0, start - _LINE), start) + 1, start - _LINE, 0)
    if _grammar().comment.match(text, line, start):
        return None
    left = text[max(line, start - _REACH) : start]
    keys = _keys_in_line(match, text, left, is_whole=start - line <= _REACH)
    return keys if keys is None or not line else (*keys, *_enclosing(text, line))


def _keys_in_line(
    match: re.Match[str], text: str, left: str, *, is_whole: bool
) -> tuple[str, ...] | None:
    """Return the names before an address in its line; None where it is no host.

    ``is_whole`` where ``left`` goes back to the beginning of the line.
    """
    grammar, before, end = _grammar(), left[-1:], match.end()
    at = left.rfind("//")
    if at > 0 and left[at - 1] in ":@" and grammar.url.fullmatch(left, at + 2):
        return None if _kind(match) == "bare" else _names(left[:at], is_whole=is_whole)
    if before == "/" or text[end : end + 1] in {"?", "#"}:
        return None
    if match["port"] is not None:
        if before == ":" and not grammar.scheme_word.search(left):
            return None
        return _names(left, is_whole=is_whole)
    if before in {":", "@"} or text[end : end + 1] == "/":
        return None
    return _keys_of_value(text, end, left, is_whole=is_whole)


def _keys_of_value(
    text: str, end: int, left: str, *, is_whole: bool
) -> tuple[str, ...] | None:
    """Return the names before an address that is a whole value; None for others."""
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
