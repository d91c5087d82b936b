"""Where git keeps what it knows of a repository.

Mostly in its folder ``.git``. In a worktree, and in a submodule, ``.git`` is a file
that names another folder, and what all worktrees have in common lies in one more
(``read_gitfile_gently`` and ``get_common_dir`` of git's ``setup.c``).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cip_lint.render.surroundings.files import content, is_folder

_MOST_BYTES = 1 << 14
_NAMES = b"gitdir:"


def common_folder(top: Path) -> Path | None:
    """Return the folder with the settings of a repository; None where none is known.

    ``top`` is the folder of the repository, without symbolic links.
    """
    own = top / ".git"
    if is_folder(own):
        return own
    said = content(own, top, _MOST_BYTES)
    if said is None or not said.startswith(_NAMES):
        return None
    folder = _folder(said.removeprefix(_NAMES), top, top)
    if folder is None:
        return None
    common = content(folder / "commondir", folder, _MOST_BYTES)
    return folder if common is None else _folder(common, folder, top)


def _folder(said: bytes, start: Path, top: Path) -> Path | None:
    """Return the folder that a file names, relative to another one.

    Only one that can be reached from ``top`` within its file system and along no
    link: whoever wrote the name shall not make the machine mount anything.
    """
    name = os.fsdecode(said).strip(" \r\n")
    if not name or "\0" in name or "\n" in name:
        return None
    folder = Path(os.path.normpath(start / name))
    try:
        around = Path(os.path.commonpath((folder, top)))
        device = around.lstat().st_dev
        for part in folder.relative_to(around).parts:
            around /= part
            found = around.lstat()
            if found.st_dev != device or not stat.S_ISDIR(found.st_mode):
                return None
    except (OSError, ValueError):
        return None
    return folder
