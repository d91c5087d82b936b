"""Where the time of a run goes: by phase, and by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Timings:
    """Adds up seconds by phase; the clock is an argument.

    Of a phase within another one, the time counts for the inner one alone.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.phases: dict[str, float] = {}
        self.rules: dict[str, float] = {}
        self._within = 0.0
        """What the phases within the present one took."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of a block for a phase."""
        around, self._within = self._within, 0.0
        started = self.clock()
        try:
            yield
        finally:
            took = self.clock() - started
            own = took - self._within
            self.phases[name] = self.phases.get(name, 0.0) + own
            self._within = around + took
