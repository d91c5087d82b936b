"""Which rows of the Service table the objects of the set name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.cluster.references import Reference, references
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.records import NamedTuple
from cip_lint.replay.rows import ServiceRow

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.model import Resource
    from cip_lint.replay.table import ServiceTable


class Use(NamedTuple):
    """All that one object says of one Service: it may name it at several places."""

    references: tuple[Reference, ...]
    """In the order of the object; never empty."""
    row: ServiceRow | None
    """The Service, of the set or living; None where there is no such."""

    @property
    def first(self) -> Reference:
        """The first of them."""
        return self.references[0]

    @property
    def member(self) -> Member:
        """The object that refers."""
        return self.first.member

    @property
    def resource(self) -> Resource:
        """The object that refers, as it was written."""
        return self.member.resource


class TableReferences:
    """The references of one cluster, joined with the Services that they mean."""

    def __init__(self, table: ServiceTable) -> None:
        self._table = table

    @cached_property
    def all(self) -> tuple[Reference, ...]:
        """Every reference of an object that may be judged, in order."""
        return tuple(references(self._table.cluster))

    def target(self, reference: Reference) -> ServiceRow | None:
        """Return the row that is meant; None where the set has no such Service."""
        return self._targets[id(reference)]

    @cached_property
    def _targets(self) -> Mapping[int, ServiceRow | None]:
        return {id(reference): self._meant(reference) for reference in self.all}

    def _meant(self, reference: Reference) -> ServiceRow | None:
        said = reference.said
        service = self._table.cluster.service(
            reference.member, said.name, said.namespace
        )
        return None if service is None else self._table.row_of(service)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The same by object and Service, without what other rules judge."""
        found: dict[tuple[int, str, str], list[Reference]] = {}
        for one in self.all:
            if one.said.row.purpose is not Purpose.GOVERNS:
                key = id(one.member), one.namespace, one.said.name
                found.setdefault(key, []).append(one)
        return tuple(
            Use(tuple(some), self.target(some[0]) or self._living(some[0]))
            for some in found.values()
        )

    def _living(self, one: Reference) -> ServiceRow | None:
        """Return a Service that is meant, lives, and is not in the set."""
        cluster = self._table.cluster
        snapshot = cluster.snapshot
        if snapshot is None or not cluster.outside.concerns(one.member):
            return None
        where = one.said.namespace or one.member.effective_namespace
        service = snapshot.service(where, one.said.name)
        return None if service is None else ServiceRow(self._table, service)

    def of(self, row: ServiceRow) -> tuple[Reference, ...]:
        """Return the references to one Service, in the order of their objects."""
        return self._by_row.get(id(row), ())

    @cached_property
    def _by_row(self) -> Mapping[int, tuple[Reference, ...]]:
        found: dict[int, list[Reference]] = {}
        for reference in self.all:
            row = self.target(reference)
            if row is not None:
                found.setdefault(id(row), []).append(reference)
        return {key: tuple(some) for key, some in found.items()}


def distinct(some: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return references without those that say the same of the same object."""
    found = {(id(one.member), one.said.port): one for one in reversed(tuple(some))}
    return tuple(reversed(found.values()))
