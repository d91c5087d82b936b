"""Selectors with labels that rules look for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.cluster import Member
from cip_lint.kube.well_known import (
    BARE_JOB_UID,
    JOB_UID,
    POD_TEMPLATE_HASH,
    REVISION_HASH,
    ROLLOUT_HASH,
)
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context

HASHES = (
    POD_TEMPLATE_HASH,
    REVISION_HASH,
    ROLLOUT_HASH,
    BARE_JOB_UID,
    JOB_UID,
)
"""Labels whose value a controller computes anew for each revision of a template."""

OF_RELEASES = ("helm.sh/chart", "app.kubernetes.io/version")
"""Labels whose value changes with every release."""

MAYBE_OF_RELEASES = ("chart", "version", "app.kubernetes.io/chart")
"""Labels whose value does so where it is the version of a chart."""


class Selector(NamedTuple):
    """The labels that an object asks for, and where it asks."""

    member: Member
    path: Path
    labels: Mapping[str, object]
    row: ServiceRow | None = None
    """The row of the table, where the object is a Service."""

    @property
    def resource(self) -> Resource:
        """The object that selects."""
        return self.member.resource


def of_services(cx: Context, keys: frozenset[str]) -> Iterator[Selector]:
    """Yield the selectors of Services with one of some keys; few have any."""
    for row in cx.table.judged:
        selector = row.service.selector
        if selector and not row.member.piece and not keys.isdisjoint(selector):
            yield Selector(row.member, ("spec", "selector"), selector, row)


def of_policies(cx: Context, keys: frozenset[str]) -> Iterator[Selector]:
    """Yield the pod selectors of NetworkPolicies with one of some keys."""
    for member in cx.cluster.judged("NetworkPolicy"):
        yield from at(member, ("spec", "podSelector", "matchLabels"), keys)


def at(member: Member, path: Path, keys: frozenset[str]) -> Iterator[Selector]:
    """Yield the selector at a path of an object, if it has one of some keys."""
    labels = member.resource.get(*path)
    if isinstance(labels, dict) and not keys.isdisjoint(labels):
        yield Selector(member, path, labels)
