"""Where the time of a run goes: by phase, and by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Timings:
    """Adds up seconds by phase; the clock is an argument."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.phases: dict[str, float] = {}
        self.rules: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of a block for a phase."""
        started = self.clock()
        try:
            yield
        finally:
            took = self.clock() - started
            self.phases[name] = self.phases.get(name, 0.0) + took
