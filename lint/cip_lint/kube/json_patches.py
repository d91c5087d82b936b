"""Patches that know nothing of the object: JSON merge patches and JSON patches.

Follows RFC 7386 and RFC 6902, as ``gopkg.in/evanphx/json-patch.v4`` carries them out
for the API server.
"""

from __future__ import annotations

import copy
from typing import Any

_LONGEST_PATCH = 10_000


def json_merge(stored: Any, patch: Any) -> Any:
    """Return what a JSON merge patch makes of a value: null removes a key."""
    if not isinstance(patch, dict):
        return patch
    result = dict(stored) if isinstance(stored, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = json_merge(result.get(key), value)
    return result


def json_patch(stored: Any, operations: Any) -> Any:
    """Return what the operations of a JSON patch make of a value.

    Raises ``ValueError`` with the reason where one of them cannot be carried out;
    then none is.
    """
    if not isinstance(operations, list):
        raise ValueError("a JSON patch is a list of operations")  # noqa: TRY004 - one family of errors
    if len(operations) > _LONGEST_PATCH:
        raise ValueError(f"more than {_LONGEST_PATCH} operations")
    document = {"": copy.deepcopy(stored)}
    for operation in operations:
        if not isinstance(operation, dict):
            raise ValueError("an operation is a map")  # noqa: TRY004 - as above
        _carry_out(document, operation)
    return document[""]


def _carry_out(document: dict[str, Any], operation: dict[str, Any]) -> None:
    kind, steps = operation.get("op"), _steps(operation.get("path"))
    if kind in ("move", "copy"):
        source = _steps(operation.get("from"))
        value = copy.deepcopy(_get(document, source))
        if kind == "move":
            _remove(document, source)
        _add(document, steps, value)
    elif kind == "add":
        _add(document, steps, copy.deepcopy(operation.get("value")))
    elif kind == "remove":
        _remove(document, steps)
    elif kind == "replace":
        _replace(document, steps, copy.deepcopy(operation.get("value")))
    elif kind == "test":
        if _get(document, steps) != operation.get("value"):
            raise ValueError(f"the test of {operation['path']} failed")
    else:
        raise ValueError(f"no operation is called {kind}")


def _steps(pointer: Any) -> list[str]:
    """Return the keys of a JSON pointer, from a place above the document."""
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise ValueError("a path starts with /")
    parts = pointer.split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]


def _get(document: Any, steps: list[str]) -> Any:
    value = document
    for step in steps:
        value = value[_place(value, step)]
    return value


def _place(container: Any, step: str, *, behind: bool = False) -> Any:
    """Return key or index of what is there, or with ``behind`` may be put there."""
    if isinstance(container, dict):
        if step not in container and not behind:
            raise ValueError(f"there is no {step}")
        return step
    if not isinstance(container, list):
        raise ValueError(f"there is no {step} in a plain value")  # noqa: TRY004
    if behind and step == "-":
        return len(container)
    if not (step.isascii() and step.isdigit() and len(step) < 10):
        raise ValueError(f"{step} is no index")
    if int(step) >= len(container) + behind:
        raise ValueError(f"there is no item {step}")
    return int(step)


def _add(document: Any, steps: list[str], value: Any) -> None:
    container = _get(document, steps[:-1])
    place = _place(container, steps[-1], behind=True)
    if isinstance(container, list):
        container.insert(place, value)
    else:
        container[place] = value


def _remove(document: Any, steps: list[str]) -> None:
    container = _get(document, steps[:-1])
    del container[_place(container, steps[-1])]


def _replace(document: Any, steps: list[str], value: Any) -> None:
    container = _get(document, steps[:-1])
    container[_place(container, steps[-1])] = value
