"""Who states a setting: the strongest party that does wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cip_lint.config import diagnosis
from cip_lint.config.document import Document
from cip_lint.errors import ConfigError, UsageError
from cip_lint.model import Finding, Label, Origin, OriginKind, Path
from cip_lint.records import NamedTuple


class Stated(NamedTuple):
    """A value as written, and who wrote it where."""

    value: Any
    origin: Origin
    document: Document | None = None
    path: Path = ()

    def label(self, *deeper: str | int) -> Label | None:
        """Return where it stands; None where no file states it."""
        if self.document is None:
            return None
        return self.document.label((*self.path, *deeper))


Given = Mapping[str, Stated]
"""What flags and environment variables say, by the key of the settings file."""


class Layers:
    """Everything stated in a run: flags and variables, then files, strongest first."""

    def __init__(
        self,
        given: Given,
        documents: Sequence[Document],
        findings: list[Finding] | None = None,
    ) -> None:
        self.given = given
        self.documents = documents
        self.findings = [] if findings is None else findings

    def one(self, key: str) -> Stated | None:
        """Return what the strongest party says about a top-level key."""
        return self.given.get(key) or self.first((key,))

    def first(self, *paths: Path) -> Stated | None:
        """Return what the strongest file says at the first of some paths."""
        for document in self.documents:
            for path in paths:
                value = _value(document.value, path)
                if value is not None:
                    return _stated(document, path, value)
        return None

    def items(self, key: str) -> Iterator[Stated]:
        """Yield the items that all files list under a key, weakest file first."""
        for document in reversed(self.documents):
            listed = document.value.get(key)
            for index, value in enumerate(listed if isinstance(listed, list) else ()):
                yield _stated(document, (key, index), value)

    def entries(self, *path: str) -> Iterator[tuple[str, Stated]]:
        """Yield the entries that all files have under a path, weakest file first."""
        for document in reversed(self.documents):
            entries = _value(document.value, path)
            if isinstance(entries, dict):
                for name, value in entries.items():
                    yield name, _stated(document, (*path, name), value)

    def deeper(self, stated: Stated, key: str | int) -> Stated:
        """Return a value inside one that a file states."""
        assert stated.document is not None
        return _stated(stated.document, (*stated.path, key), stated.value[key])

    def parsed(self, stated: Stated, parse: Callable[[Any], Any]) -> Any:
        """Return a value as the rooms use it, or None; what is wrong is said."""
        try:
            return parse(stated.value)
        except ValueError as error:
            self.wrong(stated, str(error))
            return None

    def wrong(self, stated: Stated, message: str, help_text: str = "") -> None:
        """Say what is wrong with a value: as a finding where a file states it."""
        label = stated.label()
        if label is not None:
            self.findings.append(diagnosis.invalid(label, message, help_text or None))
            return
        kind = stated.origin.kind
        error = UsageError if kind is OriginKind.FLAG else ConfigError
        near = f"; {help_text}" if help_text else ""
        raise error(f"{stated.origin}: {message}{near}")


def _stated(document: Document, path: Path, value: Any) -> Stated:
    if document.source is None:
        origin = Origin(OriginKind.PRESET, document.name)
    else:
        origin = Origin(OriginKind.FILE, document.where(path), document.label(path))
    return Stated(value, origin, document, path)


def _value(value: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value
