"""The rules of cip-lint, found by the entry point that any package may use.

A module of ``<family>/<rule>.py`` defines one rule in a function named as the module;
``index`` lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cip_lint.hookspecs import hookimpl

if TYPE_CHECKING:
    from cip_lint.rule import ListedRule


@hookimpl
def cip_lint_rules() -> tuple[ListedRule, ...]:
    """Return the rules as the index lists them, in the order of the manual."""
    from cip_lint_rules.index import INDEX

    return INDEX
