"""Hosts in texts whose parts are variables: ``http://$(DB_HOST):$(DB_PORT)``.

The kubelet puts the values in; those that the same container is given as texts are
known. A host counts where it stands wholly in one text, so that it has a place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from cip_lint.cluster.literals import Literal, hold_variables
from cip_lint.kube.expansion import pieces
from cip_lint.kube.host_names import HostName, host_names
from cip_lint.records import NamedTuple

Said = tuple[Literal, HostName]

_LONGEST = 1 << 16
"""Longer texts are taken as they stand."""


class _Part(NamedTuple):
    """A part of a text that was put together."""

    start: int
    """Where it begins in the whole."""
    text: str
    source: Literal
    offset: int
    """Where it begins in its source."""

    def holds(self, start: int, end: int) -> bool:
        """Whether a piece of the whole lies in this part."""
        return self.start <= start and end <= self.start + len(self.text)

    def moved(self, position: int) -> int:
        """Return a position of the whole as one of the source."""
        return position - self.start + self.offset


def hosts_of(texts: Sequence[Literal]) -> Iterator[Said]:
    """Yield the hosts in the texts of one object in order, each place once.

    Where a text is put together with variables, with what is known by that.
    """
    if hold_variables(texts):
        yield from _with_variables(texts)
        return
    for literal in texts:
        for host in host_names(literal.text, literal.name):
            yield literal, host


def _with_variables(texts: Sequence[Literal]) -> Iterator[Said]:
    found: dict[tuple[object, ...], Said] = {}
    values: dict[object, Mapping[str, tuple[int, Literal]]] = {}
    for literal in texts:
        for host in host_names(literal.text, literal.name):
            found[(*literal.path, host.start)] = literal, host
    for literal in texts:
        if "$(" not in literal.text or literal.container is None:
            continue
        where = literal.container.path
        if where not in values:
            values[where] = _values(texts, where)
        for source, host in _spelled_out(literal, values[where]):
            key = (*source.path, host.start)
            known = found.get(key)
            if known is None or known[1].port is None:
                found[key] = source, host
    yield from found.values()


def _values(
    texts: Sequence[Literal], container: object
) -> Mapping[str, tuple[int, Literal]]:
    """Return the variables of a container that are plain texts, by name.

    Each with its place among the entries; without those that are defined twice.
    """
    found: dict[str, tuple[int, Literal]] = {}
    twice: set[str] = set()
    for literal in texts:
        index = _entry(literal)
        if index is None or literal.container is None:
            continue
        if literal.container.path == container:
            if literal.name in found:
                twice.add(literal.name)
            found[literal.name] = index, literal
    return {
        name: value
        for name, value in found.items()
        if name not in twice and "$" not in value[1].text
    }


def _entry(literal: Literal) -> int | None:
    """Return the number of the entry of ``env`` that a text is the value of."""
    if len(literal.path) < 3 or literal.path[-3] != "env":
        return None
    index = literal.path[-2]
    return index if isinstance(index, int) else None


def _spelled_out(
    literal: Literal, values: Mapping[str, tuple[int, Literal]]
) -> Iterator[Said]:
    parts = _parts(literal, values)
    if all(part.source is literal for part in parts):
        return
    whole = "".join(part.text for part in parts)
    starts = [part.start for part in parts]
    for host in host_names(whole, literal.name):
        part = parts[bisect_right(starts, host.start) - 1]
        if part.holds(host.start, host.end):
            yield part.source, _moved(host, part)


def _parts(
    literal: Literal, values: Mapping[str, tuple[int, Literal]]
) -> tuple[_Part, ...]:
    """Return what a text is put together of; nothing where that is not followed.

    A value of ``env`` sees the entries before it, all else sees all of them.
    """
    text, own = literal.text, _entry(literal)
    if "$$" in text or len(text) > _LONGEST:
        return ()
    parts: list[_Part] = []
    at = 0
    for piece in pieces(text):
        index, value = values.get(piece.name or "", (0, None))
        if value is None or (own is not None and index >= own):
            part = _Part(at, piece.text, literal, piece.start)
        else:
            part = _Part(at, value.text, value, 0)
        at += len(part.text)
        if at > _LONGEST:
            return ()
        parts.append(part)
    return tuple(parts)


def _moved(host: HostName, part: _Part) -> HostName:
    """Return a host of the whole as one of the text that it stands in."""
    end = part.moved(host.end)
    has_port = part.holds(host.port_start, host.port_end)
    return host._replace(
        start=part.moved(host.start),
        end=end,
        port_start=part.moved(host.port_start) if has_port else end,
        port_end=part.moved(host.port_end) if has_port else end,
        whole=part.source.text.strip() == host.host,
    )
