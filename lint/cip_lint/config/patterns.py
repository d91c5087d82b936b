"""Patterns of paths, with the meaning that gitignore gives them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path


def matcher(patterns: Sequence[str], root: Path, folder: Path) -> Callable[[str], bool]:
    """Return whether a path relative to ``folder`` matches patterns of ``root``.

    A folder matches with all that is in it; the patterns are compiled when the
    first path is asked for.
    """
    compiled: list[Callable[[str], bool]] = []
    prefix = Path(os.path.relpath(folder, root)).as_posix()

    def matches(path: str) -> bool:
        if not compiled:
            compiled.append(_compiled(patterns))
        if prefix != "." and not path.startswith("/"):
            path = os.path.normpath(f"{prefix}/{path}").replace(os.sep, "/")
        return compiled[0](path)

    return matches


def _compiled(patterns: Sequence[str]) -> Callable[[str], bool]:
    from cip_lint.git_patterns import Patterns  # noqa: PLC0415

    known = Patterns(map(of_git, patterns))
    return lambda path: bool(known.of_all(path))


def of_git(pattern: str) -> str:
    """Return a pattern of the settings as git would have it.

    A leading ``./`` means the folder of the settings, as a leading slash does.
    """
    bare = pattern.removeprefix("!")
    bang = pattern[: len(pattern) - len(bare)]
    return f"{bang}{bare[1:]}" if bare.startswith("./") else pattern
