"""Releases that the settings state of charts that nobody has read.

Paths of a command line may leave out the folder of a chart that a cluster is said to
get. Its objects are then missing, and a run says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cip_lint.cluster.settings import ClusterSettings
from cip_lint.cluster.shares import Share
from cip_lint.words import counted

_NAMED = 3
"""So many charts are named."""


def unread_releases(
    shares: Sequence[Share],
    settings: Sequence[ClusterSettings],
    charts: Collection[str],
) -> Mapping[str, Sequence[str]]:
    """Return what is said of it, one clause each, by the name of a share.

    ``charts`` are the folders of all that were read. A cluster that gets nothing else
    is in no report, so the first one that gets something says it as well.
    """
    found: dict[str, list[str]] = {}
    speaking = next((one.name for one in shares if one.resources), None)
    for one in settings:
        missing = [each.chart for each in one.releases if each.chart not in charts]
        if not missing:
            continue
        clause = _clause(missing, one.name if len(settings) > 1 else "")
        own = [each for each in shares if each.settings.name == one.name]
        names = {each.name for each in own}
        if speaking is not None and not any(each.resources for each in own):
            names.add(speaking)
        for name in sorted(names):
            found.setdefault(name, []).append(clause)
    return found


def _clause(missing: Sequence[str], cluster: str) -> str:
    charts = list(dict.fromkeys(one or "." for one in missing))
    named = ", ".join(charts[:_NAMED])
    if len(charts) > _NAMED:
        named = f"{named} and {len(charts) - _NAMED} more"
    of = f" of cluster {cluster}" if cluster else ""
    is_one = "is" if len(charts) == 1 else "are"
    number = counted(len(missing), "release")
    return f"{number}{of} not rendered: {named} {is_one} not read"
