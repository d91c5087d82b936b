"""Charts that a chart needs and that are not among its files.

``helm dependency build`` puts them there: from another folder of the repository, or
from the repository of charts that they name. It is run on a copy, so that nothing of
ours is written to the chart (``pkg/downloader/manager.go`` of helm).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.manifests.landmarks import first_document, first_piece
from cip_lint.model import Path as ModelPath
from cip_lint.programs import helm
from cip_lint.programs.network import may_fetch
from cip_lint.records import NamedTuple
from cip_lint.render.helm.chart_files import ChartFiles, chart_files
from cip_lint.render.surroundings.files import (
    is_folder,
    is_there,
    named,
    resolved,
    source_file,
)
from cip_lint.render.surroundings.mirror import mirrored
from cip_lint.render.surroundings.place import Place

_FILES = ("Chart.yaml", "requirements.yaml")
"""Where a chart says what it needs; the second one is the way of the first charts."""

_LOCKS = ("Chart.lock", "requirements.lock")
"""What helm fetches in place of that, where there is one."""

_KEYS = ("dependencies", "name", "repository")

_LOCAL = "file://"


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
        return may_fetch(self.repository, charts=True)


class Dependencies(NamedTuple):
    """What a chart lacks, and what is read to put it there."""

    lacking: tuple[Dependency, ...] = ()
    reads: ChartFiles = ChartFiles()
    """The files of the chart and of those in other folders of the repository."""
    addresses: tuple[str, ...] = ()
    """Where charts are fetched from, those that are there already among them."""
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
    needed = _needed(folder, place.within, _FILES)
    lacking = tuple(one for one in needed or () if not _is_there(folder, one.name))
    locked = _needed(folder, place.within, _LOCKS) if lacking else None
    if needed is None or locked is None:
        return Dependencies(reads=reads)
    # helm fetches all of them, also those that are there.
    every = (*needed, *locked)
    if not all(_can_be_had(folder, one) for one in every):
        return Dependencies(reads=reads)
    addresses = tuple(dict.fromkeys(one.repository for one in every if one.is_remote))
    if addresses and not place.network:
        return Dependencies(reads=reads, hint=", see --allow-remote")
    folders = dict.fromkeys(one.folder for one in every if one.folder is not None)
    found = [reads, *(chart_files(one, place.within) for one in folders)]
    files = dict.fromkeys(file for one in found for file in one.files)
    whole = not addresses and all(one.is_whole for one in found)
    obstacle = next((one.obstacle for one in found if one.obstacle), "")
    return Dependencies(lacking, ChartFiles(obstacle, tuple(files), whole), addresses)


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
            needs.addresses,
            seconds=place.seconds(helm.SECONDS),
            network=bool(needs.addresses),
        )
        yield chart


def _needed(
    folder: Path, within: Path, names: Iterable[str]
) -> list[Dependency] | None:
    """Return what some files of a chart say that it needs.

    None where helm may read more in them than is read here.
    """
    found: list[Dependency] = []
    for name in names:
        file = folder / name
        body = _body(file, within)
        if body is None or _is_odd(body):
            return None
        for index, one in enumerate(items(body.get("dependencies"))):
            said, at = mapping(one), ("dependencies", index)
            if _is_odd(said):
                return None
            found.append(_dependency(folder, within, file, at, said))
    return found


def _body(file: Path, within: Path) -> Body | None:
    """Return what a file says, nothing where it is not there; None: it is not read."""
    source = source_file(file, within, file.name)
    if source is None:
        return None if is_there(file) else {}
    body = first_document(source)
    return body if body or first_piece(source.text) is None else None


def _is_odd(said: Body) -> bool:
    """Whether helm may take one key for another: it does not mind capital letters."""
    return any(key not in _KEYS and str(key).casefold() in _KEYS for key in said)


def _dependency(
    folder: Path, within: Path, file: Path, at: ModelPath, said: Body
) -> Dependency:
    repository = text(said.get("repository"))
    place = None
    # By a whole path helm would read the folder itself, and not its copy.
    if repository.startswith(_LOCAL) and not repository.startswith(f"{_LOCAL}/"):
        found = resolved(named(folder, repository.removeprefix(_LOCAL)))
        if found is not None and is_folder(found) and found.is_relative_to(within):
            place = found
    name, alias = text(said.get("name")), text(said.get("alias"))
    return Dependency(name, alias, repository, file, at, place)


def _can_be_had(folder: Path, one: Dependency) -> bool:
    """Whether helm finds a chart in the repository, or anybody may fetch it.

    Without a repository it is not fetched, but looked for in ``charts`` by its name.
    """
    if "/" in one.name or "\0" in one.name:
        return False
    there = not one.repository and bool(one.name) and _is_there(folder, one.name)
    return there or one.folder is not None or one.is_remote


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
