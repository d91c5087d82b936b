"""Texts that stand for something a tool puts in later.

``$(NAME)`` is none: Kubernetes itself expands it in containers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cip_lint.patterns import pattern

_PLACEHOLDER = pattern(
    r"""
    \{\{ | \}\} | \{% | <% | %> | \#@              # Helm, Jinja, ERB, ytt
    | \$\{[^}]*\} | \$[A-Za-z_]\w*                 # envsubst, Flux
    | @@?\w+@@?                                    # autoconf and kin
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
    return _is_plain(text) is None and _holds_placeholder(text)


@lru_cache(maxsize=8192)
def _holds_placeholder(text: str) -> bool:
    return _PLACEHOLDER.search(text) is not None


@lru_cache(maxsize=1024)
def is_shouted(text: str) -> bool:
    """Whether a text is one word in capitals, as ``NODE_PORT``.

    Where Kubernetes wants lower case or a number, that is a placeholder as well.
    """
    return _SHOUTED.fullmatch(text) is not None
