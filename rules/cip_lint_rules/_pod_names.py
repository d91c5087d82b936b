"""Names of single pods: ``db-0.db-hl.shop.svc``, and who reads them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from cip_lint.cluster import Cluster, WorkloadMember
from cip_lint.cluster.literals import Literal, Mention, literals
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_SPAN = r"\{\d{1,9}\.\.\.\d{1,9}\}"
"""Several ordinals as MinIO writes them (``ellipses`` of minio/pkg): ``{0...3}``."""
_NAME = pattern(
    rf"""(?:(?<=//)|(?<![\w.$(){{}}/-]))
    (?P<set>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)
    -(?P<ordinal>\d{{1,9}}|\$\(\w+\)|\$\{{?\w+\}}?|{_SPAN})
    \.(?P<service>[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?)
    (?:\.(?P<namespace>[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?)
       (?:\.svc(?P<zone>(?:\.[a-z0-9-]+)*))?)?
    (?![\w-]|\.[a-z0-9])""",
    re.VERBOSE,
)

_ORDINAL = pattern(rf"-(?:\d{{1,9}}|\$[({{]?\w+[)}}]?|{_SPAN})\.[a-z0-9]")
"""What every such name holds behind that of its set, and few texts do."""

_OF_NAMES = "-0123456789abcdefghijklmnopqrstuvwxyz"


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
        """The name as written; of several ordinals that with its own."""
        return self.mention.text


def pod_names(cluster: Cluster) -> Iterator[PodName]:
    """Yield every per-pod name in the texts of the set, each text's names once."""
    sets = _stateful_sets(cluster)
    if sets:
        longest = max(map(len, sets))
        for literal in literals(cluster, _may_hold_ordinal):
            yield from _in_text(literal, sets, longest, cluster)


def _stateful_sets(cluster: Cluster) -> Mapping[str, list[WorkloadMember]]:
    found: dict[str, list[WorkloadMember]] = {}
    for member in cluster.judged_workloads:
        if member.kind == "StatefulSet" and member.name:
            found.setdefault(member.name, []).append(member)
    return found


def _may_hold_ordinal(text: str, _: str) -> bool:
    return "-" in text and "." in text


def _in_text(
    literal: Literal,
    sets: Mapping[str, list[WorkloadMember]],
    longest: int,
    cluster: Cluster,
) -> Iterator[PodName]:
    seen: set[str] = set()
    for match in _matches(literal.text, sets, longest):
        text = match[0]
        if text in seen or not _is_a_cluster_name(match):
            continue
        seen.add(text)
        meant = _meant(match, sets[match["set"]], literal, cluster)
        if meant is not None:
            for number, name in _names(match):
                mention = Mention(literal, *match.span(), name)
                yield PodName(
                    mention, meant, match["service"], number, match["namespace"]
                )


def _names(match: re.Match[str]) -> Iterator[tuple[int | None, str]]:
    """Yield the ordinal of a name and the name; of several those of both ends."""
    text, ordinal = match[0], match["ordinal"]
    if not ordinal.startswith("{"):
        yield int(ordinal) if ordinal.isdigit() else None, text
        return
    first, _, last = ordinal[1:-1].partition("...")
    ends = dict.fromkeys((first, last))
    # With zeros before them they are the numbers of no pods.
    if int(first) <= int(last) and all(one == str(int(one)) for one in ends):
        start, end = match.span("ordinal")
        before, behind = text[: start - match.start()], text[end - match.start() :]
        yield from ((int(one), f"{before}{one}{behind}") for one in ends)


def _matches(text: str, sets: Container[str], longest: int) -> Iterator[re.Match[str]]:
    """Yield the names in a text that begin with that of a set.

    ``longest`` is the length of the longest of those. What stands before an ordinal
    is looked up: to try the whole pattern everywhere takes far longer.
    """
    for hit in _ORDINAL.finditer(text):
        end = hit.start()
        before = text[max(0, end - longest - 1) : end]
        name = before[len(before.rstrip(_OF_NAMES)) :]
        if name in sets:
            match = _NAME.match(text, end - len(name))
            if match is not None:
                yield match


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
