"""Charts that a chart needs and that are not among its files.

``helm dependency build`` puts them there: from another folder of the repository, or
from the repository of charts that they name. It is run on a copy, so that nothing of
ours is written to the chart (``pkg/downloader/manager.go`` of helm).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.manifests.landmarks import first_document
from cip_lint.model import Path as ModelPath
from cip_lint.programs import helm
from cip_lint.render.chart_files import ChartFiles, chart_files
from cip_lint.render.files import is_folder, named, resolved, source_file
from cip_lint.render.mirror import mirrored
from cip_lint.render.place import Place

_FILES = ("Chart.yaml", "requirements.yaml")
"""Where a chart says what it needs; the second one is the way of the first charts."""

_LOCAL = "file://"
_REMOTE = re.compile(r"(?i)(?:https?|oci)://")


class Dependency(NamedTuple):
    """A chart that another one needs."""

    name: str
    alias: str
    repository: str
    file: Path
    """The file that says so, and where."""
    at: ModelPath
    folder: Path | None
    """Its folder, where that is one of the repository."""

    @property
    def is_remote(self) -> bool:
        """Whether anybody may fetch it."""
        return bool(_REMOTE.match(self.repository))


class Dependencies(NamedTuple):
    """What a chart lacks, and what is read to put it there."""

    lacking: tuple[Dependency, ...] = ()
    reads: ChartFiles = ChartFiles()
    """The files of the chart and of those in other folders of the repository."""
    are_remote: bool = False
    """Whether some of them must be fetched."""
    hint: str = ""
    """What is said behind the complaint of helm: how it could be had."""

    def home(self, named: str) -> tuple[Dependency, str] | None:
        """Return what a template is a part of, and its path in that.

        ``named`` is its path in the chart; None for one of the chart itself.
        """
        start, _, rest = named.removeprefix("charts/").partition("/")
        if named.startswith("charts/"):
            for one in self.lacking:
                if start == (one.alias or one.name):
                    return one, rest
        return None


def dependencies(folder: Path, reads: ChartFiles, place: Place) -> Dependencies:
    """Return what the chart in a folder lacks, where that can be put there.

    ``reads`` are the files of the chart.
    """
    lacking = tuple(
        one for one in _needed(folder, place.within) if not _is_there(folder, one.name)
    )
    remote = any(one.folder is None for one in lacking)
    known = all(one.folder is not None or one.is_remote for one in lacking)
    if not lacking or not known:
        return Dependencies(reads=reads)
    if remote and not place.network:
        return Dependencies(reads=reads, hint=", see --allow-remote")
    folders = [one.folder for one in lacking if one.folder is not None]
    found = [reads, *(chart_files(one, place.within) for one in folders)]
    files = dict.fromkeys(file for one in found for file in one.files)
    whole = not remote and all(one.is_whole for one in found)
    obstacle = next((one.obstacle for one in found if one.obstacle), "")
    return Dependencies(lacking, ChartFiles(obstacle, tuple(files), whole), remote)


@contextmanager
def vendored(folder: Path, needs: Dependencies, place: Place) -> Iterator[Path]:
    """Give a copy of a chart with what it lacks, or the chart, where it lacks nothing.

    The copy is gone afterwards. Raises ``ProgramError``.
    """
    if not needs.lacking:
        yield folder
        return
    with mirrored(needs.reads.files, place.within) as mirror:
        chart = mirror.copy_of(folder)
        helm.build_dependencies(
            chart,
            dict.fromkeys(one.repository for one in needs.lacking if one.is_remote),
            seconds=place.seconds(helm.SECONDS),
            network=needs.are_remote,
        )
        yield chart


def _needed(folder: Path, within: Path) -> Iterator[Dependency]:
    for name in _FILES:
        file = folder / name
        source = source_file(file, within, name)
        body = first_document(source) if source is not None else {}
        for index, one in enumerate(items(body.get("dependencies"))):
            yield _dependency(
                folder, within, file, ("dependencies", index), mapping(one)
            )


def _dependency(
    folder: Path, within: Path, file: Path, at: ModelPath, said: Body
) -> Dependency:
    repository = text(said.get("repository"))
    place = None
    if repository.startswith(_LOCAL):
        found = resolved(named(folder, repository.removeprefix(_LOCAL)))
        if found is not None and is_folder(found) and found.is_relative_to(within):
            place = found
    name, alias = text(said.get("name")), text(said.get("alias"))
    return Dependency(name, alias, repository, file, at, place)


def _is_there(folder: Path, name: str) -> bool:
    """Whether a chart has another one among its files, as a folder or packed."""
    if not name or "/" in name or "\0" in name:
        return True  # helm says what is wrong with it
    charts = folder / "charts"
    if is_folder(charts / name):
        return True
    try:
        return any(
            one.name.startswith(f"{name}-") and one.suffix == ".tgz"
            for one in charts.iterdir()
        )
    except OSError:
        return False
