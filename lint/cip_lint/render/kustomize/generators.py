"""Where a kustomization, or a file that it names, says what it generates.

Follows ``api/kv/kv.go`` of kustomize: literals are ``key=value``, files ``path`` or
``key=path``, and each line of an env file is a literal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import Any

from cip_lint.bodies import items, mapping, text
from cip_lint.model import Path, SourceFile, Span
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.sources import Source

_FIELDS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
_DATA = frozenset({"data", "stringData", "binaryData"})


class Generated(NamedTuple):
    """What gives one key of a generated object its text."""

    source: Source
    entry: Path
    """Where the kustomization says it."""
    content: SourceFile | None
    """The file that holds the text; None where the kustomization does."""
    whole: str
    """The text of the file, or of the entry."""
    start: int
    """Where the text of the key begins in it."""

    @property
    def span(self) -> Span:
        """What the kustomization says."""
        return self.source.places.value(self.entry)

    def part(self, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the text of the key, which is ``value``."""
        first, last = self.start + start, self.start + end
        if self.whole[self.start : self.start + len(value)] != value:
            return self.span
        if self.content is not None:
            return Span(self.content, first, last)
        return self.source.places.part(self.entry, self.whole, first, last)


def generated(source: Source, path: Path, built: Any) -> Generated | None:
    """Return what a kustomization says for a key of an object that is generated.

    None where it says nothing of it: another kustomization generates or changes it.
    """
    if len(path) < 2 or path[0] not in _DATA:
        return None
    key = str(path[1])
    for where, entry in _entries(source.body, built):
        found = next(_said(source, where, entry, key), None)
        if found is not None:
            return found
    return None


def generator(source: Source, built: Any) -> Span:
    """Return the place of the generator in a kustomization that made an object."""
    own = next((where for where, _ in _entries(source.body, built)), None)
    return source.places.value(() if own is None else (*own, "name"))


def _entries(
    body: Mapping[str, Any], built: Any
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the generators of an object, the one with the longest name first."""
    field = _FIELDS.get(text(mapping(built).get("kind")))
    if field is None:
        return
    name = text(mapping(mapping(built).get("metadata")).get("name"))
    found = [
        (len(own), -index, entry)
        for index, entry in enumerate(map(mapping, items(body.get(field))))
        if (own := text(entry.get("name"))) and own in name
    ]
    for _, index, entry in sorted(found, key=lambda one: one[:2], reverse=True):
        yield (field, -index), entry


def _said(
    source: Source, where: Path, entry: Mapping[str, Any], key: str
) -> Iterator[Generated]:
    for index, one in enumerate(items(entry.get("literals"))):
        name, equals, _ = text(one).partition("=")
        if equals and name == key:
            here = (*where, "literals", index)
            yield Generated(source, here, None, text(one), len(name) + 1)
    for index, one in enumerate(items(entry.get("files"))):
        name, equals, path = text(one).rpartition("=")
        if (name if equals else basename(path)) == key:
            here = (*where, "files", index)
            content = source.file(path)
            whole = "" if content is None else content.text
            yield Generated(source, here, content, whole, 0)
    yield from _of_env_files(source, where, entry, key)


def _of_env_files(
    source: Source, where: Path, entry: Mapping[str, Any], key: str
) -> Iterator[Generated]:
    files: list[tuple[Path, str]] = [((*where, "env"), text(entry.get("env")))]
    for index, one in enumerate(items(entry.get("envs"))):
        files.append(((*where, "envs", index), text(one)))
    for here, path in files:
        content = source.file(path)
        if content is None:
            continue
        start = 0
        for line in content.text.split("\n"):
            name, equals, _ = line.partition("=")
            if equals and name.lstrip() == key and not key.startswith("#"):
                at = start + len(name) + 1
                yield Generated(source, here, content, content.text, at)
            start += len(line) + 1
