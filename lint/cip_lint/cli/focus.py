"""``--focus``: the paths that findings are reported of must be, or have been, there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cip_lint.errors import InputError, ProgramError
from cip_lint.programs import git

_INDEX = ""
"""What stands before the colon where git is asked for what is staged."""


def require(paths: Sequence[str], against: str | None) -> None:
    """Raise ``InputError`` for a path that nothing knows: it may be misspelt.

    Lists of changed files, as hooks hand them on, also name what was deleted: that is
    known to the index, to ``HEAD``, or to the revision that the run compares with.
    """
    missing = [path for path in paths if not os.path.lexists(path)]
    if not missing:
        return
    revisions = [_INDEX, "HEAD", *([against] if against else ())]
    for path in missing:
        if not _was_there(path, revisions):
            raise InputError(f"{path}: no such file or folder")


def _was_there(path: str, revisions: Sequence[str]) -> bool:
    try:
        top = git.top_of(str(Path.cwd()))
        if top is None:
            return False
        # git names the top without links; so must the folder that the path begins at.
        name = Path(os.path.relpath(Path.cwd().resolve() / path, top)).as_posix()
        return any(git.knows(top, one, name) for one in revisions)
    except ProgramError:
        return False
