"""Addresses that a text uses as hosts: in URLs, as ``host:port``, as whole values.

A text is the value of a variable, an argument, a shell script or a file of any
format. Only what its position and grammar make certain is found: an address in
prose, in a comment, in a version, in a CIDR or in a span of addresses is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.surroundings import BEFORE, BEHIND, Place, place_of
from cip_lint.records import NamedTuple

_LAST_PORT = 65535
_DOTS = 3
"""Of an IPv4 address; most texts have fewer, and are not looked through."""
_KINDS = ("four", "six", "bare")


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
            place = _place(match, text)
            if place is not None:
                keys = (*place.keys, name) if name else place.keys
                yield Host(start, end, address, port, keys)


def _kind(match: re.Match[str]) -> str:
    """Return the group of the address; the port, if any, is the last one."""
    found = match.groupdict()
    return next(kind for kind in _KINDS if found.get(kind) is not None)


def _is_apart(text: str, match: re.Match[str]) -> bool:
    """Whether the characters around a candidate may stand beside a host."""
    start, end = match.span()
    return (not start or text[start - 1] in BEFORE) and (
        end == len(text) or text[end] in BEHIND or match["port"] == ""
    )


def _place(match: re.Match[str], text: str) -> Place | None:
    """Return the position of a candidate; None where it is no host there."""
    anywhere = match["port"] is not None
    place = place_of(text, *match.span(), anywhere=anywhere)
    # In a URL an address of IPv6 stands in brackets.
    if place is not None and place.in_url and _kind(match) == "bare":
        return None
    return place
