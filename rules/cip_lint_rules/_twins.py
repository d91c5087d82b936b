"""Services that select several workloads, and others that ask for just the same.

Two Services that each answer for one of two workloads should not both pick up both.
Where one line gives them the same selector, as ``commonLabels`` of an overlay does, that
line is the cause of all that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context
from cip_lint_rules._pods import written

INSTANCE = ("app.kubernetes.io/instance", "release")
"""Labels that say of which release a workload is."""

_VARIANTS = frozenset(
    {"canary", "stable", "blue", "green", "primary", "preview", "active", "baseline"}
)
_COMPARED = 16
"""How many selected workloads are compared with each other."""


class Choice(NamedTuple):
    """A Service that selects several workloads, and Services that ask the same."""

    row: ServiceRow
    twins: Sequence[ServiceRow]
    before: int
    """How many of these come before it."""

    @property
    def resource(self) -> Resource:
        """The Service."""
        return self.row.resource


def choices(cx: Context) -> Iterable[Choice]:
    """Yield the Services that select several workloads."""
    several = [row for row in cx.table.judged if len(row.selection.workloads) > 1]
    askers: dict[tuple[str, str, str], list[ServiceRow]] = {}
    for row in several:
        asked = written(dict(sorted((row.service.selector or {}).items())))
        key = row.member.unit.scope, row.ref.namespace, asked
        askers.setdefault(key, []).append(row)
    for rows in askers.values():
        for index, row in enumerate(rows):
            yield Choice(
                row, [other for other in rows[:_COMPARED] if other is not row], index
            )


class Alike(NamedTuple):
    """Services that one line gives the same selector, and what they pick up."""

    one: WorkloadMember
    other: WorkloadMember
    twin: ServiceRow
    """The Service that answers for the other of the two as well."""
    further: int
    """How many more are given it there."""
    is_first: bool
    """Whether it comes before the others, so that it is told of this one."""


def made_alike(choice: Choice, cluster: Cluster) -> Alike | None:
    """Return with whom a Service was given its selector; None: with nobody.

    Only where each answers for a workload of its own.
    """
    alike = [row for row in choice.twins if _is_given_with(choice.row, row)]
    if not alike:
        return None
    before = {id(row) for row in choice.twins[: choice.before]}
    own = choice._replace(twins=alike)
    told = choice._replace(twins=[row for row in alike if id(row) in before])
    first: Alike | None = None
    for one, other in pairs(choice.row, cluster):
        found = twin(own, one, other)
        if found is None:
            continue
        if first is None:
            first = Alike(one, other, found, len(alike) - 1, is_first=True)
        if twin(told, one, other) is not None:
            return first._replace(is_first=False)
    return first


def _is_given_with(row: ServiceRow, other: ServiceRow) -> bool:
    spans = [each.resource.span("spec", "selector") for each in (row, other)]
    return len({(one.source.path, one.start, one.end) for one in spans}) == 1


def pairs(
    row: ServiceRow, cluster: Cluster
) -> Iterator[tuple[WorkloadMember, WorkloadMember]]:
    """Yield two selected workloads at a time that may be there at once.

    A canary beside what it is one of is no second workload.
    """
    for one, other in combinations(row.selection.workloads[:_COMPARED], 2):
        if one.namespace != other.namespace or are_variants(one, other):
            continue
        if cluster.can_meet(one, other):
            yield one, other


def twin(
    choice: Choice, one: WorkloadMember, other: WorkloadMember
) -> ServiceRow | None:
    """Return the Service that answers for the other of the two as well."""
    own, names = choice.row.service.name, {one.name, other.name}
    instances = instance(one), instance(other)
    apart = None not in instances and instances[0] != instances[1]
    if not apart and own not in names:
        return None
    for found in choice.twins:
        is_meant = apart or names == {own, found.service.name}
        if is_meant and not _are_aliases(choice.row, found):
            return found
    return None


def _are_aliases(row: ServiceRow, twin: ServiceRow) -> bool:
    """Whether two Services give one set of pods on purpose."""
    ports = [{(p.port, p.protocol) for p in r.service.ports} for r in (row, twin)]
    unlike = (
        row.service.headless != twin.service.headless
        or row.service.type != twin.service.type
    )
    return unlike and ports[0] == ports[1]


def instance(member: WorkloadMember) -> str | None:
    """Return the release that the labels of a workload name; None: they name none."""
    labels = member.workload.labels
    return next((labels[key] for key in INSTANCE if key in labels), None)


def are_variants(one: WorkloadMember, other: WorkloadMember) -> bool:
    """Whether the two are a canary, or blue and green, of one thing."""
    if "Rollout" in (one.kind, other.kind):
        return True
    words = [set(member.name.lower().split("-")) for member in (one, other)]
    differing = words[0] ^ words[1]
    return bool(differing) and differing <= _VARIANTS
