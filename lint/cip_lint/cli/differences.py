"""From the clusters of two states to what differs in their Service tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cip_lint.cluster import Base, Cluster
from cip_lint.errors import InputError, UsageError
from cip_lint.model import Severity
from cip_lint.replay import service_table
from cip_lint.replay.diff import Differences, IsHidden, TableDiff, compare

if TYPE_CHECKING:
    from cip_lint.cli.earlier import Earlier
    from cip_lint.manifests import Reading

_HIDING = frozenset({"template", "too-large"})
"""Reasons for which nobody knows what a file holds, in whichever state."""


def differences(
    reading: Reading,
    earlier: Earlier,
    pairs: Sequence[tuple[Cluster | None, Cluster | None]],
    name: str | None,
    *,
    allow_empty: bool = False,
) -> Differences:
    """Return what differs in each pair of clusters, or in that of one name.

    Raises ``InputError`` where neither state has a manifest and that is not wanted,
    and ``UsageError`` where one earlier set stands against several clusters.
    """
    states = (reading.resources, reading.losses, earlier.reading.resources)
    if not any(states) and not allow_empty:
        raise InputError(
            f"nothing to compare: no manifest here, and none in {earlier.words}"
        )
    now_named = [now.name for now, _ in pairs if now is not None]
    if earlier.one_set and len(now_named) > 1 and name is None:
        raise UsageError(
            f"{earlier.words} is one cluster, and there are {len(now_named)} here:"
            " choose one with --cluster, or say --one-cluster"
        )
    # A file that was broken before brought nothing to the cluster, as far as anybody
    # knows; of one that is broken now, nobody means that its objects are gone.
    broken = [one.path for one in reading.losses if one.severity is Severity.ERROR]
    before = _hidden(earlier.reading, earlier.hidden)
    after = _hidden(reading, [*broken, *earlier.hidden])
    found = []
    for now, then in pairs:
        one = now or then
        if one is None or name not in {None, one.name}:
            continue
        if _services(now) or _services(then):
            found.append(_difference(now, then, earlier, before, after))
    return Differences(earlier.words, earlier.commit, earlier.live, tuple(found))


def _services(cluster: Cluster | None) -> int:
    return 0 if cluster is None else len(cluster.services)


def _difference(
    now: Cluster | None,
    then: Cluster | None,
    earlier: Earlier,
    hidden_before: IsHidden,
    hidden_after: IsHidden,
) -> TableDiff:
    one = now or then
    assert one is not None
    now, then = now or _empty(one), then or _empty(one)
    base = now.base
    if base is None:
        base = Base(then.members, earlier.words, printed=earlier.printed)
        now.compare_with(base)
    return compare(
        service_table(then),
        service_table(now),
        base,
        hidden_before=hidden_before,
        hidden_after=hidden_after,
    )


def _empty(like: Cluster) -> Cluster:
    """Return a cluster without objects."""
    return Cluster(like.settings, (), (), name=like.name)


def _hidden(reading: Reading, hidden: Iterable[str]) -> IsHidden:
    """Return what tells whether a file may hold what nobody could read."""
    paths = {*hidden}
    paths.update(one.path for one in reading.files if one.reason in _HIDING)

    def is_hidden(path: str) -> bool:
        while path:
            if path in paths:
                return True
            path = path.rpartition("/")[0]
        return False

    return is_hidden if paths else _nothing


def _nothing(_path: str) -> bool:
    return False
