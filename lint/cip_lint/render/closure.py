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

from cip_lint.bodies import Body, mapping, mappings, text, texts
from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.manifests.text import decode
from cip_lint.model import SourceFile
from cip_lint.render.files import content, is_folder, is_regular, is_there, resolved
from cip_lint.render.plugin_configs import configs, named_in

_REMOTE = re.compile(
    r"(?i)[a-z][a-z0-9+.-]*://|https?:|git::|gh:|github\.com[:/]|[^/:@\s]+@"
)
"""What kustomize takes for an address, whether a file of that name exists or not."""

_FOLDERS = ("resources", "bases", "components")
"""Fields whose entries are files, or folders with a kustomization of their own."""

_FILES = ("configurations", "crds")
"""Fields whose entries are files."""

_PLUGINS = ("generators", "transformers", "validators")
"""Fields whose entries are settings of plugins: written out, files, or folders."""

_CHARTS = ("helmCharts", "helmChartInflationGenerator")
_PATCHES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_FIELDS = frozenset(
    {*_FOLDERS, *_FILES, *_PLUGINS, *_CHARTS, *_PATCHES, *_GENERATORS}
    | {"openapi", "patchesStrategicMerge"}
)
_INNER_FIELDS = frozenset({"env", "envs", "files", "path"})
_LISTING = frozenset({"apiVersion", "kind", "metadata", "resources"})
"""Fields of a kustomization that changes nothing in the files that it lists."""

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
    return _Search(within).run(directory, more)


class _Search:
    """Looks at one kustomization after the other, from the one that is built."""

    def __init__(self, within: Path) -> None:
        self._within = within
        self._files: dict[Path, None] = {}
        self._met: set[tuple[Path, bool]] = set()
        self._waiting: list[tuple[Path, Body | None, bool]] = []
        """Folders, what is known of their kustomizations, and whether these make
        settings of plugins instead of objects."""
        self._is_whole = True

    def run(self, directory: Path, more: Body) -> Closure:
        """Return all that is reached, or the first obstacle."""
        self._waiting += [(directory, None, False), (directory, more, False)]
        self._met.add((directory, False))
        while self._waiting:
            folder, body, is_plugin = self._waiting.pop()
            if body is None:
                body = read_kustomization(folder, self._within)
            if body is None:
                return Closure(f"{folder.name} has no kustomization that can be read")
            why = _own_obstacle(body) or self._visit(folder, body, is_plugin=is_plugin)
            if why:
                return Closure(why)
            if len(self._met) > _MOST_FOLDERS:
                return Closure(f"it reaches more than {_MOST_FOLDERS} kustomizations")
        return Closure("", tuple(self._files), self._is_whole)

    def _visit(self, folder: Path, body: Body, *, is_plugin: bool) -> str:
        """Note what one kustomization names; return what stands in the way."""
        if is_plugin and not body.keys() <= _LISTING:
            return f"it changes the settings of its plugins in {folder.name}"
        names = [folder / name for name in sorted(KUSTOMIZATION_NAMES)]
        self._files.update(dict.fromkeys(names))
        for name in _named_files(body):
            why = self._file(folder / name, name) if name else ""
            if why:
                return why
        for entry in _entries(body):
            why = self._entry(folder, entry, is_plugin=is_plugin)
            if why:
                return why
        for entry in (one for key in _PLUGINS for one in texts(body.get(key))):
            self._is_whole = False
            why = self._plugin(folder, entry)
            if why:
                return why
        return ""

    def _plugin(self, folder: Path, entry: str) -> str:
        """Note settings of a plugin, wherever they are; return what is in the way."""
        if "\n" in entry or ": " in entry:
            return _obstacle_of(entry)
        return _unusable(entry) or self._entry(folder, entry, is_plugin=True)

    def _entry(self, folder: Path, entry: str, *, is_plugin: bool) -> str:
        """Note a file, or a folder with a kustomization; return what is in the way."""
        target = resolved(folder / entry)
        if target is None or not is_folder(target):
            why = self._file(folder / entry, entry)
            return why or (self._settings(folder / entry) if is_plugin else "")
        if not target.is_relative_to(self._within):
            return f"{entry} lies outside the repository"
        if (target, is_plugin) not in self._met:
            self._met.add((target, is_plugin))
            self._waiting.append((target, None, is_plugin))
        return ""

    def _file(self, file: Path, name: str) -> str:
        self._files[file] = None
        target = resolved(file)
        if target is None or not is_there(target):
            return ""
        if not target.is_relative_to(self._within):
            return f"{name} lies outside the repository"
        if not is_folder(target) and not is_regular(target):
            return f"{name} is no file that can be read"
        return ""

    def _settings(self, file: Path) -> str:
        data = content(file, self._within, _MOST_BYTES)
        return "" if data is None else _obstacle_of(decode(data).text)


def _obstacle_of(settings: str) -> str:
    """Return what in the settings of plugins stands in the way of a build."""
    found = configs(settings)
    if found is None:
        return "the settings of its plugins cannot be read"
    return next((why for one in named_in(found) if (why := _unusable(one))), "")


def read_kustomization(folder: Path, within: Path) -> Body | None:
    """Return what the kustomization of a folder says; None where there is none."""
    for name in sorted(KUSTOMIZATION_NAMES):
        file = folder / name
        if is_there(file):
            data = content(file, within, _MOST_BYTES)
            if data is None:
                return None
            return first_document(SourceFile(name, decode(data).text)) or None
    return None


def _entries(body: Body) -> Iterator[str]:
    for key in _FOLDERS:
        yield from texts(body.get(key))


def _own_obstacle(body: Body) -> str:
    """Return what in one kustomization stands in the way of a build."""
    for key in _CHARTS:
        if body.get(key):
            return "it renders a chart"
    why = _misspelt(body, _FIELDS)
    for key in (*_PATCHES, *_GENERATORS):
        for one in mappings(body.get(key)):
            why = why or _misspelt(one, _INNER_FIELDS)
    why = why or _misspelt(mapping(body.get("openapi")), _INNER_FIELDS)
    if why:
        return why
    for entry in (*_entries(body), *_named_files(body)):
        why = _unusable(entry)
        if why:
            return why
    return ""


def _misspelt(body: Body, fields: frozenset[str]) -> str:
    """Return what kustomize takes for one of some fields though it is another word.

    It reads them as Go reads JSON: upper and lower case are the same.
    """
    exact = {field.lower(): field for field in fields}
    for key in body:
        meant = exact.get(str(key).casefold(), key)
        if key != meant:
            return f"{key} is not written as the field {meant}"
    return ""


def _unusable(entry: str) -> str:
    """Return why nothing that names an entry is built; empty: it can be."""
    if _REMOTE.match(entry):
        return f"{entry} is remote"
    return "it names a file with a NUL" if "\0" in entry else ""


def _named_files(body: Body) -> Iterator[str]:
    """Yield every other file that a kustomization names."""
    for key in (*_FILES, "patchesStrategicMerge"):
        yield from (one for one in texts(body.get(key)) if "\n" not in one)
    for key in _PATCHES:
        yield from (text(one.get("path")) for one in mappings(body.get(key)))
    yield text(mapping(body.get("openapi")).get("path"))
    for key in _GENERATORS:
        for one in mappings(body.get(key)):
            for entry in texts(one.get("files")):
                yield entry.rpartition("=")[2]
            yield from texts(one.get("envs"))
            yield text(one.get("env"))
