"""Which rules run: the profile, and what is selected and ignored on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cip_lint.config.nearest import nearest
from cip_lint.model import Label, Severity
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.rule import AnyRule

ALL = "ALL"


class Selector(NamedTuple):
    """Names a rule, a family (``address``, ``address.*``) or ``ALL``."""

    text: str
    label: Label | None = None
    """Where a file says it; None for the command line and the environment."""
    source: str = ""
    """Who says it, for messages: ``--select``."""

    @property
    def family(self) -> str:
        """The family it names; empty where it names a rule or ``ALL``."""
        if self.text == ALL:
            return ""
        text = self.text.removesuffix(".*")
        return "" if "." in text else text

    @property
    def rank(self) -> int:
        """How exactly it names rules: a rule 2, a family 1, all 0."""
        return 0 if self.text == ALL else 1 if self.family else 2

    def names(self, rule_id: str) -> bool:
        """Whether it names this rule."""
        if family := self.family:
            return rule_id.partition(".")[0] == family
        return self.text in (ALL, rule_id)

    def is_known(self, rule_ids: Iterable[str]) -> bool:
        """Whether it names any of these rules."""
        return self.text == ALL or any(self.names(rule_id) for rule_id in rule_ids)


class Selection(NamedTuple):
    """What is selected and ignored, by one party: the settings, then the flags."""

    select: tuple[Selector, ...] | None = None
    """In place of the profile's rules; None: those of the profile."""
    extend: tuple[Selector, ...] = ()
    ignore: tuple[Selector, ...] = ()

    def over(self, weaker: Selection) -> Selection:
        """Return this selection on top of a weaker one.

        A ``select`` begins anew; the rest adds to what was said before.
        """
        if self.select is not None:
            return self
        return Selection(
            weaker.select, weaker.extend + self.extend, weaker.ignore + self.ignore
        )

    @property
    def selectors(self) -> Iterator[Selector]:
        """Everything that is named."""
        yield from self.select or ()
        yield from self.extend
        yield from self.ignore

    def chooses(self, rule: AnyRule, profile: str) -> bool:
        """Whether a rule runs: the most exact selector decides, ignoring wins."""
        if self.select is None:
            wanted = 0 if _is_of_profile(rule, profile) else -1
        else:
            wanted = _best(self.select, rule.id)
        wanted = max(wanted, _best(self.extend, rule.id))
        return wanted > _best(self.ignore, rule.id)


EVERYTHING_OF_THE_PROFILE = Selection()
"""Nothing is selected or ignored."""


def _best(selectors: Sequence[Selector], rule_id: str) -> int:
    return max((one.rank for one in selectors if one.names(rule_id)), default=-1)


def _is_of_profile(rule: AnyRule, profile: str) -> bool:
    if profile == "errors":
        return rule.profile == "default" and rule.severity is Severity.ERROR
    return rule.profile in {"default", profile}


def nearest_rule(text: str, rule_ids: Sequence[str]) -> str:
    """Return the rule or family nearest to an unknown one; empty: none is near."""
    families = {rule_id.partition(".")[0] for rule_id in rule_ids}
    return nearest(text.removesuffix(".*"), {*rule_ids, *families})
