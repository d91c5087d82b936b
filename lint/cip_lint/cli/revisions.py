"""An earlier revision of the repository that the files of a run are in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath

from cip_lint.cli.earlier import STDIN, Earlier, Where, renamed
from cip_lint.config.files import shown_path
from cip_lint.errors import InputError
from cip_lint.manifests import EXTENSIONS, ReadOptions, read
from cip_lint.manifests.given_files import GivenFiles
from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.programs import git
from cip_lint.programs.git import TreeItem
from cip_lint.words import counted

_POINTER = b"version https://git-lfs.github.com/spec/"
_MOST_LINKS = 40
_LINK_BYTES = 4096
_MOST_WRITTEN = 128 << 20
"""How many bytes of a commit are written to build what it held."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository whose work tree begins at ``top``."""

    name: str
    top: str
    commit: str

    @property
    def short(self) -> str:
        """The commit as people write it."""
        return git.short(self.top, self.commit)

    def excluded(self, paths: Iterable[str], folder: Path) -> tuple[str, ...]:
        """Return the patterns that keep it out of the set: it is in no folder."""
        del paths, folder
        return ()

    def read(self, paths: Sequence[str], options: ReadOptions) -> Earlier:
        """Read the files that the commit has below some paths.

        Raises ``InputError`` where a path lies outside the repository, and where
        files of the commit are not there or too much.
        """
        short = self.short
        is_name = not self.commit.startswith(self.name)
        words = f"revision {self.name} ({short})" if is_name else f"revision {short}"
        mounts = _mounts(paths, options.root, self.top)
        below = [_below(place, self.top) for place in mounts.values()]
        tree = _Tree(self, below, tuple(options.sources), options.max_file_bytes)
        files = tree.files()
        named = [path for path, place in mounts.items() if files.exists(place)]
        # A commit tracks all of its files, whatever its patterns say.
        chosen = options._replace(files=files, mounts=mounts, gitignore=False)
        reading = read(named, chosen)
        printed = _printed(mounts, options.root, self.top, short)
        hidden = [
            shown_path(Path(self.top, path), options.root)
            for path in (*tree.submodules, *tree.pointers)
        ]
        notices = list(tree.notices())
        if STDIN in paths:
            notices.append("standard input not compared")
        return Earlier(
            reading,
            words,
            printed,
            commit=self.commit,
            notices=tuple(notices),
            hidden=tuple(hidden),
            where=lambda folder: self._written(mounts, options.root, folder),
        )

    def _written(
        self, mounts: Mapping[str, str], root: Path, folder: Path
    ) -> Where | None:
        """Write the files of the commit below a folder; None where they are too many."""
        tree = git.tree_of(self.top, self.commit)
        files = [one for one in tree if one.mode != git.SUBMODULE and _is_plain(one)]
        sizes = git.sizes_of(self.top, (one.object for one in files))
        if any(size is None for size in sizes.values()):
            return None
        if sum(sizes[one.object] or 0 for one in files) > _MOST_WRITTEN:
            return None
        contents = git.contents_of(self.top, sizes)
        # Links last: nothing is written through one.
        for one in sorted(files, key=lambda item: item.mode == git.LINK):
            _write(folder / one.path, contents.get(one.object, b""), one.mode)
        places = {
            path: folder / _below(place, self.top) for path, place in mounts.items()
        }
        return Where(root, folder, places)


def find(name: str, paths: Sequence[str], folder: Path) -> Revision | None:
    """Return the revision of a name in the repository of some paths.

    None where there is no repository, or no such revision. Raises ``ProgramError``
    where git is not installed or refuses the repository.
    """
    top = git.top_of(str(_start(paths, folder)))
    commit = None if top is None else git.commit_of(top, name)
    return None if top is None or commit is None else Revision(name, top, commit)


def why_not(name: str, paths: Sequence[str], folder: Path) -> str:
    """Return why a name that is no path means no revision either."""
    start = _start(paths, folder)
    top = git.top_of(str(start))
    if top is None:
        return f"{name} is no path, and {shown_path(start, folder)} is in no git repository"
    hint = "; the clone is shallow: fetch it first" if git.is_shallow(top) else ""
    lacking = git.lacking(top, name)
    if lacking is not None:
        what = f"object {git.short(top, lacking)}"
        return f"{name} is no path, and the git repository lacks its {what}{hint}"
    return f"{name} is neither a revision of the git repository nor a path{hint}"


def _start(paths: Sequence[str], folder: Path) -> Path:
    """Return the folder in which git is asked: that of the first path."""
    for path in paths:
        if path != STDIN:
            place = Path(os.path.realpath(folder / path))
            return place if place.is_dir() else place.parent
    raise InputError("standard input has no revisions: name a path")


def _mounts(paths: Sequence[str], root: Path, top: str) -> dict[str, str]:
    """Return where paths really lie; all must be in the repository."""
    mounts = {path: os.path.realpath(root / path) for path in paths if path != STDIN}
    for path, place in mounts.items():
        if place != top and not place.startswith(top.rstrip(os.sep) + os.sep):
            raise InputError(f"{path} lies outside the repository {top}")
    return mounts


def _below(place: str, top: str) -> str:
    return "" if place == top else shown_path(Path(place), Path(top))


def _printed(
    mounts: Mapping[str, str], root: Path, top: str, short: str
) -> Callable[[str], str]:
    """Return the function that names a file as ``git show`` takes it."""
    moved = renamed(mounts, root)

    def printed(path: str) -> str:
        place = os.path.normpath(root / moved(path))
        return f"{short}:{shown_path(Path(place), Path(top))}"

    return printed


class _Tree:
    """The part of a commit that may hold manifests, or says how they are read."""

    def __init__(
        self,
        revision: Revision,
        below: Sequence[str],
        endings: tuple[str, ...],
        limit: int,
    ) -> None:
        self._revision = revision
        self._below = frozenset(below)
        self._above = frozenset(one for path in below for one in _folders_of(path))
        self._endings = (*EXTENSIONS, *endings)
        self._limit = limit
        self.submodules: list[str] = []
        """Paths of the submodules, whose files another repository has."""
        self.pointers: list[str] = []
        """Paths of files that Git LFS keeps elsewhere."""

    def notices(self) -> Iterator[str]:
        """Yield what could not be compared, one clause each."""
        if self.submodules:
            yield f"{counted(len(self.submodules), 'submodule')} not compared"
        if self.pointers:
            yield f"{counted(len(self.pointers), 'file')} in Git LFS not compared"

    def files(self) -> GivenFiles:
        """Return the files with what they hold."""
        revision = self._revision
        items = {item.path: item for item in git.tree_of(revision.top, revision.commit)}
        links = self._links(items)
        wanted = {
            path: item
            for path, item in items.items()
            if item.mode not in (git.LINK, git.SUBMODULE) and self._is_wanted(path)
        }
        for path in links:
            target = _end_of(path, links)
            if target in items and self._is_wanted(path):
                wanted[target] = items[target]
        self.submodules = [
            path
            for path, item in items.items()
            if item.mode == git.SUBMODULE and self._is_below(path)
        ]
        contents = self._contents(wanted)
        self.pointers = [
            path
            for path, data in contents.items()
            if data is not None and data.startswith(_POINTER)
        ]
        return GivenFiles(revision.top, contents, links)

    def _links(self, items: Mapping[str, TreeItem]) -> dict[str, str]:
        objects = {
            path: item.object for path, item in items.items() if item.mode == git.LINK
        }
        sizes = git.sizes_of(self._revision.top, objects.values())
        short = [name for name, size in sizes.items() if (size or 0) <= _LINK_BYTES]
        data = git.contents_of(self._revision.top, short)
        return {
            path: os.fsdecode(data[name])
            for path, name in objects.items()
            if name in data
        }

    def _contents(self, wanted: Mapping[str, TreeItem]) -> dict[str, bytes | None]:
        top, name = self._revision.top, self._revision.name
        sizes = git.sizes_of(top, (item.object for item in wanted.values()))
        missing = sum(size is None for size in sizes.values())
        if missing:
            files = counted(missing, "file")
            raise InputError(f"{files} of {name} missing in this partial clone")
        fitting = {
            one: size for one, size in sizes.items() if size and size <= self._limit
        }
        if sum(fitting.values()) > git.MOST_READ - (len(fitting) << 7):
            most = f"{git.MOST_READ >> 20} MiB"
            raise InputError(f"the manifests of {name} exceed {most}")
        data = git.contents_of(top, fitting)
        return {
            path: data.get(item.object, b"" if sizes[item.object] == 0 else None)
            for path, item in wanted.items()
        }

    def _is_wanted(self, path: str) -> bool:
        """Whether a file may be a manifest, or says how manifests are read."""
        folder, _, name = path.rpartition("/")
        if name == "Chart.yaml" and folder in self._above:
            return True
        if path in self._below:
            return True
        is_readable = name.endswith(self._endings) or name in KUSTOMIZATION_NAMES
        return is_readable and self._is_below(path)

    def _is_below(self, path: str) -> bool:
        return path in self._below or any(
            one in self._below for one in _folders_of(path)
        )


def _is_plain(item: TreeItem) -> bool:
    """Whether a path leads below the top: a commit may hold whatever somebody made."""
    return not {"", ".", "..", ".git"} & {*item.path.split("/")}


def _write(file: Path, content: bytes, mode: str) -> None:
    """Write a file of a commit, or a link as it stands; what cannot be is left out."""
    with contextlib.suppress(OSError, ValueError):
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == git.LINK:
            file.symlink_to(os.fsdecode(content))
        else:
            file.write_bytes(content)


def _folders_of(path: str) -> Iterator[str]:
    """Yield the folders above a path, the top last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _end_of(path: str, links: Mapping[str, str]) -> str:
    """Return where a link leads, over others."""
    for _ in range(_MOST_LINKS):
        if path not in links:
            break
        path = normpath(join(dirname(path), links[path]))
    return path
