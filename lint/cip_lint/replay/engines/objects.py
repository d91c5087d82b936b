"""What an engine sends, and the steps in which it does: the terms of all engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from cip_lint.bodies import ABSENT, Body


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


_GO_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def go_integer(text: str | None) -> int | None:
    """Return the number that Go's ``strconv.Atoi`` reads; None where it reads none."""
    if text is None or _GO_INTEGER.fullmatch(text) is None:
        return None
    return int(text)
