"""A settings file as values, with the place of each in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cip_lint.model import Label, Path, SourceFile, Span, field_path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_MAX_DEPTH = 50
_MAX_VALUES = 100_000
"""Settings that nest deeper, or are more, are no settings."""

_TOML_TABLE = pattern(
    r"\s*(?P<open>\[\[?)(?P<name>[^\[\]]+)\]\]?(?=\s*(?:#.*)?$)\s*(?:#.*)?"
)
_TOML_ENTRY = pattern(r"\s*([\w.\"'-][^=\[\]{}]*?)\s*=\s*(\S(?:.*\S)?)\s*$")

_AS_WRITTEN = frozenset({"kubernetesVersion", "until", "nodePortRange"})
"""Keys whose values are texts even when they look like numbers: ``1.30``."""


class Unreadable(Exception):  # noqa: N818 - a fact about the text, caught in this room
    """The text is not what its format allows, and where."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class Place(NamedTuple):
    """Where a value stands, and its key."""

    key: Span
    value: Span


NO_PLACES: Mapping[Path, Place] = MappingProxyType({})


class Document(NamedTuple):
    """The settings of one file, or of a preset (which has no places)."""

    name: str
    value: Mapping[str, Any]
    places: Mapping[Path, Place] = NO_PLACES
    source: SourceFile | None = None
    written: Mapping[str, Any] | None = None
    """The value with its keys without a value, where there are any."""

    def label(self, path: Path, text: str = "", *, key: bool = False) -> Label | None:
        """Return a label on a value, or on its key; None where there are no places."""
        for length in range(len(path), -1, -1):
            place = self.places.get(path[:length])
            if place is not None:
                span = place.key if key or length < len(path) else place.value
                return Label(span, text, field_path(path))
        return None

    def where(self, path: Path) -> str:
        """Return ``.cip-lint.yaml:4`` for a value that is there, else the name."""
        label = self.label(path)
        if label is None:
            return self.name
        return f"{self.name}:{label.span.first.line}"


def read_yaml(path: str, text: str) -> Document:
    """Read settings in YAML; raises ``Unreadable``."""
    source = SourceFile(path, text)
    reader = _YamlReader(source)
    value = reader.read()
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Unreadable("settings are a map of keys", reader.places[()].value)
    filled = _without_empty(value)
    written = None if filled == value else value
    return Document(path, filled, reader.places, source, written=written)


def _without_empty(value: Any) -> Any:
    """Return a value without the keys that have none: they state nothing."""
    if isinstance(value, dict):
        return {
            key: _without_empty(one) for key, one in value.items() if one is not None
        }
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    return value


class _YamlReader:
    """Builds values from the events of libyaml, as deep as settings may nest."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.places: dict[Path, Place] = {}
        self._count = 0

    def read(self) -> Any:
        """Return the value of the only document; None for an empty file."""
        import yaml  # noqa: PLC0415

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.source.text)
        try:
            if not loader.check_event(yaml.StreamStartEvent):
                return None
            loader.get_event()
            if loader.check_event(yaml.StreamEndEvent):
                return None
            loader.get_event()
            value = self._value(loader, (), None, 0)
            loader.get_event()
            if not loader.check_event(yaml.StreamEndEvent):
                event = loader.peek_event()
                raise Unreadable(
                    "settings are one document", self._span(event.start_mark)
                )
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = f"cannot be read: {error.problem or error.context}"
            raise Unreadable(message, self._span(mark)) from None
        except yaml.YAMLError as error:
            problem = str(error).partition("\n")[0]
            raise Unreadable(f"cannot be read: {problem}", self._span(None)) from None
        finally:
            loader.dispose()
        return value

    def _span(self, start: Any, end: Any = None) -> Span:
        size = len(self.source.text)
        first = min(start.index, size) if start else 0
        last = min(end.index, size) if end else min(first + 1, size)
        return Span(self.source, first, last)

    def _value(self, loader: Any, path: Path, key: Span | None, depth: int) -> Any:
        import yaml  # noqa: PLC0415

        event = loader.get_event()
        self._count += 1
        if self._count > _MAX_VALUES or depth > _MAX_DEPTH:
            raise Unreadable(
                "settings are not nested so deeply or so many",
                self._span(event.start_mark),
            )
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(
                "settings are written out, without aliases",
                self._span(event.start_mark, event.end_mark),
            )
        if isinstance(event, yaml.ScalarEvent):
            span = self._span(event.start_mark, event.end_mark)
            self.places[path] = Place(key or span, span)
            return _scalar(loader, event, path)
        value, end = self._collection(loader, event, path, depth)
        span = Span(self.source, event.start_mark.index, max(end, 0))
        self.places[path] = Place(key or span, span)
        return value

    def _collection(
        self, loader: Any, event: Any, path: Path, depth: int
    ) -> tuple[Any, int]:
        """Return a map or list, and the offset behind its last character."""
        import yaml  # noqa: PLC0415

        last = event.start_mark.index
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not loader.check_event(yaml.SequenceEndEvent):
                inner = (*path, len(items))
                items.append(self._value(loader, inner, None, depth + 1))
                last = self.places[inner].value.end
            end = loader.get_event().end_mark.index
            return items, end if event.flow_style else last
        entries: dict[str, Any] = {}
        while not loader.check_event(yaml.MappingEndEvent):
            name, span = self._key(loader)
            if name in entries:
                raise Unreadable(f"{name} is written twice", span)
            inner = (*path, name)
            entries[name] = self._value(loader, inner, span, depth + 1)
            last = max(span.end, self.places[inner].value.end)
        end = loader.get_event().end_mark.index
        return entries, end if event.flow_style else last

    def _key(self, loader: Any) -> tuple[str, Span]:
        import yaml  # noqa: PLC0415

        event = loader.get_event()
        span = self._span(event.start_mark, getattr(event, "end_mark", None))
        if not isinstance(event, yaml.ScalarEvent):
            raise Unreadable("a key is a text", span)
        return event.value, span


def _scalar(loader: Any, event: Any, path: Path) -> Any:
    """Return a scalar as YAML 1.2 reads it; texts that look like dates stay texts."""
    text: str = event.value
    if event.style or (path and path[-1] in _AS_WRITTEN):
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text) if text.isascii() and "_" not in text else text
        except ValueError:
            continue
    return text


def read_toml(path: str, text: str, base: Path) -> Document | None:
    """Read the table at ``base`` of a TOML file; None where there is none."""
    import tomllib  # noqa: PLC0415

    source = SourceFile(path, text)
    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        span = _toml_span(source, place)
        raise Unreadable(f"cannot be read: {message}", span) from None
    except RecursionError:
        message = "settings are not nested so deeply"
        raise Unreadable(message, Span(source, 0, 1)) from None
    for step in base:
        value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    if not isinstance(value, dict):
        raise Unreadable("settings are a table of keys", Span(source, 0, 1))
    return Document(path, _as_json(value), _toml_places(source, base), source)


def _as_json(value: Any) -> Any:
    """Return a value of TOML with its dates as texts."""
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    if isinstance(value, str | int | float):
        return value
    return value.isoformat()


def _toml_span(source: SourceFile, place: str) -> Span:
    """Return the character that the reader of TOML names in its message."""
    size = len(source.text)
    named = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    if named is None:
        return Span(source, max(size - 1, 0), size)
    start = source.line_starts[int(named[1]) - 1] + int(named[2]) - 1
    return Span(source, min(start, size), min(start + 1, size))


def _toml_places(source: SourceFile, base: Path) -> dict[Path, Place]:
    """Find the line of each table and key; TOML's reader knows no places."""
    places: dict[Path, Place] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for start, line in _lines(source.text):
        if header := _TOML_TABLE.fullmatch(line):
            table = tuple(_toml_key(header["name"]))
            if header["open"] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            span = Span(source, start + header.start("open"), start + header.end())
            place, path = Place(span, span), table
        elif entry := _TOML_ENTRY.match(line):
            place = Place(
                *(
                    Span(source, start + a, start + b)
                    for a, b in map(entry.span, (1, 2))
                )
            )
            path = (*table, *_toml_key(entry[1]))
        else:
            continue
        if path[: len(base)] == base:
            places.setdefault(path[len(base) :], place)
    return places


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n")
        start += len(line)


def _toml_key(text: str) -> list[str]:
    """Split a dotted key; quoted parts may contain dots."""
    parts, part, quote = [], "", ""
    for character in text:
        if quote:
            if character == quote:
                quote = ""
            else:
                part += character
        elif character in "\"'":
            quote = character
        elif character == ".":
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return [*parts, part.strip()]
