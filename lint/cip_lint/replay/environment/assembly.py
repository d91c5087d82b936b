"""The environment of a container, as the kubelet puts it together.

Follows ``makeEnvironmentVariables`` of ``pkg/kubelet/kubelet_pods.go`` and
``ExpandContainerCommandAndArgs`` of ``pkg/kubelet/container``. Values that exist
only in a running cluster are words that stand for them, and are marked as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol

from cip_lint.bodies import Body, text, texts
from cip_lint.kube.container_variables import (
    CONFIG_MAP_KEY,
    FIELD,
    SECRET_KEY,
    EnvEntry,
    EnvSource,
    env_entries,
    env_sources,
)
from cip_lint.kube.expansion import pieces
from cip_lint.model import Path
from cip_lint.records import NamedTuple


class Value(NamedTuple):
    """The value of a variable."""

    text: str
    known: bool = True
    """Whether this is the value itself; else a word in it stands for something."""


class Missing(NamedTuple):
    """A ConfigMap or Secret that does not exist."""

    complaint: str


class Unseen(NamedTuple):
    """A ConfigMap or Secret of which nobody knows what it holds, if it exists."""

    words: str


Keys = Mapping[str, Value]
Found = Keys | Missing | Unseen


class Sources(Protocol):
    """Where a container's values come from, besides its own text."""

    def keys(self, kind: str, name: str) -> Found:
        """Return what a ConfigMap or Secret holds."""
        ...

    def keys_complaint(self, kind: str, name: str, key: str) -> str:
        """Return what the kubelet says of a key that does not exist."""
        ...

    def field(self, api_version: str, path: str) -> Value | Missing:
        """Return the value of a field of the pod, or what is wrong with it."""
        ...


class Given(Enum):
    """Who gives a variable its value."""

    ENV = "env"
    ENV_FROM = "envFrom"
    SERVICE = "Service"


class Variable(NamedTuple):
    """A variable of a container."""

    name: str
    value: Value
    given: Given
    path: Path
    """The entry of the container that gives it; empty for one of a Service."""


class Unresolved(NamedTuple):
    """A ``$(NAME)`` that stays as it is, since no variable has the name."""

    name: str
    path: Path
    """The text that it stands in."""
    later: Path | None
    """The entry of ``env`` that defines it too late; None where none does."""
    certain: bool
    """False where an unseen ConfigMap or Secret may define it."""


class Problem(NamedTuple):
    """Why the kubelet does not start the container."""

    complaint: str
    path: Path


class Skipped(NamedTuple):
    """An optional entry that may give nothing, and why."""

    words: str
    path: Path


class Environment(NamedTuple):
    """What a container gets."""

    variables: Mapping[str, Variable]
    """By name: those of ``envFrom``, of ``env``, and then of Services."""
    command: tuple[Value, ...]
    args: tuple[Value, ...]
    unresolved: tuple[Unresolved, ...]
    problems: tuple[Problem, ...]
    """What keeps it from starting; the kubelet names the first."""
    unseen: tuple[Skipped, ...]
    """Entries whose values nobody can see beforehand."""


def assemble(
    container: Body, services: Mapping[str, Value], sources: Sources, path: Path = ()
) -> Environment:
    """Return the environment of a container that stands at ``path`` of its object.

    ``services`` are the variables of Services, by name.
    """
    return _Assembly(container, services, sources, path).result()


class _Assembly:
    """The work of putting one environment together."""

    def __init__(
        self,
        container: Body,
        services: Mapping[str, Value],
        sources: Sources,
        path: Path,
    ) -> None:
        self._container = container
        self._services = services
        self._sources = sources
        self._path = path
        self._own: dict[str, Variable] = {}
        self._later: dict[str, Path] = {}
        self._unresolved: list[Unresolved] = []
        self._problems: list[Problem] = []
        self._unseen: list[Skipped] = []
        self._open = False
        """Whether something unseen may define any name."""

    def result(self) -> Environment:
        for source in env_sources(self._container, self._path):
            self._take_all(source)
        entries = tuple(env_entries(self._container, self._path))
        for entry in entries:
            self._later[entry.name] = entry.path
        for entry in entries:
            value = self._value(entry)
            if value is not None:
                self._own[entry.name] = Variable(
                    entry.name, value, Given.ENV, entry.path
                )
        self._later = {}
        variables = dict(self._own)
        for name, value in self._services.items():
            if name not in variables:
                variables[name] = Variable(name, value, Given.SERVICE, ())
        command = self._expanded_all("command")
        args = self._expanded_all("args")
        return Environment(
            variables,
            command,
            args,
            tuple(self._unresolved),
            tuple(self._problems),
            tuple(self._unseen),
        )

    def _take_all(self, source: EnvSource) -> None:
        found = self._sources.keys(source.kind, source.name)
        if isinstance(found, Missing):
            if not source.optional:
                self._problems.append(Problem(found.complaint, source.path))
        elif isinstance(found, Unseen):
            self._open = True
            self._unseen.append(Skipped(found.words, source.path))
        else:
            for key, value in found.items():
                name = source.prefix + key
                self._own[name] = Variable(name, value, Given.ENV_FROM, source.path)

    def _value(self, entry: EnvEntry) -> Value | None:
        """Return the value of an entry of ``env``; None where it is left out."""
        if entry.value:
            return self._expanded(entry.value, (*entry.path, "value"))
        if entry.source == FIELD:
            return self._of_field(entry)
        if entry.source in {CONFIG_MAP_KEY, SECRET_KEY}:
            return self._of_key(entry)
        if entry.source:
            return Value(f"<{entry.source}>", known=False)
        return Value("")

    def _of_field(self, entry: EnvEntry) -> Value | None:
        version, path = text(entry.body.get("apiVersion")), entry.body.get("fieldPath")
        found = self._sources.field(version, text(path))
        if isinstance(found, Missing):
            self._problems.append(Problem(found.complaint, entry.path))
            return None
        return found

    def _of_key(self, entry: EnvEntry) -> Value | None:
        kind = "ConfigMap" if entry.source == CONFIG_MAP_KEY else "Secret"
        name, key = text(entry.body.get("name")), text(entry.body.get("key"))
        found = self._sources.keys(kind, name)
        if isinstance(found, Unseen):
            self._unseen.append(Skipped(found.words, entry.path))
            return Value(f"<{kind} {name}: {key}>", known=False)
        if isinstance(found, Missing):
            complaint = found.complaint
        elif key in found:
            return found[key]
        else:
            complaint = self._sources.keys_complaint(kind, name, key)
        if not entry.optional:
            self._problems.append(Problem(complaint, entry.path))
        return None

    def _expanded_all(self, field: str) -> tuple[Value, ...]:
        arguments: Sequence[str] = texts(self._container.get(field))
        return tuple(
            self._expanded(argument, (*self._path, field, index))
            for index, argument in enumerate(arguments)
        )

    def _expanded(self, written: str, path: Path) -> Value:
        """Return a text with values for its references, and note the others."""
        if "$" not in written:
            return Value(written)
        parts: list[str] = []
        known = True
        for piece in pieces(written):
            value = None if piece.name is None else self._lookup(piece.name)
            if value is not None:
                known = known and value.known
            elif piece.name is not None:
                known = known and not self._open
                self._note_unresolved(piece.name, path)
            parts.append(piece.text if value is None else value.text)
        return Value("".join(parts), known)

    def _lookup(self, name: str) -> Value | None:
        own = self._own.get(name)
        return own.value if own is not None else self._services.get(name)

    def _note_unresolved(self, name: str, path: Path) -> None:
        later = self._later.get(name)
        self._unresolved.append(Unresolved(name, path, later, not self._open))
