"""JSON values out of a stream, read as Go reads them."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from cip_lint.manifests.scalars import ScalarError, json_number, plain

_BLANK = re.compile(r"[ \t\r\n]*")
_ESCAPES = re.compile(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


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


def read_value(text: str, at: int) -> tuple[Any, int]:
    """Return the JSON value that begins at an offset, and where it ends.

    Numbers come out as kubectl would send them: a float without a fraction is an
    integer. A lone half of a surrogate pair becomes U+FFFD. Raises JsonError.
    """
    try:
        return _DECODER.raw_decode(text, at)
    except JSONDecodeError as error:
        raise JsonError(error.msg[0].lower() + error.msg[1:], error.pos) from None
    except RecursionError:
        raise JsonError("nested too deeply", at) from None


def without_halves(text: str) -> str:
    """Replace lone halves of surrogate pairs; every offset stays the same."""
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
    raise JSONDecodeError(f"Invalid literal {name}", name, 0)


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 19 else _number(text)


_DECODER = JSONDecoder(parse_float=_number, parse_int=_whole, parse_constant=_refuse)
