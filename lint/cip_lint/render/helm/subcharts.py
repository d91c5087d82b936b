"""Which folders are parts of a chart: its sub-charts, and its definitions.

Helm reads the charts below ``charts/`` as parts of the one above, and the files below
``crds/`` as they are (``pkg/chart/loader``, ``pkg/chart/v2/chart.go``).
"""

from __future__ import annotations

from collections.abc import Container
from re import compile as pattern

_DEFINITIONS = pattern(r"(?P<charts>(?:charts/[^/]+/)*)crds/")


def whole_chart(folder: str, charts: Container[str]) -> str:
    """Return the outermost chart that a chart is a part of; itself, if of none.

    ``charts`` are all folders with a chart; "" is the top of the repository.
    """
    found = folder
    above, slash, _ = folder.rpartition("/charts/")
    while slash:
        if above in charts:
            found = above
        above, slash, _ = above.rpartition("/charts/")
    return "" if folder.startswith("charts/") and "" in charts else found


def definition_depth(root: str, path: str) -> int | None:
    """Return how many sub-charts deep a file of definitions lies in a chart.

    None where it is none. ``root`` is the folder of the chart, ``.`` for the top.
    """
    below = path if root == "." else path.removeprefix(f"{root}/")
    found = _DEFINITIONS.match(below)
    return None if found is None else found["charts"].count("/") // 2
