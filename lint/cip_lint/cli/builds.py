"""What is built for a run: of the files as they are, and of the earlier state."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint.bodies import text
from cip_lint.cli.earlier import Earlier
from cip_lint.manifests import Reading
from cip_lint.render.building import built, repository
from cip_lint.render.cache import Cache, opened
from cip_lint.render.outcomes import UNBUILT, is_needed
from cip_lint.render.place import Place

if TYPE_CHECKING:
    from cip_lint.cli.request import Request
    from cip_lint.config import Settings

_NAMED = 3
"""So many builds of the earlier state that failed are named."""


def cache(request: Request) -> Cache | None:
    """Return where builds are kept; None where they are not."""
    return opened(request.cache_folder) if request.cache else None


def version(settings: Settings) -> str:
    """Return the version of Kubernetes that is stated, where it is one for all."""
    stated = {
        str(one.kubernetes_version.value)
        for one in settings.clusters
        if one.kubernetes_version.stated
    }
    return stated.pop() if len(stated) == 1 else ""


def now(reading: Reading, root: Path, version: str, kept: Cache | None) -> Reading:
    """Return a reading with everything built that has to be."""
    return built(reading, Place(root, repository(root), kept, version))


def before(earlier: Earlier, version: str, kept: Cache | None) -> Earlier:
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
        return replace(earlier, notices=(*earlier.notices, notice))
    # A folder that is new each time is no place to know a build by.
    lasting = None if folder in (where.within, *where.within.parents) else kept
    place = Place(where.root, where.within, lasting, version, where.mounts)
    reading = built(earlier.reading, place)
    unbuilt = [one for one in reading.landmarks if one.kind == UNBUILT]
    notices = tuple(
        f"{one.path} of the earlier state is not built: {text(one.body['why'])}"
        for one in unbuilt[:_NAMED]
    )
    if len(unbuilt) > _NAMED:
        notices = (*notices, f"{len(unbuilt) - _NAMED} more are not built")
    return replace(earlier, reading=reading, notices=(*earlier.notices, *notices))
