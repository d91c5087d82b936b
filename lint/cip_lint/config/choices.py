"""What the engine is asked for: the rules that run, and how findings are treated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import ABSENT
from cip_lint.config import diagnosis
from cip_lint.config.selection import Selector, nearest_rule
from cip_lint.config.settings import IgnoreEntry, Settings, SeverityEntry
from cip_lint.errors import UsageError
from cip_lint.model import Finding, Severity
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.rule import AnyRule


class Choices(NamedTuple):
    """Everything the engine must know beside the clusters."""

    rules: tuple[AnyRule, ...]
    """Those that run, in the order of the manual."""
    known: frozenset[str]
    """The ids of all rules, those that do not run too."""
    plugin_of: Mapping[str, str] = ABSENT
    profile: str = "default"
    options: Mapping[str, Mapping[str, Any]] = ABSENT
    severities: tuple[SeverityEntry, ...] = ()
    ignores: tuple[IgnoreEntry, ...] = ()
    missing_plugin: str = ""
    """A plugin that the settings name and nobody installed."""
    minimum_severity: Severity = Severity.INFO
    honour_ignores: bool = True
    """False: comments, annotations and entries of the settings hide nothing."""
    focus: tuple[str, ...] = ()
    """Report only what touches these paths; empty: everything."""
    today: str = ""
    """The date, as ``2026-12-31``: decides whether an ignore still holds."""


def choose(
    settings: Settings,
    rules: Sequence[AnyRule],
    *,
    plugin_of: Mapping[str, str],
    honour_ignores: bool = True,
    focus: Sequence[str] = (),
    today: str = "",
) -> tuple[Choices, tuple[Finding, ...]]:
    """Return the choices, and what the settings say about unknown rules.

    Raises ``UsageError`` where the command line or a variable names one.
    """
    ids = [rule.id for rule in rules]
    findings = (*_unknown_rules(settings, ids), *_wrong_options(settings, rules))
    missing = settings.missing_plugins
    choices = Choices(
        rules=tuple(
            rule for rule in rules if settings.selection.chooses(rule, settings.profile)
        ),
        known=frozenset(ids),
        plugin_of=plugin_of,
        profile=settings.profile,
        options=settings.options,
        severities=settings.severities,
        ignores=settings.ignores,
        missing_plugin=str(missing[0].value) if missing else "",
        minimum_severity=settings.minimum_severity,
        honour_ignores=honour_ignores,
        focus=tuple(focus),
        today=today,
    )
    return choices, findings


def names_rules(settings: Settings) -> bool:
    """Whether settings name rules, so that ``choose`` may find them wrong."""
    return any(True for _ in _named(settings))


def _named(settings: Settings) -> Iterator[Selector]:
    yield from settings.selection.selectors
    for entry in settings.severities:
        yield entry.rule
    for rule_id, label in settings.option_labels.items():
        yield Selector(rule_id, label, f"rules.{rule_id}")


def _unknown_rules(settings: Settings, ids: Sequence[str]) -> Iterator[Finding]:
    """Find selectors that name nothing; ``ignore:`` entries are rules' business."""
    for selector in _named(settings):
        if selector.is_known(ids):
            continue
        near = nearest_rule(selector.text, ids)
        message = f"{selector.text} names no rule"
        if selector.label is None:
            hint = f"; the nearest is {near}" if near else ""
            raise UsageError(f"{selector.source}: {message}{hint}")
        help_text = f"write {near}" if near else None
        yield diagnosis.invalid(selector.label, message, help_text)


def _wrong_options(settings: Settings, rules: Sequence[AnyRule]) -> Iterator[Finding]:
    """Find options that a rule does not have, and values that they cannot take.

    Raises ``UsageError`` where a preset states one.
    """
    if not settings.stated_options:
        return
    known = {rule.id: getattr(rule, "options", None) for rule in rules}
    for rule_id, stated in settings.stated_options:
        options = known.get(rule_id)
        if options is None or stated.document is None:
            continue
        try:
            yield from diagnosis.of_options(stated.document, stated.path, options)
        except ValueError as error:
            raise UsageError(f"{stated.origin}: {error}") from None
