"""Has a kustomization built, or takes what it was built to before.

What a build fetches may be another thing tomorrow, so nothing of that is kept.
"""

from __future__ import annotations

import json
from pathlib import Path

from cip_lint.bodies import Body
from cip_lint.programs import helm, kustomize
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.chart_homes import Printed
from cip_lint.render.kustomize.closure import Closure
from cip_lint.render.surroundings.mirror import mirrored
from cip_lint.render.surroundings.place import Place


class Way(NamedTuple):
    """How a build differs from that of a kustomization in a file."""

    entries: tuple[str, ...] = ()
    """What there is instead of a file: see ``kustomize.build``."""
    anywhere: bool = False
    """Whether files outside of its folder may be named."""


class Made(NamedTuple):
    """What came of a build."""

    output: bytes
    folder: Path
    """The folder that the notes of kustomize start from."""
    printed: tuple[Printed, ...]
    """What helm has printed of its charts."""


def made_of(
    directory: Path, fields: Body, reads: Closure, place: Place, way: Way
) -> Made:
    """Return what the kustomization in a folder is built to.

    ``fields`` are those of ``kustomize.build``, ``reads`` is what a build reads. Raises
    ``ProgramError``.
    """
    said = json.dumps(fields, sort_keys=True, default=str)
    words = (str(directory), said, repr(way))
    programs = [kustomize.version_command()]
    if reads.renders:
        programs.append(helm.version_command(apart=False))
    lasting = reads._replace(is_whole=reads.is_whole and not reads.remotes)

    def make() -> bytes:
        return _packed(_built(directory, fields, reads, place, way))

    return _unpacked(place.kept(words, programs, lasting, make))


def _built(
    directory: Path, fields: Body, reads: Closure, place: Place, way: Way
) -> kustomize.Built:
    """Build; what is fetched to lie beside the kustomization is put beside a copy."""
    if not reads.pulls:
        return kustomize.build(
            directory,
            fields,
            seconds=place.seconds(kustomize.SECONDS),
            network=bool(reads.remotes),
            charts=reads.renders,
            entries=way.entries,
            anywhere=way.anywhere,
        )
    with mirrored(reads.files, place.within) as mirror:
        built = kustomize.build(
            mirror.copy_of(directory),
            fields,
            seconds=place.seconds(kustomize.SECONDS),
            network=True,
            charts=True,
            below=mirror.folder,
            entries=way.entries,
        )
        charts = (
            one._replace(folder=str(mirror.original(Path(one.folder))))
            for one in built.charts
        )
        folder = mirror.original(built.folder)
        return built._replace(folder=folder, charts=tuple(charts))


def _packed(built: kustomize.Built) -> bytes:
    """Return what came of a build as one value to keep; see ``_unpacked``."""
    charts = [(one.folder, len(one.output)) for one in built.charts]
    head = json.dumps([str(built.folder), charts]).encode()
    return b"".join((head, b"\n", *(one.output for one in built.charts), built.output))


def _unpacked(made: bytes) -> Made:
    head, _, rest = made.partition(b"\n")
    folder, charts = json.loads(head)
    printed = []
    for name, size in charts:
        printed.append(Printed(Path(name), rest[:size]))
        rest = rest[size:]
    return Made(rest, Path(folder), tuple(printed))
