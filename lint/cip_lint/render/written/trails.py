"""Where a value stood before the patches of a build, one after the other, moved it.

JSON patches name items of lists by their positions (RFC 6902), and each operation may
move the items behind its own: what the first item of a build says need not come from
the patch that once set the first item. A trail goes back from what was built, the last
operation first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.written.paths import IDENTITIES, MISSING, at, counterpart

_POSITION = pattern(r"0|[1-9][0-9]{0,8}")
_DIRECTIVE = "$"
"""Begins the keys by which a strategic merge patch replaces, deletes and sorts."""


class _State(NamedTuple):
    """Where the value stood at one time."""

    path: Path
    lengths: tuple[int, ...]
    """How long the list is that each step of the path leads into; 0: it is none."""
    is_lost: bool = False
    """Whether nobody knows where it stood before."""


class Trail:
    """The places of one value of an object, from what was built back to its file."""

    def __init__(self, path: Path, built: Any) -> None:
        self._built = built
        self._start = path
        lists = (at(built, path[:depth]) for depth in range(len(path)))
        lengths = tuple(len(one) if isinstance(one, list) else 0 for one in lists)
        self._state = _State(path, lengths)

    @property
    def path(self) -> Path | None:
        """Where the value stood, as far back as the trail leads; None: it is lost."""
        return None if self._state.is_lost else self._state.path

    @property
    def is_moved(self) -> bool:
        """Whether it stood elsewhere, or whether nobody knows."""
        return self._state.is_lost or self._state.path != self._start

    def behind(
        self, operations: Sequence[Any], value: Any, *, sure: bool
    ) -> Path | None:
        """Go back behind a JSON patch; return the place in it that set the value.

        ``sure`` is whether the patch is for the object: if nobody knows, and it would
        have moved the value, the trail ends.
        """
        before = self._state
        for index in range(len(operations) - 1, -1, -1):
            if self._state.is_lost:
                break
            operation = mapping(operations[index])
            rest = self._undo(operation)
            if rest is not None:
                if _is_made(at(operation.get("value"), rest), value):
                    return (index, "value", *rest)
                self._lose()  # it was made here, and changed by something unseen
        if not sure and self._state != before:
            self._lose()
        return None

    def behind_merge(self, patch: Body, written: Any) -> None:
        """Go back behind a strategic merge patch, which may move items as well.

        What it adds to a list comes first, and what it deletes is gone: it leaves the
        others where they are only if its items are all there before and after it.
        """
        for depth, length in enumerate(self._state.lengths):
            where = counterpart(self._start[:depth], self._built, patch)
            if where is None:
                return
            said = at(patch, where)
            if isinstance(said, dict) and any(
                str(one).startswith(_DIRECTIVE) for one in said
            ):
                self._lose()
            if (
                length
                and isinstance(said, list)
                and not self._stays(depth, said, written)
            ):
                self._lose()

    def _stays(self, depth: int, said: Sequence[Any], written: Any) -> bool:
        built = at(self._built, self._start[:depth])
        where = counterpart(self._start[:depth], self._built, written)
        own = MISSING if where is None else at(written, where)
        return all(_is_in(one, other) for one in said for other in (built, own))

    def _lose(self) -> None:
        self._state = self._state._replace(is_lost=True)

    def _undo(self, operation: Body) -> Path | None:
        """Go back behind one operation; return the path below what it put there."""
        how = text(operation.get("op"))
        steps = _steps(operation.get("path"))
        if how == "test":
            return None
        if how == "move":
            if self._undo_add(steps) is not None:
                self._lose()  # from where, is another path
                return None
            self._undo_remove(_steps(operation.get("from")))
            return None
        if how == "remove":
            self._undo_remove(steps)
            return None
        return self._undo_add(steps) if how in {"add", "copy"} else self._below(steps)

    def _below(self, steps: Sequence[str]) -> Path | None:
        """Return the rest of the path below some steps; None where it is not below."""
        path = self._state.path
        if len(steps) > len(path) or not self._leads_to(steps):
            return None
        return path[len(steps) :]

    def _leads_to(self, steps: Sequence[str]) -> bool:
        return all(
            one == str(step) for one, step in zip(steps, self._state.path, strict=False)
        )

    def _is_in_list(self, steps: Sequence[str]) -> bool:
        """Whether some steps lead to an item of a list that the path leads into."""
        depth = len(steps) - 1
        return (
            0 <= depth < len(self._state.path)
            and isinstance(self._state.path[depth], int)
            and self._leads_to(steps[:-1])
        )

    def _undo_add(self, steps: Sequence[str]) -> Path | None:
        if not self._is_in_list(steps):
            return self._below(steps)
        depth = len(steps) - 1
        here, last = self._state.path[depth], steps[-1]
        assert isinstance(here, int)
        if last == "-":
            position = self._state.lengths[depth] - 1
        elif _POSITION.fullmatch(last):
            position = int(last)
        else:
            self._lose()
            return None
        if position == here:
            return self._state.path[depth + 1 :]
        self._move(depth, here - 1 if position < here else here, -1)
        return None

    def _undo_remove(self, steps: Sequence[str]) -> None:
        if not self._is_in_list(steps):
            if self._below(steps) is not None:
                self._lose()  # it was put there later by something unseen
            return
        depth = len(steps) - 1
        here = self._state.path[depth]
        assert isinstance(here, int)
        if _POSITION.fullmatch(steps[-1]):
            self._move(depth, here + 1 if int(steps[-1]) <= here else here, +1)
        else:
            self._lose()

    def _move(self, depth: int, to: int, growth: int) -> None:
        path, lengths, _ = self._state
        longer = lengths[depth] + growth
        self._state = _State(
            (*path[:depth], to, *path[depth + 1 :]),
            (*lengths[:depth], longer, *lengths[depth + 1 :]),
            is_lost=not 0 <= to < longer,
        )


def _is_made(said: Any, value: Any) -> bool:
    """Whether a patch says a value: the scalar, or a list or mapping of that name."""
    if isinstance(value, dict | list):
        return isinstance(said, type(value))
    return bool(said == value)


def _steps(pointer: object) -> list[str]:
    """Return the steps of a JSON pointer (RFC 6901)."""
    parts = text(pointer).split("/")[1:]
    return [one.replace("~1", "/").replace("~0", "~") for one in parts]


def _is_in(item: Any, other: Any) -> bool:
    """Whether a list surely has the item that one of a patch is merged into."""
    if not isinstance(item, dict) or any(
        str(one).startswith(_DIRECTIVE) for one in item
    ):
        return False
    keys = [key for key in IDENTITIES if key in item]
    return bool(keys) and any(
        all(one.get(key, MISSING) == item[key] for key in keys)
        for one in mappings(other)
    )
