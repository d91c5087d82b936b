"""Names of single pods: ``db-0.db-hl.shop.svc``, and who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.cluster.literals import Literal, Mention, literals

_NAME = re.compile(
    r"""(?:(?<=//)|(?<![\w.$(){}/-]))
    (?P<set>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)-(?P<ordinal>\d{1,9}|\$\(\w+\)|\$\{?\w+\}?)
    \.(?P<service>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)
    (?:\.(?P<namespace>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)
       (?:\.svc(?P<zone>(?:\.[a-z0-9-]+)*))?)?
    (?![\w-]|\.[a-z0-9])""",
    re.VERBOSE,
)

_HAS_ORDINAL = re.compile(r"-(?:\d{1,9}|\$[({]?\w+[)}]?)\.[a-z0-9]").search
"""What every such name holds, and few long texts do: it spares them the whole look."""


class PodName(NamedTuple):
    """A text that names a pod of a StatefulSet of the set by its DNS name."""

    mention: Mention
    member: WorkloadMember
    """The StatefulSet it means."""
    service: str
    ordinal: int | None
    """None where a variable stands for it."""
    namespace: str | None
    """As written; None where it is that of the reader."""

    @property
    def literal(self) -> Literal:
        """The whole text."""
        return self.mention.literal

    @property
    def text(self) -> str:
        """The name as written."""
        return self.mention.text


def pod_names(cluster: Cluster) -> Iterator[PodName]:
    """Yield every per-pod name in the texts of the set, each text's names once."""
    sets = _stateful_sets(cluster)
    if sets:
        for literal in literals(cluster):
            yield from _in_text(literal, sets, cluster)


def _stateful_sets(cluster: Cluster) -> Mapping[str, list[WorkloadMember]]:
    found: dict[str, list[WorkloadMember]] = {}
    for member in cluster.judged_workloads:
        if member.kind == "StatefulSet" and member.name:
            found.setdefault(member.name, []).append(member)
    return found


def _in_text(
    literal: Literal, sets: Mapping[str, list[WorkloadMember]], cluster: Cluster
) -> Iterator[PodName]:
    if _HAS_ORDINAL(literal.text) is None:
        return
    seen: set[str] = set()
    for match in _NAME.finditer(literal.text):
        text = match[0]
        if text in seen or not _is_a_cluster_name(match):
            continue
        seen.add(text)
        meant = _meant(match, sets.get(match["set"], ()), literal, cluster)
        if meant is not None:
            ordinal = match["ordinal"]
            number = int(ordinal) if ordinal.isdigit() else None
            mention = Mention(literal, *match.span(), text)
            yield PodName(mention, meant, match["service"], number, match["namespace"])


def _is_a_cluster_name(match: re.Match[str]) -> bool:
    """Whether the name has two or three parts, or goes on with ``svc``."""
    return match["zone"] is None or match["zone"] == "" or "." in match["zone"]


def _meant(
    match: re.Match[str],
    candidates: Iterable[WorkloadMember],
    literal: Literal,
    cluster: Cluster,
) -> WorkloadMember | None:
    namespace = match["namespace"]
    for member in candidates:
        if not cluster.can_meet(member, literal.member):
            continue
        mine = literal.member.namespace
        wanted = namespace or mine
        if not wanted or not member.namespace or member.namespace == wanted:
            return member
    return None
