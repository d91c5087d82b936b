"""Which builds must wait for others, as these may change or make who sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from cip_lint.render.kustomize.kustomizations import Build, Kustomizations
from cip_lint.render.kustomize.senders import Sender
from cip_lint.render.variables.variables import Variables


class Wanted(Protocol):
    """A kustomization that is to be built."""

    @property
    def build(self) -> Build:
        """Which one."""
        ...

    @property
    def variables(self) -> Variables | None:
        """What is filled in after the build; None: nothing."""
        ...


_T = TypeVar("_T", bound=Wanted)


def ready(
    wanted: Sequence[_T], found: Kustomizations, sent: Mapping[str, Sequence[Sender]]
) -> list[_T]:
    """Return those that wait for no other one; all where each waits for another.

    One waits where the object that sends it, or one that its variables come from, is
    a piece of another build, or may be made by one. ``sent`` are folders and who
    sends them.
    """
    folders: dict[str, set[str]] = {}
    for folder in dict.fromkeys(one.build.directory for one in wanted):
        for file in found.reach(folder).files:
            folders.setdefault(file, set()).add(folder)
    free = [
        one
        for one in wanted
        if all(
            folders.get(file, frozenset()) <= {one.build.directory}
            for file in _files(one, sent)
        )
    ]
    known = [one for one in free if one.variables is None or not one.variables.missing]
    return known or free or list(wanted)


def _files(one: Wanted, sent: Mapping[str, Sequence[Sender]]) -> Iterator[str]:
    """Yield the files that decide how something is sent, of those not yet built."""
    for sender in sent.get(one.build.directory, ()):
        if not sender.resource.built_by:
            yield sender.resource.path
    if one.variables is not None:
        yield from one.variables.files
