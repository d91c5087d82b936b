"""The suppressions somebody wrote: comments, annotations, entries of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from cip_lint.config import Choices, IgnoreEntry, Selector
from cip_lint.engine.alike import build_of
from cip_lint.engine.inline_patches import lines_of_patch
from cip_lint.manifests.comments import is_comment_line, stands_first
from cip_lint.model import Build, Finding, Label, Resource, Span
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

ANNOTATION = "ignore.cip-lint/"
_COMMENT = pattern(
    r"cip-lint:[ \t]*(?P<verb>ignore(?P<file>-file)?)\b"
    r"(?:[ \t]*\[(?P<rules>[^\]]*)\])?(?P<reason>[^\n]*)"
)
_RULE = pattern(r"[^\s,]+")
_COMMENT_LINES = 50
"""How many lines of comments may stand between a lone comment and what it means."""


class Suppression:
    """One suppression of one rule, and what became of it so far."""

    def __init__(
        self,
        rule_id: str,
        reason: str,
        by: str,
        label: Label | None,
        whole: Label | None,
        scope: Scope,
        expired: str = "",
    ) -> None:
        self.rule_id = rule_id
        self.reason = reason
        self.by = by
        self.label = label
        """The rule id in it; None where no file states it (presets)."""
        self.whole = whole
        self.scope = scope
        self.expired = expired
        """The last day on which it held, where that has passed."""
        self.used = False

    def names(self, rule_id: str) -> bool:
        """Whether it names a rule; settings may name a family too."""
        if self.by == "config":
            return Selector(self.rule_id).names(rule_id)
        return rule_id == self.rule_id


Named = tuple[Build, str, str, str]
"""The build, and kind, namespace and name, as findings have them."""


class LineScope(NamedTuple):
    """Findings with a label on a line, or on the one below a lone comment.

    Where a patch begins that is written out, all its lines count.
    """

    path: str
    lines: frozenset[int]


class FileScope(NamedTuple):
    """Findings with a label in a file."""

    path: str


class ObjectScope(NamedTuple):
    """Findings with a label inside an object, and those about what is built of it."""

    path: str
    start: int
    end: int
    built: frozenset[Named] = frozenset()
    """The objects that were built of it: their findings may lie in a patch."""


class EntryScope(NamedTuple):
    """Findings that an entry of the settings describes."""

    entry: IgnoreEntry

    def covers(self, finding: Finding) -> bool:
        """Whether path, kind, namespace and name of the entry fit."""
        entry, ref = self.entry, finding.object
        if entry.matches is not None and not any(map(entry.matches, finding.paths)):
            return False
        if ref is None:
            return not entry.kind and entry.namespace == "*" and entry.name == "*"
        return (
            entry.kind in ("", ref.kind)
            and fnmatchcase(ref.namespace, entry.namespace)
            and fnmatchcase(ref.name, entry.name)
        )


Scope = LineScope | FileScope | ObjectScope | EntryScope
"""Which findings a suppression covers."""


def of_comment(span: Span) -> Iterator[Suppression]:
    """Yield the suppressions of one comment of a document."""
    found = _COMMENT.search(span.text)
    if found is None or found["file"]:
        return
    source, line = span.source, span.first.line
    lines = {line}
    if is_comment_line(source.line(line)):
        lines.add(_line_below(span))
    lines.update(*[lines_of_patch(source, one) for one in lines])
    yield from _of_match(span, found, LineScope(source.path, frozenset(lines)))


def _line_below(span: Span) -> int:
    """Return the first line below a lone comment that is not a comment itself."""
    line = span.first.line + 1
    last = min(len(span.source.line_starts), line + _COMMENT_LINES)
    while line <= last and is_comment_line(span.source.line(line)):
        line += 1
    return line


def of_file_comment(span: Span) -> Iterator[Suppression]:
    """Yield the suppressions of a comment about a whole file.

    It counts before the first document only; elsewhere it hides nothing, and is
    told to be unused.
    """
    found = _COMMENT.search(span.text)
    if found is not None and found["file"]:
        path = span.source.path
        scope = FileScope(path) if stands_first(span) else LineScope(path, frozenset())
        yield from _of_match(span, found, scope)


def _of_match(span: Span, found: re.Match[str], scope: Scope) -> Iterator[Suppression]:
    def label(start: int, end: int) -> Label:
        return Label(Span(span.source, span.start + start, span.start + end))

    reason = found["reason"].strip()
    whole = label(found.start(), found.start() + len(found[0].rstrip()))
    rules = list(_RULE.finditer(found["rules"] or ""))
    if not rules:
        yield Suppression(
            "", reason, "comment", label(*found.span("verb")), whole, scope
        )
    for rule in rules:
        at = found.start("rules")
        place = label(at + rule.start(), at + rule.end())
        yield Suppression(rule[0], reason, "comment", place, whole, scope)


def of_annotations(resource: Resource) -> Iterator[Suppression]:
    """Yield the suppressions that an object carries as annotations."""
    annotations = resource.get("metadata", "annotations")
    if not isinstance(annotations, dict):
        return
    for key, value in annotations.items():
        if isinstance(key, str) and key.startswith(ANNOTATION):
            path = ("metadata", "annotations", key)
            key_span, whole = resource.key_span(*path), resource.span()
            text = key_span.text
            start = key_span.start + max(text.find(ANNOTATION) + len(ANNOTATION), 0)
            rule_id = key.removeprefix(ANNOTATION)
            place = Span(key_span.source, start, start + len(rule_id))
            built = frozenset({_named(resource)} if resource.built_by else ())
            # What an overlay puts on an object of a base is not said by the base.
            is_own = whole.source.path == key_span.source.path and whole.start <= start
            end = whole.end if is_own and start < whole.end else whole.start - 1
            yield Suppression(
                rule_id,
                value.strip() if isinstance(value, str) else "",
                "annotation",
                Label(place if place.text == rule_id else key_span),
                resource.label(*path),
                ObjectScope(whole.source.path, whole.start, end, built),
            )


def _named(resource: Resource) -> Named:
    build = build_of(resource)
    return build, resource.kind, resource.namespace or "default", resource.name


def joined(suppressions: Iterable[Suppression]) -> Iterator[Suppression]:
    """Yield suppressions, one for each place, whatever is built of its object."""
    by_place: dict[tuple[str, int, str], Suppression] = {}
    for one in suppressions:
        assert one.label is not None
        span = one.label.span
        key = (span.source.path, span.start, one.rule_id)
        first = by_place.setdefault(key, one)
        if first is not one and isinstance(first.scope, ObjectScope):
            assert isinstance(one.scope, ObjectScope)
            built = first.scope.built | one.scope.built
            first.scope = first.scope._replace(built=built)
    yield from by_place.values()


def of_settings(choices: Choices) -> Iterator[Suppression]:
    """Yield the suppressions of the settings."""
    for entry in choices.ignores:
        expired = entry.until if entry.until and entry.until < choices.today else ""
        yield Suppression(
            entry.rule.text,
            entry.reason,
            "config",
            entry.rule.label,
            entry.whole,
            EntryScope(entry),
            expired,
        )
