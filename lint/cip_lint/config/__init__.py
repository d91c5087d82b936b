"""What a run is told: settings files, variables and flags, with their origins."""

from __future__ import annotations

from cip_lint.config.choices import Choices, choose, names_rules
from cip_lint.config.layers import Given, Stated
from cip_lint.config.selection import Selection, Selector
from cip_lint.config.settings import (
    IgnoreEntry,
    Settings,
    SeverityEntry,
    load,
    missing_plugin,
    require_cluster,
)

__all__ = [
    "Choices",
    "Given",
    "IgnoreEntry",
    "Selection",
    "Selector",
    "Settings",
    "SeverityEntry",
    "Stated",
    "choose",
    "load",
    "missing_plugin",
    "names_rules",
    "require_cluster",
]
