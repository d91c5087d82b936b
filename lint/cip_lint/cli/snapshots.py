"""What clusters hold: read from the files that settings name, or asked of kubectl."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cip_lint.cluster import Setting
from cip_lint.errors import UsageError
from cip_lint.model import Origin, OriginKind
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Snapshot
    from cip_lint.config import Settings
    from cip_lint.manifests.snapshots import SnapshotFile
    from cip_lint.manifests.text import FileIdentity

LIVE = "kubectl"
"""How the answer of kubectl is called in the output, in place of a path."""

_ASKED: Setting[tuple[str, ...]] = Setting((LIVE,), Origin(OriginKind.FLAG, "--live"))


class Snapshots(NamedTuple):
    """The snapshots of a run."""

    by_paths: Mapping[tuple[str, ...], Snapshot]
    """By the files that the settings of a cluster name."""
    files: frozenset[FileIdentity]
    """All files that are named, of clusters that are not looked at, too."""


NONE = Snapshots(MappingProxyType({}), frozenset())


def ask_for_live(settings: Settings, chosen: str | None) -> Settings:
    """Return settings in which kubectl is the snapshot of the one cluster.

    Raises ``UsageError`` where there are several and none is chosen: kubectl
    speaks to one, and a flag beside it that names files.
    """
    names = [one.name for one in settings.clusters]
    name = chosen if chosen is not None else names[0]
    if chosen is None and len(names) > 1:
        raise UsageError(
            f"--live asks one cluster; choose it with --cluster: {', '.join(names)}"
        )
    clusters = []
    for one in settings.clusters:
        if one.name != name:
            clusters.append(one)
            continue
        if one.snapshot.origin.kind is OriginKind.FLAG:
            raise UsageError("--live and --snapshot contradict each other")
        clusters.append(one._replace(snapshot=_ASKED))
    return settings._replace(clusters=tuple(clusters))


def load(settings: Settings, chosen: str | None) -> Snapshots:
    """Read the snapshots of the clusters of a run.

    Raises ``InputError`` for a file that is not there or is no snapshot, and
    ``ProgramError`` where kubectl does not answer.
    """
    from cip_lint.cluster import Snapshot
    from cip_lint.manifests.text import identity_of

    found: dict[tuple[str, ...], Snapshot] = {}
    files: set[FileIdentity] = set()
    for cluster in settings.clusters:
        paths = cluster.snapshot.value
        is_live = cluster.snapshot == _ASKED
        if not is_live:
            files.update(filter(None, map(identity_of, paths)))
        if paths and paths not in found and chosen in {None, cluster.name}:
            found[paths] = Snapshot([_live()] if is_live else _files(cluster.snapshot))
    return Snapshots(found, frozenset(files))


def _files(stated: Setting[tuple[str, ...]]) -> list[SnapshotFile]:
    from cip_lint.manifests.snapshots import read_snapshot_file

    is_given = stated.origin.kind in {OriginKind.FLAG, OriginKind.ENVIRONMENT}
    return [
        read_snapshot_file(Path(path), path, may_be_pipe=is_given)
        for path in stated.value
    ]


def _live() -> SnapshotFile:
    from cip_lint.manifests.snapshots import snapshot_of
    from cip_lint.programs.kubectl import living_objects

    return snapshot_of(LIVE, living_objects())
