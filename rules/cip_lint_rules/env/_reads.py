"""Reads of variables, by the root cause that they share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.model import Label, Resource
from cip_lint.records import NamedTuple
from cip_lint_rules._words import brief

if TYPE_CHECKING:
    from cip_lint.replay.environment.reads import ServiceRead


class Reads(NamedTuple):
    """The places where one workload reads what one thing makes, or fails to make."""

    all: tuple[ServiceRead, ...]

    @property
    def first(self) -> ServiceRead:
        """The first place."""
        return self.all[0]

    @property
    def resource(self) -> Resource:
        """The workload."""
        return self.first.resource

    def others(self, text: str = "read here too") -> Iterator[Label]:
        """Yield labels on all places but the first."""
        return (one.read.mention.label(text) for one in self.all[1:])


def grouped(
    reads: Iterable[ServiceRead], key: Callable[[ServiceRead], Hashable]
) -> Iterator[Reads]:
    """Yield reads by workload and a key, in the order of the first ones."""
    found: dict[tuple[int, Hashable], list[ServiceRead]] = {}
    for one in reads:
        found.setdefault((id(one.resource), key(one)), []).append(one)
    for some in found.values():
        yield Reads(tuple(some))


def written(read: ServiceRead) -> str:
    """Return a reference as it is written, cut where it is too long."""
    return brief(read.read.written)


def stays(read: ServiceRead) -> str:
    """Return what a reference to a variable that is not there comes to."""
    return "is empty" if read.read.by_shell else "stays literal text"


def fallback(read: ServiceRead, name: str, namespace: str) -> str:
    """Return what to write in the place of a variable of a Service."""
    rest = read.reading.rest
    if rest.endswith(("_HOST", "_ADDR")) or rest == "_PORT":
        return f"use the DNS name {name}.{namespace}.svc"
    return f"use the DNS name {name}.{namespace}.svc, and its port as a number"
