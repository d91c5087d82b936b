"""Texts that programs read: variables, arguments, commands and files of a set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cip_lint.cluster import Cluster, Member, WorkloadMember
from cip_lint.model import Label, Path, Span


class Literal(NamedTuple):
    """One text and where it stands."""

    member: Member
    path: Path
    text: str

    def label(self, part: str, text: str) -> Label:
        """Return a label on a part of the text, on all of it where it is not plain.

        An escape or a folded line makes the characters of the file differ from the
        text; the part is then looked for and may not be found.
        """
        whole = self.member.resource.label(*self.path, text=text)
        at = whole.span.text.find(part)
        if at < 0:
            return whole
        start = whole.span.start + at
        span = Span(whole.span.source, start, start + len(part))
        return Label(span, text, whole.field)


def literals(cluster: Cluster) -> Iterator[Literal]:
    """Yield the texts of all workloads and ConfigMaps that may be judged."""
    for member in cluster.judged_workloads:
        yield from of_workload(member)
    for config in cluster.judged("ConfigMap"):
        data = config.resource.get("data")
        if isinstance(data, dict):
            for key, value in data.items():
                if isinstance(value, str):
                    yield Literal(config, ("data", key), value)


def of_workload(member: WorkloadMember) -> Iterator[Literal]:
    """Yield the texts of one workload: variables, arguments and commands."""
    for container in member.workload.containers:
        env = container.body.get("env")
        for index, entry in enumerate(env if isinstance(env, list) else ()):
            value = entry.get("value") if isinstance(entry, dict) else None
            if isinstance(value, str):
                yield Literal(member, (*container.path, "env", index, "value"), value)
        for field in ("command", "args"):
            words = container.body.get(field)
            for index, word in enumerate(words if isinstance(words, list) else ()):
                if isinstance(word, str):
                    yield Literal(member, (*container.path, field, index), word)
