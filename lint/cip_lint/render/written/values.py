"""What gives a chart its values: files, objects, settings; and where each stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cip_lint.bodies import Body, text
from cip_lint.manifests.landmarks import first_document, first_piece
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import Label, Path, Resource, SourceFile, Span
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.written.paths import MISSING, at

_INTEGER = pattern(r"[+-]?(?:[1-9][0-9]*|0)")


class Values(Protocol):
    """Something that gives a chart values."""

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value, where just this is said there."""
        ...


class WrittenValues(Values, Protocol):
    """Values that an object or the settings write out."""

    @property
    def content(self) -> str:
        """The values as YAML."""
        ...


class ValuesFile:
    """A file of values, and where they stand."""

    def __init__(self, source: SourceFile, body: Mapping[str, Any]) -> None:
        self.source = source
        self.body = body
        piece = first_piece(source.text)
        self._places = DocumentPlaces(source, *piece) if piece is not None else None

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        if self._places is None or at(self.body, path) != value:
            return None
        return self._places.value(path)


class ObjectValues(NamedTuple):
    """Values that an object carries, as a mapping or as the text of one."""

    resource: Resource
    path: Path
    is_text: bool

    @property
    def content(self) -> str:
        """The values as YAML."""
        value = self.resource.get(*self.path)
        return value if isinstance(value, str) else json.dumps(value, default=str)

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        own = self.resource.get(*self.path)
        if not self.is_text:
            is_said = at(own, path) == value
            return self.resource.span(*self.path, *path) if is_said else None
        source = SourceFile(self.resource.path, text(own))
        inner = ValuesFile(source, first_document(source)).place(path, value)
        if inner is None:
            return None
        return self.resource.places.part(self.path, source.text, inner.start, inner.end)


class Parameter(NamedTuple):
    """One value that an Application sets: ``service.port``."""

    resource: Resource
    path: Path
    """The entry of its list."""

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        entry = self.resource.get(*self.path)
        said = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(said, str) or entry.get("name") != ".".join(map(str, path)):
            return None
        read = said if entry.get("forceString") is True else _typed(said)
        is_said = type(read) is type(value) and read == value
        return self.resource.span(*self.path, "value") if is_said else None


class SecretValues(NamedTuple):
    """Values that a Secret holds: used, and shown nowhere."""

    content: str
    """The values as YAML."""

    def place(self, path: Path, value: Any) -> Span | None:
        """Return None: no report shows a line of a Secret."""
        return None


class TargetValue(NamedTuple):
    """One value of a ConfigMap that a HelmRelease puts at a path of its values."""

    resource: Resource
    path: Path
    name: str
    """The path in the values, as ``service.port``."""

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        said = text(self.resource.get(*self.path))
        if self.name != ".".join(map(str, path)):
            return None
        read = said[1:-1] if said[:1] in {"'", '"'} else _typed(said)
        is_said = type(read) is type(value) and read == value
        return self.resource.span(*self.path) if is_said else None


class StatedValues(NamedTuple):
    """Values that the settings write out."""

    body: Body
    label: Callable[[Path], Label | None]
    """Where the settings say the value at a path."""

    @property
    def content(self) -> str:
        """The values as YAML."""
        return json.dumps(self.body, default=str)

    def place(self, path: Path, value: Any) -> Span | None:
        """Return the place of a value; see ``Values.place``."""
        said = at(self.body, path)
        if said is MISSING or said != value:
            return None
        label = self.label(path)
        return None if label is None else label.span


def _typed(said: str) -> Any:
    """Return what helm makes of a value (``typedVal`` of ``pkg/strvals``)."""
    if said.lower() in {"true", "false"}:
        return said.lower() == "true"
    if said == "null":
        return None
    # Digits behind a zero stay a text, as numbers of that form are octal to some.
    return int(said) if _INTEGER.fullmatch(said) and len(said) < _LONGEST else said


_LONGEST = 19
