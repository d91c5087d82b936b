"""What the author of a rule imports: ``@rule``, ``Problem`` and ``Context``.

A rule is a generator function without state. It is called once for each of its
*subjects* (a row of the Service table, a workload, a refusal ...) and yields a
``Problem`` for each thing that is wrong: words and places. The engine adds the
id, the severity, precedence, suppression and order. The docstring of the
function is the rule's page in the manual.

A rule runs only where a plugin's hook ``cip_lint_rules`` returns it. The built-in
rules are returned from the table ``RULES`` in ``cip_lint_rules``: a rule file that
has no line there is never imported, and nothing is said at run time.

The values that a rule meets are offered here as well (``ServiceRow``,
``ServiceTable``, ``Cluster``, ``Member``, ``WorkloadMember``, ``ServicePort``,
``Fault``), so that a plugin needs no module but this one, ``cip_lint.model`` and
``cip_lint.hookspecs``.

::

    @rule("service.without-ports", severity=Severity.ERROR,
          on=refusals("T2"), stage=Stage.REFUSAL, since="0.1.0")
    def without_ports(refusal: Refusal, cx: Context) -> Iterator[Problem]:
        \"\"\"A Service that needs ports has none. ...\"\"\"
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, Generic, NamedTuple, TypeVar

from cip_lint.bodies import ABSENT
from cip_lint.cluster import Cluster, ClusterSettings, Member, WorkloadMember
from cip_lint.kube.faults import Fault
from cip_lint.kube.service import ServicePort
from cip_lint.model import (
    Confidence,
    Label,
    Loss,
    Resource,
    ServerAnswer,
    Severity,
    Span,
)
from cip_lint.replay import ServiceRow, ServiceTable

__all__ = [
    "Cluster",
    "ClusterSettings",
    "Context",
    "Directive",
    "Fault",
    "Member",
    "Problem",
    "Refusal",
    "Rule",
    "RuleFunction",
    "ServicePort",
    "ServiceRow",
    "ServiceTable",
    "Stage",
    "Subjects",
    "WorkloadMember",
    "directives",
    "losses",
    "objects",
    "refusals",
    "rule",
    "services",
    "whole_cluster",
    "workloads",
]

S = TypeVar("S")


class Stage(IntEnum):
    """How far an object gets before the problem shows; see the precedence rules.

    An error of ``DECODE`` or ``REFUSAL`` on an object hides its findings of
    ``SELECTION``, ``PORTS`` and ``ADVICE``: the object will not exist as written,
    and what it would select is not the point.
    """

    FILE = 0
    DECODE = 1
    REFUSAL = 2
    PLACEMENT = 3
    SELECTION = 4
    PORTS = 5
    NAMES = 6
    ADVICE = 7


class Problem(NamedTuple):
    """What a rule found: words and places.

    ``at`` is the smallest place that shows it, ``label`` continues the code there.
    ``severity`` is given only where it differs from the rule's own. ``faults`` are
    the API server's refusals that this problem explains: they become ``server`` in
    the output, or a note when the server would name them only later. ``topic`` tells
    apart several problems of one object for the precedence between rules (a claimed
    address, a port index); a problem without one is about the whole object.
    ``further_topics`` are others that it settles. ``covers`` are further objects on which the rules that
    this one ``hides`` stay silent.
    """

    message: str
    at: Label | Span
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    severity: Severity | None = None
    confidence: Confidence = Confidence.CERTAIN
    faults: tuple[Fault, ...] = ()
    answer: ServerAnswer | None = None
    """The API server's answer where it has no causes: 404 for an unknown kind."""
    topic: Hashable = None
    resource: Resource | None = None
    """The object it is about, when that is not the ``resource`` of the subject.

    A subject made of several things has a property ``resource``: from it come the
    finding's object, its fingerprint and what hides it."""
    covers: tuple[Resource, ...] = ()
    further_topics: tuple[Hashable, ...] = ()


class Directive(NamedTuple):
    """A suppression somebody wrote, and what became of it in this run."""

    rule_id: str
    """As written; empty for a bare ``ignore`` without brackets."""
    reason: str
    by: str
    """``comment``, ``annotation`` or ``config``."""
    label: Label
    """The rule id inside the directive."""
    whole: Label
    """The whole directive."""
    known: bool
    """Whether it names a rule that may be suppressed."""
    nearest: str
    """The id nearest to an unknown one; empty where none is near."""
    used: bool
    """Whether it hid a finding of this run."""
    ran: bool
    """Whether its rule ran on what the directive covers."""
    expired: str = ""
    """The ``until`` date, where that has passed."""
    missing_plugin: str = ""
    """The configured plugin that is not installed and may define the id."""


class Refusal(NamedTuple):
    """An object that the API server refuses, with the faults a rule asked for."""

    member: Member
    faults: tuple[Fault, ...]
    row: ServiceRow | None
    """The row of the table, where the object is a Service."""

    @property
    def resource(self) -> Resource:
        """The refused object."""
        return self.member.resource


class Context(NamedTuple):
    """All that a rule may look at: one cluster, its table, the chosen settings."""

    cluster: Cluster
    table: ServiceTable
    options: Mapping[str, Any] = ABSENT
    """The options of this rule, as configured under ``rules.<id>``."""
    strict: bool = False
    """Whether the extra infos of the ``strict`` profile are wanted."""
    mesh: bool = False
    """Whether the ``mesh`` profile is chosen."""
    losses: Sequence[Loss] = ()
    """What cannot be read, or is dropped without a word, in any file.

    It is no cluster's: the context of the first one has it, those of others are
    without."""
    directives: Sequence[Directive] = ()
    """Every suppression of the run.

    Only rules ``on=directives`` see them, which run once, when all others have
    spoken: before that nobody knows which suppressions hid something."""

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings, each with its origin."""
        return self.cluster.settings


Subjects = Callable[[Context], Iterable[S]]
"""Names the subjects of a rule; several are given below."""

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
) -> Callable[[RuleFunction[S]], Rule[S]]:
    """Turn a generator function into a ``Rule`` value; registers nothing."""

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
        )

    return decorate


def services(cx: Context) -> Iterable[ServiceRow]:
    """Every Service of the cluster that may be judged, as a row of the table."""
    return cx.table.judged


def workloads(cx: Context) -> Iterable[Member]:
    """Every workload of the cluster that may be judged."""
    return cx.cluster.judged_workloads


def objects(*kinds: str) -> Subjects[Member]:
    """Every object of some built-in kinds that may be judged."""

    def subjects(cx: Context) -> Iterable[Member]:
        for kind in kinds:
            yield from cx.cluster.judged(kind)

    return subjects


def refusals(*codes: str) -> Subjects[Refusal]:
    """Each refused object that has faults of these codes, with those faults.

    A code that ends in ``*`` stands for all codes that begin so.
    """
    exact = frozenset(code for code in codes if not code.endswith("*"))
    prefixes = tuple(code[:-1] for code in codes if code.endswith("*"))

    def subjects(cx: Context) -> Iterable[Refusal]:
        for member, row, faults in cx.table.refused:
            chosen = tuple(
                fault
                for fault in faults
                if fault.code in exact or (prefixes and fault.code.startswith(prefixes))
            )
            if chosen:
                yield Refusal(member, chosen, row)

    return subjects


def losses(cx: Context) -> Iterable[Loss]:
    """Return what cannot be read, or is dropped without a word, in any file."""
    return cx.losses


def directives(cx: Context) -> Iterable[Directive]:
    """Every suppression of the run, once all other rules have spoken."""
    return cx.directives


def whole_cluster(cx: Context) -> Iterable[Cluster]:
    """Return the cluster itself, once: for rules that compare objects."""
    return (cx.cluster,)
