"""Runs the rules of a large cluster on two cores.

Rules about one object by itself (what the API server says to it) and rules about
objects together (selections, ports, names) need different parts of the table. A
forked helper runs the former and sends what they say as plain values, in which files,
objects and rules are references; the parent runs the latter meanwhile, and all of
them where the helper fails. The result is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from cip_lint.cluster import Cluster
from cip_lint.engine.candidates import Candidate, Runner
from cip_lint.model import SourceFile
from cip_lint.processes import Forked, cores, forked, may_fork
from cip_lint.rule import Rule, Stage

if TYPE_CHECKING:
    from cip_lint.engine.delivery import Names

FEWEST_OBJECTS = 2_000
"""Below this, the helper costs more than it saves."""

_OF_ADMISSION = frozenset({"manifest", "service", "address", "node-port"})
"""Families whose rules need the API server's answer to each object, and no selection."""

_PODS = frozenset({"workloads", "Pod"})
"""Kinds of rules that look into pod templates."""

_REFUSING = frozenset({Stage.DECODE, Stage.REFUSAL})

RunRule = Callable[[Rule[Any]], list[Candidate]]


def is_worth_it(cluster: Cluster) -> bool:
    """Whether a cluster is large enough, and forking is to be had."""
    return len(cluster.members) >= FEWEST_OBJECTS and may_fork() and cores() != 1


def run(
    cluster: Cluster,
    rules: Sequence[Rule[Any]],
    sources: Mapping[str, SourceFile],
    run_rule: RunRule,
    runner: Runner,
) -> list[Candidate]:
    """Return what all rules say, in their order.

    ``run_rule`` runs a rule by ``runner``. Where a rule raises in the helper, the
    parent runs its rules again, to meet and name the error itself.
    """
    from cip_lint.engine.delivery import Names  # noqa: PLC0415 - large runs only

    alone = [rule for rule in rules if _is_of_admission(rule)]
    together = [rule for rule in rules if not _is_of_admission(rule)]
    names = Names(cluster, rules, sources)
    try:
        helper = _start(alone, run_rule, runner, names)
    except OSError:  # no room for a file, or for one process more
        return [candidate for rule in rules for candidate in run_rule(rule)]
    said = {rule.id: run_rule(rule) for rule in together}
    delivered = _results(helper, runner, names)
    if delivered is None:
        delivered = {rule.id: run_rule(rule) for rule in alone}
    said |= delivered
    return [candidate for rule in rules for candidate in said[rule.id]]


def _is_of_admission(rule: Rule[Any]) -> bool:
    if rule.stage in _REFUSING:
        return True
    # What is read of pods is kept, and the parent reads all of it anyway.
    return rule.family in _OF_ADMISSION and _PODS.isdisjoint(rule.kinds)


def _start(
    rules: Sequence[Rule[Any]], run_rule: RunRule, runner: Runner, names: Names
) -> Forked:
    """Start a helper that runs some rules; its status is 1 where one of them raises."""

    def work(file: IO[bytes]) -> int:
        failed_before = len(runner.errors)
        said = {rule.id: run_rule(rule) for rule in rules}
        seconds = {rule.id: runner.seconds[rule.id] for rule in rules}
        names.dump((said, seconds), file)
        return int(len(runner.errors) > failed_before)

    return forked(work)


def _results(
    helper: Forked, runner: Runner, names: Names
) -> dict[str, list[Candidate]] | None:
    """Return what the helper's rules say, by rule; None where it failed."""
    try:
        if helper.wait() != 0:
            return None
        said: dict[str, list[Candidate]]
        said, seconds = names.load(helper.file)
        runner.seconds |= seconds
        return said
    finally:
        helper.end()
