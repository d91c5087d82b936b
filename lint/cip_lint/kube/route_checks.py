"""What the API server refuses in the backends of a route of the Gateway API.

Follows the schema and the rule that come with the definitions of the kinds
(``kubernetes-sigs/gateway-api:apis/v1/object_reference_types.go``): a port is a
number, and must be there where the backend is a core Service. Nothing else of a
route is judged: what a cluster makes of it depends on the definitions it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from cip_lint.bodies import Body, items, mapping
from cip_lint.kube.checks import Checks
from cip_lint.model import Cause, Path, field_path

BACKEND: Final = "G-backend"
_HIGHEST: Final = 65535
_TYPES: Final = {bool: "boolean", str: "string", float: "number"}


def check_route(checks: Checks, body: Body) -> None:
    """Check the ports of the backends of a route.

    The rule that wants a port is asked where the types of all fields are right.
    """
    backends = list(_backends(body))
    for path, backend in backends:
        _check_type(checks, (*path, "port"), backend.get("port"))
    if checks.faults:
        return
    for path, backend in backends:
        if backend.get("port") is None and _is_service(backend):
            said = 'Invalid value: "object": Must have port for Service reference'
            checks.add(
                BACKEND, path, Cause("FieldValueInvalid", field_path(path), said)
            )


def _check_type(checks: Checks, path: Path, port: Any) -> None:
    if port is None:
        return
    field = field_path(path)
    if isinstance(port, int) and not isinstance(port, bool):
        bound = ("greater", 1) if port < 1 else ("less", _HIGHEST)
        if not 1 <= port <= _HIGHEST:
            said = f"should be {bound[0]} than or equal to {bound[1]}"
            detail = f"Invalid value: {port}: {field} in body {said}"
            checks.add(BACKEND, path, Cause("FieldValueInvalid", field, detail), port)
    elif not (isinstance(port, float) and port.is_integer()):
        kind = next((n for t, n in _TYPES.items() if isinstance(port, t)), "object")
        kind = "array" if isinstance(port, list) else kind
        detail = (
            f'Invalid value: "{kind}": {field} in body must be of type integer: '
            f'"{kind}"'
        )
        checks.add(BACKEND, path, Cause("FieldValueTypeInvalid", field, detail), port)


def _is_service(backend: Body) -> bool:
    """Whether a backend is a Service of the core group, as it is by default."""
    return not backend.get("group") and backend.get("kind") in (None, "", "Service")


def _backends(body: Body) -> Iterator[tuple[Path, Body]]:
    """Yield the places of backends: of rules, and of filters that mirror requests."""
    for index, entry in enumerate(items(mapping(body.get("spec")).get("rules"))):
        rule, path = mapping(entry), ("spec", "rules", index)
        for number, one in enumerate(items(rule.get("backendRefs"))):
            backend, place = mapping(one), (*path, "backendRefs", number)
            if backend:
                yield place, backend
            yield from _mirrors(backend, place)
        yield from _mirrors(rule, path)


def _mirrors(holder: Body, path: Path) -> Iterator[tuple[Path, Body]]:
    for index, entry in enumerate(items(holder.get("filters"))):
        mirror = mapping(mapping(entry).get("requestMirror"))
        backend = mapping(mirror.get("backendRef"))
        if backend:
            yield (*path, "filters", index, "requestMirror", "backendRef"), backend
