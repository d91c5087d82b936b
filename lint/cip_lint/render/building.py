"""Builds what is built before it is sent, and puts what it becomes in its place."""

from __future__ import annotations

from pathlib import Path

from cip_lint.manifests import Reading
from cip_lint.render.cache import Cache
from cip_lint.render.charts import rendered
from cip_lint.render.overlays import overlaid
from cip_lint.render.place import Place


def built(reading: Reading, root: Path, cache: Cache | None = None) -> Reading:
    """Return a reading in which kustomizations and charts are what they become.

    Paths of the reading are relative to ``root``. What was built before from the same
    inputs is taken from the ``cache``. What cannot be built stays as it is, and a
    landmark says why.
    """
    place = Place(root, _repository(root), cache)
    made = rendered(overlaid(reading, place), place)
    if cache is not None:
        cache.trim()
    return made


def _repository(root: Path) -> Path:
    """Return the folder of the repository that a folder lies in; itself, if none."""
    top = root.resolve()
    return next((one for one in (top, *top.parents) if (one / ".git").exists()), top)
