"""How an ApplicationSet fills its template in: parameters, and where they stand.

Follows ``applicationset/utils/utils.go`` of Argo CD. Plain templates replace
``{{name}}`` (fasttemplate); of Go templates only ``{{.name.of.it}}`` and ``{{index .list 1}}`` are
followed, and whatever does more stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cip_lint.patterns import pattern

Parameters = Mapping[str, Any]
"""What one Application is made with: flat names, or nested ones for Go templates."""

_PLAIN = pattern(r"\{\{([^{}]*)\}\}")
_GO = pattern(
    r"\{\{\s*(?:((?:\.[A-Za-z_]\w*)+)"
    r"|index\s+((?:\.[A-Za-z_]\w*)+)((?:\s+(?:\d{1,9}|\"[^\"\\{}]*\"))+))\s*\}\}"
)
"""``{{ .path.basename }}``, ``{{ index .path.segments 1 }}``."""
_INDEX = pattern(r"(\d+)|\"([^\"]*)\"")
_TRIMMED = pattern(r"\{\{-|-\}\}")
_SHORTEST_NUMBER = 1_000_000
"""From here on Go writes numbers of JSON with an exponent."""
_NOT_IN_NAMES = pattern(r"[^-a-z0-9.]")
_LONGEST_NAME = 253


def filled(value: Any, parameters: Parameters, *, go: bool) -> Any:
    """Return a value with the parameters in its strings; unknown ones stay."""
    if isinstance(value, str):
        return _filled(value, parameters, go=go) if "{{" in value else value
    if isinstance(value, list):
        return [filled(one, parameters, go=go) for one in value]
    if isinstance(value, dict):
        return {
            filled(key, parameters, go=go): filled(one, parameters, go=go)
            for key, one in value.items()
        }
    return value


def is_open(value: Any) -> bool:
    """Whether a placeholder is left anywhere in a value."""
    if isinstance(value, list):
        return any(map(is_open, value))
    if isinstance(value, dict):
        return any(is_open(key) or is_open(one) for key, one in value.items())
    return isinstance(value, str) and "{{" in value


def _filled(text: str, parameters: Parameters, *, go: bool) -> str:
    # A trimming action eats blanks beside it, which nobody needs in these files.
    if go and _TRIMMED.search(text):
        return text

    def found(match: re.Match[str]) -> str:
        value: Any = parameters
        for step in _steps(match) if go else [match[1].strip()]:
            value = _at(value, step)
        said = said_as_text(value)
        return match[0] if said is None else said

    return (_GO if go else _PLAIN).sub(found, text)


def _steps(match: re.Match[str]) -> list[str | int]:
    """Return the way to a parameter that an action of a Go template names."""
    names = (match[1] or match[2]).removeprefix(".").split(".")
    further = _INDEX.finditer(match[3] or "")
    return [*names, *(int(one[1]) if one[1] else one[2] for one in further)]


def _at(value: Any, step: str | int) -> Any:
    """Return an item of a list, or what a mapping has for a name; None for neither."""
    if isinstance(step, int):
        is_there = isinstance(value, list) and step < len(value)
        return value[step] if is_there else None
    return value.get(step) if isinstance(value, dict) else None


def said_as_text(value: Any) -> str | None:
    """Return a scalar as Go prints it; None where that is not known here."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < _SHORTEST_NUMBER:
        return str(value)
    return value if isinstance(value, str) else None


def of_content(content: Mapping[str, Any], *, go: bool) -> Parameters | None:
    """Return the parameters that a mapping gives: flat ones joined by dots, for plain.

    None where something in it cannot be told as text.
    """
    if go:
        return dict(content)
    found: dict[str, str] = {}
    waiting: list[tuple[str, Any]] = [("", dict(content))]
    while waiting:
        name, value = waiting.pop()
        entries: list[tuple[str, Any]]
        if isinstance(value, dict):
            entries = [(str(key), one) for key, one in value.items()]
        elif isinstance(value, list):
            entries = [(str(number), one) for number, one in enumerate(value)]
        else:
            said = said_as_text(value)
            if said is None:
                return None
            found[name] = said
            continue
        waiting += [(f"{name}.{key}" if name else key, one) for key, one in entries]
    return found


def of_path(path: str, *, go: bool, file: str = "", prefix: str = "") -> Parameters:
    """Return the parameters of a folder, and of a file in it where there is one."""
    parts = path.split("/")
    known = {
        "path": path,
        "basename": parts[-1],
        "basenameNormalized": normalised(parts[-1]),
    }
    if file:
        known |= {"filename": file, "filenameNormalized": normalised(file)}
    if go:
        nested: dict[str, Any] = {"path": {**known, "segments": parts}}
        return {prefix: nested} if prefix else nested
    start = f"{prefix}.path" if prefix else "path"
    flat = {start: known.pop("path")}
    flat |= {f"{start}.{name}": one for name, one in known.items()}
    return flat | {f"{start}[{number}]": one for number, one in enumerate(parts)}


def normalised(name: str) -> str:
    """Return a name as Argo CD makes it fit for objects (``SanitizeName``)."""
    return _NOT_IN_NAMES.sub("-", name.lower())[:_LONGEST_NAME].strip("-.")


def together(one: Parameters, other: Parameters) -> Parameters | None:
    """Return the parameters of both; None where they say different things."""
    joined = dict(one)
    for name, value in other.items():
        if name not in joined or joined[name] == value:
            joined[name] = value
            continue
        both = (joined[name], value)
        if not all(isinstance(each, dict) for each in both):
            return None
        inner = together(*both)
        if inner is None:
            return None
        joined[name] = inner
    return joined
