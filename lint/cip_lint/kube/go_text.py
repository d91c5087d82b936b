"""Values as the API server prints them in its messages.

A plain string is printed like Go's ``%q``. Everything else that is not a number
is printed as JSON from 1.34 and in Go syntax before (``Error.ErrorBody`` in
``apimachinery/pkg/util/validation/field/errors.go``), which differs for lists.
"""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.kube.version import Version
from cip_lint.patterns import pattern

_JSON_SINCE = Version(1, 34)

_PLAIN = pattern(r"[ !#-%'-;=?-\[\]-~]*")
"""A text that JSON has as it stands, between quotes."""

_SHORT_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def quoted(text: str) -> str:
    r"""Return a string as ``strconv.Quote`` prints it.

    Printable characters stand for themselves, others become ``\n``, ``\x00``,
    ``\u200b`` or ``\U000e0001``.
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    if 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def as_json(value: object) -> str:
    r"""Return a value as Go's ``encoding/json`` prints it.

    No blanks, and ``<``, ``>``, ``&`` and the two line separators escaped.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{','.join(map(as_json, value))}]"
    import json  # noqa: PLC0415 - for what is refused alone

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isascii() and not ("<" in text or ">" in text or "&" in text):
        return text
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def string_list(values: Sequence[str], version: Version) -> str:
    """Return a list of strings as a message of that version shows it."""
    if version >= _JSON_SINCE:
        return as_json(list(values))
    return "[]string{" + ", ".join(map(quoted, values)) + "}"


def named_string(text: str, version: Version) -> str:
    """Return a string of a named type, such as ``ServiceType``."""
    return as_json(text) if version >= _JSON_SINCE else quoted(text)
