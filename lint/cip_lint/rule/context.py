"""What a rule is called with, and what it yields."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from cip_lint.bodies import ABSENT
from cip_lint.cluster import Cluster, ClusterSettings, Member
from cip_lint.kube.faults import Fault
from cip_lint.model import (
    Confidence,
    Label,
    Loss,
    Resource,
    ServerAnswer,
    Severity,
    Span,
)
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow, ServiceTable


class Stage(IntEnum):
    """How far an object gets before the problem shows.

    An error of ``DECODE`` or ``REFUSAL`` on an object hides its findings of
    ``SELECTION``, ``PORTS`` and ``ADVICE``: the object will not exist as written,
    and what it would select is not the point. Of two rules at one stage ``hides``
    says which one stays silent.
    """

    FILE = 0
    """The file cannot be read."""
    DECODE = 1
    """The object has an unknown kind or field, or a value of the wrong type."""
    REFUSAL = 2
    """The API server refuses it."""
    PLACEMENT = 3
    """It meets another object, or has no place: identity, address, node port."""
    SELECTION = 4
    """A selector picks nothing, too much, or what nobody knows."""
    PORTS = 5
    """A port leads nowhere in what is selected."""
    NAMES = 6
    """What refers to it by name does not reach it."""
    ADVICE = 7
    """It works, and not as well as it could."""


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
