"""What the affinity of pods says about the nodes on which they run.

The terms are read as ``pkg/scheduler/framework/types.go`` reads them: one without
namespaces means the namespace of its own pods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from cip_lint.bodies import Body, items, mapping, texts
from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.kube.selectors import Selector, SelectorError, from_label_selector
from cip_lint.records import NamedTuple

_NODE = "kubernetes.io/hostname"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

_Pair = tuple[str, str]
_NO_PAIR: _Pair = ("", "")


def follows_others(member: WorkloadMember) -> bool:
    """Whether an affinity to other pods decides where these pods run."""
    return bool(_affinity(member).get("podAffinity"))


def runs_once_a_node(member: WorkloadMember) -> bool:
    """Whether no node may run two of these pods: there may be one on each."""
    return any(
        term.means(member, member.namespace)
        for term in _required(member, "podAntiAffinity")
    )


class Followers:
    """The pods that must run where certain others do, by a label that they ask for."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def have(self, member: WorkloadMember) -> bool:
        """Whether pods run only where one of these runs: its clients."""
        known, scope = self._by_pair, member.unit.scope
        if not known:
            return False
        pairs = chain(member.workload.labels.items(), (_NO_PAIR,))
        return any(
            term.means(member, of.namespace) and self._cluster.can_meet(of, member)
            for pair in pairs
            for of, term in known.get((scope, pair), ())
        )

    @cached_property
    def _by_pair(
        self,
    ) -> Mapping[tuple[str, _Pair], Sequence[tuple[WorkloadMember, _Term]]]:
        """By the scope of their units, and the rarest label of each term."""
        terms = {
            (of.unit.scope, of.namespace, of.alternative, of.environment, term): of
            for of in self._cluster.judged_workloads
            for term in _required(of, "podAffinity")
        }
        asked = Counter(pair for *_, term in terms for pair in term.pairs)
        found: dict[tuple[str, _Pair], list[tuple[WorkloadMember, _Term]]] = {}
        for (*_, term), of in terms.items():
            pair = min(term.pairs, key=asked.__getitem__, default=_NO_PAIR)
            found.setdefault((of.unit.scope, pair), []).append((of, term))
        return found


class _Term(NamedTuple):
    """A term that must hold, and speaks of single nodes."""

    selector: Selector
    namespaces: tuple[str, ...]
    """In which the pods are; none: that of the pods with the affinity."""
    anywhere: bool
    """Whether labels say in which namespaces; those of namespaces are unknown."""

    def means(self, member: WorkloadMember, own: str) -> bool:
        """Whether it means the pods of a workload; ``own`` is where it is asked."""
        there, places = member.namespace, self.namespaces or (own,)
        # One that nobody decides may be any.
        here = self.anywhere or not there or there in places or "" in places
        return here and self.selector.matches(member.workload.labels)

    @property
    def pairs(self) -> list[_Pair]:
        """The labels that the pods must have, as far as it says their values."""
        return [
            (one.key, one.values[0])
            for one in self.selector.requirements
            if one.operator == "="
        ]


def _affinity(member: WorkloadMember) -> Body:
    return mapping(member.workload.pod_spec.get("affinity"))


def _required(member: WorkloadMember, kind: str) -> Iterator[_Term]:
    """Yield the terms that must hold, and speak of single nodes."""
    for entry in items(mapping(_affinity(member).get(kind)).get(_REQUIRED)):
        term = mapping(entry)
        if term.get("topologyKey") != _NODE:
            continue
        try:
            selector = from_label_selector(term.get("labelSelector"))
        except SelectorError:
            continue
        anywhere = term.get("namespaceSelector") is not None
        yield _Term(selector, tuple(texts(term.get("namespaces"))), anywhere)
