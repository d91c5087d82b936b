"""What the rules of one cluster say: problems, before anybody decides about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cip_lint.cluster import Cluster, Member
from cip_lint.config import Choices
from cip_lint.errors import FOREIGN_FAILURES, PluginError
from cip_lint.model import Label, ObjectRef, Resource, ServerAnswer, Severity, Span
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import AnyRule, Context, Problem, Refusal, Rule, Subjects


class Candidate(NamedTuple):
    """A problem, the rule that yielded it, and the object it is about."""

    rule: Rule[Any]
    problem: Problem
    resource: Resource | None
    ref: ObjectRef | None
    answer: ServerAnswer | None = None
    """The API server's whole answer to the object, where the table knows it."""

    @property
    def severity(self) -> Severity:
        """How bad the rule says it is."""
        return self.problem.severity or self.rule.severity


class Runner:
    """Runs rules on their subjects; a rule that raises does not stop the others."""

    def __init__(self, choices: Choices, clock: Callable[[], float]) -> None:
        self.choices = choices
        self.seconds: dict[str, float] = {}
        """The time each rule took, by its id."""
        self.errors: dict[str, PluginError] = {}
        """The first error of each rule that raised, by its id."""
        self._clock = clock

    def run(
        self,
        listed: AnyRule,
        cx: Context,
        owners: Owners,
        is_met: Callable[[Subjects[Any]], bool],
    ) -> Iterator[Candidate]:
        """Yield what one rule says about all its subjects.

        Where ``is_met`` says that what it needs is not there, it is not imported.
        """
        started = self._clock()
        found: list[Candidate] = []
        try:
            if is_met(listed.needs):
                found = self._found(listed.load(), cx, owners)
        except FOREIGN_FAILURES as error:
            self._failed(listed, None, error)
        took = self._clock() - started
        self.seconds[listed.id] = self.seconds.get(listed.id, 0.0) + took
        yield from found

    def _found(self, rule: Rule[Any], cx: Context, owners: Owners) -> list[Candidate]:
        found: list[Candidate] = []
        subject: object = None
        try:
            for subject in rule.on(cx):
                try:
                    for problem in rule.run(subject, cx):
                        candidate = owners.candidate(rule, problem, subject)
                        if candidate is not None:
                            found.append(candidate)
                except FOREIGN_FAILURES as error:
                    self._failed(rule, subject, error)
        except FOREIGN_FAILURES as error:
            self._failed(rule, None, error)
        return found

    def _failed(self, rule: AnyRule, subject: object, error: BaseException) -> None:
        if rule.id in self.errors:
            return
        plugin = self.choices.plugin_of.get(rule.id, rule.id)
        resource = getattr(subject, "resource", None)
        about = f" on {resource!r}" if isinstance(resource, Resource) else ""
        message = f"rule {rule.id} raised {type(error).__name__}: {error}{about}"
        failure = PluginError(plugin, message)
        failure.__cause__ = error
        self.errors[rule.id] = failure


class Owners:
    """Finds the object that a problem is about, and what the cluster calls it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._members: dict[Resource, Member] = {}

    def candidate(
        self, rule: Rule[Any], problem: Problem, subject: object
    ) -> Candidate | None:
        """Return a problem together with its object.

        None where that is a piece of a build that was not made, and the rule says what
        the build could change. Raises ``TypeError`` for what is no problem, or has no place.
        """
        if not isinstance(problem, Problem):
            raise TypeError(f"yielded {problem!r}, not a Problem")
        if not isinstance(problem.at, Label | Span):
            raise TypeError(f"yielded a Problem at {problem.at!r}, not a Label or Span")
        own = getattr(subject, "resource", None)
        resource = problem.resource or own
        if not isinstance(resource, Resource):
            return Candidate(rule, problem, None, None)
        member = self._member(resource, subject)
        if member is not None and member.piece and not rule.pieces:
            return None
        ref = member.ref if member is not None else None
        answer = _answer(subject) if problem.faults and resource is own else None
        return Candidate(rule, problem, resource, ref, answer)

    def _member(self, resource: Resource, subject: object) -> Member | None:
        own = subject if isinstance(subject, Member) else _member_of(subject)
        if own is not None and own.resource is resource and self._is_known(own):
            return own
        if not self._members:
            self._members = {one.resource: one for one in self._cluster.members}
        return self._members.get(resource)

    def _is_known(self, member: Member) -> bool:
        """Whether an object is of the cluster: without the map, which may be large."""
        return self._cluster.number_of(member) is not None


def _member_of(subject: object) -> Member | None:
    member = getattr(subject, "member", None)
    return member if isinstance(member, Member) else None


def _answer(subject: object) -> ServerAnswer | None:
    row = subject.row if isinstance(subject, Refusal) else subject
    return row.admission.answer() if isinstance(row, ServiceRow) else None
