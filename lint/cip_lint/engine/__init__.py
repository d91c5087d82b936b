"""Runs the rules over the clusters of a run and makes the report."""

from __future__ import annotations

from cip_lint.engine.checking import check
from cip_lint.engine.loading import prepare

__all__ = ["check", "prepare"]
