"""What the API server finds wrong with an object, and its whole answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from cip_lint.kube.go_text import as_json, quoted, string_list
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path, ServerAnswer
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

Stage = Literal["decode", "allocation", "validation"]
"""The step of a request that refuses; each hides the faults of the later ones."""

_EACH_CAUSE_ONCE_SINCE = Version(1, 37)

_DRAWN = pattern(r"<(ip|nodePort)[^<>]*dynamic-band #\d+>")
"""How a ``Drawn`` value stands in a message."""
_KINDS = {"ip": "<allocated address>", "nodePort": "<allocated node port>"}

INVALID = "FieldValueInvalid"
REQUIRED = "FieldValueRequired"
DUPLICATE = "FieldValueDuplicate"
NOT_SUPPORTED = "FieldValueNotSupported"
FORBIDDEN = "FieldValueForbidden"
TOO_LONG = "FieldValueTooLong"


class Fault(NamedTuple):
    """One thing the API server refuses.

    ``code`` is the row of the specification that refuses (``P1``, ``L3``).
    ``path`` is the exact place in the object as it was submitted, while
    ``cause`` has the server's own field and message, word for word.
    ``later`` is true where the server would name this one only after the
    faults of an earlier stage are repaired.
    """

    code: str
    path: Path
    cause: Cause
    stage: Stage = "validation"
    later: bool = False
    value: Any = None
    """The value that is refused, where there is one."""
    other: Path | None = None
    """The place that it contradicts or repeats, where there is one."""
    wanted: str = ""
    """The type that is required, where the type of the value is wrong."""

    @property
    def reason(self) -> str:
        """The server's class of the fault: ``FieldValueInvalid``, ..."""
        return self.cause.reason

    @property
    def message(self) -> str:
        """The server's message, which calls what it would draw by words."""
        return _readable(self.cause.message)

    @property
    def words(self) -> str:
        """Path and message of the server, as ``words_of`` has them."""
        return words_of(self.cause)


class Admission(NamedTuple):
    """The whole answer of the API server to one request.

    ``code`` is the HTTP status: 201, or 400, 404, 422, 500. ``faults`` holds
    those the server names now, in its order, then those it would name later.
    ``stored`` is the object as the server would keep it; values that the server
    draws itself stand there as ``Drawn``.
    """

    code: int
    faults: tuple[Fault, ...] = ()
    message: str = ""
    warnings: tuple[str, ...] = ()
    stored: Mapping[str, Any] | None = None

    @property
    def refused(self) -> bool:
        """Whether the object is not stored."""
        return self.code >= 400

    @property
    def causes(self) -> tuple[Cause, ...]:
        """``details.causes`` of the answer: what the server names now."""
        return tuple(fault.cause for fault in self.faults if not fault.later)

    def answer(self) -> ServerAnswer | None:
        """Return the refusal as findings carry it; None where it is stored."""
        if self.code < 400:
            return None
        if self.code == 422:
            return ServerAnswer(422, self.causes)
        return ServerAnswer(self.code, (), self.message)


ORDINARY = Admission(201)
"""The answer to a Service of which a quick look tells that nothing can be refused.

There is no warning either, and each key is one that its type has.
"""


class Drawn(str):
    """A value that the server draws: an address or a node port.

    It prints as ``<ip:v4 dynamic-band #1>``; equal numbers are one value.
    """

    __slots__ = ()


def words_of(cause: Cause) -> str:
    """Return path and message of the server, word for word, for a reader.

    A value that it would draw itself is called ``<allocated address>``.
    """
    message = _readable(cause.message)
    return f"{cause.field}: {message}" if cause.field else message


def _readable(message: str) -> str:
    return _DRAWN.sub(lambda found: _KINDS[found[1]], message)


def shown_list(values: Sequence[str], version: Version) -> str:
    """Return a list of strings as a message shows it, drawn values as they are."""
    text = string_list(values, version)
    for value in values:
        if isinstance(value, Drawn):
            text = text.replace(as_json(value), quoted(value))
    return text


def required(field: str, detail: str = "") -> Cause:
    """Return the cause of a missing value."""
    return Cause(REQUIRED, field, _with_detail("Required value", detail))


def invalid(field: str, shown: object, detail: str) -> Cause:
    """Return the cause of a malformed value; ``shown`` is printed as it is."""
    return Cause(INVALID, field, f"Invalid value: {shown}: {detail}")


def duplicate(field: str, shown: object) -> Cause:
    """Return the cause of a repeated value; ``shown`` is printed as it is."""
    return Cause(DUPLICATE, field, f"Duplicate value: {shown}")


def forbidden(field: str, detail: str) -> Cause:
    """Return the cause of a value that must not be set here."""
    return Cause(FORBIDDEN, field, _with_detail("Forbidden", detail))


def not_supported(field: str, shown: object, supported: Sequence[str]) -> Cause:
    """Return the cause of a value outside a closed set, listed in that order."""
    listed = ", ".join(f'"{one}"' for one in supported)
    return Cause(
        NOT_SUPPORTED,
        field,
        f"Unsupported value: {shown}: supported values: {listed}",
    )


def too_long(field: str, limit: int, version: Version) -> Cause:
    """Return the cause of a value of more than ``limit`` bytes."""
    words = "may not be more than" if version >= (1, 32) else "must have at most"
    return Cause(TOO_LONG, field, f"Too long: {words} {limit} bytes")


def _with_detail(text: str, detail: str) -> str:
    return f"{text}: {detail}" if detail else text


def each_once(faults: Iterable[Fault], version: Version) -> tuple[Fault, ...]:
    """Return the faults as that version lists them.

    Up to 1.36 a cause that is found twice is listed twice.
    """
    if version < _EACH_CAUSE_ONCE_SINCE:
        return tuple(faults)
    return tuple({fault.cause: fault for fault in reversed(list(faults))}.values())[
        ::-1
    ]


def standard_message(kind: str, name: str, causes: Iterable[Cause]) -> str:
    """Return the message of an ``Invalid`` status.

    ``kind`` has its group appended where there is one (``Ingress.networking.k8s.io``).
    Each cause is named once, in all versions.
    """
    parts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    listed = parts[0] if len(parts) == 1 else "[" + ", ".join(parts) + "]"
    return f"{kind} {quoted(name)} is invalid: {listed}"
