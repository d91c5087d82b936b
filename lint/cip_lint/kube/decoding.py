"""Whether a manifest can be decoded: types of values, names of fields.

The API server reads JSON into the types of ``schema``, with
``sigs.k8s.io/json``: names match case-sensitively, null is the zero value, and
the first value of a wrong type is an HTTP 400 that hides everything else. All of
them are reported here, the server's one first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from cip_lint.kube.faults import Drawn, Fault
from cip_lint.kube.fitting import fits
from cip_lint.kube.go_time import time_complaint
from cip_lint.kube.schema import Form, Type, history, type_of
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Cause, Path
from cip_lint.records import NamedTuple

WRONG_TYPE = "400"
UNKNOWN_FIELD = "unknown-field"

_MOST_STRICT_ERRORS = 100

_WANTED = {
    Form.STRING: "text",
    Form.BOOL: "boolean",
    Form.INTEGER: "integer",
    Form.INT_OR_STRING: "integer or text",
    Form.TIME: "time",
    Form.LIST: "list",
    Form.MAP: "map",
    Form.STRUCT: "map",
    Form.OPAQUE: "map",
}


class NumberLiteral(float):
    """A number of a JSON body with the text it was written with, such as ``8e1``.

    Where an integer is wanted JSON must spell it without fraction and exponent;
    numbers of a YAML body have been respelt before they are decoded.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Read the number of a text."""
        made = super().__new__(cls, text)
        made.text = text
        return made


class UnknownField(NamedTuple):
    """A key that the type of its object does not have.

    ``since`` and ``until`` are the versions in which the field came and went,
    where it is one of another version.
    """

    path: Path
    since: Version | None = None
    until: Version | None = None


class _Wrong(NamedTuple):
    path: Path
    message: str
    value: Any
    wanted: Type
    at_once: bool
    """Whether decoding ends here: the type reads its value itself."""


class _Look:
    """One exact look at an object: its wrong types and its unknown keys."""

    def __init__(self, *, in_order: bool) -> None:
        self._in_order = in_order
        self.wrong: list[_Wrong] = []
        self.unknown: list[tuple[Path, str]] = []

    def _keys(self, value: Mapping[Any, Any]) -> Iterable[Any]:
        return value if self._in_order else sorted(value, key=str)

    def struct(
        self, value: Mapping[Any, Any], wanted: Type, path: Path, stack: Path
    ) -> None:
        """Look at the fields of a mapping; ``stack`` are the names so far."""
        for key in self._keys(value):
            field = wanted.fields.get(key) if isinstance(key, str) else None
            if field is None:
                self.unknown.append(((*path, str(key)), wanted.go))
                continue
            place = _Place(wanted.go, (*stack, *field.through, key))
            self.value(value[key], field.type, (*path, key), place)

    def value(self, value: Any, wanted: Type, path: Path, place: _Place) -> None:
        """Look at one value of any type."""
        if value is None or wanted.form is Form.ANY:
            return
        if wanted.form is Form.TIME and isinstance(value, str):
            message = time_complaint(value)
            if message:
                self.wrong.append(_Wrong(path, message, value, wanted, at_once=True))
        elif not _is_form(value, wanted):
            self._refuse(value, wanted, path, place)
        elif wanted.form is Form.STRUCT:
            self.struct(value, wanted, path, place.stack)
        elif wanted.form is Form.LIST:
            for index, item in enumerate(value):
                self._element(item, wanted, (*path, index), place)
        elif wanted.form is Form.MAP:
            for key in self._keys(value):
                self._element(value[key], wanted, (*path, str(key)), place)

    def _element(self, value: Any, wanted: Type, path: Path, place: _Place) -> None:
        element = wanted.element
        assert element is not None
        self.value(value, element, path, place)

    def _refuse(self, value: Any, wanted: Type, path: Path, place: _Place) -> None:
        found = _found(value, wanted)
        message = (
            f"json: cannot unmarshal {found} into Go struct field"
            f" {place} of type {wanted.go}"
        )
        if isinstance(value, float) and not math.isfinite(value):
            message = f"json: unsupported value: {_go_float(value)}"
        at_once = wanted.form in (Form.INT_OR_STRING, Form.TIME)
        self.wrong.append(_Wrong(path, message, value, wanted, at_once))


class _Place(NamedTuple):
    """Where the decoder is: the innermost struct, and the names from the top."""

    struct: str
    stack: Path

    def __str__(self) -> str:
        return ".".join((self.struct.rpartition(".")[2], *map(str, self.stack)))


def _is_form(value: Any, wanted: Type) -> bool:
    form = wanted.form
    if isinstance(value, Drawn):
        # What the server drew stands where it fits.
        return form in (Form.STRING, Form.INTEGER)
    if form is Form.STRING:
        return isinstance(value, str)
    if form is Form.BOOL:
        return isinstance(value, bool)
    if form is Form.INTEGER:
        return _is_integer(value, wanted.bits)
    if form is Form.INT_OR_STRING:
        return isinstance(value, str) or _is_integer(value, wanted.bits)
    if form is Form.LIST:
        return isinstance(value, list)
    return isinstance(value, dict)


def _is_integer(value: Any, bits: int) -> bool:
    limit = 1 << (bits - 1)
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -limit <= value < limit
    )


def found_form(value: Any) -> str:
    """Return what the JSON decoder calls a value: ``object``, ``number``, ..."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "number"


def _found(value: Any, wanted: Type) -> str:
    found = found_form(value)
    if found == "number" and wanted.bits:
        return f"number {number_text(value)}"
    return found


def number_text(value: float) -> str:
    """Return a number as it stands in JSON."""
    if isinstance(value, NumberLiteral):
        return value.text
    if isinstance(value, float):
        return _go_float(value)
    # Python refuses to spell very long integers in decimals.
    return str(value) if value.bit_length() < 1024 else hex(value)


def _go_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value).replace("e-0", "e-")


def _wrong_faults(wrong: list[_Wrong]) -> tuple[Fault, ...]:
    ended = [one for one in wrong if one.at_once]
    if ended:
        wrong = [ended[0], *(one for one in wrong if one is not ended[0])]
    return tuple(
        Fault(
            WRONG_TYPE,
            one.path,
            Cause("", "", one.message),
            "decode",
            later=index > 0,
            value=one.value,
            wanted=_WANTED[one.wanted.form],
        )
        for index, one in enumerate(wrong)
    )


def unknown_fields(body: Mapping[str, Any], wanted: Type) -> tuple[UnknownField, ...]:
    """Return every key that the type does not have, sorted as kubectl sends them."""
    if fits(body, wanted):
        return ()
    look = _Look(in_order=False)
    look.struct(body, wanted, (), ())
    return tuple(
        UnknownField(path, *(history(go, str(path[-1])) or (None, None)))
        for path, go in look.unknown
    )


def unknown_fields_of(
    body: Mapping[str, Any], version: Version = NEWEST
) -> tuple[UnknownField, ...]:
    """Return the unknown keys of an object of any kind that is judged."""
    wanted = _type_of_body(body, version)
    return () if wanted is None else unknown_fields(body, wanted)


def _type_of_body(body: Mapping[str, Any], version: Version) -> Type | None:
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    return type_of(api_version, kind, version)


class Decoded(NamedTuple):
    """What decoding says: faults and their message, or warnings."""

    faults: tuple[Fault, ...] = ()
    message: str = ""
    warnings: tuple[str, ...] = ()


_FINE = Decoded()


def decode(
    body: Mapping[str, Any],
    wanted: Type,
    *,
    validation: str = "Ignore",
    in_order: bool = False,
    repeated: tuple[str, ...] = (),
) -> Decoded:
    """Decode a body as a kind and return what the server says to it.

    Every value of a wrong type is a fault, the one the server names first;
    ``wanted`` of a fault says what is required there: ``text``, ``integer``,
    ``integer or text``, ``boolean``, ``list``, ``map`` or ``time``. A body that
    is sent as JSON keeps its order (``in_order``); one sent as YAML, and what
    kubectl sends, has its keys sorted.

    ``validation`` is the request's ``fieldValidation``: ``Strict`` refuses
    unknown and repeated fields, ``Warn`` warns of them, ``Ignore`` says
    nothing. ``repeated`` are the decoder's complaints about repeated keys.
    """
    if not repeated and fits(body, wanted):
        return _FINE
    look = _Look(in_order=in_order)
    look.struct(body, wanted, (), ())
    kind = wanted.go.rpartition(".")[2]
    refused = f'{kind} in version "{_version_part(body)}" cannot be handled as a {kind}'
    faults = _wrong_faults(look.wrong)
    if faults:
        return Decoded(faults, f"{refused}: {faults[0].cause.message}")
    unknown = list(_unknown_complaints(look.unknown))
    if validation == "Warn":
        return Decoded(warnings=(*repeated, *(text for text, _ in unknown)))
    if validation != "Strict" or not (repeated or unknown):
        return _FINE
    said = ", ".join((*_as_yaml_error(repeated), *(text for text, _ in unknown)))
    message = f"{refused}: strict decoding error: {said}"
    strict = [
        Fault(UNKNOWN_FIELD, (), Cause("", "", text), "decode") for text in repeated
    ]
    strict += [
        Fault(UNKNOWN_FIELD, path, Cause("", "", text), "decode")
        for text, path in unknown
    ]
    return Decoded(tuple(strict), message)


def _version_part(body: Mapping[str, Any]) -> str:
    api_version = body.get("apiVersion")
    return api_version.rpartition("/")[2] if isinstance(api_version, str) else "v1"


def _as_yaml_error(repeated: tuple[str, ...]) -> Iterator[str]:
    lines = [text for text in repeated if text.startswith("line ")]
    if lines:
        yield "yaml: unmarshal errors:\n" + "\n".join(f"  {text}" for text in lines)
    yield from (text for text in repeated if not text.startswith("line "))


def _unknown_complaints(
    unknown: list[tuple[Path, str]],
) -> Iterator[tuple[str, Path]]:
    for path, _ in unknown[:_MOST_STRICT_ERRORS]:
        yield f'unknown field "{json_path(path)}"', path


def json_path(path: Path) -> str:
    """Write a path as the JSON decoder does: every key after a dot, as it is."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
