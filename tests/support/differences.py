"""Two states of files that lie nowhere, and how their Services differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cip_lint.cli.differences import differences
from cip_lint.cli.earlier import Earlier
from cip_lint.cluster import ClusterSettings, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.manifests.given_files import GivenFiles
from cip_lint.replay.diff import Differences

_TOP = "/nowhere"


def reading(files: Mapping[str, str], *paths: str) -> Reading:
    """Return what is read of files, by their paths."""
    contents = {name: text.encode() for name, text in files.items()}
    given = GivenFiles(_TOP, contents, {})
    return read(paths or ["."], ReadOptions(root=Path(_TOP), files=given))


def difference(
    before: Mapping[str, str],
    after: Mapping[str, str],
    settings: ClusterSettings | None = None,
    *paths: str,
    live: bool = False,
    hidden: tuple[str, ...] = (),
    notices: tuple[str, ...] = (),
) -> Differences:
    """Return how the Services of some files differ from those of earlier ones."""
    chosen = [(settings or default_settings())._replace(one_cluster=False)]
    now = reading(after, *paths)
    earlier = Earlier(
        reading(before, *({"."} if live else paths)),
        "snapshot live.yaml" if live else "revision main (abc1234)",
        lambda path: path if live else f"abc1234:{path}",
        commit="" if live else "abc1234" + "0" * 33,
        one_set=live,
        live=live,
        hidden=hidden,
        notices=notices,
    )
    pairs = earlier.compare(partition(now, chosen), chosen)
    return differences(now, earlier, pairs, None)
