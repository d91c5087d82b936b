"""Whether an address of a repository is that of the one which was read.

Known are the remotes that the settings of the repository name, read as text: git
itself would do what those of an untrusted repository say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.git_folders import common_folder
from cip_lint.render.surroundings.files import is_regular
from cip_lint.render.surroundings.place import Place

_MOST_BYTES = 1 << 20
_SECTION = pattern(r"\s*\[\s*([\w.-]+)(?:\s+\"[^\"]*\")?\s*\]")
_URL = pattern(r"(?i)\s*url\s*=\s*\"?([^\"\s#;]+)")
_ADDRESS = pattern(r"(?:[a-z][a-z0-9+.-]*://)(?:[^@/]*@)?([^/:]+)(?::\d+)?/(.+)")
_LIKE_SCP = pattern(r"(?:[^@/:]+@)?([^/:]+):(?!/)(.+)")
_OPEN = pattern(r"(?i)[{}<>$%]|__|your|change_?me|replace|example|localhost")
"""What stands in addresses that somebody is to fill in, or that say nothing."""


class _Repository(NamedTuple):
    host: str
    owner: str
    name: str


def remotes_of(top: Path) -> tuple[str, ...]:
    """Return the addresses of the remotes of a repository; none where none is known."""
    folder = common_folder(top)
    if folder is None or not is_regular(folder / "config"):
        return ()
    try:
        with (folder / "config").open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ()
    return tuple(_urls(text))


def _urls(text: str) -> Iterator[str]:
    is_remote = False
    for line in text.splitlines():
        section = _SECTION.match(line)
        if section is not None:
            is_remote = section[1].lower() == "remote"
            continue
        url = _URL.match(line) if is_remote else None
        if url is not None:
            yield url[1]


def remotes_at(place: Place, top: Path) -> tuple[str, ...]:
    """Return the remotes of a repository that is read, or whose copy is."""
    return place.remotes or remotes_of(top)


def is_anothers(address: str, remotes: Sequence[str]) -> bool:
    """Whether an address is that of another repository than the one with the remotes.

    Forks and mirrors have other owners and hosts, so that only another name tells.
    Images of manifests lie at hosts of their own under names of their own: there the
    owner must be another one, too. What cannot be told is taken for the own one.
    """
    theirs = _repository(address)
    own = [one for one in map(_repository, remotes) if one is not None]
    if theirs is None or not own:
        return False
    if any(one.name == theirs.name for one in own):
        return False
    is_image = address.startswith("oci://")
    return not (is_image and any(one.owner == theirs.owner for one in own))


def _repository(address: str) -> _Repository | None:
    """Return host, owner and name of an address; None for paths and open ones."""
    address = address.strip()
    if _OPEN.search(address) is not None or "\0" in address:
        return None
    found = _ADDRESS.fullmatch(address) or _LIKE_SCP.fullmatch(address)
    if found is None:
        return None
    parts = [one for one in found[2].lower().split("/") if one]
    if len(parts) < 2:
        return None
    name = parts[-1].removesuffix(".git")
    return _Repository(found[1].lower(), parts[0], name) if name else None
