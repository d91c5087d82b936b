"""How the command ends."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes; the output format never changes them."""

    CLEAN = 0
    """Nothing at or above ``--fail-on``."""
    FINDINGS = 1
    """Findings at or above ``--fail-on``."""
    TROUBLE = 2
    """The job could not be done: usage, settings, plugin, path, nothing to check, bug."""
    INTERRUPTED = 130
    """Somebody pressed Ctrl-C."""
