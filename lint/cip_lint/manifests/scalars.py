"""What a YAML scalar means to Kubernetes.

The table is that of ``resolve`` in ``sigs.k8s.io/yaml/goyaml.v2``, which no
Python library has: ``y`` is a bool, ``22:22`` a text, ``0o17`` fifteen, ``1e3`` a
thousand, a date a text. Numbers come out as they are written to JSON: a float
without a fraction is an integer there.
"""

from __future__ import annotations

import re
from datetime import datetime
from math import inf, isinf, isnan

from cip_lint.patterns import pattern

Scalar = str | int | float | bool | None

STR, INT, FLOAT, BOOL, NULL, TIMESTAMP, BINARY = (
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "binary")
)

WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""The words that are no texts when they stand plain."""
LONGEST_WORD = max(map(len, WORDS))
NUMBERS_BEGIN = "+-.0123456789"
"""What a plain scalar begins with that may be a number, or ``.inf`` and ``.nan``."""

_NOT_FINITE = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
}
_INTEGER = pattern(
    r"([-+]?)(?:0[bB]([01]+)|0[oO]([0-7]+)|0[xX]([0-9a-fA-F]+)|0([0-7]+)|(0|[1-9][0-9]*))"
)
_BASES = (2, 8, 16, 8, 10)
_FALLBACK_BINARY = pattern(r"0b([-+]?[01]+)")
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOTTED = pattern(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_TIMESTAMP = pattern(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_MIN_INT64, _MAX_INT64, _MAX_UINT64 = -(2**63), 2**63 - 1, 2**64 - 1
_LONGEST_DECIMAL = 400
"""Digits beyond which no float is finite, so that a text is not converted."""


class ScalarError(ValueError):
    """A scalar that its explicit tag does not allow, or that JSON cannot hold."""


def plain(text: str) -> Scalar:
    """Return what a plain scalar without a tag means, floats unrounded.

    Not-a-number and the infinities are returned as floats: they are legal as
    keys only.
    """
    if text in WORDS:
        return WORDS[text]
    first = text[0]
    if first == ".":
        if text in _NOT_FINITE:
            return _NOT_FINITE[text]
        if _DOTTED.fullmatch(text):
            return _float(text)
    elif first in "+-0123456789":
        if text in _NOT_FINITE:
            return _NOT_FINITE[text]
        return _number(text)
    return text


def _number(text: str) -> Scalar:
    digits = text.replace("_", "")
    integer = _integer(digits)
    if integer is not None:
        return integer
    if _FLOAT.fullmatch(digits):
        number = _float(digits)
        return text if isinstance(number, str) else number
    negative = digits.startswith("-0b")
    binary = _FALLBACK_BINARY.fullmatch(digits[negative:])
    if binary is not None and not (negative and binary[1][0] in "+-"):
        integer = int(binary[1], 2) * (-1 if negative else 1)
        if _MIN_INT64 <= integer <= _MAX_UINT64:
            return integer
    return text


def _integer(digits: str) -> int | None:
    match = _INTEGER.fullmatch(digits)
    if match is None or len(digits) > _LONGEST_DECIMAL:
        return None
    index = match.lastindex or 2
    integer = int(match[index], _BASES[index - 2])
    if match[1] == "-":
        integer = -integer
    highest = _MAX_INT64 if match[1] else _MAX_UINT64
    return integer if _MIN_INT64 <= integer <= highest else None


def _float(text: str) -> float | str:
    number = float(text)
    return text if isinf(number) else number


def json_number(number: float) -> int | float:
    """Return a float as it is read back from JSON: whole numbers are integers."""
    if isnan(number) or isinf(number):
        name = "NaN" if isnan(number) else f"{'+' if number > 0 else '-'}Inf"
        raise ScalarError(f"json: unsupported value: {name}")
    if number == int(number) and abs(number) < 1e21:
        from decimal import Decimal  # noqa: PLC0415 - few numbers have a point

        return int(Decimal(repr(number)))
    return number


def tagged(tag: str, text: str) -> Scalar:
    """Return what a scalar with an explicit tag means, plain or quoted.

    Unknown tags, ``!`` and ``!!str`` make a text of anything. Raises ScalarError
    where the value is not of the type that the tag names.
    """
    if tag == BINARY:
        return _binary(text)
    if tag not in (INT, FLOAT, BOOL, NULL, TIMESTAMP):
        return text
    if tag == TIMESTAMP:
        if not is_timestamp(text):
            raise ScalarError(f"yaml: cannot decode !!str `{text}` as a !!timestamp")
        return text
    value = plain(text)
    found = _tag_of(value)
    if tag == FLOAT and found == INT and _MIN_INT64 <= int(value or 0) <= _MAX_INT64:
        return float(value or 0)
    if tag != found:
        raise ScalarError(
            f"yaml: cannot decode !!{found[18:]} `{text}` as a !!{tag[18:]}"
        )
    return value


def _tag_of(value: Scalar) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT
    return FLOAT if isinstance(value, float) else STR


def _binary(text: str) -> str:
    from base64 import b64decode  # noqa: PLC0415 - few texts need it
    from binascii import Error as Base64Error  # noqa: PLC0415

    try:
        data = b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (Base64Error, ValueError) as error:
        raise ScalarError(
            "yaml: !!binary value contains invalid base64 data"
        ) from error
    # Go writes each stray byte of a string to JSON as one U+FFFD.
    return re.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", "surrogateescape"))


def is_timestamp(text: str) -> bool:
    """Tell whether the Go YAML library takes a text for a time stamp."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    zoned, spaced = match[7] is not None, text[8:11].find(" ") >= 0
    if match[4] is not None and zoned == spaced:
        return False
    try:
        year, month, day, hour, minute, second = (
            int(part or 0) for part in match.groups()[:6]
        )
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        return False
    return True


def key_text(value: Scalar) -> str:
    """Return the JSON key that a YAML key becomes.

    Follows ``convertToJSONableObject`` of sigs.k8s.io/yaml, which writes floats
    with the digits of a 32-bit float. Raises ScalarError for null and for
    integers beyond 63 bits.
    """
    if isinstance(value, str):
        return value
    if value is None:
        raise ScalarError("unsupported map key of type: %!s(<nil>), key: <nil>")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value > _MAX_INT64:
            raise ScalarError(f"unsupported map key of type: uint64, key: {value:#x}")
        return str(value)
    return _float32_text(value)


def _float32_text(value: float) -> str:
    import struct  # noqa: PLC0415 - hardly any key is a float
    from decimal import Decimal  # noqa: PLC0415

    if isnan(value):
        return ".nan"
    try:
        (single,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        single = inf if value > 0 else -inf
    if isinf(single):
        return ".inf" if single > 0 else "-.inf"
    for precision in range(9):
        text = f"{single:.{precision}e}"
        if struct.pack("f", float(text)) == struct.pack("f", single):
            break
    mantissa, _, exponent = text.partition("e")
    if -5 < int(exponent) < 6:
        return format(Decimal(text), "f")
    sign, digits = exponent[0], exponent[1:].lstrip("0").rjust(2, "0")
    return f"{mantissa}e{sign}{digits}"
