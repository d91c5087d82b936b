"""What several builds say alike because of one base is said once."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname

from cip_lint.engine.candidates import Candidate
from cip_lint.model import Label, Span
from cip_lint.words import counted

_MOST = 3
"""How many builds are named; the others are counted."""

_Place = tuple[str, int, int]


def merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates in their order, those of several builds as the first of them.

    Two are alike where one rule has the same to say about the very same places,
    whatever names and namespaces the builds give to what stands there. A note names
    the other builds.
    """
    found: dict[object, Candidate] = {}
    builds: dict[object, dict[str, None]] = {}
    for number, one in enumerate(candidates):
        built_by = one.resource.built_by if one.resource is not None else ""
        key: object = _places(one) if built_by else number
        found.setdefault(key, one)
        builds.setdefault(key, {})[built_by] = None
    return [
        _noted(one, [*builds[key]][1:]) if len(builds[key]) > 1 else one
        for key, one in found.items()
    ]


def _places(one: Candidate) -> tuple[object, ...]:
    problem = one.problem
    labels = (problem.at, *problem.related)
    return (one.rule.id, one.severity, *map(_place, labels))


def _place(at: Label | Span) -> _Place:
    span = at.span if isinstance(at, Label) else at
    return span.source.path, span.start, span.end


def _noted(one: Candidate, others: list[str]) -> Candidate:
    folders = [dirname(path) or "." for path in others]
    named = folders[:_MOST]
    if len(folders) > _MOST:
        named.append(f"{len(folders) - _MOST} more")
    note = f"the same in {counted(len(folders), 'other build')}: {', '.join(named)}"
    problem = one.problem._replace(notes=(*one.problem.notes, note))
    return one._replace(problem=problem)
