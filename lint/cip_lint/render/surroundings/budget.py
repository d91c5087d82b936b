"""What all builds of a run may take together, in time and in output.

Each build has limits of its own; a repository with thousands of builds that all reach
them would still keep a machine busy for hours.
"""

from __future__ import annotations

import time

from cip_lint.errors import ProgramError

SECONDS = 300
"""How long all builds may take where nobody says otherwise."""

MOST_BYTES = 256 << 20
"""How much all builds may print: each byte becomes many, once it is read."""


class Budget:
    """What is left for the builds of a run, from when it is made."""

    def __init__(self, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._most_bytes = most_bytes
        self._bytes = 0

    @property
    def why(self) -> str:
        """Why nothing more is built; empty: there is something left."""
        if self._bytes > self._most_bytes:
            return f"all builds print more than {self._most_bytes >> 20} MiB"
        if time.monotonic() >= self._end:
            return f"all builds take more than {self._seconds:g} s, see --build-timeout"
        return ""

    def ask(self) -> None:
        """Raise ``ProgramError`` where nothing is left."""
        why = self.why
        if why:
            raise ProgramError(why)

    def seconds(self, most: float) -> float:
        """Return how long a build may take that has ``most`` seconds of its own.

        Raises ``ProgramError`` where nothing is left.
        """
        self.ask()
        return max(0.001, min(most, self._end - time.monotonic()))

    def admits(self, output: bytes) -> bool:
        """Whether what a build has printed is within what all may print.

        Asked for each in their order, so that it is always the same ones that are
        not; from the first of them on none is.
        """
        if self._bytes <= self._most_bytes:
            self._bytes += len(output)
        return self._bytes <= self._most_bytes
