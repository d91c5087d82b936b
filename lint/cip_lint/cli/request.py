"""What a command line asks for, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.config.layers import Given


class Sources(NamedTuple):
    """Where the settings come from, beside the flags themselves."""

    config: str | None
    use_config: bool
    plugins: bool
    cluster: str | None


class Request(NamedTuple):
    """What a command line asks for."""

    paths: Sequence[str]
    given: Given
    sources: Sources
    focus: bool = False
    honour_ignores: bool = True
    stdin_filename: str | None = None
    jobs: int | None = None
    against: str | None = None
    """The revision, folder or file that the manifests are compared with."""
    live: bool = False
    """Whether kubectl is asked for what the cluster holds."""
    cache: bool = True
    """Whether what was read and built is kept for the next run."""
    cache_folder: Path | None = None
    """Where it is kept; None: in the cache folder of the user."""
    allow_remote: bool = False
    """Whether builds may fetch what kustomizations and charts name by an address."""
    build_timeout: int = 300
    """How many seconds all builds together may take."""
