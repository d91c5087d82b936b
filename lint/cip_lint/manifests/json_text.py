"""JSON values out of a stream, read as Go reads them."""

from __future__ import annotations

from typing import Any, NoReturn

from cip_lint.manifests.scalars import ScalarError, json_number, plain
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_BLANK = pattern(r"[ \t\r\n]*")
_ESCAPES = pattern(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_HALF = pattern(r"\\u[dD][89a-fA-F]")


class JsonError(ValueError):
    """A text that is no JSON; ``offset`` is where reading stopped."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def skip_blank(text: str, at: int) -> int:
    """Return the offset of what follows the white space at an offset."""
    match = _BLANK.match(text, at)
    return match.end() if match else at


class JsonValue(NamedTuple):
    """A JSON value of a stream, and where it ends."""

    value: Any
    end: int
    repeats: bool
    """Whether a key stands twice in one object; the last one counts."""


def read_value(text: str, at: int) -> JsonValue:
    """Return the JSON value that begins at an offset.

    Numbers come out as kubectl would send them: a float without a fraction is an
    integer. Raises JsonError.
    """
    # Few trees hold JSON, and all of them would wait for it.
    from json import JSONDecodeError, JSONDecoder  # noqa: PLC0415

    repeats = False

    def whole_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        found = dict(pairs)
        repeats = repeats or len(found) != len(pairs)
        return found

    decoder = JSONDecoder(
        object_pairs_hook=whole_object,
        parse_float=_number,
        parse_int=_whole,
        parse_constant=_refuse,
    )
    try:
        value, end = decoder.raw_decode(text, at)
    except JSONDecodeError as error:
        raise JsonError(error.msg[0].lower() + error.msg[1:], error.pos) from None
    except ScalarError as error:
        raise JsonError(str(error), at) from None
    except RecursionError:
        raise JsonError("nested too deeply", at) from None
    return JsonValue(value, end, repeats)


def without_halves(text: str) -> str:
    """Write U+FFFD for lone halves of surrogate pairs, as Go reads them.

    Every offset stays the same.
    """
    if "\\u" not in text or not _HALF.search(text):
        return text
    return _ESCAPES.sub(lambda match: match[1] or "\\ufffd", text)


def _number(text: str) -> int | float:
    number = plain(text)
    if isinstance(number, float):
        return json_number(number)
    if isinstance(number, int):
        return number
    raise ScalarError(f"cannot unmarshal number {text}")


def _refuse(name: str) -> NoReturn:
    from json import JSONDecodeError  # noqa: PLC0415

    raise JSONDecodeError(f"Invalid literal {name}", name, 0)


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 19 else _number(text)
