r"""Where libyaml and the Go library's port of it read a text differently.

libyaml went on after the port was made. It accepts ``"\/"`` and ``[a?b]``, which
Kubernetes refuses, and refuses ``"\'"``, ``{a:}`` and a byte order mark inside the
text, which Kubernetes accepts. For the latter a text is given to libyaml with
stand-ins of the same length, and the scalars get their own text back.
"""

from __future__ import annotations

import re

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_BOM = "\ufeff"
_ESCAPE = pattern(r"\\(.)", re.DOTALL)
_NAMED_ESCAPES = {"P": "\u2029", "L": "\u2028", "v": "\v", "a": "\a", "e": "\x1b"}
_MOST_COLONS = 200
"""How many colons one text may need; each costs a parse."""


class Fault(NamedTuple):
    """Something that Kubernetes refuses, and where."""

    message: str
    offset: int


class Dialect:
    """A text as libyaml is to see it, and the way back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._original = text
        self._bom = self._colon = self._escape = ""
        self._colons = 0
        self._has_slash = "\\/" in text
        start = 2 if text.startswith(_BOM * 2) else 1
        if _BOM in text[start:]:
            self._bom = _unused(text)
            self.text = text[:start] + text[start:].replace(_BOM, self._bom)
        if "\\'" in text:
            self._escape = next(
                (
                    name
                    for name, character in _NAMED_ESCAPES.items()
                    if f"\\{name}" not in text and character not in text
                ),
                "",
            )
            if self._escape:
                self.text = _ESCAPE.sub(
                    lambda escape: (
                        f"\\{self._escape}" if escape[1] == "'" else escape[0]
                    ),
                    self.text,
                )

    def accept_colon(self, offset: int | None) -> bool:
        """Hide a colon that ends a plain scalar in a flow collection from libyaml."""
        if offset is None or self._colons == _MOST_COLONS:
            return False
        at = self.text.find(":", offset, offset + 2)
        if at < 0:
            return False
        self._colons += 1
        self._colon = self._colon or _unused(self.text)
        self.text = self.text[:at] + self._colon + self.text[at + 1 :]
        return True

    @property
    def differs(self) -> bool:
        """Whether there may be anything to restore, or a fault, in a scalar."""
        text = self._original
        return self.text is not text or self._has_slash or "?" in text

    def restored(self, value: str, style: str) -> str:
        """Return the value of a scalar with its own characters."""
        if self._bom:
            value = value.replace(self._bom, _BOM)
        if self._colon:
            value = value.replace(self._colon, ":")
        if self._escape:
            if style == '"':
                value = value.replace(_NAMED_ESCAPES[self._escape], "'")
            else:
                value = value.replace(f"\\{self._escape}", "\\'")
        return value

    def fault(self, style: str, start: int, end: int, *, in_flow: bool) -> Fault | None:
        """Return what Kubernetes refuses in a scalar that libyaml accepts."""
        if style == '"' and self._has_slash:
            for escape in _ESCAPE.finditer(self._original, start, end):
                if escape[1] == "/":
                    return Fault("found unknown escape character", escape.start())
        if in_flow and not style:
            at = self._original.find("?", start + 1, end)
            if at >= 0:
                return Fault("did not find expected ',' or a closing bracket", at)
        return None


def _unused(text: str) -> str:
    """Return a character for private use that the text does not hold."""
    return next(
        character
        for code in range(0xE000, 0xF8FF)
        if (character := chr(code)) not in text
    )
