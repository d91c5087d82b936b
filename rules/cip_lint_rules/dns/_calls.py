"""What objects call by name, and where in their texts the parts of a name stand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from cip_lint.kube.service_names import Form
from cip_lint.model import Label, Resource
from cip_lint.replay.calls import Call
from cip_lint.rule import Context

_OUTSIDE = (Form.NO_SVC, Form.OTHER_ZONE)


class Spoken(NamedTuple):
    """A name that one object calls, and every place where it does."""

    calls: tuple[Call, ...]

    @property
    def call(self) -> Call:
        """The first of them."""
        return self.calls[0]

    @property
    def host(self) -> str:
        """The name as it is written first, without final dot."""
        return self.call.host.host.removesuffix(".")

    @property
    def resource(self) -> Resource:
        """The object whose texts they are in."""
        return self.call.member.resource

    @property
    def topic(self) -> Hashable:
        """What the rules that judge names have in common: what is called."""
        call = self.call
        return call.service, call.namespace, call.pod

    def others(self, text: str) -> tuple[Label, ...]:
        """Return labels on all places but the first."""
        return tuple(call.mention.label(text) for call in self.calls[1:])


def spoken(
    cx: Context,
    is_wanted: Callable[[Call], bool],
    more: Callable[[Call], Hashable] | None = None,
) -> Iterator[Spoken]:
    """Yield the wanted calls that may be judged, those of one name in one object.

    ``more`` tells apart what is not one problem though the name is the same.
    """
    found: dict[Hashable, list[Call]] = {}
    for call in cx.table.calls.all:
        if not call.member.piece and is_wanted(call):
            key = id(call.member), call.service, call.namespace, call.pod
            found.setdefault((key, more(call) if more else None), []).append(call)
    for calls in found.values():
        yield Spoken(tuple(calls))


def is_of_cluster(call: Call) -> bool:
    """Whether the name, as far as it is written, is one of this cluster."""
    return call.form not in _OUTSIDE


def part(call: Call, behind: int, count: int | None = 1) -> tuple[int, int]:
    """Return where labels of a host stand in its text.

    ``behind`` labels behind that of the Service; ``None``: up to the end.
    """
    host = call.host.host.removesuffix(".")
    labels = host.split(".")
    at = (2 if host.startswith("_") else 0) + bool(call.pod) + behind
    start = sum(len(label) + 1 for label in labels[:at])
    chosen = labels[at:] if count is None else labels[at : at + count]
    return call.host.start + start, call.host.start + start + len(".".join(chosen))


def part_label(call: Call, bounds: tuple[int, int], text: str = "") -> Label:
    """Return a label on a part of the text of a call."""
    return call.mention.literal.label(*bounds, text)
