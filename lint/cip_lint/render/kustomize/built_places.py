"""Where the parts of a built object were written: ``model.Places`` of a build.

A value that a patch sets is shown in the patch, one that stands in the file of the
object there. What a transformer or a generator set is shown where that says it, and
anything else at the nearest part of the object that somebody wrote.
Nothing is read before it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cip_lint.bodies import text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import Label, Path, Resource, Span
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.changes import change
from cip_lint.render.kustomize.generators import Generated, generated, generator
from cip_lint.render.kustomize.homes import Home
from cip_lint.render.written.paths import MISSING, at, counterpart

_NAME: Path = ("metadata", "name")
_AFFIXES = {"namePrefix": "before", "nameSuffix": "behind"}


class _Origin(NamedTuple):
    """What says a value of a build."""

    span: Span | None
    """The place in what changed it; None where nothing did."""
    own: Path | None
    """The path in the file of the object that says the same."""


class BuiltPlaces:
    """The places of one object of a build, in the files that it was made of."""

    __slots__ = ("_body", "_built", "_home", "_index")

    def __init__(
        self, body: Any, built: DocumentPlaces, home: Home, index: int
    ) -> None:
        self._body = body
        self._built = built
        self._home = home
        self._index = index

    @property
    def path(self) -> str:
        """The path of the file that a person would edit."""
        return self._home.path

    @property
    def order(self) -> tuple[int, int]:
        """The position in what was built."""
        return (self._index, 0)

    @property
    def in_list(self) -> bool:
        """Whether it is an item of a list: a build has none."""
        return False

    @property
    def built(self) -> DocumentPlaces:
        """The places in the text that was built."""
        return self._built

    def value(self, path: Path) -> Span:
        """Return the span of what set the value at ``path``."""
        return self._span(path, wants_key=False)

    def key(self, path: Path) -> Span:
        """Return the span of the key of what set the value at ``path``."""
        return self._span(path, wants_key=True)

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``."""
        written = self._home.written
        if written is not None:
            own = self._origin(path).own
            if own is not None and written.get(*own) == value:
                return written.places.part(own, value, start, end)
        said = self._generated(path)
        return self.value(path) if said is None else said.part(value, start, end)

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments of the object as it was written."""
        written = self._home.written
        if written is not None:
            yield from written.places.comments()

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what puts something before or behind the name, where that stands.

        kustomize fills in no variables.
        """
        written = self._home.written
        if written is None or at(self._body, _NAME) == written.name:
            return ()
        if span != written.places.value(_NAME):
            return ()
        return tuple(
            Label(source.places.value((field,)), f"is put {where} the name")
            for source in self._home.changed_by
            for field, where in _AFFIXES.items()
            if text(source.body.get(field))
        )

    def _span(self, path: Path, *, wants_key: bool) -> Span:
        written = self._home.written
        origin = self._origin(path)
        span = origin.span or self._changed_entry(path)
        if span is not None:
            return span
        if written is not None:
            own = origin.own
            if own is None:
                own = counterpart(path, self._body, written.body)
            if own is None:
                own = _nearest(path, self._body, written.body)
            return _of(written, own, wants_key=wants_key)
        if self._home.listed is not None:
            source, where = self._home.listed
            return source.places.value(where)
        said = self._generated(path)
        if said is not None:
            return said.span
        if self._home.changed_by:
            return generator(self._home.changed_by[-1], self._body)
        return self._built.key(path) if wants_key else self._built.value(path)

    def _changed_entry(self, path: Path) -> Span | None:
        """Return what set the first entry of a map or list that is not as written.

        A selector of which a value was replaced is not the one in the file, nor are
        ports of which one got another name. One that the file has not at all is of
        whoever set its first entry.
        """
        value, written = at(self._body, path), self._home.written
        if written is None or not isinstance(value, dict | list):
            return None
        own = counterpart(path, self._body, written.body)
        said = written.get(*own) if own is not None else None
        changed: Iterator[Path] = iter(())
        if not said:
            changed = _scalars(value)
        elif isinstance(value, dict) and isinstance(said, dict):
            changed = _changed_texts(value, said)
        elif isinstance(value, list) and isinstance(said, list):
            changed = _changed_items(value, said)
        spans = (self._origin((*path, *one)).span for one in changed)
        return next(spans, None)

    def _origin(self, path: Path) -> _Origin:
        """Return what says a value: the file of the object, or what changed it.

        Where both say the same, the patch counts: it is what has to be edited.
        """
        value = at(self._body, path)
        own = self._same(path, value)
        sources = self._home.changed_by
        if value is MISSING or not sources:
            return _Origin(None, own)
        written = self._home.written
        found = change(sources, path, self._body, self._home.names, written)
        if found.span is not None and (found.is_sure or own is None):
            return _Origin(found.span, None)
        if written is None or found.origin is None:
            return _Origin(None, own)
        stood = _is_same(written, found.origin, value)
        return _Origin(None, found.origin if stood else own)

    def _same(self, path: Path, value: Any) -> Path | None:
        """Return where the file of the object says the same; None where nowhere."""
        written = self._home.written
        own = None if written is None else counterpart(path, self._body, written.body)
        if written is None or own is None or not _is_same(written, own, value):
            return None
        return own

    def _generated(self, path: Path) -> Generated | None:
        """Return what the last generator that says anything of a key says of it."""
        if self._home.written is not None or self._home.listed is not None:
            return None
        found = (generated(one, path, self._body) for one in self._home.changed_by)
        return next((one for one in found if one is not None), None)


def _scalars(value: dict[Any, Any] | list[Any]) -> Iterator[Path]:
    """Yield the paths of scalars in a map, or in the maps of a list."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield from ((index, *path) for path in _scalars(item))
    else:
        for key, entry in value.items():
            if not isinstance(entry, dict | list):
                yield (key,)


def _changed_texts(value: dict[Any, Any], said: dict[Any, Any]) -> Iterator[Path]:
    """Yield the keys of a map whose texts are others than those of what was written."""
    for key, now in value.items():
        if isinstance(now, str) and said.get(key, now) != now:
            yield (key,)


def _changed_items(value: list[Any], said: list[Any]) -> Iterator[Path]:
    """Yield the texts that are others in maps of a list to which none was added."""
    if len(value) != len(said):
        return
    for index, (item, own) in enumerate(zip(value, said, strict=True)):
        if isinstance(item, dict) and isinstance(own, dict) and item not in said:
            for path in _changed_texts(item, own):
                yield (index, *path)


def _is_same(written: Resource, path: Path, value: Any) -> bool:
    """Whether an object says what was built of it: the scalar, or one of its sort."""
    own = written.get(*path, default=MISSING)
    if own is MISSING or value is MISSING:
        return own is value
    if isinstance(value, dict | list):
        return isinstance(own, type(value))
    return bool(own == value)


def _of(written: Resource, path: Path, *, wants_key: bool) -> Span:
    return written.places.key(path) if wants_key else written.places.value(path)


def _nearest(path: Sequence[str | int], built: Any, written: Any) -> Path:
    """Return the longest beginning of a path that an object has."""
    for length in range(len(path) - 1, 0, -1):
        found = counterpart(tuple(path[:length]), built, written)
        if found is not None and at(written, found) is not MISSING:
            return found
    return ()
