"""A plan in its formats: text, JSON, CSV, Markdown and SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cip_lint.replay.planning.plan import Plan
    from cip_lint.report.plan_text import Look

Render = Callable[["Sequence[Plan]", "Look"], str]


def _format(module: str, function: str = "render") -> Render:
    """Return a format whose module is imported when something is to be rendered."""

    def render(plans: Sequence[Plan], look: Look) -> str:
        loaded = import_module(f"cip_lint.report.{module}")
        text: str = getattr(loaded, function)(plans, look)
        return text

    return render


PLAN_FORMATS: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": _format("plan_text"),
        "json": _format("plan_json"),
        "csv": _format("plan_table", "csv"),
        "markdown": _format("plan_table", "markdown"),
        "svg": _format("plan_svg"),
    }
)
"""The formats of a plan by name; each takes the plans of all clusters."""
