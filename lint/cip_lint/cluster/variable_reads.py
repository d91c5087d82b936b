"""Variables that the containers of workloads read: ``$(NAME)``, and ``$NAME`` in shells.

The kubelet replaces ``$(NAME)`` in values of ``env``, in ``command`` and in ``args``;
a shell that is given a script there or in a probe or hook replaces the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.bodies import items, mapping, text
from cip_lint.cluster.literals import (
    PROBES,
    Literal,
    Mention,
    may_read_variables,
    of_workload,
)
from cip_lint.cluster.members import WorkloadMember
from cip_lint.kube.containers import Container
from cip_lint.kube.expansion import pieces, references
from cip_lint.model import Path
from cip_lint.records import NamedTuple

_HOOKS = ("postStart", "preStop")


class VariableRead(NamedTuple):
    """A place where a container reads a variable."""

    mention: Mention
    """The reference as written, with ``$`` and brackets; its text is the name."""
    container: Container
    by_shell: bool
    """Whether a shell reads it when it runs; else the kubelet, before the start."""
    spared: bool
    """Whether the script goes on where there is no such variable."""

    @property
    def name(self) -> str:
        """The name of the variable."""
        return self.mention.text

    @property
    def member(self) -> WorkloadMember:
        """The workload that the container belongs to."""
        member = self.mention.member
        assert isinstance(member, WorkloadMember)
        return member

    @property
    def path(self) -> Path:
        """The path of the text that it stands in."""
        return self.mention.literal.path

    @property
    def line(self) -> int:
        """The line of the reference itself."""
        return self.mention.label().span.first.line

    @property
    def entry(self) -> int | None:
        """The number of the entry of ``env`` that it stands in; None elsewhere."""
        path = self.path
        if path[-1] == "value" and path[-3] == "env" and isinstance(path[-2], int):
            return path[-2]
        return None

    @property
    def written(self) -> str:
        """The reference as written, without what a script says of its absence."""
        name = self.name
        if not self.by_shell:
            return f"$({name})"
        start = self.mention.start
        braced = self.mention.literal.text[start + 1 : start + 2] == "{"
        return f"${{{name}}}" if braced else f"${name}"


def variable_reads(member: WorkloadMember) -> Iterator[VariableRead]:
    """Yield what the containers of a workload read, container by container."""
    if not may_read_variables(member):
        return
    for literal in of_workload(member):
        container = literal.container
        if container is not None and "$(" in literal.text:
            for piece in references(literal.text):
                mention = _mention(literal, piece.start, piece.text, piece.name or "")
                yield VariableRead(mention, container, by_shell=False, spared=False)
    for container in member.workload.containers:
        for literal, expanded in _scripts(member, container):
            yield from _of_script(literal, container, expanded=expanded)


def _mention(literal: Literal, start: int, written: str, name: str) -> Mention:
    return Mention(literal, start, start + len(written), name)


def _scripts(
    member: WorkloadMember, container: Container
) -> Iterator[tuple[Literal, bool]]:
    """Yield the scripts that a shell is given, and whether the kubelet looks first."""
    body, path = container.body, container.path
    yield from _script(member, container, _words(container), expanded=True)
    lifecycle = mapping(body.get("lifecycle")) if "lifecycle" in body else {}
    handlers = [((*path, kind), body.get(kind), True) for kind in PROBES]
    handlers += [
        ((*path, "lifecycle", kind), lifecycle.get(kind), False) for kind in _HOOKS
    ]
    for where, handler, expanded in handlers:
        if handler is None:
            continue
        command = mapping(mapping(handler).get("exec")).get("command")
        words = [
            ((*where, "exec", "command", index), word)
            for index, word in enumerate(items(command))
        ]
        yield from _script(member, container, words, expanded=expanded)


def script_path(container: Container) -> Path | None:
    """Return where the script stands that a container gives a shell; None for none."""
    from cip_lint.kube.shell import script_index  # noqa: PLC0415

    words = _words(container)
    index = script_index([text(word) for _, word in words])
    return None if index is None else words[index][0]


def _words(container: Container) -> list[tuple[Path, object]]:
    """Return what a container starts, word by word, and where each stands."""
    return [
        ((*container.path, field, index), word)
        for field in ("command", "args")
        for index, word in enumerate(items(container.body.get(field)))
    ]


def _script(
    member: WorkloadMember,
    container: Container,
    words: Sequence[tuple[Path, object]],
    *,
    expanded: bool,
) -> Iterator[tuple[Literal, bool]]:
    texts = [text(word) for _, word in words]
    if not any("$" in one for one in texts):
        return
    from cip_lint.kube.shell import script_index  # noqa: PLC0415 - few have scripts

    index = script_index(texts)
    if index is not None and "$" in texts[index]:
        yield Literal(member, words[index][0], texts[index], "", container), expanded


def _of_script(
    literal: Literal, container: Container, *, expanded: bool
) -> Iterator[VariableRead]:
    written, places = _started(literal.text) if expanded else (literal.text, None)
    from cip_lint.kube.shell import script  # noqa: PLC0415

    found = script(written)
    for read in found.reads:
        start, end = read.start, read.end
        if places is not None:
            start, end = places[start], places[end]
        mention = Mention(literal, start, end, read.name)
        spared = read.spared or found.open or read.name in found.own
        yield VariableRead(mention, container, by_shell=True, spared=spared)


def _started(written: str) -> tuple[str, Sequence[int] | None]:
    """Return a text as the shell gets it, and where its characters were written.

    ``$$`` has become ``$``; what the kubelet replaces is left as it stands.
    """
    if "$$" not in written:
        return written, None
    letters: list[str] = []
    places: list[int] = []
    for piece in pieces(written):
        at = piece.start
        for letter in piece.text:
            letters.append(letter)
            places.append(at)
            doubled = piece.name is None and written.startswith("$$", at)
            at += 2 if doubled else 1
    places.append(len(written))
    return "".join(letters), places
