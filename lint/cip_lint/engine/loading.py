"""Rules are imported where they have something to judge, or somebody wants the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, overload

from cip_lint.errors import FOREIGN_FAILURES
from cip_lint.model import RuleInfo
from cip_lint.rule import AnyRule, Context, Subjects

_FOR_MUCH = ("cip_lint.cluster.partitioning", "cip_lint.engine.delivery")
"""What only the end of reading asks for, when all else has to wait for it."""


def asked(cx: Context) -> Callable[[Subjects[Any]], bool]:
    """Return what says whether there are such subjects; each is looked for once."""

    @cache
    def are_there(subjects: Subjects[Any]) -> bool:
        return any(True for _ in subjects(cx))

    return are_there


def prepare() -> None:
    """Import what comes between reading and rules: it takes time that is to be had.

    The rules are not among it. Where there is much to judge, each of two processes
    imports those that it runs.
    """
    for name in _FOR_MUCH:
        import_module(name)


class Infos(Sequence[RuleInfo]):
    """What a report says of the rules that ran: imported where a format asks for it."""

    def __init__(self, rules: Sequence[AnyRule]) -> None:
        self._rules = rules

    @overload
    def __getitem__(self, at: int) -> RuleInfo: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[RuleInfo]: ...
    def __getitem__(self, at: int | slice) -> RuleInfo | Sequence[RuleInfo]:
        """Return one, or some of them."""
        if isinstance(at, slice):
            return Infos(self._rules[at])
        listed = self._rules[at]
        try:
            rule = listed.load()
        except FOREIGN_FAILURES:  # it had nothing to judge, or is named
            return RuleInfo(listed.id, listed.severity, listed.id, "", "")
        return RuleInfo(rule.id, rule.severity, rule.summary, rule.page, rule.since)

    def __len__(self) -> int:
        """Return how many rules ran."""
        return len(self._rules)
