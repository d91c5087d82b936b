"""Settings of the generators, transformers and validators of kustomize.

Each is an object of its own (``api/internal/plugins/builtinconfig``); those of the
built-in ones may name files that are loaded as any other, also from an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cip_lint.bodies import Body
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError

_FIELDS = frozenset({"env", "envs", "files", "path", "paths"})
"""Fields that name files, in small letters."""


def configs(content: str) -> list[Body] | None:
    """Return the objects of a text; None where it holds anything else as well."""
    found: list[Body] = []
    for piece in cut(content).pieces:
        try:
            body = document_value(normalised(content[slice(*piece)])).value
        except YamlError:
            return None
        if isinstance(body, dict):
            found.append(body)
        elif body is not None:
            return None
    return found


def named_in(settings: Iterable[Body]) -> Iterator[str]:
    """Yield the files that settings name.

    Fields are told apart as Go reads JSON: upper and lower case are the same.
    """
    waiting: list[Any] = [*settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            for key, one in value.items():
                if isinstance(key, str) and key.casefold() in _FIELDS:
                    yield from _names(one)


def _names(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one
            yield one.partition("=")[2]
