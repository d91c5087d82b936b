"""Where builds happen: which folders they may read, and how many run at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.processes import cores
from cip_lint.programs.running import end_all
from cip_lint.programs.versions import VersionCommand
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.surroundings.cache import Cache, key_of
from cip_lint.render.surroundings.files import size_of
from cip_lint.render.surroundings.repositories import Repositories
from cip_lint.render.surroundings.targets import Target

_MADE, _REFUSED = b"made\n", b"refused\n"
_MOST_READ = 256 << 20
"""So many bytes a build may read. What it makes has to fit into a cluster's store."""


class _Outcome(Protocol):
    @property
    def output(self) -> bytes: ...


_T = TypeVar("_T", bound=_Outcome)


class Reads(Protocol):
    """What is known of the files that a build reads."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, or those that it would read if they were there."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether there are no others."""
        ...


class Place(NamedTuple):
    """The surroundings of all builds of one reading."""

    root: Path
    """What paths of the reading are relative to."""
    within: Path
    """The folder of the repository: nothing beyond it is read."""
    cache: Cache | None = None
    targets: tuple[Target, ...] = ()
    """What the settings say of the clusters that charts are rendered for."""
    mounts: Mapping[str, Path] = MappingProxyType({})
    """Where the paths that were read lie, where that is elsewhere than they say."""
    network: bool = False
    """Whether builds may fetch what they name by an address."""
    budget: Budget | None = None
    """What all builds may take; None: only what each may."""
    is_repository: bool = False
    """Whether ``within`` is a copy of a whole repository, as of a revision."""
    repositories: Repositories | None = None
    """The repositories of what is built; None: all of it lies in ``within``."""
    remotes: tuple[str, ...] = ()
    """The remotes of the repository that ``within`` is a copy of."""

    def around(self, folder: str) -> Place:
        """Return the surroundings of a build in a folder, which has its repository."""
        if self.repositories is None:
            return self
        return self._replace(within=self.repositories.of(self.file(folder)))

    def top_of(self, folder: str) -> Path | None:
        """Return the top of the repository that a folder lies in; None for none."""
        top = self.around(folder).within
        return top if self.is_repository or (top / ".git").exists() else None

    def file(self, shown: str) -> Path:
        """Return where a file of the reading lies."""
        for path, place in self.mounts.items():
            if path == ".":
                return place / shown
            if shown == path or shown.startswith(f"{path}/"):
                return place / shown[len(path) + 1 :]
        return self.root / shown

    def shown(self, file: Path) -> str:
        """Return the path of a file as the reading has it."""
        for path, place in self.mounts.items():
            if path == ".":
                return Path(os.path.relpath(file, place)).as_posix()
            if file == place or place in file.parents:
                return f"{path}/{file.relative_to(place).as_posix()}"
        return Path(os.path.relpath(file, self.root)).as_posix()

    def seconds(self, most: float) -> float:
        """Return how long a build may take; see ``Budget.seconds``."""
        return most if self.budget is None else self.budget.seconds(most)

    def too_much(self, output: bytes) -> str:
        """Return why what a build has printed is more than all may; empty: it is not.

        To be asked in the order of the builds.
        """
        if self.budget is None or self.budget.admits(output):
            return ""
        return self.budget.why

    def _made(self, make: Callable[[], bytes]) -> bytes:
        """Return what ``make`` does; raises what it raises.

        Where it ends because nothing is left for any build, that is the reason.
        """
        try:
            return make()
        except RefusedError:
            raise
        except ProgramError as error:
            spent = "" if self.budget is None else self.budget.why
            raise ProgramError(spent or str(error)) from None

    def kept(
        self,
        words: Iterable[str],
        programs: Iterable[VersionCommand],
        reads: Reads,
        make: Callable[[], bytes],
    ) -> bytes:
        """Return what ``make`` does, or what it did when the inputs were the same.

        Where nobody knows all of these, or which release of one of the programs does
        the work, it is done again. Raises what it raises; a refusal is kept as well.
        Raises ``ProgramError`` where the inputs are so large that nobody means them to
        be read: neither they nor their key are looked at then.
        """
        if size_of(reads.files) > _MOST_READ:
            raise ProgramError(f"it reads more than {_MOST_READ >> 20} MiB")
        if self.cache is None or not reads.is_whole:
            return self._made(make)
        versions = [self.cache.versions.of(one) for one in programs]
        if not all(versions):
            return self._made(make)
        key = key_of((*versions, *words), reads.files)
        found = self.cache.get(key)
        if found is None:
            found = self._made(lambda: _outcome(make))
            self.cache.put(key, found)
        if found.startswith(_REFUSED):
            raise RefusedError(found.removeprefix(_REFUSED).decode())
        return found.removeprefix(_MADE)


def _outcome(make: Callable[[], bytes]) -> bytes:
    try:
        return _MADE + make()
    except RefusedError as error:
        return _REFUSED + str(error).encode("utf-8", "replace")


def at_once(
    items: Sequence[_T],
    work: Callable[[_T], _T],
    failed: Callable[[_T, str], _T],
    most: int,
    place: Place,
) -> Generator[_T, None, None]:
    """Yield what becomes of each item, in order; several are worked on at once.

    No more than a few wait for the one before them, so that what all of them hold is
    bounded. ``failed`` says what becomes of one for which there is no room in a run:
    those beyond ``most``, and those that print more than all may. Where nobody wants
    the rest any more, as when a run is interrupted, what still runs is ended.
    """
    workers = cores() or os.cpu_count() or 1
    waiting = iter(items[:most])
    ahead: deque[Future[_T]] = deque()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            ahead.extend(pool.submit(work, one) for one in islice(waiting, 2 * workers))
            while ahead:
                made = ahead[0].result()
                ahead.popleft()
                why = place.too_much(made.output) if made.output else ""
                yield failed(made, why) if why else made
                ahead.extend(pool.submit(work, one) for one in islice(waiting, 1))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end(ahead)
            raise
    for one in items[most:]:
        yield failed(one, f"more than {most} in one run")


def _end(work: Collection[Future[_T]]) -> None:
    """Wait until nobody works any more, and end every program until then.

    One may start another program when the one it waits for has ended.
    """
    # Of what was cancelled before it began nobody ever says that it has ended.
    begun = [one for one in work if not one.cancelled()]
    end_all()
    while wait(begun, timeout=_STEP).not_done:
        end_all()


_STEP = 0.05
"""Seconds between two looks at what still runs."""
