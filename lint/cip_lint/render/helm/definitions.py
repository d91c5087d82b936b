"""What lies in ``crds/`` of charts, for each release that installs it.

helm sends whatever lies there as it is, before anything else (``installCRDs`` of
``pkg/action/install.go``), in each release and to its namespace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from posixpath import dirname

from cip_lint.model import Resource
from cip_lint.render.helm.subcharts import definition_depth


def definitions_of(
    resources: Sequence[Resource],
    sent: Iterable[str],
    installers: Iterable[tuple[str, str]],
) -> tuple[list[Resource], list[Resource]]:
    """Return objects without those of charts that are sent, and these as they are.

    ``sent`` are the paths of ``Chart.yaml``, ``installers`` such paths and who installs
    the chart with what lies in ``crds/``. Where nobody is known to install a chart, the
    objects stay as they are written.
    """
    charts: dict[str, list[tuple[str, str]]] = {dirname(path): [] for path in sent}
    for path, release in installers:
        charts[dirname(path)].append((path, release))
    kept: list[Resource] = []
    made: list[Resource] = []
    for one in resources:
        folder = _chart_of(one, charts) if charts and "crds/" in one.path else None
        if folder is None:
            kept.append(one)
            continue
        keys = one.repeated_keys
        made += (
            Resource(one.body, one.places, keys, path, one, release)
            for path, release in charts[folder]
        )
    return kept, made


def _chart_of(one: Resource, charts: Collection[str]) -> str | None:
    """Return the folder of the chart among whose definitions an object is."""
    if one.built_by:
        return None
    for folder in charts:
        inside = not folder or one.path.startswith(f"{folder}/")
        if inside and definition_depth(folder or ".", one.path) is not None:
            return folder
    return None
