"""Texts that stand for something a tool puts in later, and what they leave open.

``$(NAME)`` is none where Kubernetes itself expands it, in containers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from cip_lint.model import Path, Resource
from cip_lint.patterns import pattern

_PLACEHOLDER = pattern(
    r"""
    \{\{ | \}\} | \{% | <% | %> | \#@              # Helm, Jinja, ERB, ytt
    | \$\{[^}]*\} | \$[A-Za-z_]\w*                 # envsubst, Flux
    | \#\{[^}]*\}                                   # Octopus, Azure Pipelines
    | @@?\w+@@?                                    # autoconf and kin
    | %%\w+%%
    | __\w+?__
    | <[A-Za-z][\w .-]*>                           # <your-name>
    | \bREPLACE[_-]?(?:ME|THIS|WITH)\w*
    | \b(?:CHANGE|FILL)[_-]?ME\b
    | \bYOUR[_-][A-Z0-9_-]+
    | \bRELEASE-NAME\b                             # old versions of Helm
    """,
    re.VERBOSE,
)
_is_plain = re.compile(r"[A-Z]?[-a-z0-9./:]*").fullmatch
"""A text without any of the characters, and without the capitals, of all these."""
_SHOUTED = pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{4,}")


def is_placeholder(text: str) -> bool:
    """Whether a text, or a part of it, is to be replaced before it is applied."""
    return _is_plain(text) is None and _is_in(text)


def awaits_a_name(text: str) -> bool:
    """Whether the name of an object, or a part of it, is to be replaced.

    So is ``$(NAME)`` there, which kustomize and Azure Pipelines fill in.
    """
    return _is_plain(text) is None and ("$(" in text or _is_in(text))


@lru_cache(maxsize=8192)
def _is_in(text: str) -> bool:
    return _PLACEHOLDER.search(text) is not None


@lru_cache(maxsize=1024)
def is_shouted(text: str) -> bool:
    """Whether a text is one word in capitals, as ``NODE_PORT``.

    Where Kubernetes wants lower case or a number, that is a placeholder as well.
    """
    return _SHOUTED.fullmatch(text) is not None


class Placeholders:
    """Looks for placeholders in objects; what several share is looked at once."""

    def __init__(self) -> None:
        self._filled_in: dict[int, object] = {}
        """Values without placeholders, by their ids, which they keep."""

    def leave_open(self, resource: Resource, path: Path = ()) -> bool:
        """Whether a placeholder stands at a path of an object, or below it.

        Also where one stands for all that the path would be in. Without a path: in
        its kind, name, namespace, cluster IP or ports, or instead of its spec, so
        that nothing is known of the object as a whole.
        """
        if path:
            return _holds_placeholder(_found_on_the_way(resource.body, path))
        if (
            is_placeholder(resource.kind)
            or awaits_a_name(resource.name)
            or awaits_a_name(resource.namespace)
        ):
            return True
        spec = resource.body.get("spec")
        if resource.kind != "Service" or not isinstance(spec, dict):
            return isinstance(spec, str) and is_placeholder(spec)
        address, ports = spec.get("clusterIP"), spec.get("ports")
        return (
            (address is not None and _holds_placeholder(address))
            or ("clusterIPs" in spec and _holds_placeholder(spec["clusterIPs"]))
            or (ports is not None and not self._is_filled_in(ports))
        )

    def _is_filled_in(self, value: object) -> bool:
        """Whether a value has no placeholder; looked at once where objects share it."""
        if id(value) in self._filled_in:
            return True
        filled_in = not _holds_placeholder(value)
        if filled_in and isinstance(value, list):
            self._filled_in[id(value)] = value
        return filled_in


def _found_on_the_way(body: Any, path: Path) -> Any:
    """Return what stands at a path, or the text that stands where the path ends."""
    value = body
    for step in path:
        if isinstance(value, str):
            break
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if 0 <= step < len(value) else None
        else:
            return None
    return value


def _holds_placeholder(value: object) -> bool:
    """Whether a placeholder stands in a value of any shape."""
    stack, looked_at = [value], 0
    while stack and looked_at < 10_000:
        looked_at += 1
        item = stack.pop()
        if isinstance(item, str):
            if is_placeholder(item):
                return True
        elif isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False
