"""Runs the rules of a large cluster on two cores.

Rules that need the same parts of the table make a portion. A forked helper begins with
those about one object by itself (what the API server says to it), the parent with those
about selections; each portion that is left goes to whoever is free. The helper sends
what its rules say as plain values, in which files, objects and rules are references.
With it goes what it could not work out, and how many Services are templates, which it
knows where it has asked for the answer to each. What it does not deliver the parent runs
itself, and the result is the same either way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from cip_lint.cluster import Cluster
from cip_lint.engine.candidates import Candidate, Runner
from cip_lint.manifests.workers import nothing
from cip_lint.model import SourceFile
from cip_lint.processes import Forked, Queue, cores, forked, may_fork
from cip_lint.rule import AnyRule, Stage

if TYPE_CHECKING:
    from cip_lint.engine.delivery import Names
    from cip_lint.replay import ServiceTable

FEWEST_OBJECTS = 2_000
"""Below this, the helper costs more than it saves."""

_ADMISSION = "admission"
"""Rules that need the API server's answer to each object, and no selection."""

_SELECTION = "selection"
"""Rules that read which pods a Service selects, or read or ask about pods.

What they read of a hundred thousand pods is kept, and one process has room for it.
"""

_CALLS = "dns"
"""Rules about whom the pods call: they take half as long as those of selection.

They keep little of what they read of the pods.
"""

_REFERENCES = "references"
"""Rules that read what other objects say of Services."""

_NODE_PORTS = "node-port"
"""Rules that read which node ports Services ask for, which the table has collected."""

_PORTIONS = {
    "manifest": _ADMISSION,
    "service": _ADMISSION,
    "address": _ADMISSION,
    "env": _ADMISSION,
    "selector": _SELECTION,
    "port": _SELECTION,
    "endpoints": _SELECTION,
    "headless": _SELECTION,
    "dns": _CALLS,
    "reference": _REFERENCES,
    "external": _REFERENCES,
    "node-port": _NODE_PORTS,
}
"""Family -> its portion; any other family is a portion of its own."""

_REFUSING = frozenset({Stage.DECODE, Stage.REFUSAL})
"""Stages whose rules need the answer to each object, whatever their family."""

Said = dict[str, list[Candidate]]
"""What rules say, by their ids."""

RunRule = Callable[[AnyRule], list[Candidate]]


def is_worth_it(cluster: Cluster) -> bool:
    """Whether a cluster is large enough, and forking is to be had."""
    return len(cluster.members) >= FEWEST_OBJECTS and may_fork() and cores() != 1


def run(
    table: ServiceTable,
    rules: Sequence[AnyRule],
    sources: Mapping[str, SourceFile],
    run_rule: RunRule,
    runner: Runner,
    meanwhile: Callable[[], object] = nothing,
) -> list[Candidate]:
    """Return what all rules say of the cluster of a table, in their order.

    ``meanwhile`` is called before the helper is waited for. ``run_rule`` runs a rule
    by ``runner``. Where a rule raises in the helper, the
    parent runs its rules again, to meet and name the error itself.
    """
    from cip_lint.engine.delivery import Names  # noqa: PLC0415 - large runs only

    names = Names(table.cluster, rules, sources)
    said = _shared(_portions(rules), run_rule, runner, names, table, meanwhile)
    for rule in rules:
        if rule.id not in said:
            said[rule.id] = run_rule(rule)
    return [candidate for rule in rules for candidate in said[rule.id]]


def _shared(
    portions: Sequence[Sequence[AnyRule]],
    run_rule: RunRule,
    runner: Runner,
    names: Names,
    table: ServiceTable,
    meanwhile: Callable[[], object],
) -> Said:
    """Return what two processes find; nothing where there is no room for a second."""
    alone, together, *others = portions
    with contextlib.ExitStack() as stack:
        try:
            queue = stack.enter_context(contextlib.closing(Queue(range(len(others)))))
            helper = _start(
                _taken(alone, others, queue), run_rule, runner, names, table
            )
        except OSError:
            return {}
        stack.callback(helper.end)
        said = {rule.id: run_rule(rule) for rule in _taken(together, others, queue)}
        meanwhile()
        return said | _results(helper, runner, names, table)


def _portions(rules: Sequence[AnyRule]) -> list[list[AnyRule]]:
    """Return the rules of admission, those of selection, and further portions.

    Of these the longest comes first, and the shortest last: so both processes end at
    about one time.
    """
    found: dict[str, list[AnyRule]] = {
        name: [] for name in (_ADMISSION, _SELECTION, _CALLS, _REFERENCES, _NODE_PORTS)
    }
    for rule in rules:
        found.setdefault(_portion_of(rule), []).append(rule)
    return list(found.values())


def _portion_of(rule: AnyRule) -> str:
    if rule.stage in _REFUSING:
        return _ADMISSION
    portion = _PORTIONS.get(rule.family, rule.family)
    # Elsewhere they would look for all pods once more.
    asks_for_pods = rule.reads_pods and rule.family in _PORTIONS and portion != _CALLS
    return _SELECTION if asks_for_pods else portion


def _taken(
    first: Iterable[AnyRule], others: Sequence[Iterable[AnyRule]], queue: Queue
) -> Iterator[AnyRule]:
    """Yield the rules of a portion, then those of others as long as there are any."""
    yield from first
    for number in queue:
        yield from others[number]


def _start(
    rules: Iterable[AnyRule],
    run_rule: RunRule,
    runner: Runner,
    names: Names,
    table: ServiceTable,
) -> Forked:
    """Start a helper that runs some rules; its status is 1 where one of them raises."""

    def work(file: IO[bytes]) -> int:
        failed_before = len(runner.errors)
        said = {rule.id: run_rule(rule) for rule in rules}
        seconds = {name: runner.seconds[name] for name in said}
        heard = table.not_worked_out, table.templates
        names.dump((said, seconds, heard), file)
        return int(len(runner.errors) > failed_before)

    return forked(work)


def _results(helper: Forked, runner: Runner, names: Names, table: ServiceTable) -> Said:
    """Return what the helper's rules say; nothing where it failed."""
    if helper.wait() != 0:
        return {}
    said: Said
    said, seconds, heard = names.load(helper.file)
    runner.seconds |= seconds
    table.hear(*heard)
    return said
