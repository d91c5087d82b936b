"""Which workloads a selector picks: an index of pod labels, by the rarest one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from posixpath import dirname

from cip_lint.cluster.labels import (
    ADDED_KEYS,
    MACHINE_NAME,
    may_carry,
    program_that_sets,
)
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.kube.selectors import map_matches
from cip_lint.kube.version import Version
from cip_lint.kube.well_known import BARE_JOB_NAME, JOB_NAME, POD_NAME

_JOB_NAMES = (JOB_NAME, BARE_JOB_NAME)
_NAMING_KEYS = frozenset({"app", "deployment", "deploymentconfig"})
_NAMING_KINDS = frozenset({"Configuration", "DeploymentConfig", "Service"})

_ENOUGH = 64
_FEW = 8
"""So many workloads are looked at again rather than kept for a selector."""

Pair = tuple[str, str]

_Place = tuple[str, str, tuple[Pair, ...]]
"""Namespace and unit from where a selector is looked at, and what it says."""

_Carriers = WorkloadMember | list[WorkloadMember]
"""Mostly one workload: a list for each label takes more memory than the label."""


def same_namespace(a: Member, b: Member) -> bool:
    """Whether two objects may be in one namespace.

    An undecided namespace is any namespace of its own unit; elsewhere it is
    ``default``.
    """
    if a.namespace == b.namespace:
        return True
    if a.namespace and b.namespace:
        return False
    if a.unit.path == b.unit.path:
        return True
    return (a.namespace or "default") == (b.namespace or "default")


def surely_together(a: Member, b: Member) -> bool:
    """Whether two objects that may be in one namespace surely are.

    Where nobody states it, the folders of a repository may go to different ones:
    then only what lies in one folder, or is rendered together.
    """
    if (a.decided and b.decided) or (a.unit is b.unit and a.unit.rendered):
        return True
    return dirname(a.sent_by) == dirname(b.sent_by)


class PodIndex:
    """The workloads of one scope by the labels of their pods."""

    def __init__(
        self,
        workloads: Sequence[WorkloadMember],
        version: Version,
        scaled: frozenset[Pair],
    ) -> None:
        self.workloads = workloads
        self._version = version
        self._scaled = scaled
        """Kind and name of workloads whose replicas something else decides."""
        self._by_label: dict[str, dict[str, _Carriers]] = {}
        """By key, then by value."""
        self._naming: list[WorkloadMember] = []
        for member in workloads:
            for key, value in member.workload.labels.items():
                self._note(key, value, member)
            if member.resource.kind in _NAMING_KINDS:
                self._naming.append(member)
        self._by_namespace: dict[Pair, dict[str, list[WorkloadMember]]] = {}
        self._matching: dict[_Place, tuple[WorkloadMember, ...]] = {}
        self._everywhere: dict[tuple[Pair, ...], tuple[WorkloadMember, ...]] = {}
        self._by_name: dict[str, list[WorkloadMember]] | None = None
        self._keys: dict[str, str | list[str]] | None = None

    def _note(self, key: str, value: str, member: WorkloadMember) -> None:
        by_value = self._by_label.get(key)
        if by_value is None:
            by_value = self._by_label[key] = {}
        found = by_value.setdefault(value, member)
        if isinstance(found, list):
            found.append(member)
        elif found is not member:
            by_value[value] = [found, member]

    def has(self, key: str, value: str) -> bool:
        """Whether some template carries this label."""
        return value in self.values_of(key)

    def values_of(self, key: str) -> Collection[str]:
        """Return the values that templates give to a key."""
        return self._by_label.get(key, ())

    def keys_with(self, value: str) -> Iterable[str]:
        """Return the keys to which templates give a value."""
        if self._keys is None:
            self._keys = {}
            for key, values in self._by_label.items():
                for text in values:
                    found = self._keys.setdefault(text, key)
                    if isinstance(found, list):
                        found.append(key)
                    elif found is not key:
                        self._keys[text] = [found, key]
        keys = self._keys.get(value, ())
        return (keys,) if isinstance(keys, str) else keys

    def _with(self, key: str, value: str) -> Sequence[WorkloadMember]:
        """Return the workloads that carry a label."""
        by_value = self._by_label.get(key)
        found = None if by_value is None else by_value.get(value)
        if found is None:
            return ()
        return found if isinstance(found, list) else (found,)

    def carrying(self, key: str, value: str, of: Member) -> Sequence[WorkloadMember]:
        """Return the workloads that carry a label, of namespaces ``of`` may be in."""
        pair = (key, value)
        found = self._with(key, value)
        if len(found) < 16 or not of.namespace:
            return found
        by_namespace = self._by_namespace.get(pair)
        if by_namespace is None:
            by_namespace = self._by_namespace[pair] = {}
            for member in found:
                by_namespace.setdefault(member.namespace, []).append(member)
        own = by_namespace.get(of.namespace, [])
        undecided = by_namespace.get("", [])
        return own + undecided if undecided else own

    def matching(
        self, selector: Mapping[str, str], of: Member
    ) -> tuple[WorkloadMember, ...]:
        """Return the workloads whose pods can carry all labels of a selector.

        Those of a namespace that ``of`` may be in. Labels that controllers add
        count with their known values, and with any value where that is not known;
        so do labels that programs set on their own pods, beside at least one that
        a template has.
        """
        entries = selector.items()
        key = tuple(sorted(entries) if len(entries) > 1 else entries)
        place = of.namespace, of.unit.path, key
        known = self._matching.get(place)
        if known is not None:
            return known
        candidates = self._candidates(selector, of)
        found = tuple(
            member
            for member in candidates
            if same_namespace(of, member) and self.fits(selector, member)
        )
        # Most selectors are of one Service each, and pick one workload of one.
        if len(candidates) > _FEW:
            self._matching[place] = found
        return found

    def everywhere(self, selector: Mapping[str, str]) -> tuple[WorkloadMember, ...]:
        """Return workloads of any namespace whose templates have all labels.

        The first few: one is enough to show where they are.
        """
        key = tuple(sorted(selector.items()))
        found = self._everywhere.get(key)
        if found is None:
            lists = [self._with(*pair) for pair in key]
            fitting = (
                member
                for member in min(lists, key=len, default=())
                if map_matches(selector, member.workload.labels)
            )
            found = self._everywhere[key] = tuple(islice(fitting, _ENOUGH))
        return found

    def fits(self, selector: Mapping[str, str], member: WorkloadMember) -> bool:
        """Whether the pods of one workload can carry all labels of a selector."""
        labels = member.workload.labels
        if selector.items() <= labels.items() and ADDED_KEYS.isdisjoint(selector):
            return True
        return all(
            labels.get(key) == value or self._gets(member, key, value)
            for key, value in selector.items()
            if key not in ADDED_KEYS
        ) and all(
            self._gets(member, key, value)
            for key, value in selector.items()
            if key in ADDED_KEYS
        )

    def _gets(self, member: WorkloadMember, key: str, value: str) -> bool:
        """Whether pods get a label that their template does not give them."""
        resource = member.resource
        added = may_carry(
            resource.body,
            key,
            value,
            self._version,
            scaled=(resource.kind, resource.name) in self._scaled,
        )
        if added is not None:
            return added
        labels = member.workload.labels
        if key in labels:
            return labels[key] == value
        return program_that_sets(key) is not None

    def _candidates(
        self, selector: Mapping[str, str], of: Member
    ) -> Sequence[WorkloadMember]:
        best: Sequence[WorkloadMember] | None = None
        for key, value in selector.items():
            if key in ADDED_KEYS or program_that_sets(key) is not None:
                continue
            found = self.carrying(key, value, of)
            if key in _NAMING_KEYS and self._naming:
                found = list(dict.fromkeys([*found, *self._naming]))
            if best is None or len(found) < len(best):
                best = found
            if not best:
                return ()
        if best is not None:
            return best
        return self._named(selector)

    def _named(self, selector: Mapping[str, str]) -> Sequence[WorkloadMember]:
        """Return the workloads that a selector names by a label made from the name."""
        if self._by_name is None:
            self._by_name = {}
            for member in self.workloads:
                self._by_name.setdefault(member.resource.name, []).append(member)
        if POD_NAME in selector:
            return self._by_name.get(selector[POD_NAME].rpartition("-")[0], ())
        for key in _JOB_NAMES:
            if key in selector:
                parts = selector[key].split("-")
                return [
                    member
                    for size in range(1, min(len(parts), 64) + 1)
                    for member in self._by_name.get("-".join(parts[:size]), ())
                ]
        if MACHINE_NAME in selector:
            return self._by_name.get(selector[MACHINE_NAME], ())
        written = [self._with(*pair) for pair in selector.items() if pair[1]]
        return min(written, key=len, default=())
