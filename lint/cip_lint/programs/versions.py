"""What programs say of their own release, each asked once.

What lies at the path of a program may be a shim that starts another one, which a
setting of the user chooses: its file stays the same when that changes.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence

from cip_lint.errors import ProgramError
from cip_lint.programs.network import variables
from cip_lint.programs.running import identity, run
from cip_lint.records import NamedTuple

_SECONDS = 10
_MOST_BYTES = 64 << 10


class VersionCommand(NamedTuple):
    """How a program is asked which one it is."""

    words: Sequence[str]
    apart: bool = False
    """Whether it is started in an empty folder, as it is when it builds."""


class Versions:
    """What tells releases of programs from each other; several threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[VersionCommand, str] = {}

    def of(self, command: VersionCommand) -> str:
        """Return what tells the release of a program; empty: nobody can say."""
        with self._lock:
            found = self._found.get(command)
            if found is None:
                found = self._found[command] = _asked(command)
            return found


def _asked(command: VersionCommand) -> str:
    try:
        if not command.apart:
            return _said(command.words, None)
        with tempfile.TemporaryDirectory(prefix="cip-lint-") as folder:
            return _said(command.words, folder)
    except (OSError, ProgramError):
        return ""


def _said(words: Sequence[str], folder: str | None) -> str:
    ran = run(
        words,
        seconds=_SECONDS,
        most_bytes=_MOST_BYTES,
        folder=folder,
        variables=variables(),
    )
    said = ran.output.decode("utf-8", "replace").strip()
    return f"{identity(words[0])}\n{said}" if said and not ran.status else ""
