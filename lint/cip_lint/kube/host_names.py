"""Host names in texts: in URLs, as ``host:port``, before ``.svc``, as whole values.

A text is the value of a variable, an argument, a shell script or a file of any
format. Words are everywhere, so a name is only taken for a host where its position
and its grammar leave little else: never an image, an e-mail address, the name of a
file or class, a version, a time, a template or anything in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.host_words import (
    CLIENTS,
    DIALS,
    LOOKED_UP,
    NO_CLIENTS,
    is_counted,
    is_file_name,
    is_name_in_certificate,
    is_no_name,
    leads_to_no_host,
    lines_with_host_keys,
    names_host,
    names_no_host,
)
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.kube.surroundings import BEFORE, BEHIND, Place, place_of
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_LAST_PORT = 65535
_LEAST_PORT = 20
"""A single word before a smaller number is an image and its tag: ``redis:7``."""
_REMEMBERED = 4096
"""So many texts are not looked through again; objects hold them in any case."""
_MOST = 4096
"""So many names of one text are looked at."""
_LONGEST = 254
_SHORTEST = 2
_WHOLE = 512
"""A longer text is not one host."""

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*\.?"

_is_name = re.compile(_NAME, re.ASCII).fullmatch
_backwards = re.compile(r"[\w.-]*", re.ASCII).match
_PORT = pattern(r":(\d{1,5})((?::\d{1,5})*)(?![\w:-]|\.\w)", re.ASCII)
_SVC = pattern(r"\.svc(?![\w-])(?:\.[a-z0-9-]+)*\.?", re.ASCII)
_SVC_PORT = pattern(r":(\d{1,5})(?![\w.:-])|:(?=\$)", re.ASCII)
_AUTHORITY = pattern(
    r"""(?:[^\s/@"'<>`]{0,200}@)?
    (?P<hosts>[\w.-]+(?::\d{1,5}|:(?=\$))?(?:,[\w.-]+(?::\d{1,5}|:(?=\$))?)*)""",
    re.VERBOSE | re.ASCII,
)
_ELEMENT = pattern(r"([\w.-]+)(?::(\d*))?", re.ASCII)
_SCHEME = pattern(r"[\w+.-]{1,32}", re.ASCII)
_UPSTREAM = pattern(r"\bupstream\s+([\w.-]+)\s*\{", re.ASCII)
_TOKEN = pattern(r"""[^\s"'`\[\](){}<>|;&=]*""")
_PIECE = pattern(
    rf"(?:[A-Za-z][\w+.-]*://)?(?:[^@/]*@)?{_NAME}(?::\d{{1,5}})*(?:[/?\#].*)?",
    re.ASCII,
)
_LABEL_MATCHER = pattern(r"""[{,]\w+(?:=~?|!=|!~)\\?["']$""")
"""What stands before a value in PromQL."""
_DIALLER = pattern(r"(?:tcp|udp)\($")
"""What stands before a host in the data source name of a Go program."""
_KEY_AND_NAME = pattern(
    r"""(?:^|[\s,{])["']?([A-Za-z][\w./-]*+)["']?[^\S\n]*+[:=][^\S\n]*+["']?
    ([\w.-]++)(?=["']?[^\S\n]*(?:[,}\n]|\Z|\s\#))""",
    re.VERBOSE | re.ASCII | re.MULTILINE,
)
_FLAG_AND_NAME = pattern(
    r"""(?:^|\s)(--?[A-Za-z][\w-]*+)(?:=|[^\S\n]+)["']?([\w.-]++)
    (?=["']?(?:[\s;|&)]|\Z))""",
    re.VERBOSE | re.ASCII,
)

_LOOK_UPS = ("dns+", "dnssrv+", "dnssrvnoa+")
"""What stands before a name that a program of Thanos or Grafana looks up itself
(``discovery/dns/provider.go`` of thanos-io/thanos)."""


class HostName(NamedTuple):
    """A name that stands where a host does: ``text[start:end]``."""

    start: int
    end: int
    host: str
    scheme: str
    """Of the URL it is in, in lower case, as ``postgresql``; else empty."""
    in_url: bool
    port: int | None
    port_start: int
    port_end: int
    """``text[port_start:port_end]`` are the digits of the port; empty without one."""
    whole: bool
    """Whether the text is nothing but this name."""

    @property
    def bare(self) -> bool:
        """Whether nothing but the name of its key says that it is a host."""
        return not self.in_url and self.port is None


@lru_cache(maxsize=_REMEMBERED)
def host_names(text: str, name: str) -> tuple[HostName, ...]:
    """Return the host names in a text in order, those of other domains too.

    ``name`` is what the text is called: the variable, the flag, the file. Manifests
    repeat their texts, so the last ones are remembered.
    """
    if len(text) < _SHORTEST or (text.isalnum() and not names_host(name)):
        return ()  # of all places for a host, a word alone has but its key
    found: dict[int, HostName] = {}
    for finder in (_in_urls, _before_svc, _before_ports, _dialled, _bare):
        for host in islice(finder(text, name), _MOST):
            found.setdefault(host.start, host)
    return tuple(sorted(found.values()))


def _made(
    text: str, start: int, end: int, port: str | None, scheme: str | None = None
) -> HostName | None:
    """Return a host name with its port; None where it can be none."""
    host = text[start:end]
    if len(host) > _LONGEST or not _is_name(host) or not _has_letter(host):
        return None
    if is_no_name(host) or is_placeholder(host) or parse_ip(host) is not None:
        return None
    number = int(port) if port else None
    if number is not None and not 0 < number <= _LAST_PORT:
        return None
    port_end = end + 1 + len(port) if port else end
    port_start = end + 1 if port else end
    return HostName(
        *(start, end, host, scheme or "", scheme is not None, number),
        *(port_start, port_end, text.strip() == host),
    )


def _has_letter(host: str) -> bool:
    """Whether the last label is no number, as that of an address and a version is."""
    return not host.removesuffix(".").rpartition(".")[2].isdigit()


def _in_urls(text: str, name: str) -> Iterator[HostName]:
    """Yield the hosts of URLs, every one of a list.

    A group of servers that a configuration of nginx defines is none.
    """
    groups = frozenset(_UPSTREAM.findall(text)) if "upstream" in text else frozenset()
    for host in _of_urls(text):
        if host.host not in groups:
            yield host


def _of_urls(text: str) -> Iterator[HostName]:
    at = text.find("//")
    while at >= 0:
        start = at + 2
        if at and text[at - 1] in ":@":
            scheme = _scheme(text, at)
            # dns:///host: the authority, which is empty, would be a name server.
            start += scheme == "dns" and text.startswith("/", start)
            authority = _AUTHORITY.match(text, start)
            if authority is not None and not leads_to_no_host(scheme):
                yield from _of_authority(text, authority, scheme)
        at = text.find("//", start)


def _scheme(text: str, at: int) -> str:
    """Return the scheme before ``//``; empty where there is none."""
    if text[at - 1] == "@":
        return ""
    match = _SCHEME.match(text[max(0, at - 34) : at - 1][::-1])
    return match[0][::-1].lower() if match else ""


def _of_authority(
    text: str, authority: re.Match[str], scheme: str
) -> Iterator[HostName]:
    first, last = authority.span("hosts")
    if not _ends(text, last):
        # What goes on with a template or an unknown sign is no name.
        last = text.rfind(",", first, last)
    # The empty authority of dns:///host is passed over.
    at = first - 3 if text.startswith("///", first - 3) else first
    place: Place | None = None
    for element in _ELEMENT.finditer(text, first, max(first, last)):
        host = _made(text, *element.span(1), element[2], scheme)
        if host is None:
            continue
        place = place or place_of(text, at, last, anywhere=True)
        if place is None:
            return
        yield host


def _ends(text: str, end: int) -> bool:
    """Whether a host and its port end here."""
    if end == len(text) or text.startswith(":$", end - 1):
        return True
    # An angle bracket that opens no end of an element is a placeholder.
    return text[end] in BEHIND and (text[end] != "<" or text.startswith("/", end + 1))


def _begins(text: str, start: int) -> bool:
    """Whether a host may begin here."""
    if not start or text[start - 1] in BEFORE:
        return True
    return text[start - 1] == "+" and text.endswith(_LOOK_UPS, 0, start)


def _start_of_name(text: str, end: int) -> int:
    """Return where the characters of a name that ends here begin."""
    match = _backwards(text[max(0, end - _LONGEST) : end][::-1])
    return end - (match.end() if match else 0)


def _before_svc(text: str, name: str) -> Iterator[HostName]:
    """Yield the names that say themselves that they are of Services."""
    if ".svc" not in text:
        return
    for match in _SVC.finditer(text):
        start, end = _start_of_name(text, match.start()), match.end()
        port = _SVC_PORT.match(text, end)
        behind = port.end() if port else end
        # A full stop ends a name or, in prose, a sentence.
        if not _begins(text, start) or not _ends(text, behind):
            continue
        host = _made(text, start, end, port[1] if port else None)
        if host is None or not _is_plain(host):
            continue
        place = place_of(text, start, behind, anywhere=True)
        if place is None:
            continue
        keys = place.keys if "\n" in text else (*place.keys, name)
        if not any(map(is_name_in_certificate, keys[:1])):
            yield host


def _is_plain(host: HostName) -> bool:
    """Whether a name outside URLs is neither that of a class nor that of a file."""
    return host.host == host.host.lower() and not is_file_name(host.host)


def _before_ports(text: str, name: str) -> Iterator[HostName]:
    """Yield the names before ``:`` and a port."""
    behind_words = (
        match
        for match in _PORT.finditer(text)
        if text[match.start() - 1 : match.start()].isalnum()
        and _ends(text, match.end())
    )
    for match in islice(behind_words, _MOST):
        end = match.start()
        start = _start_of_name(text, end)
        if not _begins(text, start):
            continue
        host = _made(text, start, end, match[1])
        if host is None or not _is_plain(host):
            continue
        if "." in host.host:
            if place_of(text, start, match.end(), anywhere=True) is not None:
                yield host
        elif not match[2] and _is_single(text, host, name):
            yield host


def _is_single(text: str, host: HostName, name: str) -> bool:
    """Whether one word before a number can be nothing but a host."""
    if (host.port or 0) < _LEAST_PORT or "_" in host.host or is_counted(host.host):
        return False
    if text[max(0, host.start - 1) : host.start].endswith(("/", "@")):
        return False
    first, last = _token_around(text, host)
    left = text[max(0, first - _LONGEST) : first]
    if first == last or left.endswith("{"):
        return False
    if _LABEL_MATCHER.search(left) or NO_CLIENTS.search(left):
        return False
    if _DIALLER.search(left):
        return True
    place = place_of(text, first, last, anywhere=False)
    if place is None and CLIENTS.search(left):
        place = place_of(text, host.start, host.port_end, anywhere=True)
    if place is None:
        return False
    keys = place.keys if "\n" in text else (*place.keys, name)
    return not any(map(names_no_host, keys))


def _token_around(text: str, host: HostName) -> tuple[int, int]:
    """Return the bounds of the list that a host is in; none where it is no list of hosts.

    Of a long one the part around the host.
    """
    before = text[max(0, host.start - _LONGEST) : host.start]
    behind = text[host.port_end : host.port_end + _LONGEST]
    first = host.start - _length(before[::-1])
    last = host.port_end + _length(behind)
    pieces = text[first:last].split(",")
    if len(before) == _LONGEST and first == host.start - _LONGEST:
        first += len(pieces.pop(0)) + 1
    if len(behind) == _LONGEST and last == host.port_end + _LONGEST:
        last -= len(pieces.pop()) + 1
    if pieces and all(map(_PIECE.fullmatch, pieces)):
        return first, last
    return first, first


def _length(text: str) -> int:
    match = _TOKEN.match(text)
    return match.end() if match else 0


def _dialled(text: str, name: str) -> Iterator[HostName]:
    """Yield what scripts dial with host and port apart: ``nc -z db 5432``."""
    if "nc " not in text and "netcat " not in text and "telnet " not in text:
        return
    for match in DIALS.finditer(text):
        start, end = match.span("port")
        number = int(match["port"])
        for host in _at(text, *match.span("host"), anywhere=True):
            if 0 < number <= _LAST_PORT:
                yield host._replace(port=number, port_start=start, port_end=end)


def _bare(text: str, name: str) -> Iterator[HostName]:
    """Yield the names that are values of keys which say that they are hosts."""
    if len(text) <= _WHOLE and names_host(name):
        whole = text.strip()
        start = text.index(whole)
        host = _made(text, start, start + len(whole), None)
        if host is not None and _is_plain(host):
            yield host
    if "nslookup " in text or "getent " in text:
        for match in LOOKED_UP.finditer(text):
            yield from _at(text, *match.span("host"), anywhere=True)
    if "=" in text or ":" in text or " -" in text:
        yield from _assigned(text)


def _assigned(text: str) -> Iterator[HostName]:
    """Yield the names behind keys and flags inside a text."""
    # No match goes from line to line, and most lines of large texts hold no such key.
    lines = lines_with_host_keys(text)
    for start, end in lines:
        for match in _KEY_AND_NAME.finditer(text, start, end):
            if names_host(match[1]):
                yield from _at(text, *match.span(2), anywhere=False)
    for start, end in lines:
        for match in _FLAG_AND_NAME.finditer(text, max(0, start - 1), end):
            if names_host(match[1]) and (
                match[1] != "-h" or _is_of_client(text, match)
            ):
                yield from _at(text, *match.span(2), anywhere=False)


def _is_of_client(text: str, flag: re.Match[str]) -> bool:
    """Whether a program that calls a host is given a flag; to others it is help."""
    left = text[max(0, flag.start() - _LONGEST) : flag.start() + 1]
    return CLIENTS.search(left) is not None


def _at(text: str, start: int, end: int, *, anywhere: bool) -> Iterator[HostName]:
    """Yield the name in a place, where it can be that of a host there."""
    host = _made(text, start, end, None)
    if host is None or not _is_plain(host) or "_" in host.host:
        return
    if place_of(text, start, end, anywhere=anywhere) is not None:
        yield host
