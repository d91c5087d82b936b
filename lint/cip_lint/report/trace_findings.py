"""The findings that speak of the hops of a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.model import Finding, Span
from cip_lint.records import NamedTuple
from cip_lint.replay.tracing.hops import Detail, Hop, State, Trace


class Said(NamedTuple):
    """A finding, and the number of the hop that it speaks of."""

    finding: Finding
    hop: int


def said_of(trace: Trace, findings: Sequence[Finding]) -> tuple[Said, ...]:
    """Return the findings whose places are those of a hop, in the order of the hops.

    Each stands at one hop: that which breaks, else the first one. There any place of
    a finding counts, elsewhere its primary one.
    """
    spans = [tuple(_spans(hop)) for hop in trace.hops]
    paths = {span.source.path for some in spans for span in some}
    near = [one for one in findings if not paths.isdisjoint(_paths(one))]
    order = sorted(range(len(spans)), key=lambda at: not _is_broken(trace.hops[at]))
    found = []
    for finding in near:
        for number in order:
            any_place = _is_broken(trace.hops[number])
            if _touches(finding, spans[number], any_place=any_place):
                found.append(Said(finding, number))
                break
    return tuple(sorted(found, key=lambda one: one.hop))


def _paths(finding: Finding) -> set[str]:
    labels = (finding.primary, *finding.related)
    return {label.span.source.path for label in labels}


def _is_broken(hop: Hop) -> bool:
    return hop.state is State.BROKEN


def _spans(hop: Hop) -> Iterator[Span]:
    for one in [Detail(hop.words, hop.place), *hop.details]:
        if one.place is not None:
            yield one.place.span


def _touches(finding: Finding, spans: Sequence[Span], *, any_place: bool) -> bool:
    labels = (finding.primary, *(finding.related if any_place else ()))
    return any(_overlap(label.span, span) for label in labels for span in spans)


def _overlap(one: Span, other: Span) -> bool:
    if one.source.path != other.source.path:
        return False
    return one.start < other.end and other.start < one.end
