"""What the settings say of the clusters that charts are rendered for.

Who makes these values knows the settings; the builds only ask them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cip_lint.records import NamedTuple
from cip_lint.render.written.values import StatedValues


class StatedRelease(NamedTuple):
    """A chart that the settings install: a release of it in one cluster."""

    chart: str
    """The folder of the chart, as printed; empty for the working folder."""
    name: str
    """Empty: the name of the chart."""
    namespace: str
    """Empty: that of the cluster, if it has one."""
    files: tuple[str, ...]
    """Files of values, as printed; the last one wins."""
    values: tuple[StatedValues, ...]
    """Values that win over those of files."""
    engine: str
    """Empty: helm."""
    origin: str
    """The place that says so: ``.cip-lint.yaml:7``."""


def _nowhere(_: str) -> str:
    return ""


class Target(NamedTuple):
    """One cluster."""

    name: str
    gets: Callable[[str], bool]
    """Whether a file goes to it."""
    namespace: Callable[[str], str] = _nowhere
    """Where objects of a file go that name no namespace; empty: nobody says."""
    version: str = ""
    """Its version of Kubernetes; empty: nobody says."""
    api_versions: tuple[str, ...] = ()
    """What it serves besides the kinds of Kubernetes: ``monitoring.coreos.com/v1``."""
    releases: tuple[StatedRelease, ...] = ()

    @property
    def capabilities(self) -> tuple[str, tuple[str, ...]]:
        """What a chart may ask the cluster for."""
        return self.version, self.api_versions


def told_apart(targets: Sequence[Target], path: str, cluster: str) -> list[Target]:
    """Return the clusters that a chart is rendered for, once for each.

    ``cluster`` is the one that its installation names, if it does. Where all that
    get the chart can do the same, the first stands for them.
    """
    named = [one for one in targets if one.name == cluster]
    found = named or [one for one in targets if one.gets(path)]
    alike = len({one.capabilities for one in found}) < 2
    return found[:1] if alike else found
