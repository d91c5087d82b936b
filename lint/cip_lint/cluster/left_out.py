"""Files that Argo CD leaves out of a folder of plain manifests.

Follows ``findManifests`` of ``reposerver/repository``: what an Application excludes or
does not include, and files that say themselves that they are no manifests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cip_lint.cluster.gitops import Delivery
from cip_lint.go_globs import compiled
from cip_lint.patterns import pattern

_MARK = "+argocd:skip-file-rendering"
_MOST = 64
"""So many alternatives of a glob are followed."""
_NEGATED = pattern(r"(?<!\\)\[!")


def is_left_out(delivery: Delivery, path: str, text: str) -> bool:
    """Whether an Application does not send a file of its folder, with this text.

    A glob that cannot be followed leaves out nothing.
    """
    if delivery.engine != "argocd":
        return False
    start = len(delivery.directory) + 1 if delivery.directory else 0
    name = path[start:]
    if delivery.exclude and _matches(delivery.exclude, name, otherwise=False):
        return True
    if delivery.include and not _matches(delivery.include, name, otherwise=True):
        return True
    return _MARK in text


def _matches(glob: str, name: str, *, otherwise: bool) -> bool:
    """Whether a glob of ``gobwas/glob`` fits a path: stars stand for slashes too."""
    patterns = _patterns(glob)
    if patterns is None:
        return otherwise
    return any(one.fullmatch(name) for one in patterns)


@lru_cache(maxsize=256)
def _patterns(glob: str) -> tuple[re.Pattern[str], ...] | None:
    """Return the alternatives of a glob; None where it cannot be followed."""
    found: list[re.Pattern[str]] = []
    for one in _alternatives(glob):
        made = compiled(_NEGATED.sub("[^", one)) if len(found) < _MOST else None
        if made is None:
            return None
        found.append(made)
    return tuple(found)


def _alternatives(glob: str) -> Iterator[str]:
    """Yield a glob for each text of its braces, the innermost of them first.

    At most one more than are followed.
    """
    waiting, number = [glob], 0
    while waiting and number <= _MOST:
        one = waiting.pop(0)
        braces = _BRACES.search(one)
        if braces is None:
            number += 1
            yield one
            continue
        before, after = one[: braces.start()], one[braces.end() :]
        parts = braces[1].split(",")[: _MOST + 1]
        waiting += [f"{before}{part}{after}" for part in parts]
        if len(waiting) > _MOST:
            # An open bracket is no pattern: the whole glob is given up.
            yield "["
            return


_BRACES = pattern(r"(?<!\\)\{([^{}]*)\}")
