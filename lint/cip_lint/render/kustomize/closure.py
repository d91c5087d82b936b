"""What a build would read, found by reading it before anything is run.

kustomize fetches whatever a kustomization names by an address, and a build must
never leave the repository, nor the machine where nobody allows that. So every entry of
the kustomization and of all that it names is looked at first, as
``api/internal/git/repospec.go`` and ``api/internal/loader`` of kustomize would.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from types import MappingProxyType

from cip_lint.bodies import Body
from cip_lint.manifests.landmarks import first_value
from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.manifests.text import decode
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Path as ModelPath
from cip_lint.model import SourceFile
from cip_lint.patterns import pattern
from cip_lint.programs.network import may_fetch
from cip_lint.records import NamedTuple
from cip_lint.render.helm.chart_files import chart_files
from cip_lint.render.kustomize.helm_charts import (
    CHART_FIELDS,
    CHART_PLUGIN,
    HelmChart,
    helm_charts,
)
from cip_lint.render.kustomize.kustomization_fields import (
    FOLDERS,
    entries,
    misspelt,
    named_files,
    plugins,
)
from cip_lint.render.kustomize.plugin_configs import configs, named_in
from cip_lint.render.surroundings.files import (
    content,
    is_folder,
    is_regular,
    is_there,
    named,
    resolved,
)

_REMOTE = pattern(
    r"(?i)[a-z][a-z0-9+.-]*://|https?:|git::|gh:|github\.com[:/]|[^/:@\s]+@"
)
"""What kustomize takes for an address, whether a file of that name exists or not."""

_PLAIN = pattern(r"[\w./+~=,-][\w./+~=,@$() -]*")
"""A name that is no settings of a plugin, however YAML is read."""

_CALLED = {
    "resources": "base",
    "bases": "base",
    "components": "component",
    "crds": "schema",
    "openapi": "schema",
    **dict.fromkeys(CHART_FIELDS, "chart"),
}
"""What is called remote in a field; a file in any other."""

_LISTING = frozenset({"apiVersion", "kind", "metadata", "resources"})
"""Fields of a kustomization that changes nothing in the files that it lists."""

_MOST_FOLDERS = 1024
_MOST_BYTES = 1 << 20


NOTHING: Body = MappingProxyType({})


class Remote(NamedTuple):
    """What a kustomization names by an address."""

    folder: Path
    """The folder of the kustomization."""
    at: ModelPath
    """Where that, or what is built around it, says so."""
    address: str


class RenderedChart(NamedTuple):
    """A chart that lies in the repository and is rendered by a kustomization."""

    folder: Path
    """Its folder."""
    kustomization: Path
    """The folder of the kustomization."""
    chart: HelmChart


class Closure(NamedTuple):
    """Everything that a build reads."""

    obstacle: str = ""
    """Why there can be no build; empty: nothing stands in the way."""
    files: tuple[Path, ...] = ()
    """The files that it reads, or would read if they were there."""
    is_whole: bool = False
    """Whether there are no others: a transformer of its own may name some."""
    remotes: tuple[Remote, ...] = ()
    """What it fetches besides."""
    charts: tuple[RenderedChart, ...] = ()
    """The charts of the repository that it renders."""

    @property
    def pulls(self) -> bool:
        """Whether it puts charts that it fetches beside a kustomization."""
        return any(one.at[0] in CHART_FIELDS for one in self.remotes)

    @property
    def renders(self) -> bool:
        """Whether it renders charts."""
        return self.pulls or bool(self.charts)


def closure(
    directory: Path,
    within: Path,
    more: Body = NOTHING,
    *,
    own: Body | None = None,
    network: bool = False,
) -> Closure:
    """Return what a build of the kustomization in a folder reads.

    ``within`` is the folder of the repository: nothing beyond is read. ``more`` is
    what another kustomization says that is built around it, from the same folder.
    ``own`` is what it says itself, where no file does.
    With ``network``, an address stands in the way of nothing, if anybody may fetch
    what is there.
    """
    return _Search(within, network=network).run(directory, more, own)


class _Search:
    """Looks at one kustomization after the other, from the one that is built."""

    def __init__(self, within: Path, *, network: bool) -> None:
        self._within = within
        self._network = network
        self._files: dict[Path, None] = {}
        self._met: set[tuple[Path, bool]] = set()
        self._waiting: list[tuple[Path, Body | None, bool]] = []
        """Folders, what is known of their kustomizations, and whether these make
        settings of plugins instead of objects."""
        self._is_whole = True
        self._remotes: dict[Remote, None] = {}
        self._charts: list[RenderedChart] = []

    def run(self, directory: Path, more: Body, own: Body | None) -> Closure:
        """Return all that is reached, or the first obstacle."""
        self._waiting += [(directory, own, False), (directory, more, False)]
        self._met.add((directory, False))
        while self._waiting:
            folder, body, is_plugin = self._waiting.pop()
            if body is None:
                body, why = _kustomization(folder)
                if why:
                    return Closure(why)
            why = misspelt(body) or self._visit(folder, body, is_plugin=is_plugin)
            if why:
                return Closure(why)
            if len(self._met) > _MOST_FOLDERS:
                return Closure(f"it reaches more than {_MOST_FOLDERS} kustomizations")
        files, remotes = tuple(self._files), tuple(self._remotes)
        found = Closure("", files, self._is_whole, remotes, tuple(self._charts))
        if found.renders and any(one.at[0] in FOLDERS for one in remotes):
            # What is fetched may have charts of its own, which nobody has looked at.
            return Closure("it renders a chart beside a remote base")
        if found.pulls and not found.is_whole:
            return Closure("it fetches a chart beside plugins")
        return found

    def _visit(self, folder: Path, body: Body, *, is_plugin: bool) -> str:
        """Note what one kustomization names; return what stands in the way."""
        if is_plugin and not body.keys() <= _LISTING:
            return f"it changes the settings of its plugins in {folder.name}"
        names = [folder / name for name in sorted(KUSTOMIZATION_NAMES)]
        self._files.update(dict.fromkeys(names))
        found = chain(
            (self._named(folder, *one) for one in named_files(body)),
            (self._entry(folder, *one, is_plugin=is_plugin) for one in entries(body)),
            (self._chart(folder, one) for one in helm_charts(body)),
            (self._plugin(folder, *one) for one in plugins(body)),
        )
        return next((why for why in found if why), "")

    def _plugin(self, folder: Path, at: ModelPath, entry: str) -> str:
        """Note settings of a plugin, wherever they are; return what is in the way."""
        self._is_whole = False
        if _REMOTE.match(entry):
            return f"the settings of its plugins are remote: {entry}"
        why = "" if _PLAIN.fullmatch(entry) else self._settings(folder, entry)
        # What kustomize cannot take for an object it looks for as a file.
        return why or self._entry(folder, at, entry, is_plugin=True)

    def _entry(
        self, folder: Path, at: ModelPath, entry: str, *, is_plugin: bool
    ) -> str:
        """Note a file, or a folder with a kustomization; return what is in the way."""
        is_path = not _REMOTE.match(entry) and "\0" not in entry
        target = (
            None
            if not is_path or entry.startswith("/")
            else resolved(named(folder, entry))
        )
        if target is None or not is_folder(target):
            why = self._named(folder, at, entry)
            return why or (self._read_settings(folder, entry) if is_plugin else "")
        if not target.is_relative_to(self._within):
            return f"{entry} lies outside the repository"
        if (target, is_plugin) not in self._met:
            self._met.add((target, is_plugin))
            self._waiting.append((target, None, is_plugin))
        return ""

    def _named(self, folder: Path, at: ModelPath, name: str) -> str:
        """Note a file that a kustomization names; return what is in the way."""
        if not name:
            return ""
        if _REMOTE.match(name):
            return self._remote(folder, at, name)
        if "\0" in name:
            return "it names a file with a NUL"
        if name.startswith("/"):
            return f"{name} is an absolute path"
        file = named(folder, name)
        self._files[file] = None
        target = resolved(file)
        if target is None or not is_there(target):
            return ""
        if not target.is_relative_to(self._within):
            return f"{name} lies outside the repository"
        if not is_folder(target) and not is_regular(target):
            return f"{name} is no file that can be read"
        return ""

    def _remote(self, folder: Path, at: ModelPath, address: str) -> str:
        """Note an address; return what is in the way of fetching what is there."""
        said = f"remote {_CALLED.get(str(at[0]), 'file')} {address}"
        if not may_fetch(address, charts=at[0] in CHART_FIELDS):
            return f"{said}, fetched neither by http nor by https"
        if not self._network:
            return f"{said}, see --allow-remote"
        self._remotes[Remote(folder, at, address)] = None
        return ""

    def _chart(self, folder: Path, chart: HelmChart) -> str:
        """Note the files of a chart that is rendered; return what is in the way."""
        for name in chart.values:
            why = self._named(folder, ("valuesFile",), name)
            if why:
                return why
        if chart.place.startswith("/"):
            return f"{chart.place} is an absolute path"
        target = resolved(named(folder, chart.place)) if not chart.why else None
        if target is None or not is_folder(target):
            if chart.why or not chart.address:
                return chart.why or f"{chart.place} is not there"
            return self._remote(folder, chart.at, chart.address)
        if not target.is_relative_to(self._within):
            return f"{chart.place} lies outside the repository"
        self._charts.append(RenderedChart(target, folder, chart))
        reads = chart_files(target, self._within)
        self._files.update(dict.fromkeys(reads.files))
        self._is_whole &= reads.is_whole
        return reads.obstacle

    def _read_settings(self, folder: Path, name: str) -> str:
        data = content(named(folder, name), self._within, _MOST_BYTES)
        return "" if data is None else self._settings(folder, decode(data).text)

    def _settings(self, folder: Path, said: str) -> str:
        """Return what in the settings of plugins stands in the way of a build."""
        found = configs(said)
        if found is None:
            return "the settings of its plugins cannot be read"
        for one in found:
            if one.get("kind") == CHART_PLUGIN:
                return "a plugin of it renders a chart"
        # Whatever else they name need not be a file.
        reasons = (
            "it names a file with a NUL"
            if "\0" in one
            else self._remote(folder, ("files",), one)
            for one in named_in(found)
            if "\0" in one or _REMOTE.match(one)
        )
        return next((why for why in reasons if why), "")


def _kustomization(folder: Path) -> tuple[Body, str]:
    """Return what the kustomization of a folder says, or why there can be none.

    kustomize follows no link that leads out of the folder (``loadrestrictions.go``),
    and does not choose between two files (``kusttarget.go``).
    """
    names = [name for name in sorted(KUSTOMIZATION_NAMES) if is_there(folder / name)]
    if len(names) > 1:
        return NOTHING, f"{' and '.join(names)} lie side by side"
    data = content(folder / names[0], folder, _MOST_BYTES) if names else None
    if data is None:
        return NOTHING, _why_unread(folder)
    try:
        body = first_value(SourceFile(names[0], decode(data).text))
    except YamlError as error:
        why = error.message
    else:
        if body and isinstance(body, dict):
            return body, ""
        why = "it is no map" if body else "it is empty"
    return NOTHING, f"{_why_unread(folder)}: {why}"


def _why_unread(folder: Path) -> str:
    for name in sorted(KUSTOMIZATION_NAMES):
        target = resolved(folder / name)
        is_outside = target is not None and not target.is_relative_to(folder)
        if (folder / name).is_symlink() and is_outside and is_there(folder / name):
            return (
                f"{name} is a link out of its folder, which kustomize does not follow"
            )
    return f"{folder.name} has no kustomization that can be read"
