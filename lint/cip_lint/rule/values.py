"""Rules as values, and the decorator that makes them of functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Generic, TypeVar

from cip_lint.model import Severity
from cip_lint.records import NamedTuple
from cip_lint.rule.context import Context, Problem, Stage
from cip_lint.rule.subjects import Subjects, is_of_refusals, needs_of

S = TypeVar("S")

_PODS = frozenset({"workloads", "Pod"})
"""Kinds of rules that look into pod templates."""

RuleFunction = Callable[[S, Context], Iterator[Problem]]


class Rule(NamedTuple, Generic[S]):
    """A rule as a value: its metadata, its page and its function."""

    id: str
    severity: Severity
    also: tuple[Severity, ...]
    """The other severities that its problems may carry."""
    on: Subjects[S]
    function: RuleFunction[S]
    stage: Stage
    since: str
    profile: str
    """The profile that switches it on: ``default``, ``strict``, ``mesh``, ``policy``."""
    hides: frozenset[str]
    """Rules that stay silent on the same object (and topic) where this one speaks."""
    kinds: tuple[str, ...]
    """The kinds it judges, for the manual."""
    replay: bool
    """Whether it needs stated cluster settings to run at all."""
    suppressible: bool
    needs: Subjects[Any]
    """Where this yields nothing the rule has nothing to say, and is not imported."""
    pieces: bool = False
    """Whether it may judge pieces of builds that were not made.

    Of these only what no build could change may be said. Without this the engine drops
    what a rule says of a piece; where a piece is the other end of a problem, the rule
    has to ask ``Member.piece`` itself.
    """
    asks_pods: bool = False
    """Whether it judges no workload, but asks which pods there are, or what they read."""

    @property
    def page(self) -> str:
        """The manual page: the docstring of the function."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the page, without its full stop."""
        return self.page.partition("\n")[0].rstrip(".")

    @property
    def family(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def reads_pods(self) -> bool:
        """Whether it judges workloads, or asks about them."""
        return self.asks_pods or not _PODS.isdisjoint(self.kinds)

    def load(self) -> Rule[S]:
        """Return the rule itself, as ``ListedRule`` does."""
        return self

    def run(self, subject: S, cx: Context) -> Iterator[Problem]:
        """Yield the problems of one subject."""
        return self.function(subject, cx)


def rule(
    rule_id: str,
    *,
    severity: Severity,
    on: Subjects[S],
    stage: Stage,
    since: str,
    also: Sequence[Severity] = (),
    profile: str = "default",
    hides: Sequence[str] = (),
    kinds: Sequence[str] = ("Service",),
    replay: bool = False,
    suppressible: bool = True,
    needs: Subjects[Any] | None = None,
    pieces: bool | None = None,
    asks_pods: bool = False,
) -> Callable[[RuleFunction[S]], Rule[S]]:
    """Turn a generator function into a ``Rule`` value; registers nothing.

    ``on`` says what the function is called with, each by itself: subjects of
    ``cip_lint.rule``, or a function from the context to what it yields. ``stage``,
    ``also``, ``profile``, ``hides`` and ``kinds`` are told at ``Stage`` and ``Rule``;
    ``since`` is the release that brings the rule.
    ``needs`` are subjects of ``cip_lint.rule``: where they yield nothing, the rule has
    nothing to say. They are given where ``on`` is a function of the rule's own.
    ``pieces`` is for a rule that says what no build could change. Of ``refusals`` it
    need not be said: those of pieces are left out where a build could repair them.
    ``asks_pods`` is for a rule that judges no workload and yet looks into their pods: it
    runs beside those that do, which have looked there already.
    """

    def decorate(function: RuleFunction[S]) -> Rule[S]:
        return Rule(
            id=rule_id,
            severity=severity,
            also=tuple(also),
            on=on,
            function=function,
            stage=stage,
            since=since,
            profile=profile,
            hides=frozenset(hides),
            kinds=tuple(kinds),
            replay=replay,
            suppressible=suppressible,
            needs=needs_of(on) if needs is None else needs,
            pieces=is_of_refusals(on) if pieces is None else pieces,
            asks_pods=asks_pods,
        )

    return decorate


class ListedRule(NamedTuple):
    """A rule as an index lists it: what decides whether it runs, and where it is.

    A plugin may return such in place of ``Rule`` values. It is imported where
    ``needs`` yields anything, or somebody asks for its page.
    """

    id: str
    severity: Severity
    stage: Stage
    needs: Subjects[Any]
    place: str
    """``package.module:name`` of the ``Rule``."""
    reads_pods: bool = False
    """Whether it judges workloads, as a part of its ``kinds``, or asks about them."""
    profile: str = "default"
    replay: bool = False
    suppressible: bool = True
    options: Mapping[str, Mapping[str, Any]] | None = None
    """The JSON Schema of each of its options; None: what settings say is not checked."""

    @property
    def family(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    def load(self) -> Rule[Any]:
        """Import the rule and return it; raises whatever its module raises.

        ``TypeError`` where another rule stands there, or none.
        """
        module, _, name = self.place.partition(":")
        found = getattr(import_module(module), name, None)
        if not isinstance(found, Rule) or found.id != self.id:
            raise TypeError(f"{self.place} is not the rule {self.id}")
        return found


AnyRule = Rule[Any] | ListedRule
"""What a plugin returns."""
