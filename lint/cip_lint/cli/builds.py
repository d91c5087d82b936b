"""What is built for a run: of the files as they are, and of the earlier state."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint.cli.earlier import Earlier
from cip_lint.cluster import ClusterSettings
from cip_lint.cluster.shares import goes_to
from cip_lint.config.files import shown_path
from cip_lint.manifests import Reading
from cip_lint.records import NamedTuple
from cip_lint.render.building import built
from cip_lint.render.gitops.remotes import remotes_of
from cip_lint.render.kustomize.overlays import left_unbuilt, pieces
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.surroundings.cache import Cache, opened
from cip_lint.render.surroundings.outcomes import is_needed
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.repositories import Repositories, repository
from cip_lint.render.surroundings.targets import Target

if TYPE_CHECKING:
    from cip_lint.cli.request import Request
    from cip_lint.config import Settings

_NAMED = 3
"""So many builds that failed, then or now, are named."""
_TERMINATED = 128 + signal.SIGTERM
"""The exit status of a run that is told to end: that of a shell."""


class Builds(NamedTuple):
    """How builds are made for a run: one budget for the files now and before."""

    kept: Cache | None
    targets: tuple[Target, ...]
    network: bool
    budget: Budget


def of_run(request: Request, settings: Settings) -> Builds:
    """Return how builds are made for a run; their time begins."""
    _end_in_order()
    clusters = settings.clusters
    return Builds(
        opened(request.cache_folder) if request.cache else None,
        tuple(_target(one, clusters) for one in clusters),
        request.allow_remote,
        Budget(request.build_timeout),
    )


def _end_in_order() -> None:
    """Let SIGTERM, by which CI systems cancel a run, end it as any exit does.

    Programs have sessions of their own and would run on, and their folders would stay.
    """
    is_ours = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if is_ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))


def _target(one: ClusterSettings, all_of_them: Sequence[ClusterSettings]) -> Target:
    """Return what the settings say of a cluster that charts are rendered for."""
    version = one.kubernetes_version
    return Target(
        name=one.name,
        gets=lambda path: goes_to(path, one, all_of_them),
        namespace=lambda path: one.namespace_for(path).value or "",
        version=str(version.value) if version.stated else "",
        api_versions=one.api_versions.value,
        releases=one.releases,
    )


def now(reading: Reading, root: Path, paths: Sequence[str], how: Builds) -> Reading:
    """Return the reading of some paths with everything built that has to be."""
    place = _place(how, root, repository(root))._replace(
        mounts=_outside(root, paths), repositories=Repositories(root, paths)
    )
    return built(reading, place)


def _outside(root: Path, paths: Sequence[str]) -> dict[str, Path]:
    """Return where folders beyond the working folder lie, by the way to them.

    What lies in them is named by that way, even where a shorter one leads to it.
    """
    places = (Path(os.path.normpath(root / path)) for path in paths)
    return {
        shown_path(one, root): one
        for one in places
        if not one.is_relative_to(root) and one.is_dir()
    }


def before(earlier: Earlier, how: Builds) -> Earlier:
    """Return an earlier state with everything built that has to be.

    The files of a revision are written to a folder of their own, which is there until
    the program ends: findings may point at them.
    """
    if not is_needed(earlier.reading):
        return earlier
    folder = Path(tempfile.mkdtemp(prefix="cip-lint-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    where = earlier.where(folder)
    if where is None:
        notice = "kustomizations and charts not compared as built"
        reading = left_unbuilt(earlier.reading, "nobody knows its files")
        notices = (*earlier.notices, notice)
        return earlier._replace(reading=reading, notices=notices)
    # A folder that is new each time is no place to know a build by.
    if folder in (where.within, *where.within.parents):
        how = how._replace(kept=None)
    place = _place(how, where.root, where.within)._replace(
        mounts=where.mounts,
        is_repository=bool(earlier.commit),
        remotes=remotes_of(repository(Path.cwd())) if earlier.commit else (),
    )
    reading = built(earlier.reading, place)
    failed = _failed(reading)
    said = [
        f"{path} of the earlier state is not built: {failed[path]}" for path in failed
    ]
    return earlier._replace(
        reading=reading, notices=(*earlier.notices, *_named(said, "built"))
    )


def comparable(earlier: Earlier, now: Reading) -> Earlier:
    """Return an earlier state without what only one of the two states is built to.

    What was not built then brought nothing to the cluster, and its pieces are not what
    was sent. Of what is not built now, nobody knows whether anything is gone.
    """
    then, failed = _failed(earlier.reading), _failed(now)
    new = {path: why for path, why in failed.items() if path not in then}
    unsent = pieces(earlier.reading, then.keys() - failed.keys())
    kept = [
        one
        for one in earlier.reading.resources
        if one.built_by not in new and (one.built_by or one.places.path not in unsent)
    ]
    said = [f"{path} not compared: {why}" for path, why in new.items()]
    return earlier._replace(
        reading=earlier.reading._replace(resources=kept),
        notices=(*earlier.notices, *_named(said, "compared")),
        hidden=(*earlier.hidden, *sorted(pieces(now, new))),
    )


def _failed(reading: Reading) -> dict[str, str]:
    """Return the kustomizations and charts that are not built, and why."""
    return {one.path: one.why for one in reading.unbuilt}


def _named(said: list[str], done: str) -> list[str]:
    """Return the first of some clauses, and how many more there are."""
    more = len(said) - _NAMED
    return said if more <= 0 else [*said[:_NAMED], f"{more} more are not {done}"]


def _place(how: Builds, root: Path, within: Path) -> Place:
    return Place(
        root,
        within,
        how.kept,
        how.targets,
        network=how.network,
        budget=how.budget,
    )
