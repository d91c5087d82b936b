"""Where the manual has the page of a rule."""

from __future__ import annotations

from typing import Final

MANUAL: Final = "https://cip-lint.github.io/cip-lint/"


def rule_url(rule_id: str) -> str:
    """Return the address of a rule's page; it stays the same forever."""
    return f"{MANUAL}rules/{rule_id}"
