"""What an engine sends, and the steps in which it does: the terms of all engines."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from enum import Enum
from itertools import groupby
from typing import TypeVar

from cip_lint.bodies import ABSENT, Body, mapping, text
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

K = TypeVar("K", bound=Hashable)


class Gate(Enum):
    """What an engine waits for behind a step, before it begins the next one."""

    NONE = "none"
    """Nothing: requests of the next step may be on their way already."""
    CREATED = "created"
    """Every request of the step has been answered."""
    READY = "ready"
    """Its objects are healthy too."""
    COMPLETED = "completed"
    """Its Jobs and Pods have run to their end."""

    @property
    def waits(self) -> bool:
        """Whether more than the answers of the API server is awaited."""
        return self in {Gate.READY, Gate.COMPLETED}


class Sent(NamedTuple):
    """One object, as far as an engine looks at it when it sorts."""

    group: str
    version: str
    kind: str
    namespace: str
    """As the engine has it when it sorts; empty where it names none."""
    name: str
    annotations: Mapping[str, str] = ABSENT
    path: str = ""
    """The path of its file."""
    number: int = 0
    """Its place among those of its unit, in the order in which they are read."""
    body: Body = ABSENT
    in_list: bool = False
    """Whether it is an item of a list."""


class PlannedStep(NamedTuple):
    """Objects that are sent one after the other, or all at once."""

    objects: tuple[Sent, ...]
    concurrent: bool
    gate: Gate
    label: str
    """What the engine calls it: ``Sync wave 1``, ``hook pre-install`` ..."""
    stage: int = 0
    """Steps of one stage are awaited together, where a gate waits."""


class Plan(NamedTuple):
    """The steps in which an engine sends a unit; what is in none is never sent."""

    steps: tuple[PlannedStep, ...]
    after: tuple[int, ...] | None = None
    """For each step the set of steps it comes after, as bits by their numbers.

    None: each step comes after all that stand before it.
    """
    untold: str = ""
    """Why there are no steps, where it would take too long to work them out."""


def sequence(
    objects: Iterable[Sent], label: str, gate: Gate = Gate.CREATED, stage: int = 0
) -> Iterator[PlannedStep]:
    """Yield the step of objects that go one after the other, unless there are none."""
    sent = tuple(objects)
    if sent:
        yield PlannedStep(sent, False, gate, label, stage)


def runs(
    objects: Iterable[Sent],
    key: Callable[[Sent], object],
    label: str,
    stage: int = 0,
) -> Iterator[PlannedStep]:
    """Yield a concurrent step for each run of neighbours of an equal key.

    ``{kind}`` in the label is the kind of the first.
    """
    for _, found in groupby(objects, key):
        run = tuple(found)
        yield PlannedStep(run, len(run) > 1, Gate.CREATED, _named(label, run), stage)


def _named(label: str, run: Sequence[Sent]) -> str:
    return label.replace("{kind}", run[0].kind) if "{" in label else label


def kind_of(sent: Sent) -> str:
    """Return the kind, by which most engines group."""
    return sent.kind


def ranks(kinds: Sequence[str]) -> dict[str, int]:
    """Return the rank of each kind of a list."""
    return {kind: rank for rank, kind in enumerate(kinds)}


def ranks_around(first: Sequence[K], last: Sequence[K]) -> dict[K, int]:
    """Return the ranks of kinds that stand before all others, and behind them.

    The others have rank 0.
    """
    return {kind: rank - len(first) for rank, kind in enumerate(first)} | {
        kind: rank for rank, kind in enumerate(last, start=1)
    }


def defined_kind(sent: Sent) -> tuple[str, str] | None:
    """Return group and kind that a CustomResourceDefinition defines; else None."""
    if sent.kind != "CustomResourceDefinition":
        return None
    spec = mapping(sent.body.get("spec"))
    return text(spec.get("group")), text(mapping(spec.get("names")).get("kind"))


def layers(needs: Sequence[Collection[int]]) -> list[list[int]] | None:
    """Return numbers by the length of the longest chain of needs in front of each.

    ``needs[n]`` are the numbers that must come before ``n``. None for a circle.
    """
    waiting = [len(found) for found in needs]
    followers: list[list[int]] = [[] for _ in needs]
    for number, found in enumerate(needs):
        for earlier in found:
            followers[earlier].append(number)
    made: list[list[int]] = []
    ready = [number for number, count in enumerate(waiting) if not count]
    while ready:
        made.append(ready)
        freed: list[int] = []
        for number in ready:
            for follower in followers[number]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    freed.append(follower)
        ready = freed
    return made if sum(map(len, made)) == len(needs) else None


_GO_INTEGER = pattern(r"[+-]?[0-9]{1,18}")


def go_integer(number: str | None) -> int | None:
    """Return the number that Go's ``strconv.Atoi`` reads; None where it reads none."""
    if number is None or _GO_INTEGER.fullmatch(number) is None:
        return None
    return int(number)
