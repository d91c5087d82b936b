"""Workloads that a selector nearly picks, and by which label it misses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

from cip_lint.cluster.labels import ADDED_KEYS, program_that_sets
from cip_lint.cluster.matching import PodIndex, same_namespace
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.cluster.near import Spellings, key_is_near, nearness
from cip_lint.kube.selectors import map_matches
from cip_lint.model import Path
from cip_lint.records import NamedTuple

_COMPARED = 64
"""How many workloads are compared with one selector at most."""

_CLOSEST = 8
"""Of so many workloads with most labels in common one is looked for that meets."""

MissKind = Literal["spelling", "case", "key"]


class NearMiss(NamedTuple):
    """One label that keeps a selector from the pods of a workload.

    *spelling* and *case*: the value is a near miss. *key*: the template has the
    value under a key that is a spelling of ``key``; ``has`` is that key.
    """

    workload: WorkloadMember
    key: str
    wanted: str
    has: str
    kind: MissKind
    path: Path
    """Where the template label stands."""


class Nearest:
    """Near misses of one scope; its tables are made when they are first needed."""

    def __init__(self, index: PodIndex) -> None:
        self._index = index
        self._spellings: dict[str, Spellings] = {}

    def near(self, selector: Mapping[str, str], of: Member) -> list[NearMiss]:
        """Return the workloads that differ in exactly one key, by a near miss."""
        found: dict[int, NearMiss] = {}
        for member in self._one_off(selector, of):
            if same_namespace(of, member) and id(member) not in found:
                miss = self._miss(selector, member)
                if miss is not None:
                    found[id(member)] = miss
        return sorted(found.values(), key=_order)

    def closest(
        self, selector: Mapping[str, str], of: Member
    ) -> Sequence[WorkloadMember]:
        """Return a few workloads with most labels in common, but not all.

        Workloads of the file of ``of`` before others.
        """
        shared: dict[int, tuple[int, WorkloadMember]] = {}
        for key, value in selector.items():
            for member in self._index.carrying(key, value, of)[:_COMPARED]:
                if same_namespace(of, member):
                    count = shared.get(id(member), (0, member))[0]
                    shared[id(member)] = (count + 1, member)
        ranked = sorted(
            shared.values(),
            key=lambda item: (-item[0], item[1].path != of.path, item[1].order),
        )
        missing = (m for _, m in ranked if not map_matches(selector, m.workload.labels))
        return list(islice(missing, _CLOSEST))

    def _one_off(
        self, selector: Mapping[str, str], of: Member
    ) -> Iterator[WorkloadMember]:
        """Yield at least the workloads that miss one label of a selector by little.

        A label that some template has is no slip; where two labels are in none,
        every workload misses at least two.
        """
        unknown = [pair for pair in selector.items() if not self._may_be(*pair)]
        if len(unknown) != 1:
            return
        key, value = unknown[0]
        for text in self._spellings_of(key).near(value):
            yield from self._index.carrying(key, text, of)[:_COMPARED]
        for other in self._index.keys_with(value):
            if key_is_near(key, other):
                yield from self._index.carrying(other, value, of)[:_COMPARED]

    def _may_be(self, key: str, value: str) -> bool:
        """Whether some pod may carry a label."""
        return (
            self._index.has(key, value)
            or key in ADDED_KEYS
            or program_that_sets(key) is not None
        )

    def _spellings_of(self, key: str) -> Spellings:
        spellings = self._spellings.get(key)
        if spellings is None:
            spellings = Spellings(self._index.values_of(key))
            self._spellings[key] = spellings
        return spellings

    def _miss(
        self, selector: Mapping[str, str], member: WorkloadMember
    ) -> NearMiss | None:
        labels = member.workload.labels
        wrong = [
            key
            for key, value in selector.items()
            if not self._index.fits({key: value}, member)
        ]
        if len(wrong) != 1:
            return None
        key = wrong[0]
        wanted = selector[key]
        path = member.workload.labels_path
        if key in labels:
            kind = nearness(wanted, labels[key])
            if kind is None:
                return None
            return NearMiss(member, key, wanted, labels[key], kind, (*path, key))
        for other, value in labels.items():
            if value == wanted and other not in selector and key_is_near(key, other):
                return NearMiss(member, key, wanted, other, "key", (*path, other))
        return None


def _order(miss: NearMiss) -> tuple[int, int]:
    return (0 if miss.kind == "case" else 1, miss.workload.order)
