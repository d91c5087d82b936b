"""What becomes of findings that somebody chose not to see."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cip_lint.config import Choices
from cip_lint.config.selection import Selector, nearest_rule
from cip_lint.engine.alike import keys_of
from cip_lint.engine.directives import (
    EntryScope,
    FileScope,
    LineScope,
    Named,
    ObjectScope,
    Suppression,
)
from cip_lint.model import Finding, Span, Suppressed
from cip_lint.rule import Directive


def suppress(
    findings: Iterable[Finding],
    suppressions: Sequence[Suppression],
    never: frozenset[str],
) -> tuple[list[Finding], list[Suppressed]]:
    """Return what is reported, and what the suppressions hide.

    ``never`` are the rules that cannot be suppressed. A suppression that hides a
    finding is marked as used. What several builds say alike is hidden in those that
    are meant, and is one hidden finding.
    """
    index = _Index(one for one in suppressions if not one.expired)
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        by = None if finding.rule in never else index.first(finding)
        if by is None:
            kept.append(finding)
        else:
            by.used = True
            hidden.append(Suppressed(finding, by.by, by.reason, by.whole))
    keys = keys_of([one.finding for one in hidden])
    firsts = dict(zip(reversed(keys), reversed(hidden), strict=True))
    return kept, [firsts[key] for key in dict.fromkeys(keys)]


class _Index:
    """Finds the suppression of a finding without looking at all of them."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._lines: dict[tuple[str, str, int], Suppression] = {}
        self._files: dict[tuple[str, str], Suppression] = {}
        self._objects: dict[tuple[str, str], list[tuple[int, int, Suppression]]] = {}
        self._built: dict[tuple[str, Named], Suppression] = {}
        self._entries: list[tuple[EntryScope, Suppression]] = []
        for one in suppressions:
            self._add(one)
        for objects in self._objects.values():
            objects.sort(key=lambda entry: entry[0])

    def _add(self, one: Suppression) -> None:
        scope = one.scope
        if isinstance(scope, LineScope):
            for line in scope.lines:
                self._lines.setdefault((one.rule_id, scope.path, line), one)
        elif isinstance(scope, FileScope):
            self._files.setdefault((one.rule_id, scope.path), one)
        elif isinstance(scope, ObjectScope):
            listed = self._objects.setdefault((one.rule_id, scope.path), [])
            listed.append((scope.start, scope.end, one))
            for named in scope.built:
                self._built.setdefault((one.rule_id, named), one)
        else:
            self._entries.append((scope, one))

    def first(self, finding: Finding) -> Suppression | None:
        """Return the nearest suppression: of a line, a file, an object, all."""
        for label in (finding.primary, *finding.related):
            found = self._of_label(finding.rule, label.span)
            if found is not None:
                return found
        ref = finding.object
        if self._built and ref is not None and finding.builds:
            named = (finding.builds[0], ref.kind, ref.namespace, ref.name)
            if (finding.rule, named) in self._built:
                return self._built[finding.rule, named]
        for scope, one in self._entries:
            if one.names(finding.rule) and scope.covers(finding):
                return one
        return None

    def _of_label(self, rule_id: str, span: Span) -> Suppression | None:
        path = span.source.path
        if self._lines:
            last = span.source.position(max(span.start, span.end - 1)).line
            for line in range(span.first.line, last + 1):
                found = self._lines.get((rule_id, path, line))
                if found is not None:
                    return found
        return self._files.get((rule_id, path)) or self._of_object(rule_id, span)

    def _of_object(self, rule_id: str, span: Span) -> Suppression | None:
        objects = self._objects.get((rule_id, span.source.path), ())
        at = bisect_right(objects, span.start, key=lambda entry: entry[0]) - 1
        if at < 0 or span.start > objects[at][1]:
            return None
        return objects[at][2]


def directives(
    suppressions: Iterable[Suppression],
    choices: Choices,
    ran: frozenset[str],
    never: frozenset[str],
    unbuilt: frozenset[str] = frozenset(),
) -> Iterator[Directive]:
    """Yield the suppressions as the rules about them see them, those with a place.

    ``ran`` are the rules that judged everything that was read but ``unbuilt``: files
    of builds that were not made, of which few rules speak.
    """
    near = _Nearest(choices.known)
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
            nearest="" if known else near.of(one.rule_id),
            used=one.used,
            ran=one.label.span.source.path not in unbuilt
            and any(one.names(rule_id) for rule_id in ran),
            expired=one.expired,
            missing_plugin="" if known else choices.missing_plugin,
        )


def _is_known(one: Suppression, known: frozenset[str]) -> bool:
    if one.by == "config":
        return Selector(one.rule_id).is_known(known)
    return one.rule_id in known


class _Nearest:
    """Finds the nearest rule of misspelt ones, for as many as a person writes."""

    _MOST = 100

    def __init__(self, known: Iterable[str]) -> None:
        self._ids = sorted(known)
        self._found: dict[str, str] = {}

    def of(self, rule_id: str) -> str:
        """Return the id nearest to one that nobody knows; empty: none is near."""
        if rule_id not in self._found:
            if not rule_id or len(self._found) >= self._MOST:
                return ""
            near = nearest_rule(rule_id, self._ids)
            self._found[rule_id] = near if "." in near else ""
        return self._found[rule_id]
