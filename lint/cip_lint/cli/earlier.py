"""An earlier state of the files of a run, once it has been read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cip_lint.cluster import Base, Cluster, ClusterSettings, pairs, partition
from cip_lint.config.files import shown_path
from cip_lint.manifests import Reading
from cip_lint.records import NamedTuple

STDIN = "-"
"""How a command line names standard input, which has no earlier state."""


class Where(NamedTuple):
    """Where the files of a reading lie."""

    root: Path
    """What its paths are relative to."""
    within: Path
    """The folder of their repository."""
    mounts: Mapping[str, Path]
    """Where the paths that were read lie."""


class Earlier(NamedTuple):
    """What was read of an earlier state, and how it is spoken of."""

    reading: Reading
    words: str
    """``revision abc1234``, ``folder ../old``, ``file old.yaml``."""
    printed: Callable[[str], str]
    """Turns the name a file was read under into what labels call it."""
    one_set: bool = False
    """Whether its objects are those of one cluster, whatever their file."""
    live: bool = False
    """Whether its objects are as an API server stores them."""
    commit: str = ""
    """The whole name of its commit, where it is a revision."""
    notices: tuple[str, ...] = ()
    """What of it could not be compared, one clause each."""
    hidden: tuple[str, ...] = ()
    """Files and folders that may hold what nobody could read, then or now."""
    where: Callable[[Path], Where | None] = lambda _: None
    """Returns where its files lie; they may be written below an empty folder for that.

    None where they lie in no folder that anything could be built in.
    """

    def compare(
        self, clusters: Sequence[Cluster], settings: Sequence[ClusterSettings]
    ) -> list[tuple[Cluster | None, Cluster | None]]:
        """Give each cluster its base; return the pairs of clusters."""
        found = self._pairs(clusters, settings)
        for now, before in found:
            if now is not None:
                now.compare_with(
                    Base(
                        before.members if before is not None else (),
                        self.words,
                        present=now.members,
                        printed=self.printed,
                        live=self.live,
                        one_set=self.one_set,
                        notices=self.notices,
                        revision=self.commit,
                    )
                )
        return found

    def _pairs(
        self, clusters: Sequence[Cluster], settings: Sequence[ClusterSettings]
    ) -> list[tuple[Cluster | None, Cluster | None]]:
        if not self.one_set:
            return pairs(clusters, partition(self.reading, settings))
        chosen = clusters[0].settings if len(clusters) == 1 else settings[0]
        whole = chosen._replace(one_cluster=True, paths=(), by_path=())
        (before,) = partition(self.reading, [whole])[:1] or (None,)
        return [(now, before) for now in clusters]


def renamed(mounts: Mapping[str, str], root: Path) -> Callable[[str], str]:
    """Return the function that names a file by where it lies."""
    folders = [
        (
            shown_path(Path(os.path.normpath(root / path)), root),
            shown_path(Path(os.path.normpath(root / place)), root),
        )
        for path, place in mounts.items()
    ]

    def printed(path: str) -> str:
        for named, place in folders:
            if named == path:
                return place
            if named == ".":
                return f"{place}/{path}"
            if path.startswith(f"{named}/"):
                return place + path[len(named) :]
        return path

    return printed
