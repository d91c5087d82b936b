"""Files that hold lists of patterns, as ``.gitignore`` does."""

from __future__ import annotations

import os
import stat

from cip_lint.manifests.files import Files

_MOST_BYTES = 1 << 20
"""A larger file of patterns is made to be slow; nothing of it is read."""
_LONGEST_POINTER = 8_192
_POINTER = "gitdir: "


def patterns_of(file: str, files: Files, *, for_git: bool) -> list[str]:
    """Return the patterns in a file; none of one that cannot be read.

    git follows no link to one, and reads no byte order mark (``add_patterns`` of its
    ``dir.c``); other programs do both.
    """
    data = bytes_of(file, files, _MOST_BYTES, follow=not for_git)
    # Names of files are read in the same way.
    text = data.decode("utf-8", "surrogateescape")
    return lines_of(text.removeprefix("\ufeff") if for_git else text)


def lines_of(text: str) -> list[str]:
    """Return the patterns in a text, with comments among them."""
    return [line.removesuffix("\r") for line in text.split("\n") if line]


def own_excludes(top: str, files: Files) -> list[str]:
    """Return the patterns of ``.git/info/exclude`` in a repository's top folder.

    What they name is in no clone, unless it is tracked: where it is left out, the
    result is that of a pipeline. The excludes of a whole account
    (``core.excludesFile``) are not read: which file they are is said in settings of
    git that lie outside the repository, and the same tree would give other results
    in another home.
    """
    file = os.path.join(_shared_folder(top, files), "info", "exclude")  # noqa: PTH118
    lines = patterns_of(file, files, for_git=True)
    # As git makes the file, all of it is a comment.
    return lines if any(not line.startswith("#") for line in lines) else []


def git_folder(top: str, files: Files) -> str:
    """Return the folder in which git keeps what it knows of a work tree."""
    folder = os.path.join(top, ".git")  # noqa: PTH118
    # In work trees beside the first, and in submodules, it is a file.
    return _named_in(folder, top, files, _POINTER) or folder


def _shared_folder(top: str, files: Files) -> str:
    """Return the folder with what all work trees of a repository share."""
    folder = git_folder(top, files)
    file = os.path.join(folder, "commondir")  # noqa: PTH118
    return _named_in(file, folder, files, "") or folder


def _named_in(file: str, folder: str, files: Files, sign: str) -> str:
    """Return the folder that a file names, from another one on; empty for none."""
    text = os.fsdecode(bytes_of(file, files, _LONGEST_POINTER)).strip()
    if not text.startswith(sign) or not text:
        return ""
    return os.path.normpath(os.path.join(folder, text.removeprefix(sign)))  # noqa: PTH118


def bytes_of(file: str, files: Files, most: int, *, follow: bool = True) -> bytes:
    """Return what a file holds; nothing where it is none, or holds more."""
    try:
        # One who reads a pipe would wait for a writer.
        is_file = stat.S_ISREG(files.mode(file, follow=follow))
        return (files.data(file, most) or b"") if is_file else b""
    except (OSError, ValueError):
        return b""
