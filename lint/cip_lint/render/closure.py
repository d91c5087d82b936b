"""What a build would read, found by reading it before anything is run.

kustomize fetches whatever a kustomization names by an address, and a build must
never leave the machine, nor the repository. So every entry of the kustomization and
of all that it names is looked at first, as ``api/internal/git/repospec.go`` and
``api/internal/loader`` of kustomize would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from cip_lint.bodies import Body, items, mapping, mappings, text, texts
from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.manifests.text import decode
from cip_lint.model import SourceFile

_REMOTE = re.compile(r"(?i)[a-z][a-z0-9+.-]*://|git::|gh:|github\.com[:/]|[^/:@\s]+@")
"""What kustomize takes for an address, whether a file of that name exists or not."""

_FOLDERS = ("resources", "bases", "components")
"""Fields whose entries are files, or folders with a kustomization of their own."""

_FILES = ("configurations", "crds", "generators", "transformers", "validators")
"""Fields whose entries are files; some may be written out in place."""

_PROGRAMS = ("generators", "transformers", "validators")
"""Fields whose entries may name further files."""

_CHARTS = ("helmCharts", "helmChartInflationGenerator")
_MOST_FOLDERS = 1024
_MOST_BYTES = 1 << 20


NOTHING: Body = MappingProxyType({})


class Closure(NamedTuple):
    """Everything that a build reads."""

    obstacle: str = ""
    """Why there can be no build; empty: nothing stands in the way."""
    files: tuple[Path, ...] = ()
    """The files that it reads, or would read if they were there."""
    is_whole: bool = False
    """Whether there are no others: a transformer of its own may name some."""


def closure(directory: Path, within: Path, more: Body = NOTHING) -> Closure:
    """Return what a build of the kustomization in a folder reads.

    ``within`` is the folder of the repository: nothing beyond is read. ``more`` is
    what another kustomization says that is built around it, from the same folder.
    """
    waiting: list[tuple[Path, Body | None]] = [(directory, None), (directory, more)]
    met = {directory}
    files: dict[Path, None] = {}
    is_whole = True
    while waiting:
        folder, body = waiting.pop()
        if body is None:
            body = read_kustomization(folder)
        if body is None:
            return Closure(f"{folder.name} has no kustomization that can be read")
        why = _own_obstacle(body)
        if why:
            return Closure(why)
        is_whole = is_whole and not any(body.get(key) for key in _PROGRAMS)
        files.update(
            dict.fromkeys(folder / name for name in sorted(KUSTOMIZATION_NAMES))
        )
        files.update(dict.fromkeys(folder / one for one in _named_files(body) if one))
        for entry in _entries(body):
            target = _folder(folder / entry)
            if target is None:
                files[folder / entry] = None
            elif not target.is_relative_to(within):
                return Closure(f"{entry} lies outside the repository")
            elif target not in met:
                met.add(target)
                waiting.append((target, None))
        if len(met) > _MOST_FOLDERS:
            return Closure(f"it reaches more than {_MOST_FOLDERS} kustomizations")
    return Closure("", tuple(files), is_whole)


def read_kustomization(folder: Path) -> Body | None:
    """Return what the kustomization of a folder says; None where there is none."""
    for name in sorted(KUSTOMIZATION_NAMES):
        file = folder / name
        try:
            if file.stat().st_size > _MOST_BYTES:
                return None
            data = file.read_bytes()
        except OSError:
            continue
        return first_document(SourceFile(name, decode(data).text)) or None
    return None


def _folder(path: Path) -> Path | None:
    """Return the folder that an entry is, without symbolic links; None for a file."""
    try:
        target = path.resolve()
        return target if target.is_dir() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _entries(body: Body) -> Iterator[str]:
    for key in _FOLDERS:
        yield from texts(body.get(key))


def _own_obstacle(body: Body) -> str:
    """Return what in one kustomization stands in the way of a build."""
    for key in _CHARTS:
        if body.get(key):
            return "it renders a chart"
    for entry in (*_entries(body), *_named_files(body)):
        if _REMOTE.match(entry):
            return f"{entry} is remote"
        if "\0" in entry:
            return "it names a file with a NUL"
    return ""


def _named_files(body: Body) -> Iterator[str]:
    """Yield every other file that a kustomization names."""
    for key in (*_FILES, "patchesStrategicMerge"):
        yield from (one for one in texts(body.get(key)) if "\n" not in one)
    for key in ("patches", "patchesJson6902", "replacements"):
        yield from (text(one.get("path")) for one in mappings(body.get(key)))
    yield text(mapping(body.get("openapi")).get("path"))
    for key in ("configMapGenerator", "secretGenerator"):
        for one in mappings(body.get(key)):
            for field in ("files", "envs"):
                for entry in items(one.get(field)):
                    yield text(entry).rpartition("=")[2]
            yield text(one.get("env"))
