"""Git, asked for the files of a revision; nothing of the repository is changed.

Only commands that look objects up are run: none of them reads the work tree or the
index, or starts a hook, a pager, a filter or a helper that the settings of the
repository name. Those of the person and the machine are left out, and objects that
are not there are not fetched: a repository is as little trusted as its manifests.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from cip_lint.errors import ProgramError
from cip_lint.programs.running import Ran, run
from cip_lint.records import NamedTuple

_SECONDS = 120.0
_MOST_LISTED = 256 << 20
"""Bytes of a listing: two million files."""

MOST_READ = 512 << 20
"""Bytes of all files that are read of one revision."""

_VARIABLES: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    # A repository may name other objects to be shown in the place of a commit's.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_COMMAND = (
    "git",
    "--no-pager",
    # Whoever owns it: nothing of it is run. In pipelines it is often another one.
    "-c",
    "safe.directory=*",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.allow=never",
)

LINK = "120000"
SUBMODULE = "160000"
"""The modes of what is no file of its own."""


class TreeItem(NamedTuple):
    """A file, link or submodule of a revision."""

    mode: str
    object: str
    """The name of the object that holds its content."""
    path: str
    """From the top of the repository, with ``/``."""


def top_of(folder: str) -> str | None:
    """Return the top of the work tree that a folder is in; None outside of any.

    Raises ``ProgramError`` where git is not installed, or refuses the repository.
    """
    ran = _git(folder, "rev-parse", "--show-toplevel")
    if ran.status == 0:
        return os.fsdecode(ran.output.removesuffix(b"\n"))
    if "not a git repository" in ran.complaint:
        return None
    raise _refusal(ran)


def commit_of(top: str, revision: str) -> str | None:
    """Return the name of the commit that a revision means; None for no commit.

    Raises ``ProgramError`` where git cannot tell because the repository is broken.
    """
    return _verified(top, revision, "^{commit}")


def knows(top: str, revision: str, path: str) -> bool:
    """Whether a revision, or the index where it is empty, holds a path from the top.

    The index knows of files alone. Raises ``ProgramError`` where git fails.
    """
    return _verified(top, f"{revision}:{path}") is not None


def lacking(top: str, revision: str) -> str | None:
    """Return the object that a revision means, where it is not there; else None."""
    name = _verified(top, revision)
    if name is None or _git(top, "cat-file", "-e", name).status == 0:
        return None
    return name


def _verified(top: str, revision: str, kind: str = "") -> str | None:
    """Return the object that a revision means, of a kind; None where it means none.

    Of what means nothing git says nothing; what it does say tells what is broken.
    """
    if revision.startswith(("-", "^")) or not revision.isprintable() or not revision:
        return None  # options, and what a revision is not
    ran = _git(top, "rev-parse", "--verify", "--quiet", f"{revision}{kind}")
    if ran.status == 0:
        return ran.output.decode().strip()
    if "fatal: " in ran.complaint:
        raise _refusal(ran)
    return None


def short(top: str, commit: str) -> str:
    """Return a commit's name as people write it."""
    ran = _git(top, "rev-parse", "--short", commit)
    return ran.output.decode().strip() if ran.status == 0 else commit


def is_shallow(top: str) -> bool:
    """Whether the history was cut off when the repository was cloned."""
    ran = _git(top, "rev-parse", "--is-shallow-repository")
    return ran.output.strip() == b"true"


def tree_of(top: str, commit: str) -> list[TreeItem]:
    """Return the files, links and submodules of a commit, in the order of git."""
    ran = _git(top, "ls-tree", "-r", "-z", "--full-tree", commit, most=_MOST_LISTED)
    if ran.status != 0:
        raise _refusal(ran)
    items = []
    for line in ran.output.split(b"\0"):
        told, tab, path = line.partition(b"\t")
        if tab:
            mode, _, name = told.decode().split(" ")
            items.append(TreeItem(mode, name, os.fsdecode(path)))
    return items


def sizes_of(top: str, objects: Iterable[str]) -> dict[str, int | None]:
    """Return how many bytes objects hold; None for those that are not there.

    Raises ``ProgramError`` where git would have to fetch one.
    """
    names = list(dict.fromkeys(objects))
    if not names:
        return {}
    ran = _asked(top, "--batch-check", names, most=_MOST_LISTED)
    found: dict[str, int | None] = {}
    for line in ran.output.decode().splitlines():
        name, _, rest = line.partition(" ")
        kind, _, size = rest.partition(" ")
        found[name] = int(size) if kind == "blob" and size.isdecimal() else None
    return found


def contents_of(top: str, objects: Iterable[str]) -> dict[str, bytes]:
    """Return what objects hold; those that are not there are left out.

    Raises ``ProgramError`` where that is more than ``MOST_READ`` bytes, and where git
    would have to fetch one.
    """
    names = list(dict.fromkeys(objects))
    if not names:
        return {}
    output = _asked(top, "--batch", names, most=MOST_READ).output
    found: dict[str, bytes] = {}
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        head = output[at:end].decode().split(" ")
        at = end + 1
        if len(head) == 3:
            size = int(head[2])
            found[head[0]] = output[at : at + size]
            at += size + 1
    return found


def _asked(top: str, how: str, names: Sequence[str], *, most: int) -> Ran:
    given = "".join(f"{name}\n" for name in names).encode()
    ran = _git(top, "cat-file", how, most=most, given=given)
    if ran.status != 0:
        raise _refusal(ran)
    return ran


def _git(folder: str, *arguments: str, most: int = 1 << 16, given: bytes = b"") -> Ran:
    return run(
        (*_COMMAND, *arguments),
        seconds=_SECONDS,
        most_bytes=most,
        folder=folder,
        variables=_VARIABLES,
        given=given,
    )


def _refusal(ran: Ran) -> ProgramError:
    """Return what git says to what it does not do, in one line."""
    if "promisor remote" in ran.complaint:
        return ProgramError("git: objects are missing from this partial clone")
    lines = ran.complaint.splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")] or lines
    said = fatal[0].removeprefix("fatal: ") if fatal else f"it ends with {ran.status}"
    return ProgramError(f"git: {said}")
