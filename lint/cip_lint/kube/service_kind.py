"""Whether a body that is sent to where Services are made is one."""

from __future__ import annotations

from typing import Any

from cip_lint.kube.decoding import WRONG_TYPE, found_form
from cip_lint.kube.discovery import kinds_of
from cip_lint.kube.faults import Fault
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

_IDENTITY = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\"";'
    ' Kind string "json:\\"kind,omitempty\\"" }'
)
_NO_IDENTITY = (
    "the object provided is unrecognized (must be of type Service):"
    " couldn't get version/kind; json parse error: json: cannot unmarshal"
)

# Registered beside the kinds that a group version serves.
_UNSERVED_KINDS = frozenset(("List", "Status", "APIGroup", "APIVersions"))


def kind_fault(body: Any, version: Version) -> Fault | None:
    """Return the fault of a body that is no ``v1`` Service, by what it calls itself.

    Nothing at all counts as a Service without a name.
    """
    if body.__class__ is not dict:
        if body is None:
            return None
        return _fault(
            (), f"{_NO_IDENTITY} {found_form(body)} into Go value of type {_IDENTITY}"
        )
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if api_version == "v1" and kind == "Service":
        return None
    for key, value in (("apiVersion", api_version), ("kind", kind)):
        if value is not None and not isinstance(value, str):
            found = found_form(value)
            text = f"{_NO_IDENTITY} {found} into Go struct field .{key} of type string"
            return _fault((key,), text, value)
    return _other_kind(api_version or "v1", kind or "Service", version)


def _other_kind(api_version: str, kind: str, version: Version) -> Fault | None:
    if (api_version, kind) == ("v1", "Service"):
        return None
    short = api_version.rpartition("/")[2]
    if api_version.count("/") > 1:
        text = f"unexpected GroupVersion string: {api_version}"
        return _fault(("apiVersion",), text, api_version)
    # A group version without a version is registered as little as any other.
    shown = api_version.removesuffix("/")
    where = "v1" if "/" in api_version and not short else short
    if _is_registered(api_version, kind, version):
        why = f"converting ({short}.{kind}) to (core.Service): unknown conversion"
    else:
        why = (
            f'no kind "{kind}" is registered for version "{shown}" in scheme'
            ' "pkg/runtime/scheme.go:<line>"'
        )
    text = f'{kind} in version "{where}" cannot be handled as a Service: {why}'
    path = "kind" if api_version == "v1" else "apiVersion"
    return _fault((path,), text, kind if path == "kind" else api_version)


def _is_registered(api_version: str, kind: str, version: Version) -> bool:
    served = kinds_of(api_version, version)
    if kind in served or kind.removesuffix("List") in served:
        return True
    return api_version == "v1" and kind in _UNSERVED_KINDS


def _fault(path: Path, text: str, value: object = None) -> Fault:
    return Fault(WRONG_TYPE, path, Cause("", "", text), "decode", value=value)
