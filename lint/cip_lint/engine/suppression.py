"""What becomes of findings that somebody chose not to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cip_lint.config import Choices
from cip_lint.config.selection import Selector, nearest_rule
from cip_lint.engine.directives import Suppression
from cip_lint.model import Finding, Suppressed
from cip_lint.rule import Directive


def suppress(
    findings: Iterable[Finding],
    suppressions: Sequence[Suppression],
    never: frozenset[str],
) -> tuple[list[Finding], list[Suppressed]]:
    """Return what is reported, and what the suppressions hide.

    ``never`` are the rules that cannot be suppressed. A suppression that hides a
    finding is marked as used.
    """
    active = [one for one in suppressions if not one.expired]
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        by = None if finding.rule in never else _first(active, finding)
        if by is None:
            kept.append(finding)
        else:
            by.used = True
            hidden.append(Suppressed(finding, by.by, by.reason, by.whole))
    return kept, hidden


def _first(suppressions: Iterable[Suppression], finding: Finding) -> Suppression | None:
    for one in suppressions:
        if one.names(finding.rule) and one.scope.covers(finding):
            return one
    return None


def directives(
    suppressions: Iterable[Suppression],
    choices: Choices,
    ran: frozenset[str],
    never: frozenset[str],
) -> Iterator[Directive]:
    """Yield the suppressions as the rules about them see them, those with a place.

    ``ran`` are the rules that judged everything that was read.
    """
    ids = sorted(choices.known)
    for one in suppressions:
        if one.label is None or one.whole is None:
            continue
        known = _is_known(one, choices.known) and one.rule_id not in never
        yield Directive(
            rule_id=one.rule_id,
            reason=one.reason,
            by=one.by,
            label=one.label,
            whole=one.whole,
            known=known,
            nearest="" if known else _nearest(one.rule_id, ids),
            used=one.used,
            ran=any(one.names(rule_id) for rule_id in ran),
            expired=one.expired,
            missing_plugin="" if known else choices.missing_plugin,
        )


def _is_known(one: Suppression, known: frozenset[str]) -> bool:
    if one.by == "config":
        return Selector(one.rule_id).is_known(known)
    return one.rule_id in known


def _nearest(rule_id: str, ids: Sequence[str]) -> str:
    near = nearest_rule(rule_id, ids) if rule_id else ""
    return near if "." in near else ""
