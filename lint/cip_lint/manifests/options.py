"""How a run reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint.bodies import ABSENT
from cip_lint.manifests.files import DISK, Files
from cip_lint.manifests.text import FileIdentity
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.store import Kind, Store

MAX_FILE_BYTES = 64 << 20
SourceReader = Callable[[str, bytes], str | None]


class ReadOptions(NamedTuple):
    """How a run reads."""

    exclude: tuple[str, ...] = ()
    """Patterns of a gitignore file, for paths as they are printed."""
    gitignore: bool = True
    root: Path = Path()
    """Paths are printed relative to it; itself is seen from the working folder."""
    stdin_filename: str | None = None
    max_file_bytes: int = MAX_FILE_BYTES
    sources: Mapping[str, SourceReader] = ABSENT
    """Readers of plugins, by name ending."""
    jobs: int | None = None
    """How many processes read; None: as many as are worth it."""
    mounts: Mapping[str, str] = ABSENT
    """Where a command-line path lies, where that is elsewhere than it says."""
    snapshots: frozenset[FileIdentity] = frozenset()
    """Files of what clusters hold: no part of the set, wherever they lie."""
    files: Files = DISK
    """What the files are read from."""
    kept: Callable[[Kind], Store | None] | None = None
    """Opens where readings are kept between runs; None: nowhere."""
