"""One finding for one root cause: what speaks, and what stays silent beside it.

Two things hide a problem. An *error* that an object does not decode or is refused
hides what would follow from its selection and ports, since it will not exist as
written. And a rule names those that it ``hides``: they stay silent on the same
object, and where both problems have topics, on the same topic. What has none is
about the whole object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cip_lint.engine.candidates import Candidate
from cip_lint.model import Severity
from cip_lint.rule import Problem, Stage

_REFUSING = frozenset({Stage.DECODE, Stage.REFUSAL})
_MOOT = frozenset({Stage.SELECTION, Stage.PORTS, Stage.ADVICE})


def decided(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates of one cluster that are told, in their order."""
    refused = {
        id(one.resource)
        for one in candidates
        if one.rule.stage in _REFUSING
        and one.severity is Severity.ERROR
        and one.resource is not None
    }
    standing = [
        one
        for one in candidates
        if one.rule.stage not in _MOOT or id(one.resource) not in refused
    ]
    hiding = _hiding(standing)
    if not hiding:
        return standing
    return [one for one in standing if not _is_hidden(one, hiding)]


def _hiding(candidates: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    """Return those that hide others, by the objects on which they do."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if one.rule.hides:
            if one.resource is not None:
                found[id(one.resource)].append(one)
            for resource in one.problem.covers:
                found[id(resource)].append(one)
    return found


def _is_hidden(one: Candidate, hiding: dict[int, list[Candidate]]) -> bool:
    return any(
        other.rule.id != one.rule.id
        and _names(other.rule.hides, one.rule.id)
        and _meets(other.problem, one.problem)
        for other in hiding.get(id(one.resource), ())
    )


def _names(hides: frozenset[str], rule_id: str) -> bool:
    return (
        rule_id in hides or "ALL" in hides or f"{rule_id.partition('.')[0]}.*" in hides
    )


def _meets(strong: Problem, weak: Problem) -> bool:
    if strong.topic is None or weak.topic is None:
        return True
    return weak.topic in (strong.topic, *strong.further_topics)
