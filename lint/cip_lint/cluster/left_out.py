"""Files that Argo CD leaves out of a folder of plain manifests.

Follows ``findManifests`` of ``reposerver/repository``: what an Application excludes or
does not include, and files that say themselves that they are no manifests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cip_lint.cluster.gitops import Delivery
from cip_lint.go_globs import compiled
from cip_lint.patterns import pattern

_MARK = "+argocd:skip-file-rendering"
_MOST = 64
"""So many alternatives of a glob are followed."""
_MOST_GLOBS = 1_000
"""So many globs of one cluster are followed: each of them is kept."""
_NEGATED = pattern(r"(?<!\\)\[!")


class Globs:
    """What Applications leave out, by the globs that they were met with."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[re.Pattern[str], ...] | None] = {}

    def senders(
        self, deliveries: Sequence[Delivery], path: str, text: str
    ) -> list[Delivery]:
        """Return those that send a file of their folder, with this text.

        A glob that cannot be followed leaves out nothing.
        """
        if all(one.engine != "argocd" for one in deliveries):
            return list(deliveries)
        is_marked = _MARK in text
        return [
            one
            for one in deliveries
            if one.engine != "argocd" or not (is_marked or self._is_left_out(one, path))
        ]

    def _is_left_out(self, delivery: Delivery, path: str) -> bool:
        start = len(delivery.directory) + 1 if delivery.directory else 0
        name = path[start:]
        if delivery.exclude and self._fits(delivery.exclude, name, otherwise=False):
            return True
        include = delivery.include
        return bool(include) and not self._fits(include, name, otherwise=True)

    def _fits(self, glob: str, name: str, *, otherwise: bool) -> bool:
        """Whether a glob of ``gobwas/glob`` fits a path: stars stand for slashes too."""
        if glob not in self._known:
            is_room = len(self._known) < _MOST_GLOBS
            self._known[glob] = _patterns(glob) if is_room else None
        patterns = self._known[glob]
        if patterns is None:
            return otherwise
        return any(one.fullmatch(name) for one in patterns)


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
