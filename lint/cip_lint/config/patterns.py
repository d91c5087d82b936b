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
    import pathspec  # noqa: PLC0415

    # A leading "./" means the folder of the settings, as a leading "/" does.
    lines = [p[1:] if p.startswith("./") else p for p in patterns]
    return pathspec.GitIgnoreSpec.from_lines(lines).match_file
