"""Where the parts of an object were written whose variables Flux has filled in."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body
from cip_lint.model import Label, Path, Span
from cip_lint.render.kustomize.built_places import BuiltPlaces
from cip_lint.render.variables.variables import Variables
from cip_lint.render.written.paths import MISSING, at


class SubstitutedPlaces:
    """The places of one object: those that it had with its variables.

    What a variable made, such as a list of a text, stands where the variable does.
    """

    __slots__ = ("_after", "_before", "_own", "_variables")

    def __init__(
        self, own: BuiltPlaces, before: Body, after: Body, variables: Variables
    ) -> None:
        self._own = own
        self._before = before
        self._after = after
        self._variables = variables

    @property
    def path(self) -> str:
        """The path of the file that a person would edit."""
        return self._own.path

    @property
    def order(self) -> tuple[int, int]:
        """The position in what was built."""
        return self._own.order

    @property
    def in_list(self) -> bool:
        """Whether it is an item of a list: a build has none."""
        return self._own.in_list

    def value(self, path: Path) -> Span:
        """Return the span of what set the value at ``path``."""
        return self._own.value(self._known(path))

    def key(self, path: Path) -> Span:
        """Return the span of the key of what set the value at ``path``."""
        return self._own.key(self._known(path))

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of a part of the scalar at ``path``."""
        if at(self._before, path) == value:
            return self._own.part(path, value, start, end)
        return self.value(path)

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments of the object as it was written."""
        yield from self._own.comments()

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what set the variables that stand in a place; see ``model.Places``."""
        return self._variables.labels(span)

    def _known(self, path: Path) -> Path:
        """Return the part of a path that was there before."""
        if at(self._after, path) is MISSING:
            return path
        return next(
            path[:length]
            for length in range(len(path), -1, -1)
            if at(self._before, path[:length]) is not MISSING
        )
