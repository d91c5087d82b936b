"""The hops of a call as values: what happens, whether it goes on, where that stands."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from cip_lint.model import Label, Path, Resource, Span, field_path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.tracing.targets import Target


class State(StrEnum):
    """Whether a call gets past a hop; the value is the word in output.

    *unknown*: that hangs on something that is not seen; never said of what is known
    to break.
    """

    OK = "ok"
    UNKNOWN = "unknown"
    BROKEN = "broken"


class Step(StrEnum):
    """What a hop is about; the value is the word in output."""

    REFERENCE = "reference"
    NAME = "name"
    SERVICE = "service"
    PORT = "port"
    PODS = "pods"
    PROXY = "proxy"
    POLICIES = "policies"


class Place(NamedTuple):
    """Where in the manifests something stands; the span is found when asked for."""

    resource: Resource
    path: Path

    @property
    def span(self) -> Span:
        """Its very characters; the first line of an object for the object itself."""
        if not self.path:
            return self.resource.key_span("kind")
        return self.resource.span(*self.path)

    @property
    def label(self) -> Label:
        """A label on it."""
        return Label(self.span, "", self.field)

    @property
    def field(self) -> str:
        """The path in its object; empty for the object itself."""
        return field_path(self.path)


class Detail(NamedTuple):
    """One fact of a hop."""

    words: str
    place: Place | None = None
    state: State = State.OK


class Hop(NamedTuple):
    """One step of a call."""

    step: Step
    state: State
    words: str
    place: Place | None = None
    details: tuple[Detail, ...] = ()


class End(NamedTuple):
    """Somebody who answers: a workload, or an address that nobody of the set has."""

    name: str
    """``Deployment shop/web``, or an address."""
    port: int | None
    """The port that is listened on; None where it is not known."""
    pods: int | None
    """How many there are; None where that is not written down."""
    member: Member | None = None


class Trace(NamedTuple):
    """A call: who makes it, to where, and what becomes of it."""

    cluster: str
    caller: Member
    target: Target
    hops: tuple[Hop, ...]
    ends: tuple[End, ...] = ()
    """Who answers, where it arrives."""

    @property
    def state(self) -> State:
        """Broken where one hop is, else unknown where one is."""
        return worst(hop.state for hop in self.hops)


_ORDER = tuple(State)


def worst(states: Iterable[State]) -> State:
    """Return the worst of some states; ``OK`` for none."""
    return max(states, key=_ORDER.index, default=State.OK)


def at(member: Member, *path: str | int) -> Place:
    """Return a place in an object; without a path the object itself."""
    return Place(member.resource, path)
