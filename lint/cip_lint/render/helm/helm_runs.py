"""Charts are rendered: several at once, each as whoever installs it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self, TypeVar

from cip_lint.programs import helm
from cip_lint.render.helm.releases import Release
from cip_lint.render.surroundings.outcomes import NO_HELM
from cip_lint.render.surroundings.place import Place, at_once

MOST_CHARTS = 500
"""How many charts of one kind are rendered in a run."""


class Wanted(Protocol):
    """A chart that is to be rendered, and what it was rendered to."""

    @property
    def output(self) -> bytes:
        """What it was rendered to; empty: nothing yet."""
        ...

    def unmade(self, why: str) -> Self:
        """Return it with the reason why it is not rendered."""
        ...


_T = TypeVar("_T", bound=Wanted)


def outcomes(
    wanted: Sequence[_T], work: Callable[[_T, Place], _T], place: Place
) -> list[_T]:
    """Return what becomes of charts, in order; of all that are too many, why not.

    ``work`` renders one of them in a place.
    """
    if helm.command() is None:
        return [one.unmade(NO_HELM) for one in wanted]

    def outcome(one: _T) -> _T:
        return work(one, place)

    def failed(one: _T, why: str) -> _T:
        return one.unmade(why)

    return list(at_once(wanted, outcome, failed, MOST_CHARTS, place))


def template_of(
    folder: Path, release: Release, values: Sequence[bytes], place: Place
) -> bytes:
    """Return what the chart in a folder is rendered to as a release installs it.

    Raises what ``helm.template`` does.
    """
    return helm.template(
        folder,
        release.name,
        release.namespace or "default",
        seconds=place.seconds(helm.SECONDS),
        version=release.version,
        api_versions=release.api_versions,
        values=values,
        sets=release.sets,
    )
