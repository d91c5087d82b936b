"""Texts that programs read: variables, arguments, commands and files of a set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.kube.containers import Container
from cip_lint.model import Label, Path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
"""The probes of a container, which may be commands."""


class Literal(NamedTuple):
    """One text and where it stands.

    ``name`` is what the text is called there: the variable, the flag before an
    argument, the key of a ConfigMap. ``container`` reads it, where one is known.
    """

    member: Member
    path: Path
    text: str
    name: str = ""
    container: Container | None = None

    def label(self, start: int, end: int, text: str = "") -> Label:
        """Return a label on ``self.text[start:end]``.

        All of the text is labelled where the part is written with escapes.
        """
        resource = self.member.resource
        return resource.part_label(*self.path, start=start, end=end, text=text)


class Mention(NamedTuple):
    """A name or an address inside a text: ``literal.text[start:end]`` is it."""

    literal: Literal
    start: int
    end: int
    text: str
    """In its canonical spelling, where it has one."""

    @property
    def member(self) -> Member:
        """The object that mentions it."""
        return self.literal.member

    def label(self, text: str = "") -> Label:
        """Return a label on the very characters."""
        return self.literal.label(self.start, self.end, text)


Wanted = Callable[[str, str], bool]
"""Whether a text may matter, by itself and by what it is called.

Most texts do not, and this costs less than the making of their literals.
"""


def may_read_variables(member: WorkloadMember) -> bool:
    """Whether a look at a workload does not rule out that it reads a variable."""
    return any(_may_read(container.body) for container in member.workload.containers)


def _may_read(body: Body) -> bool:
    """Whether a look at a container does not rule out that it reads a variable."""
    for entry in items(body.get("env")):
        if isinstance(entry, dict) and "$" in text(entry.get("value")):
            return True
    for field in ("command", "args"):
        for word in items(body.get(field)):
            if isinstance(word, str) and "$" in word:
                return True
    for kind in PROBES:
        handler = body.get(kind)
        if handler is not None and "exec" in mapping(handler):
            return True
    return "lifecycle" in body


def hold_variables(texts: Iterable[Literal]) -> bool:
    """Whether the kubelet may put a variable into one of some texts."""
    for literal in texts:  # noqa: SIM110 - a loop takes a third of the time
        if "$(" in literal.text:
            return True
    return False


def literals(cluster: Cluster, wanted: Wanted | None = None) -> Iterator[Literal]:
    """Yield the wanted texts of all workloads and ConfigMaps that may be judged."""
    for member in cluster.judged_workloads:
        yield from of_workload(member, wanted)
    for config in cluster.judged("ConfigMap"):
        yield from of_config_map(config, wanted)


def of_config_map(config: Member, wanted: Wanted | None = None) -> Iterator[Literal]:
    """Yield the wanted texts of one ConfigMap."""
    data = mapping(config.resource.body.get("data"))
    for key, value in data.items():
        if isinstance(value, str) and (wanted is None or wanted(value, key)):
            yield Literal(config, ("data", key), value, key)


def of_workload(
    member: WorkloadMember, wanted: Wanted | None = None
) -> Iterator[Literal]:
    """Yield the wanted texts of one workload: variables, arguments and commands."""
    for container in member.workload.containers:
        env = container.body.get("env")
        if env is not None:
            for index, entry in enumerate(items(env)):
                value = entry.get("value") if isinstance(entry, dict) else None
                if isinstance(value, str):
                    name = text(entry.get("name"))
                    if wanted is None or wanted(value, name):
                        path = (*container.path, "env", index, "value")
                        yield Literal(member, path, value, name, container)
        yield from of_commands(member, container, wanted)


def of_commands(
    member: WorkloadMember, container: Container, wanted: Wanted | None = None
) -> Iterator[Literal]:
    """Yield the wanted words of what a container runs: its command and arguments."""
    for field in ("command", "args"):
        words = container.body.get(field)
        if words is not None:
            yield from _words(member, container, field, words, wanted)


def _words(
    member: WorkloadMember,
    container: Container,
    field: str,
    words: object,
    wanted: Wanted | None,
) -> Iterator[Literal]:
    flag = ""
    for index, word in enumerate(items(words)):
        if isinstance(word, str):
            if wanted is None or wanted(word, flag):
                path = (*container.path, field, index)
                yield Literal(member, path, word, flag, container)
            flag = word if word.startswith("-") and "=" not in word else ""
