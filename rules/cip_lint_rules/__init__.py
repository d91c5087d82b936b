"""The rules of cip-lint, found by the entry point that any package may use.

``RULES`` is the table of contents of the manual: a module each, in the order in
which the manual tells of them. A module of ``<family>/<rule>.py`` defines one rule
in a function named as the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cip_lint.hookspecs import hookimpl

if TYPE_CHECKING:
    from cip_lint.rule import Rule

RULES: tuple[str, ...] = ()


@hookimpl
def cip_lint_rules() -> Iterator[Rule[Any]]:
    """Import each rule and return it, in the order of the manual."""
    for name in RULES:
        module = import_module(f"{__name__}.{name}")
        yield getattr(module, name.rpartition(".")[2])
