"""Saying it: a report value becomes text, one module for each format.

All formats list the same findings in the same order and name every place of each.
None reads a file, the clock or the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from cip_lint.model import Format, Report
from cip_lint.report.footer import footer, problems

__all__ = ["FORMATS", "footer", "prepare", "problems"]

_MODULES = {
    "full": "full",
    "concise": "concise",
    "json": "json_report",
    "sarif": "sarif",
    "github": "github",
    "markdown": "markdown",
}
_WITH_FINGERPRINTS = frozenset({"json", "sarif"})


def _format(name: str, summary: str) -> Format:
    """Return a format whose module is imported when something is to be rendered."""

    def render(report: Report, *, color: bool, width: int) -> str:
        loaded = import_module(f"cip_lint.report.{_MODULES[name]}")
        text: str = loaded.render(report, color=color, width=width)
        return text

    return Format(name, summary, render)


def prepare(name: str) -> None:
    """Import what a format asks for when it renders findings, if it is a built-in one."""
    if name in _MODULES:
        import_module(f"cip_lint.report.{_MODULES[name]}")
    if name in _WITH_FINGERPRINTS:
        import_module("hashlib")


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        each.name: each
        for each in (
            _format("full", "each finding with the code it speaks of"),
            _format("concise", "one line for each finding"),
            _format("json", "the whole report, for programs"),
            _format("sarif", "SARIF 2.1.0, for code scanning and editors"),
            _format("github", "annotations of a GitHub workflow run"),
            _format("markdown", "a summary with tables, for a job or review"),
        )
    }
)
"""The built-in formats by name."""
