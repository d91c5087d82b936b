"""The kustomizations that Flux makes for folders in which there is none.

Follows ``scanManifests`` of ``github.com/fluxcd/pkg/kustomize``: all YAML below the
folder is sent, and a folder with a kustomization of its own is built as one. They are
needed where Flux changes what it sends; else files are sent as they are written.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from posixpath import basename, dirname

from cip_lint.bodies import Body
from cip_lint.manifests import FileAccount, Landmark, Reading
from cip_lint.manifests.recognition import (
    GENERATED,
    KUSTOMIZATION_NAMES,
    SOURCE_IGNORE,
)
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.source_ignores import SourceIgnores
from cip_lint.render.kustomize.senders import Sender

_READ = (".yaml", ".yml")
_LEFT_OUT = frozenset(
    {
        *(".drone.yml", ".flux.yaml", ".gitlab-ci.yml", ".goreleaser.yml"),
        *(".sops.yaml", ".travis.yml", "appveyor.yml", "cloudbuild.yaml"),
        *("codeship-services.yml", "codeship-steps.yml"),
    }
)
"""Files that a source leaves out (``github.com/fluxcd/pkg/sourceignore``)."""
_FOLDERS_LEFT_OUT = frozenset({".circleci", ".git", ".github"})


class Generated(NamedTuple):
    """A kustomization that no file holds."""

    folder: str
    body: Body
    argument: str
    """The command-line path that the folder lies below."""

    @property
    def path(self) -> str:
        """The path that its file would have."""
        return f"{self.folder}/kustomization.yaml".lstrip("/")

    @property
    def entries(self) -> tuple[str, ...]:
        """What it lists."""
        return tuple(self.body["resources"])

    def noted(self, reading: Reading) -> Reading:
        """Return a reading that knows of it."""
        if any(one.path == self.path for one in reading.files):
            return reading
        account = FileAccount(self.path, self.argument, GENERATED)
        return reading._replace(
            files=[*reading.files, account],
            landmarks=[*reading.landmarks, self.landmark()],
        )

    def landmark(self) -> Landmark:
        """Return what stands for its file."""
        return Landmark("kustomization", self.path, self.body)


def noted_in(reading: Reading) -> Iterator[Generated]:
    """Yield those that a reading knows of already."""
    made = {one.path: one for one in reading.files if one.reason == GENERATED}
    for one in reading.landmarks if made else ():
        if one.kind == "kustomization" and one.path in made:
            yield Generated(dirname(one.path), one.body, made[one.path].argument)


def generated(
    reading: Reading, sent: Iterable[tuple[str, Sequence[Sender]]]
) -> list[Generated]:
    """Return the kustomizations that Flux makes of what was read.

    ``sent`` are folders and who sends them. Of a folder that was read in part nobody
    knows what it holds.
    """
    wanted = {
        folder: [one.resource for one in senders if one.engine == "flux"]
        for folder, senders in sent
        if any(one.engine == "flux" and one.changes for one in senders)
    }
    if not wanted:
        return []
    arguments = {one.path: one.argument for one in reading.files}
    paths = sorted(arguments)
    own = {
        dirname(one.path) for one in reading.landmarks if one.kind == "kustomization"
    }
    ignores = SourceIgnores(reading.resources, _ignore_files(reading))
    found: list[Generated] = []
    for folder, senders in wanted.items():
        files = _below(folder, paths)
        if ignores:
            files = [
                path
                for path in files
                if not all(ignores.leaves_out(one, path) for one in senders)
            ]
        argument = arguments[files[0]] if files else ""
        if folder in own or not files or not _holds(argument, folder):
            continue
        entries = list(_entries(folder, files, own))
        if entries:
            found.append(Generated(folder, {"resources": entries}, argument))
    return found


def _ignore_files(reading: Reading) -> Iterator[tuple[str, Body]]:
    """Yield path and content of the files that say what sources leave out."""
    for one in reading.landmarks:
        if one.kind == SOURCE_IGNORE:
            yield one.path, one.body


def _below(folder: str, paths: Sequence[str]) -> Sequence[str]:
    if not folder:
        return paths
    # "0" is what follows "/".
    return paths[bisect_left(paths, f"{folder}/") : bisect_left(paths, f"{folder}0")]


def _holds(argument: str, folder: str) -> bool:
    """Whether a command-line path is a folder that holds another one."""
    return argument in {".", folder} or folder.startswith(f"{argument.rstrip('/')}/")


def _entries(folder: str, files: Sequence[str], own: Collection[str]) -> Iterator[str]:
    """Yield what the kustomization lists, from its folder on."""
    start = len(folder) + 1 if folder else 0
    met: set[str] = set()
    for path in sorted(files, key=lambda one: one.split("/")):
        parts = path[start:].split("/")
        if not _FOLDERS_LEFT_OUT.isdisjoint(parts[:-1]):
            continue
        above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        inner = next((one for one in above if path[:start] + one in own), None)
        if inner is not None:
            if inner not in met:
                met.add(inner)
                yield inner
        elif path.endswith(_READ) and basename(path) not in _OTHERS:
            yield path[start:]


_OTHERS = _LEFT_OUT | KUSTOMIZATION_NAMES
