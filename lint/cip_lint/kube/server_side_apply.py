"""The API server's answer to a Service that is sent by a server-side apply.

The object is typed by the published schema before it is decoded
(``sigs.k8s.io/structured-merge-diff/typed/validate.go``): unknown fields and wrong
types end the request with HTTP 500 and a path in which list items go by their keys.
What passes is converted, and created as any other object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube.decoding import WRONG_TYPE, found_form
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, Fault
from cip_lint.kube.go_text import quoted
from cip_lint.kube.go_time import time_complaint
from cip_lint.kube.go_values import go_syntax, go_type, go_value
from cip_lint.kube.schema import Field, Form, Type, type_of
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import Version
from cip_lint.model import Cause

_PATCH_SINCE = Version(1, 37)
_OBJECT = "(/{name}; /v1, Kind=Service)"
_HALF = 1 << 63
_UNTYPED = frozenset({Form.INT_OR_STRING, Form.TIME})


def admit_applied_service(
    body: Any,
    facts: ClusterFacts,
    *,
    name: str,
    validation: str = "Ignore",
    repeated: tuple[str, ...] = (),
) -> Admission:
    """Return what the API server answers to the apply of a new Service.

    ``name`` is the one in the URL, ``repeated`` are the YAML library's complaints
    about repeated keys, which only ``validation`` ``Strict`` refuses.
    """
    config = read_applied_service(
        body, facts, name=name, validation=validation, repeated=repeated
    )
    if isinstance(config, Admission):
        return config
    admission = admit_service(config, facts, store=True)
    if validation != "Warn" or not repeated:
        return admission
    return admission._replace(warnings=(*repeated, *admission.warnings))


def read_applied_service(
    body: Any,
    facts: ClusterFacts,
    *,
    name: str,
    validation: str = "Ignore",
    repeated: tuple[str, ...] = (),
) -> dict[str, Any] | Admission:
    """Return the applied fields, typed and converted; or the refusal of the body.

    The arguments are those of ``admit_applied_service``.
    """
    what = "patch" if facts.version >= _PATCH_SINCE else "YAML"
    strict = validation == "Strict"
    refused = _refused_at_once(body, what, name, repeated, strict=strict)
    if refused is not None:
        return _bad(400, refused)
    wanted = type_of("v1", "Service", facts.version)
    assert wanted is not None
    shown = _OBJECT.format(name=name)
    errors = list(_struct_errors(body, wanted, ""))
    if errors:
        text = errors[0] if len(errors) == 1 else "\n  ".join(("errors:", *errors))
        return _bad(500, f"failed to create typed patch object {shown}: {text}")
    try:
        converted: dict[str, Any] = _converted(body, wanted)
    except ValueError as complaint:
        return _bad(
            500,
            f"failed to convert new object {shown} to proper version: unable to"
            f" convert unstructured object to /v1, Kind=Service: {complaint}",
        )
    return converted


def _refused_at_once(
    body: Any, what: str, name: str, repeated: tuple[str, ...], *, strict: bool
) -> str | None:
    """Return the message of what is refused before the object is typed."""
    if repeated and strict:
        lines = "".join(f"\n  {text}" for text in repeated)
        where = f"error strict decoding {what}: error converting YAML to JSON"
        return f"{where}: yaml: unmarshal errors:{lines}"
    if body is not None and not isinstance(body, dict):
        where = f"error decoding {what}: error unmarshaling JSON: while decoding JSON"
        wanted = "Go value of type map[string]interface {}"
        return f"{where}: json: cannot unmarshal {found_form(body)} into {wanted}"
    body = body or {}
    metadata = body.get("metadata")
    if isinstance(metadata, dict) and metadata.get("managedFields") is not None:
        return "metadata.managedFields must be nil"
    if (body.get("apiVersion"), body.get("kind")) != ("v1", "Service"):
        return f"invalid object type: {_type_of_object(body)}"
    if not isinstance(metadata, dict) or not metadata.get("name"):
        url = f"the name of the object ({name} based on URL) was undeterminable"
        return f"{url}: name must be provided"
    return None


def _type_of_object(body: Mapping[str, Any]) -> str:
    api_version, kind = body.get("apiVersion"), body.get("kind")
    text = api_version if isinstance(api_version, str) else ""
    group, slash, version = text.rpartition("/")
    shown = kind if isinstance(kind, str) else ""
    return f"{group if slash else ''}/{version}, Kind={shown}"


def _bad(code: int, message: str) -> Admission:
    fault = Fault(WRONG_TYPE, (), Cause("", "", message), "decode")
    return Admission(code, (fault,), message)


def _struct_errors(value: Any, wanted: Type, path: str) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, dict):
        yield f"{path}: expected map, got &{{{go_value(value)}}}"
        return
    for key in sorted(value, key=str):
        field = wanted.fields.get(key)
        if field is None:
            # The library does not look at the other fields of this map.
            yield f"{path}.{key}: field not declared in schema"
            return
        yield from _errors(value[key], field.type, f"{path}.{key}", field)


def _errors(
    value: Any, wanted: Type, path: str, field: Field | None = None
) -> Iterator[str]:
    if value is None or wanted.form in (Form.ANY, Form.OPAQUE):
        return
    if wanted.form is Form.STRUCT:
        yield from _struct_errors(value, wanted, path)
    elif wanted.form is Form.MAP:
        yield from _map_errors(value, wanted, path)
    elif wanted.form is Form.LIST:
        yield from _list_errors(value, wanted, path, field)
    else:
        yield from _scalar_errors(value, wanted, path)


def _map_errors(value: Any, wanted: Type, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: expected map, got &{{{go_value(value)}}}"
        return
    assert wanted.element is not None
    for key in sorted(value, key=str):
        yield from _errors(value[key], wanted.element, f"{path}.{key}")


def _list_errors(
    value: Any, wanted: Type, path: str, field: Field | None
) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: expected list, got &{{{go_value(value)}}}"
        return
    assert wanted.element is not None
    merge = field.merge if field is not None else ""
    seen: set[str] = set()
    for index, item in enumerate(value):
        if not merge or merge == "atomic":
            element = f"[{index}]"
        else:
            try:
                element = _element(item, merge, wanted.element)
            except ValueError as error:
                yield f"{path}: element {index}: {error}"
                return
            if element in seen:
                yield f"{path}: duplicate entries for key {element}"
            seen.add(element)
        yield from _errors(item, wanted.element, path + element)


def _element(item: Any, merge: str, wanted: Type) -> str:
    """Return how an item of a list that is merged is referred to.

    Raises ``ValueError`` with the library's text for an item that has no name.
    """
    if merge == "set":
        return f"[={_set_value(item)}]"
    if item is None:
        raise ValueError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise ValueError("associative list with keys may not have non-map elements")  # noqa: TRY004 - one family of errors
    parts = []
    keys = merge.split(",")
    for key in keys:
        default = wanted.fields[key].default
        if key in item:
            parts.append(f"{key}={_key_value(item[key])}")
        elif default is not None:
            parts.append(f"{key}={quoted(default)}")
    if not parts:
        named = " ".join(map(quoted, keys))
        raise ValueError(
            "associative list with keys has an element that omits all key fields"
            f" [{named}] (and doesn't have default values for any key fields)"
        )
    return f"[{','.join(parts)}]"


def _set_value(item: Any) -> str:
    if item is None:
        raise ValueError(
            "associative list without keys has an element that's an explicit null"
        )
    if isinstance(item, dict):
        raise ValueError(  # noqa: TRY004
            "associative list without keys has an element that's a map type"
        )
    if isinstance(item, list):
        raise ValueError("not supported: associative list with lists as elements")  # noqa: TRY004 - as above
    return _key_value(item)


def _key_value(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return "null" if value is None else go_value(value)


def _scalar_errors(value: Any, wanted: Type, path: str) -> Iterator[str]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    form = wanted.form
    if form is Form.INTEGER and not is_number:
        yield f"{path}: expected numeric (int or float), got {go_type(value)}"
    elif form is Form.STRING and not isinstance(value, str):
        syntax = go_syntax(value)
        yield f"{path}: expected string, got &value.valueUnstructured{{Value:{syntax}}}"
    elif form is Form.BOOL and not isinstance(value, bool):
        yield f"{path}: expected boolean, got &{{{go_value(value)}}}"
    elif form in _UNTYPED and isinstance(value, dict | list):
        yield f"{path}: expected any scalar, got &{{{go_value(value)}}}"


def _converted(value: Any, wanted: Type) -> Any:
    """Return a well typed value as the conversion to Go types leaves it.

    Raises ``ValueError`` with what the converter says
    (``apimachinery/pkg/runtime/converter.go#fromUnstructured``).
    """
    form = wanted.form
    if value is None:
        return None
    if form is Form.STRUCT:
        return {
            key: _converted(item, wanted.fields[key].type)
            if key in wanted.fields
            else item
            for key, item in value.items()
        }
    if form is Form.LIST:
        assert wanted.element is not None
        return [_converted(item, wanted.element) for item in value]
    if form is Form.INTEGER:
        return _integer(value, wanted)
    if form in _UNTYPED:
        _require_readable(value, form)
    return value


def _integer(value: Any, wanted: Type) -> int:
    """Return a number as Go converts it: the high bits are lost without a word."""
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"cannot convert float64 to {wanted.go}")
    number = int(value)
    if not -_HALF <= number < _HALF:
        # A float64 beyond the range of int64 becomes its lowest number.
        number = -_HALF
    modulus = 1 << wanted.bits
    number %= modulus
    return number - modulus if number >= modulus >> 1 else number


def _require_readable(value: Any, form: Form) -> None:
    """Raise ``ValueError`` for a value that a type which reads itself refuses."""
    if form is Form.INT_OR_STRING:
        if isinstance(value, bool) or not isinstance(value, str | int):
            found = "bool" if isinstance(value, bool) else f"number {go_value(value)}"
            raise ValueError(
                f"json: cannot unmarshal {found} into Go value of type int32"
            )
    elif not isinstance(value, str):
        found = found_form(value)
        raise ValueError(f"json: cannot unmarshal {found} into Go value of type string")
    elif complaint := time_complaint(value):
        raise ValueError(complaint)
