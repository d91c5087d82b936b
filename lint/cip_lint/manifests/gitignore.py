"""Lists of patterns as in a ``.gitignore``: the last that fits a path decides."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence

from cip_lint.manifests.files import Files

Matcher = Callable[[str], bool | None]
"""Whether a path fits a list of patterns; None where no pattern speaks of it."""


_MOST_BYTES = 1 << 20
"""A larger file of patterns is made to be slow; nothing of it is read."""


def patterns_of(file: str, files: Files) -> list[str]:
    """Return the patterns in a file; none of one that cannot be read."""
    try:
        # One who reads a pipe would wait for a writer.
        is_file = stat.S_ISREG(files.mode(file))
        data = files.data(file, _MOST_BYTES) if is_file else None
    except (OSError, ValueError):
        return []
    return lines_of((data or b"").decode("utf-8", "replace"))


def matcher(patterns: Sequence[str]) -> Matcher | None:
    """Return what tells whether a path fits some patterns; None for no pattern.

    Paths have ``/`` between their parts, and one at the end if they are folders.
    """
    if not patterns:
        return None
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - few trees need it

    spec = GitIgnoreSpec.from_lines(
        pattern for pattern in patterns if _is_sane(pattern)
    )
    return lambda path: spec.check_file(path).include


def lines_of(text: str) -> list[str]:
    """Return the patterns in a text, with comments among them."""
    return [line.removesuffix("\r") for line in text.split("\n") if line]


def _is_sane(pattern: str) -> bool:
    """Whether a pattern can be matched; a lone ``!`` or slash is no pattern."""
    return pattern.strip() not in {"!", "/", "!/"}
