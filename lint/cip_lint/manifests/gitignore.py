"""Files that hold lists of patterns, as ``.gitignore`` does."""

from __future__ import annotations

import stat

from cip_lint.manifests.files import Files

_MOST_BYTES = 1 << 20
"""A larger file of patterns is made to be slow; nothing of it is read."""


def patterns_of(file: str, files: Files, *, for_git: bool) -> list[str]:
    """Return the patterns in a file; none of one that cannot be read.

    git follows no link to one, and reads no byte order mark (``add_patterns`` of its
    ``dir.c``); other programs do both.
    """
    try:
        # One who reads a pipe would wait for a writer.
        is_file = stat.S_ISREG(files.mode(file, follow=not for_git))
        data = files.data(file, _MOST_BYTES) if is_file else None
    except (OSError, ValueError):
        return []
    # Names of files are read in the same way.
    text = (data or b"").decode("utf-8", "surrogateescape")
    return lines_of(text.removeprefix("\ufeff") if for_git else text)


def lines_of(text: str) -> list[str]:
    """Return the patterns in a text, with comments among them."""
    return [line.removesuffix("\r") for line in text.split("\n") if line]
