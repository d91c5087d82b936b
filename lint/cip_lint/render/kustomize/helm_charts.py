"""Charts that a kustomization renders by itself: which, from where, with what.

Follows ``api/types/helmchartargs.go`` of kustomize and its
``HelmChartInflationGenerator``: a chart that lies in the folder for charts is taken
from there, and any other is pulled to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import join
from typing import Any

from cip_lint.bodies import Body, items, mapping, text, texts
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

CHART_FIELDS = ("helmCharts", "helmChartInflationGenerator")
"""The fields that list charts; the second one is the old name."""

GLOBALS = "helmGlobals"
CHART_PLUGIN = "HelmChartInflationGenerator"
"""The kind of settings of a plugin that does the same."""

_OLD = {
    "chartName": "name",
    "chartVersion": "version",
    "chartRepoUrl": "repo",
    "values": "valuesFile",
    "releaseName": "releaseName",
}
"""What the fields of the old list are called in the new one."""

FIELDS_OF_CHARTS = frozenset(
    {
        *_OLD,
        *_OLD.values(),
        *(
            "additionalValuesFiles",
            "chartHome",
            "configHome",
            "helmHome",
            "nameTemplate",
        ),
    }
)
"""Fields of a chart that decide what is read."""

_HOME = "charts"
_NAME = pattern(r"[A-Za-z0-9](?:[\w.-]|/(?!\.))*")
"""A name that is no option of helm, and leads to no other folder."""


class HelmChart(NamedTuple):
    """One chart of a kustomization."""

    at: Path
    """Where the kustomization lists it."""
    place: str
    """Its folder, from that of the kustomization."""
    address: str
    """Where it is pulled from if it is not there; empty: nowhere."""
    values: tuple[str, ...]
    """Files of values, from the folder of the kustomization."""
    why: str = ""
    """Why it is not rendered, whether it is there or not."""


def helm_charts(body: Body) -> Iterator[HelmChart]:
    """Yield the charts of a kustomization."""
    shared = mapping(body.get(GLOBALS))
    home, has_settings = text(shared.get("chartHome")), bool(shared.get("configHome"))
    new, old = CHART_FIELDS
    for index, one in enumerate(items(body.get(new))):
        yield _chart((new, index), mapping(one), home, has_settings=has_settings)
    olds = [mapping(one) for one in items(body.get(old))]
    # The last of the old ones that names a folder has that of all.
    home = next((own for one in olds[::-1] if (own := text(one.get("chartHome")))), "")
    for index, one in enumerate(olds):
        renamed = {_OLD[key]: value for key, value in one.items() if key in _OLD}
        has_settings = bool(one.get("helmHome"))
        yield _chart((old, index), renamed, home, has_settings=has_settings)


def _chart(
    at: Path, one: Mapping[str, Any], home: str, *, has_settings: bool
) -> HelmChart:
    name, version, repo = (text(one.get(key)) for key in ("name", "version", "repo"))
    folder = home or _HOME
    if version and repo:
        folder = join(folder, f"{name}-{version}")
    values = [text(one.get("valuesFile")), *texts(one.get("additionalValuesFiles"))]
    return HelmChart(
        at,
        join(folder, name),
        f"{repo.rstrip('/')}/{name}" if repo else "",
        tuple(value for value in values if value),
        _obstacle(one, has_settings=has_settings),
    )


def _obstacle(one: Mapping[str, Any], *, has_settings: bool) -> str:
    """Return why a chart is not rendered wherever it is.

    kustomize hands names on to helm as they are, where they may be options.
    """
    if has_settings:
        return "it has settings of helm of its own"
    for key in ("name", "version", "releaseName"):
        said = text(one.get(key))
        if said and not _NAME.fullmatch(said):
            return f"{key} of a chart is {said!r}"
    return "" if text(one.get("name")) else "a chart of it has no name"
