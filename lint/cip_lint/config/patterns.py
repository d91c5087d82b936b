"""Patterns of paths, with the meaning that gitignore gives them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
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


def moved(pattern: str, root: Path, folder: Path) -> Iterator[str]:
    """Yield patterns of git that mean from one folder what one means from another.

    One without a slash but at its end holds everywhere, and so does what follows
    ``**``. What lies beside the folder has ``..`` in its path, as paths are printed.
    """
    text = pattern.removeprefix("!")
    bang = pattern[: len(pattern) - len(text)]
    if root == folder or "/" not in text.rstrip("/"):
        yield pattern
        return
    down = _named(os.path.relpath(root, folder))
    above = _named(os.path.relpath(folder, root))
    parts = [*down, *text.lstrip("/").split("/")]
    for number, name in enumerate(above):
        if parts[0] == "**":
            break
        if parts[0] != name:
            yield f"{bang}/{'../' * (len(above) - number)}{'/'.join(parts)}"
        if not fnmatchcase(name, parts[0]):
            return
        parts = parts[1:]
        if not any(parts):
            # All that is in the folder, and nothing that lies beside it.
            yield from (f"{bang}/[!.]*", f"{bang}/.[!.]*")
            return
    yield f"{bang}/{'/'.join(parts)}"


def _named(way: str) -> list[str]:
    """Return the folders that a way leads down to."""
    return [one for one in Path(way).parts if one not in {"..", "."}]
