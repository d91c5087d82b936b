"""What may be done with the value of a variable: ``${NAME^^}``, ``${NAME:0:8}``.

Follows ``funcs.go`` and ``path/match.go`` of ``github.com/fluxcd/pkg/envsubst``.
Positions and lengths are those of bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cip_lint.go_globs import compiled
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_LONGEST = 1024
"""So long a value may be that parts of it are matched with a pattern."""
_MOST_REPLACED = 1 << 20
"""So many characters may be put in for others in one value."""
_NUMBER = pattern(r"[+-]?[0-9]{1,18}")


class Function(NamedTuple):
    """A function of a value, and whether it only says what holds for an empty one."""

    of: Callable[[str, Sequence[str]], str | None]
    """Returns what becomes of a value; None: not known here."""
    is_default: bool = False


def function(name: str, arguments: int) -> Function:
    """Return the function of a name (``lookupFunc``); it depends on what it is given."""
    if name == "#" and not arguments:
        return Function(_length)
    return _FUNCTIONS.get(name, _DEFAULT)


def _default(value: str, arguments: Sequence[str]) -> str:
    return value or "".join(arguments)


def _length(value: str, _: Sequence[str]) -> str:
    return str(len(value.encode("utf-8", "surrogatepass")))


def _first(change: Callable[[str], str]) -> Function:
    return Function(lambda value, _: change(value[:1]) + value[1:])


def _part(value: str, arguments: Sequence[str]) -> str | None:
    """Return a part by position and length; all of it where these are no numbers."""
    if not all(map(_NUMBER.fullmatch, arguments)):
        return value
    data = value.encode("utf-8", "surrogatepass")
    at, *lengths = map(int, arguments)
    if at < 0:
        at = max(0, len(data) + at)
    end = at + lengths[0] if lengths else len(data)
    if end < at < len(data):
        return None  # The controller does not survive it.
    return data[at:end].decode("utf-8", "replace")


def _replaced(count: int) -> Function:
    def of(value: str, arguments: Sequence[str]) -> str | None:
        old, new = (*arguments, "")[:2]
        if value.count(old) * len(new) > _MOST_REPLACED:
            return None
        return value.replace(old, new, count)

    return Function(of)


def _start_replaced(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2 or not value.startswith(arguments[0]):
        return value
    return arguments[1] + value.removeprefix(arguments[0])


def _end_replaced(value: str, arguments: Sequence[str]) -> str:
    if len(arguments) != 2 or not value.endswith(arguments[0]):
        return value
    return value.removesuffix(arguments[0]) + arguments[1]


def _trimmed(*, longest: bool, at_end: bool) -> Function:
    """Return what cuts off the longest or shortest beginning or end of a pattern.

    An end is a beginning of the value and the pattern read backwards.
    """

    def of(value: str, arguments: Sequence[str]) -> str | None:
        if len(value) > _LONGEST or len(arguments[0]) > _LONGEST:
            return None
        step = -1 if at_end else 1
        turned = value[::step]
        pattern = compiled(arguments[0][::step], longest=longest)
        found = pattern.match(turned) if pattern is not None else None
        return value if found is None else turned[found.end() :][::step]

    return Function(of)


_DEFAULT = Function(_default, is_default=True)
_FUNCTIONS = {
    ",": _first(str.lower),
    ",,": Function(lambda value, _: value.lower()),
    "^": _first(str.upper),
    "^^": Function(lambda value, _: value.upper()),
    "#": _trimmed(longest=False, at_end=False),
    "##": _trimmed(longest=True, at_end=False),
    "%": _trimmed(longest=False, at_end=True),
    "%%": _trimmed(longest=True, at_end=True),
    ":": Function(_part),
    "/": _replaced(1),
    "//": _replaced(-1),
    "/#": Function(_start_replaced),
    "/%": Function(_end_replaced),
}
